"""One lamp in a guest: its config, its daemon under the shipped unit, what its chips sense, and what its PWM does."""

import time
from dataclasses import dataclass
from itertools import groupby

from guest.host import HERE
from guest.machine import Guest
from guest.wiring import Wiring

UNIT = "streetlight-agent"
CONFIG = "/etc/streetlight-agent/agent.yaml"
AGENT = "/opt/streetlight-agent/bin/streetlight-agent"
MOTION, RELAY = 17, 23
NS_PER_PERCENT = 10_000  # 1000 Hz
TOPIC = "streetlight/v1/test-street/lamp/lamp-0001"


def percent(duty_ns: int) -> float:
    """To a tenth: each minute the agent writes a duty that is a nanosecond off, so that the chip gets it once more."""
    return round(duty_ns / NS_PER_PERCENT, 1)


def shine(guest: Guest, lx: float) -> None:
    """So much light falls on the photocell, as ``street`` has it."""
    guest.write("/run/street/lx.new", f"{lx}\n")
    guest.run("mv /run/street/lx.new /run/street/lx")  # street reads all of it or nothing


@dataclass(frozen=True)
class Lamp:
    guest: Guest
    wiring: Wiring
    broker_port: int

    def configure(self, **values: str) -> None:
        """``agent.yaml`` from ``lamp.yaml`` of the tests, its words in capitals replaced."""
        text = (HERE / "lamp.yaml").read_text()
        for name, value in {"PORT": str(self.broker_port), "LEVEL": "40", **values}.items():
            text = text.replace(name, value)
        self.guest.write(CONFIG, text)

    def start(self) -> None:
        """Until systemd has been told that it is ready. Raises AssertionError with the journal's end."""
        started = self.guest.attempt(f"systemctl start {UNIT}", timeout_s=120)
        assert started.status == 0, f"{started.err}\n{self.journal()}"

    def duty_percent(self) -> float:
        """What is really on the PWM."""
        period_ns, duty_ns, enabled = self.wiring.pwm_ns()
        assert period_ns == 100 * NS_PER_PERCENT
        assert enabled
        return percent(duty_ns)

    def level(self) -> float:
        """The light, in percent: none while the relay's coil is energised, for that opens its contact."""
        return 0.0 if self.wiring.is_high(RELAY) else self.duty_percent()

    def wait_for_level(self, level: float, timeout_s: float = 30) -> float:
        """Seconds until the light is at this level. Raises AssertionError with the journal's end."""
        began_s = time.monotonic()
        while (found := self.level()) != level:
            if time.monotonic() - began_s > timeout_s:
                raise AssertionError(f"{found} % instead of {level} % after {timeout_s} s\n{self.journal()}")
            time.sleep(0.1)
        return time.monotonic() - began_s

    def watch(self, for_s: float, meanwhile: str) -> list[float]:
        """The percentages on the PWM in their order, while a root shell runs ``meanwhile``."""
        seen = self.guest.run(f"({meanwhile}) & /opt/guest/watch-duty {for_s}; wait", timeout_s=for_s + 30)
        return [level for level, _ in groupby(percent(int(duty_ns)) for duty_ns in seen.split())]

    def property(self, name: str) -> str:
        """What systemd knows of the unit."""
        return self.guest.run(f"systemctl show {UNIT} -p {name} --value").strip()

    def wait_until_ready(self, timeout_s: float = 60) -> None:
        """Until systemd has the unit active again."""
        self.guest.run(
            f"timeout {timeout_s} sh -c 'until systemctl -q is-active {UNIT}; do sleep 0.2; done'", timeout_s=timeout_s
        )

    def journal(self) -> str:
        return self.guest.run(f"journalctl -b -u {UNIT} -n 60 --no-pager -o cat")
