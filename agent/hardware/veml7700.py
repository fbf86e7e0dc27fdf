"""VEML7700 ambient light sensor (Vishay): range from the top, wait, read. 16-bit registers, low byte first."""

from dataclasses import dataclass

from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

ADDRESS = 0x10
CONFIGURATION, LIGHT = 0x00, 0x04
RESERVED_BITS = 0b111 << 13  # always read as 0
SHUT_DOWN = 0b1
POWER_UP_S = 0.005
FULL_SCALE = 0xFFFF
FEW, MANY = 100, 10_000  # counts: below is too coarse; above, little room is left for a headlight
RESTARTS_AT_MOST = 3  # ranges tried, or resets noticed, between two readings


@dataclass(frozen=True, slots=True)
class Range:
    """One setting of the chip; ``code`` is the whole CONFIGURATION register: power on, no interrupt, no persistence."""

    gain: float
    integration_ms: int
    code: int

    @property
    def lx_per_count(self) -> float:
        """Datasheet rev. 1.7 (2023), resolution table: 0.0042 lx at gain 2 and 800 ms."""
        return 0.0042 * (800 / self.integration_ms) * (2 / self.gain)

    @property
    def settled_after_s(self) -> float:
        """Two integrations: the first result after a change may still be the old one. Before them, ``still_running_s``."""
        return POWER_UP_S + 2 * self.integration_ms / 1000


GAIN_BITS = {1: 0b00, 2: 0b01, 1 / 8: 0b10, 1 / 4: 0b11}  # 12:11
INTEGRATION_BITS = {25: 12, 50: 8, 100: 0, 200: 1, 400: 2, 800: 3}  # 9:6


def _range(gain: float, integration_ms: int) -> Range:
    return Range(gain, integration_ms, GAIN_BITS[gain] << 11 | INTEGRATION_BITS[integration_ms] << 6)


def still_running_s(configuration: int) -> float:
    """The longest that the conversion may go on that a chip set so is at: a new setting waits for its end (Adafruit's library).

    Counts of 800 ms taken for counts of 25 ms turn a street at night into full sun.
    """
    if configuration & SHUT_DOWN:
        return 0.0
    bits = configuration >> 6 & 0b1111
    return next((ms for ms, code in INTEGRATION_BITS.items() if code == bits), max(INTEGRATION_BITS)) / 1000


RANGES = (  # from 140,000 lx down: the shortest integration in full sun, then gain, then integration time
    _range(1 / 8, 25),
    _range(1 / 8, 100),
    _range(1 / 4, 100),
    _range(1, 100),
    _range(2, 100),
    _range(2, 200),
    _range(2, 400),
    _range(2, 800),
)
TOP, FINEST = RANGES[0], RANGES[-1]

CORRECTED_ABOVE_LX, CORRECTED_UP_TO_LX = 1_000, 20_000


def decode(counts: int, chosen: Range) -> float:
    """Lux from the LIGHT register, corrected for the sensor's non-linearity in bright light."""
    return corrected(counts * chosen.lx_per_count)


def corrected(lx: float) -> float:
    """Vishay's polynomial (application note "Designing the VEML7700"), above 1,000 lx, where it begins to matter.

    It grows without limit (30,000 would become 337,000), so above 20,000 its factor is kept. The value still follows the light
    there: that it moves is what proves, when the clock is lost, that it is day.
    """
    if lx <= CORRECTED_ABOVE_LX:
        return lx
    x = min(lx, CORRECTED_UP_TO_LX)
    return lx * (((6.0135e-13 * x - 9.3924e-9) * x + 8.1488e-5) * x + 1.0023)


def better_range(counts: int, chosen: Range) -> Range:
    """The range in which the same light is read best: ``chosen`` itself, while that is good enough.

    It goes there at once instead of step by step, so a jump from dark to bright or back costs two waits at most.
    """
    if counts == FULL_SCALE:
        return TOP  # how far above cannot be known
    if FEW <= counts <= MANY:
        return chosen
    most_lx = (counts + 1) * chosen.lx_per_count
    roomy = [candidate for candidate in RANGES if most_lx / candidate.lx_per_count <= MANY]
    return roomy[-1] if roomy else TOP


class Veml7700:
    """Raises BusError; the poll after that configures the chip afresh, beginning with the top range."""

    def __init__(self, device: Device, calibration: float = 1.0) -> None:
        self._device = device
        self._calibration = calibration
        self._range = TOP
        self._ready_at_s: float | None = None
        self._restarts = 0  # since the last reading

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        ready_at_s, self._ready_at_s = self._ready_at_s, None  # forgotten unless we get to the end
        if ready_at_s is None:
            self._restarts = 0
            return self._start(TOP, now_s)
        if now_s < ready_at_s:
            self._ready_at_s = ready_at_s
            return NotBefore(ready_at_s)
        if not self._still_configured():
            return self._start(TOP, now_s)
        counts = self._device.read_word(LIGHT)
        better = better_range(counts, self._range)
        if better != self._range and self._restarts < RESTARTS_AT_MOST:
            return self._start(better, now_s)
        self._ready_at_s, self._restarts = ready_at_s, 0
        quality = Quality.SATURATED if counts == FULL_SCALE else Quality.OK
        return (Reading(Quantity.LIGHT_LEVEL_LX, decode(counts, self._range) * self._calibration, now_s, quality),)

    def _start(self, chosen: Range, now_s: float) -> NotBefore:
        self._restarts += 1
        if self._restarts > RESTARTS_AT_MOST + 1:
            raise BusError(Fault.GARBAGE, "veml7700: loses its configuration again and again; check its supply")
        running_s = still_running_s(self._device.read_word(CONFIGURATION))
        self._device.write_word(CONFIGURATION, chosen.code)
        kept = self._device.read_word(CONFIGURATION)
        if kept != chosen.code:
            raise BusError(Fault.GARBAGE, f"veml7700: CONFIGURATION reads 0x{kept:04x} after 0x{chosen.code:04x} was written")
        self._range = chosen
        self._ready_at_s = now_s + running_s + chosen.settled_after_s
        return NotBefore(self._ready_at_s)

    def _still_configured(self) -> bool:
        """False after a brown-out, which leaves the chip in its power-on state: shut down, gain 1."""
        word = self._device.read_word(CONFIGURATION)
        if word & RESERVED_BITS:
            raise BusError(Fault.GARBAGE, f"veml7700: CONFIGURATION reads 0x{word:04x}, which it cannot hold")
        return word == self._range.code
