"""BH1750FVI ambient light sensor (Rohm): range from the top, wait, read. No registers: opcodes, and a result of two bytes.

Opcodes, times and formula: Rohm's technical note rev. C, Linux (drivers/iio/light/bh1750.c) and ESPHome (bh1750), which agree but
for the wait: Linux gives a conversion 15 to 40 ms more than the typical 120 ms, ESPHome its longest 180 ms, and so does this.
"""

from dataclasses import dataclass, replace

from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

ADDRESS = 0x23
POWER_ON, RESET = 0x01, 0x07  # the latter clears the result
ONE_TIME_H, ONE_TIME_H2, ONE_TIME_L = 0x20, 0x21, 0x23  # one conversion, and power down
MTREG_HIGH, MTREG_LOW = 0x40, 0x60  # with MTreg's upper three bits, and its lower five
MTREG_DEFAULT = 69
COUNTS_PER_LX = 1.2  # typical, at MTreg 69; 0.96 to 1.44 from part to part
FULL_SCALE = 0xFFFC  # and above: the L mode counts in fours
FEW, MANY = 5_000, 40_000  # counts: below there is a finer range; above, little room is left for a headlight
LOOKS_AT_MOST = 4  # conversions for one reading
SURELY_SEEN = 10  # counts: so much light does not become 0 by noise


@dataclass(frozen=True, slots=True)
class Range:
    """One mode with one measurement time (``mtreg``, 31 to 254)."""

    opcode: int
    mtreg: int

    @property
    def lx_per_count(self) -> float:
        """Counts / 1.2 at MTreg 69, in proportion to it; the H2 mode counts twice."""
        counts_per_lx = COUNTS_PER_LX * self.mtreg / MTREG_DEFAULT
        return 1 / (2 * counts_per_lx if self.opcode == ONE_TIME_H2 else counts_per_lx)

    @property
    def ready_after_s(self) -> float:
        """The longest time of a conversion: 180 ms, or 24 ms in the L mode, at MTreg 69, in proportion to it."""
        return (0.024 if self.opcode == ONE_TIME_L else 0.180) * self.mtreg / MTREG_DEFAULT


RANGES = (
    Range(ONE_TIME_L, 31),  # up to 121,500 lx in 11 ms, but coarse: a glance, to choose another
    Range(ONE_TIME_H, 31),  # the same reach, steps of 2 lx
    Range(ONE_TIME_H2, 69),
    Range(ONE_TIME_H2, 254),  # up to 7,400 lx, steps of 0.11 lx
)
TOP, FINEST = RANGES[0], RANGES[-1]


def decode(counts: int, chosen: Range) -> float:
    """Lux from the result, right to 20 % without a calibration."""
    return counts * chosen.lx_per_count


def better_range(counts: int, chosen: Range) -> Range:
    """The range in which the same light is read best: ``chosen`` itself, while that is good enough. A glance never is."""
    if counts >= FULL_SCALE:
        return TOP  # how far above cannot be known
    if chosen != TOP and FEW <= counts <= MANY:
        return chosen
    most_lx = decode(counts + 1, chosen)
    roomy = [candidate for candidate in RANGES[1:] if most_lx / candidate.lx_per_count <= MANY]
    return roomy[-1] if roomy else RANGES[1]


@dataclass(frozen=True, slots=True)
class _Look:
    """A conversion: under way until ``ready_at_s``, or, where that is None, still to be started."""

    chosen: Range = TOP
    before_lx: float = 0.0  # what the one before it saw
    number: int = 0  # since the last reading
    ready_at_s: float | None = None


class Bh1750:
    """Raises BusError; the poll after that begins with the top range.

    There is no identity, and nothing but the result can be read back. So each conversion is given all that it needs, and a reset
    between two readings does no harm. Power lost during a conversion leaves a result of 0, which is also darkness: a 0 where
    there has just been light is measured again, from the top. Darkness is dark twice; if light and 0 come by turns, it is the
    supply. One that outlasts no conversion at all cannot be told from darkness here.
    """

    def __init__(self, device: Device, calibration: float = 1.0) -> None:
        self._device = device
        self._calibration = calibration
        self._look = _Look()

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        look, self._look = self._look, _Look()  # begun again from the top unless we get to the end
        if look.ready_at_s is None:
            return self._start(look, now_s)
        if now_s < look.ready_at_s:
            self._look = look
            return NotBefore(look.ready_at_s)
        counts = self._result()
        lx, vanished = decode(counts, look.chosen), counts == 0 and look.before_lx >= decode(SURELY_SEEN, look.chosen)
        better = TOP if vanished else better_range(counts, look.chosen)
        if (vanished or better != look.chosen) and look.number < LOOKS_AT_MOST:
            return self._start(_Look(better, lx, look.number), now_s)
        if vanished:
            raise BusError(Fault.GARBAGE, f"bh1750: sees {look.before_lx:.0f} lx and then nothing, by turns; check its supply")
        if counts >= FULL_SCALE:
            self._prove_alive()
        self._look = _Look(look.chosen, lx)
        quality = Quality.SATURATED if counts >= FULL_SCALE else Quality.OK
        at_s = look.ready_at_s  # of then, however late somebody comes for it
        return (Reading(Quantity.LIGHT_LEVEL_LX, lx * self._calibration, at_s, quality),)

    def _start(self, look: _Look, now_s: float) -> NotBefore:
        mtreg = look.chosen.mtreg
        for opcode in (POWER_ON, MTREG_HIGH | mtreg >> 5, MTREG_LOW | mtreg & 0b11111, look.chosen.opcode):
            self._device.write(bytes([opcode]))  # one in each transfer, more are not understood
        ready_at_s = now_s + look.chosen.ready_after_s
        self._look = replace(look, number=look.number + 1, ready_at_s=ready_at_s)
        return NotBefore(ready_at_s)

    def _result(self) -> int:
        return int.from_bytes(self._device.receive(2), "big")

    def _prove_alive(self) -> None:
        """All ones are blinding light, or a bus on which nobody speaks: a chip clears its result when told to."""
        self._device.write(bytes([POWER_ON]))  # powered down, it does not obey
        self._device.write(bytes([RESET]))
        left = self._result()
        if left != 0:
            raise BusError(Fault.GARBAGE, f"bh1750: the result reads 0x{left:04x} after it was cleared")
