"""A virtual BH1750FVI ambient light sensor, after Rohm's technical note rev. C."""

from collections.abc import Callable

from agent.simulation.chips.conversions import Converter

ADDRESS = 0x23
_POWER_DOWN, _POWER_ON, _RESET = 0x00, 0x01, 0x07
_CONTINUOUS, _ONE_TIME = 0x10, 0x20  # the upper half of an opcode that measures
_LONGEST_S = {0x0: 0.180, 0x1: 0.180, 0x3: 0.024}  # the lower half: H, H2 and L; at MTreg 69
_H2, _L = 0x1, 0x3
_MTREG_HIGH, _MTREG_LOW = 0b01000_000, 0b011_00000  # with bits 7:5, and with bits 4:0
_MTREG_DEFAULT = 69
_COUNTS_PER_LX = 1.2
_L_STEP = 4  # counts: 4 lx where the H mode resolves 1
_FULL_SCALE = 0xFFFF


class Bh1750Chip:
    """``lux`` is the light that falls on it, by lamp time. It has no registers, so it is on the bus by itself."""

    def __init__(self, lux: Callable[[float], float], now_s: float = 0.0) -> None:
        self._lux = lux
        self.reset(now_s)

    def reset(self, _now_s: float) -> None:
        """Power-on, or a brown-out: powered down, nothing measured, MTreg at its default."""
        self._powered = False
        self._mtreg = _MTREG_DEFAULT
        self._resolution, self._used_mtreg, self._one_time = _L, _MTREG_DEFAULT, True
        self._result = 0
        self._converter = Converter()

    def write(self, data: bytes, now_s: float) -> None:
        """Takes the first byte: without a stop between them, no second opcode is accepted."""
        self._catch_up(now_s)
        opcode = data[0]
        if opcode & 0xF0 in (_CONTINUOUS, _ONE_TIME) and opcode & 0x0F in _LONGEST_S:
            self._measure(opcode & 0x0F, now_s, one_time=opcode & 0xF0 == _ONE_TIME)
        elif opcode == _POWER_ON:
            self._powered = True
        elif opcode == _POWER_DOWN:
            self._powered = False
            self._converter.stop()
        elif opcode == _RESET and self._powered:
            self._result = 0
        elif opcode & 0b11111_000 == _MTREG_HIGH:
            self._mtreg = (opcode & 0b111) << 5 | self._mtreg & 0b11111
        elif opcode & 0b111_00000 == _MTREG_LOW:
            self._mtreg = self._mtreg & 0b111_00000 | opcode & 0b11111

    def read(self, count: int, now_s: float) -> bytes:
        """The last result, high byte first, powered down or not."""
        self._catch_up(now_s)
        return (self._result.to_bytes(2, "big") + b"\xff" * count)[:count]

    def _measure(self, resolution: int, now_s: float, *, one_time: bool) -> None:
        self._powered = True
        self._resolution, self._used_mtreg, self._one_time = resolution, self._mtreg, one_time
        duration_s = _LONGEST_S[resolution] * self._mtreg / _MTREG_DEFAULT
        self._converter.start(now_s + duration_s, None if one_time else duration_s)

    def _catch_up(self, now_s: float) -> None:
        """Bring the result to the newest finished conversion; until one has finished, the old one stays."""
        end_s = self._converter.fresh_end_s(now_s)
        if end_s is None:
            return
        self._result = _counts(self._lux(end_s), self._resolution, self._used_mtreg)
        if self._one_time:
            self._powered = False


def _counts(lux: float, resolution: int, mtreg: int) -> int:
    scaled = lux * _COUNTS_PER_LX * mtreg / _MTREG_DEFAULT
    if resolution == _H2:
        scaled *= 2
    step = _L_STEP if resolution == _L else 1
    return min(_FULL_SCALE, int(scaled / step) * step)
