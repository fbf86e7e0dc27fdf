"""qemu's own control socket (QMP): what happens to the machine from outside."""

import socket
from pathlib import Path

import msgspec


def execute(path: Path, command: str, **arguments: str | bool) -> None:
    """Give one command; a connection of its own, for qemu serves one at a time. Raises RuntimeError if it is refused."""
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.settimeout(10)
        monitor.connect(str(path))
        with monitor.makefile("rwb") as lines:
            lines.readline()  # the greeting
            for request in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments}):
                lines.write(msgspec.json.encode(request) + b"\n")
                lines.flush()
                answer: dict[str, object] = {"event": ""}
                while "event" in answer:  # events come whenever they like
                    answer = msgspec.json.decode(lines.readline(), type=dict[str, object])
                if "error" in answer:
                    raise RuntimeError(f"qemu refuses {request}: {answer['error']}")
