"""TSL2591 ambient light sensor (ams): range from the top, wait, read both channels. 8-bit registers, results low byte first.

Registers and identity: Linux (drivers/iio/light/tsl2591.c), Adafruit's CircuitPython driver and ESPHome (tsl2591), which agree.
"""

from dataclasses import dataclass

from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

ADDRESS = 0x29
COMMAND = 0xA0  # with the number of a register: a normal transfer, which goes on to the next register by itself
ENABLE, CONTROL, ID, STATUS, CHANNELS = 0x00, 0x01, 0x12, 0x13, 0x14
POWER_ON, MEASURE = 0b01, 0b10  # PON and AEN
RESERVED_BITS = 0b0010_1100  # of ENABLE, always read as 0
VALID = 0b1  # AVALID of STATUS: an integration has finished since AEN was set
TSL2591 = 0x50

INTEGRATION_MS = 100  # a whole number of a mains lamp's flickers, at 50 and at 60 Hz
SETTLE_S = 0.11  # then AVALID tells; Linux looks for it from 100 ms to 200 ms
LOOK_AGAIN_S, LATEST_S = 0.02, 0.2
FULL_SCALE = 36_863  # of an integration of 100 ms; of all longer ones 65,535
FEW, MANY = 800, 25_000  # counts: below there is a finer range; above, little room is left for a headlight
RESTARTS_AT_MOST = 3  # ranges tried, or resets noticed, between two readings


@dataclass(frozen=True, slots=True)
class Range:
    """One gain; ``code`` is the whole CONTROL register: 100 ms."""

    gain: float
    code: int

    @property
    def lx_per_count(self) -> float:
        """408 / (ms * gain), as in Linux and Adafruit's driver. ESPHome's 53 is no other: it multiplies it by 7.7, for a glass.

        The gains are theirs too. The datasheet has a range for each, in whose middle ESPHome sees 400 instead of 428.
        """
        return 408 / (INTEGRATION_MS * self.gain)


RANGES = (  # dusk, from 4 to 130 lx, is within one of them: the steps between the gains are not on the thresholds
    Range(1, 0x00),  # some 85,000 lx of daylight; the chip can bear no more, so full sun needs a window that dims it
    Range(25, 0x10),
    Range(428, 0x20),
)
TOP, FINEST = RANGES[0], RANGES[-1]


def decode(visible_and_infrared: int, infrared: int, chosen: Range) -> float:
    """Lux from both channels: (c0 - c1) * (1 - c1/c0) * lx_per_count, as Linux and ESPHome do it.

    The datasheet has no formula. Adafruit's driver takes the greater of two straight lines, c0 - 1.64 c1 and 0.59 c0 - 0.86 c1:
    within 6 % of this curve while c1 is under two fifths of c0, but negative where it is over two thirds. This one never is, and
    c0 alone rising is never less light. Both rest on preliminary coefficients for one sensor behind one glass: lux that is to be
    right absolutely needs the lamp's calibration.
    """
    if visible_and_infrared <= infrared:  # noise in the dark, 0 included; or light that nobody sees
        return 0.0
    visible = visible_and_infrared - infrared
    return visible * (1 - infrared / visible_and_infrared) * chosen.lx_per_count


def better_range(counts: int, chosen: Range) -> Range:
    """The range in which the same light is read best, by the fuller channel: ``chosen`` itself, while that is good enough."""
    if counts >= FULL_SCALE:
        return TOP  # how far above cannot be known
    if FEW <= counts <= MANY:
        return chosen
    most = (counts + 1) / chosen.gain
    roomy = [candidate for candidate in RANGES if most * candidate.gain <= MANY]
    return roomy[-1] if roomy else TOP


class Tsl2591:
    """Raises BusError; the poll after that identifies and configures the chip afresh, beginning with the top range."""

    def __init__(self, device: Device, calibration: float = 1.0) -> None:
        self._device = device
        self._calibration = calibration
        self._range = TOP
        self._ready_at_s: float | None = None
        self._restarts = 0  # since the last reading

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        ready_at_s, self._ready_at_s = self._ready_at_s, None  # forgotten unless we get to the end
        if ready_at_s is None:
            self._identify()
            self._restarts = 0
            return self._start(TOP, now_s)
        if now_s < ready_at_s:
            self._ready_at_s = ready_at_s
            return NotBefore(ready_at_s)
        if not self._still_configured():
            return self._start(TOP, now_s)
        if not self._register(STATUS) & VALID:
            return self._wait(now_s, ready_at_s)
        channels = self._device.read(COMMAND | CHANNELS, 4)  # in one transfer: both of one integration
        counts = int.from_bytes(channels[:2], "little"), int.from_bytes(channels[2:], "little")
        better = better_range(max(counts), self._range)
        if better != self._range and self._restarts < RESTARTS_AT_MOST:
            return self._start(better, now_s)
        self._ready_at_s, self._restarts = ready_at_s, 0
        lx = decode(*counts, self._range) * self._calibration
        return (Reading(Quantity.LIGHT_LEVEL_LX, lx, now_s, quality(*counts)),)

    def _identify(self) -> None:
        said = self._register(ID)
        if said == 0xFF:
            raise BusError(Fault.GARBAGE, "tsl2591: ID reads 0xff")
        if said != TSL2591:
            raise BusError(Fault.WRONG_CHIP, f"0x{self._device.address:02x} is no tsl2591: it says 0x{said:02x}")

    def _start(self, chosen: Range, now_s: float) -> NotBefore:
        self._restarts += 1
        if self._restarts > RESTARTS_AT_MOST + 1:
            raise BusError(Fault.GARBAGE, "tsl2591: loses its configuration again and again; check its supply")
        self._write(ENABLE, POWER_ON)  # a change within an integration would spoil it; and AVALID is to mean the next one
        self._write(CONTROL, chosen.code)
        self._write(ENABLE, POWER_ON | MEASURE)
        self._range = chosen
        if not self._still_configured():
            raise BusError(Fault.GARBAGE, "tsl2591: ENABLE and CONTROL do not read as they were written")
        self._ready_at_s = now_s + SETTLE_S
        return NotBefore(self._ready_at_s)

    def _still_configured(self) -> bool:
        """False after a brown-out, which leaves the chip asleep."""
        enabled, control = self._device.read(COMMAND | ENABLE, 2)
        if enabled & RESERVED_BITS:
            raise BusError(Fault.GARBAGE, f"tsl2591: ENABLE reads 0x{enabled:02x}, which it cannot hold")
        return enabled == POWER_ON | MEASURE and control == self._range.code

    def _wait(self, now_s: float, ready_at_s: float) -> NotBefore:
        if now_s > ready_at_s + LATEST_S:
            raise BusError(Fault.FAILED, "tsl2591: finishes no integration")
        self._ready_at_s = ready_at_s
        return NotBefore(now_s + LOOK_AGAIN_S)

    def _register(self, register: int) -> int:
        return self._device.read(COMMAND | register, 1)[0]

    def _write(self, register: int, value: int) -> None:
        self._device.write(bytes([COMMAND | register, value]))


def quality(visible_and_infrared: int, infrared: int) -> Quality:
    """With channel 0 full there is at least so much light; with both full, nothing is known but that there is infrared."""
    if infrared >= FULL_SCALE:
        return Quality.SUSPECT
    return Quality.SATURATED if visible_and_infrared >= FULL_SCALE else Quality.OK
