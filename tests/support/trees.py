"""Plants a board's files from a text: ``PATH = CONTENT``, ``PATH -> TARGET``; \\0 and \\xNN are bytes, | is the end of a line."""

import re
from pathlib import Path

ESCAPE = re.compile(rb"\\(0|x[0-9a-f]{2})")


def plant(text: str, root: Path) -> None:
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, kind, rest = re.fullmatch(r"(.+?) (=|->) ?(.*)", line).groups()  # type: ignore[union-attr]  # a tree is ours
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "->":
            path.symlink_to(rest)
        else:
            path.write_bytes(ESCAPE.sub(_byte, rest.replace("|", "\n").encode() + (b"" if "\\" in rest else b"\n")))


def _byte(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return b"\0" if code == b"0" else bytes.fromhex(code[1:].decode())
