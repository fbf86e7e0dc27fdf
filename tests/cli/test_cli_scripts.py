"""``scripts/run`` as a newcomer starts it, into a pipe: plain lines, a command that works, and nothing left when it has ended."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 30.0


def _heeds_interrupts() -> None:
    """As on a terminal, also where the tests themselves were started in the background, with SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Demonstration:
    """The script in a process group of its own, with its output line by line."""

    def __init__(self, temporary: Path, *arguments: str) -> None:
        self.temporary = temporary
        self._process = subprocess.Popen(
            [ROOT / "scripts/run", *arguments],
            cwd="/",
            env={**os.environ, "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,  # a line that waited in a buffer would not be waited for
            start_new_session=True,
            preexec_fn=_heeds_interrupts,
        )
        self.lines: list[str] = []

    def read_until(self, wanted: str, within_s: float) -> str:
        """The first line that has this."""
        assert self._process.stdout is not None
        until_s = time.monotonic() + within_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while (left_s := until_s - time.monotonic()) > 0:
                if selector.select(left_s):
                    line = self._process.stdout.readline().decode()
                    self.lines.append(line.rstrip("\n"))
                    if wanted in line:
                        return self.lines[-1]
                    assert line, f"it has ended: {self.lines}"
        raise AssertionError(f"{wanted!r} did not come: {self.lines}")

    def tell(self, number: signal.Signals, *, everyone: bool) -> int:
        """Its exit status; ``everyone``: as a terminal tells a whole process group."""
        if everyone:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)
        return self._process.wait(15)

    def left(self) -> list[str]:
        """The command lines of this group's processes that still run."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                group = int((folder / "stat").read_text().rpartition(")")[2].split()[2])
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                if group == self._process.pid and state != "Z":
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except (OSError, ValueError):
                continue
        return found

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(5)
        if self._process.stdout is not None:
            self._process.stdout.close()


Demonstrate = Callable[..., Demonstration]


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """mosquitto, which is nobody there, must reach it."""
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        if folder.owner() == tmp_path.owner() and folder != Path("/tmp"):  # noqa: S108
            folder.chmod(0o755)
    return tmp_path


@pytest.fixture
def demonstrate(temporary: Path) -> Iterator[Demonstrate]:
    made: list[Demonstration] = []

    def start(*arguments: str) -> Demonstration:
        made.append(Demonstration(temporary, *arguments))
        return made[-1]

    yield start
    for one in made:
        one.end()


def test_it_shows_a_dusk_in_plain_lines_and_the_command_it_prints_dims_the_lamp(demonstrate: Demonstrate) -> None:
    demonstration = demonstrate("--speed", "600")
    printed = demonstration.read_until(" dim 20 ", STARTS_WITHIN_S).split()
    assert Path(printed[0]).is_absolute()
    asking = demonstration.read_until(" --socket ", 5).split()
    demonstration.read_until(" 0.0 %  daylight", STARTS_WITHIN_S)
    demonstration.read_until(" 100.0 %  programme ", 20)

    sent = subprocess.run(printed, capture_output=True, text=True, timeout=20, check=False)

    assert sent.returncode == 0, sent.stderr
    assert "lamp-0042: dim applied at 20 %" in sent.stdout
    demonstration.read_until("dim command send-", 10)
    asked = subprocess.run(asking, capture_output=True, text=True, timeout=20, check=False)
    assert asked.stdout.startswith("20 %: dim command send-"), asked.stderr
    changes = [line for line in demonstration.lines if " % " in line]
    assert all("lamp-0042" in line and "mqtt://127.0.0.1:" in line for line in changes)
    assert not any("\033" in line for line in demonstration.lines)

    assert demonstration.tell(signal.SIGINT, everyone=True) == 130
    assert demonstration.left() == []
    assert list(demonstration.temporary.glob("tmp.*")) == []


def test_a_broker_that_is_named_is_used_and_a_signal_to_the_script_alone_ends_all_that_it_started(
    demonstrate: Demonstrate,
) -> None:
    shown = demonstrate("--broker", "mqtt://127.0.0.1:9")
    assert "mqtt://127.0.0.1:9 not connected" in shown.read_until("daylight", STARTS_WITHIN_S)
    running = shown.left()
    assert any(" run " in line for line in running)
    assert not any("mosquitto" in line for line in running)

    assert shown.tell(signal.SIGTERM, everyone=False) == 143

    assert shown.left() == []
