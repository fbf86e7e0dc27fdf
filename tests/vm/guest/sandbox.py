"""A small program in the daemon's place: under the shipped unit, so with its user, its rights and its walls."""

from typing import Any

import msgspec

from guest.host import HERE
from guest.machine import PYTHON, Guest

DROP_IN = "/run/systemd/system/streetlight-agent.service.d/probe.conf"
PROBE = f"""\
[Service]
Type=oneshot
Restart=no
WatchdogSec=0
EnvironmentFile=-/run/guest/environment
ExecStart=
ExecStopPost=
ExecStart={PYTHON} /run/guest/probe.py
StandardOutput=truncate:/run/guest/answer
StandardError=journal
"""


class Sandbox:
    """Takes the unit over until ``leave``."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        guest.write(DROP_IN, PROBE)
        guest.run("systemctl daemon-reload")

    def ask(self, probe: str, meanwhile: str = "", **environment: str) -> dict[str, Any]:
        """Run ``probes/PROBE.py`` and return the JSON object that it prints; ``meanwhile``: a root shell's loop beside it."""
        self._guest.write("/run/guest/probe.py", (HERE / "probes" / f"{probe}.py").read_text())
        self._guest.write("/run/guest/environment", "".join(f"{key}={value}\n" for key, value in environment.items()))
        start = "systemctl start streetlight-agent || { journalctl -b -n 40 --no-pager -o cat -u streetlight-agent; exit 1; }"
        self._guest.run(f"({meanwhile}) & beside=$!; ({start}); ended=$?; kill $beside; exit $ended" if meanwhile else start)
        answer: dict[str, Any] = msgspec.json.decode(self._guest.run("cat /run/guest/answer"), type=dict[str, Any])
        return answer

    def leave(self) -> None:
        self._guest.run(f"systemctl stop streetlight-agent; rm {DROP_IN}; systemctl daemon-reload")
