"""The daemon on a pole of the bench's own: mock pins and virtual chips, and every change of the light told with its moment.

usage: python -m bench.pole ARGUMENT...     with the arguments of `streetlight-agent run`
On stdin: ``1`` and ``0``, for the motion sensor's line. On stdout, with host seconds (CLOCK_BOOTTIME): ``light SECONDS PERCENT``
and ``edge SECONDS``.
"""

import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.clock import ScaledClock, host_s, utc_s
from agent.daemon import entry
from agent.daemon.bottom import Ground
from agent.daemon.options import Options
from agent.hardware.board import read_board
from agent.hardware.bus import Bus
from agent.hardware.rig import Bottom
from agent.settings.model import Settings
from agent.simulation.sysfs import VirtualSysfs

if TYPE_CHECKING:
    from gpiozero.pins.mock import MockFactory

PWM_GPIO, MOTION_GPIO = 18, 17  # as in the bench's config
LIGHT_LX, SUPPLY_V, SUPPLY_A, AIR_C = 0.5, 230.0, 0.1, 12.0


class ToldSysfs:
    """A virtual /sys without udev's delay that tells of every change of the PWM's duty."""

    def __init__(self) -> None:
        self._sysfs = VirtualSysfs(host_s, lambda _: AIR_C, udev_s=0.0)
        self._told: float | None = None

    def read(self, path: str) -> str:
        return self._sysfs.read(path)

    def write(self, path: str, text: str) -> None:
        self._sysfs.write(path, text)
        at_s = host_s()
        fraction = self._sysfs.high_fraction(PWM_GPIO)
        if fraction is not None and fraction != self._told:
            self._told = fraction
            tell(f"light {at_s:.6f} {fraction * 100:.1f}")

    def list(self, path: str) -> Sequence[str]:
        return self._sysfs.list(path)

    def target(self, path: str) -> str:
        return self._sysfs.target(path)


class Pins:
    """gpiozero's mock pins, made when they are first asked for, as the real ones are; stdin moves the motion sensor's line."""

    def __init__(self) -> None:
        self._factory: MockFactory | None = None

    def factory(self) -> "MockFactory":
        if self._factory is None:
            from gpiozero.pins.mock import MockFactory, MockPin

            self._factory = MockFactory(revision="c03112", pin_class=MockPin)  # a Pi 4
            self._factory.pin(f"GPIO{MOTION_GPIO}").drive_low()
            threading.Thread(target=self._obey, daemon=True).start()
        return self._factory

    def _obey(self) -> None:
        line = self.factory().pin(f"GPIO{MOTION_GPIO}")
        for order in sys.stdin:
            at_s = host_s()
            if order.strip() == "1":
                line.drive_high()
                tell(f"edge {at_s:.6f}")
            else:
                line.drive_low()


class Chips:
    """The I2C buses, plugged together when they are first asked for: not before the first light."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._plugged: dict[int, Bus] = {}

    def bus(self, number: int) -> Bus:
        if number not in self._plugged:
            from agent.simulation.fitting import Buses, Surroundings, plug_in

            buses = Buses(host_s, lambda _: None)
            around = Surroundings(lambda _: LIGHT_LX, lambda _: SUPPLY_V, lambda _: SUPPLY_A, lambda _: AIR_C)
            plug_in(self._settings.sensors, around, buses, host_s())
            self._plugged[number] = buses.bus(number)
        return self._plugged[number]


def make_ground(options: Options, settings: Settings) -> Ground:
    """In the place of the daemon's own: the clock is the host's but counts as synchronised, and no street runs."""
    bottom = Bottom(Chips(settings).bus, ToldSysfs(), Pins().factory)
    return Ground(bottom, ScaledClock(utc_s()), read_board(), None, lambda: None, lambda: None)


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    entry.make_ground = make_ground  # type: ignore[attr-defined]  # this pole in the place of the host
    sys.exit(entry.main(sys.argv[1:]))
