"""Makes running.png anew: `scripts/run` in a terminal of tmux at night, before and while somebody passes under the lamp.

usage: .venv/bin/python docs/picture.py     needs tmux and the extra `plot`
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib.figure import Figure

HERE = Path(__file__).resolve().parent
COLUMNS, LINES = 80, 30
SHOW = "scripts/run --start 2026-12-21T23:35:00+01:00 --speed 5"  # somebody passes 37 s later
WITHIN_S = 90.0

TMUX = ("tmux", "-L", "streetlight-picture", "-f", "/dev/null")
BACKGROUND, FOREGROUND = "#16181d", "#d8dee9"
POINTS = 11.0  # height of the letters
ADVANCE, LEADING = 0.602, 1.3  # of DejaVu Sans Mono, in its height
MARGIN = 2.0  # in letters, on either side
DPI = 110


def main() -> None:
    tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(LINES), "-c", str(HERE.parent), SHOW)
    try:
        alone = wait_for(lambda rows: is_dimmed(rows) and "nobody" in row(rows, "presence"))
        passed = wait_for(lambda rows: "100.0 %" in row(rows, "level") and "somebody" in row(rows, "presence"))
    finally:
        tmux("send-keys", "C-c")
        time.sleep(3)  # it ends what it has started
        subprocess.run([*TMUX, "kill-server"], check=False, stderr=subprocess.DEVNULL)  # noqa: S603  a fixed command
    draw([f"$ {SHOW}", "", *alone, "", "", *passed], HERE / "running.png")


def tmux(*arguments: str) -> str:
    return subprocess.run([*TMUX, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603  fixed commands


def wait_for(is_wanted: Callable[[list[str]], bool]) -> list[str]:
    """The lamp's panel as it stands on the screen, once it is as wanted."""
    until_s = time.monotonic() + WITHIN_S
    while time.monotonic() < until_s:
        screen = tmux("capture-pane", "-p").splitlines()
        title = next((at for at, line in enumerate(screen) if line.startswith("---")), None)
        if title is not None:
            rows = [line for line in screen[title - 1 :] if line.strip()]
            if is_wanted(rows):
                return rows
        time.sleep(0.1)
    raise TimeoutError(f"the lamp did not show what was waited for within {WITHIN_S:g} s")


def row(rows: list[str], name: str) -> str:
    return next((line for line in rows if line.startswith(name)), "")


def is_dimmed(rows: list[str]) -> bool:
    return "connected" in row(rows, "broker") and " 60.0 %" in row(rows, "level")


def draw(lines: list[str], file: Path) -> None:
    """As a terminal would show it: one letter to a cell."""
    width_pt = (max(map(len, lines)) + 2 * MARGIN) * ADVANCE * POINTS
    height_pt = (len(lines) + 2) * LEADING * POINTS
    figure = Figure(figsize=(width_pt / 72, height_pt / 72), dpi=DPI, facecolor=BACKGROUND)
    for number, line in enumerate(lines):
        x, y = MARGIN * ADVANCE * POINTS / width_pt, 1 - (1.8 + number) * LEADING * POINTS / height_pt
        figure.text(x, y, line, family="DejaVu Sans Mono", size=POINTS, color=FOREGROUND, va="baseline", parse_math=False)
    figure.savefig(file)


if __name__ == "__main__":
    main()
