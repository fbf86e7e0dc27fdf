"""A virtual TSL2591 light sensor, after ams's datasheet (v2-04), under daylight."""

from collections.abc import Callable

from agent.simulation.chips.conversions import Converter

ADDRESS = 0x29
_COMMAND, _NORMAL = 0b1000_0000, 0b0010_0000  # of the first byte of each transfer
_ENABLE, _CONTROL = 0x00, 0x01
_STORED_REGISTERS = 0x0D  # enable, control, thresholds, persistence
_ID, _STATUS, _CHANNELS = 0x12, 0x13, 0x14
_THIS_ID = 0x50
_POWER_ON, _MEASURE = 0b01, 0b10
_SETTABLE_OF_ENABLE = 0b1101_0011
_SETTABLE_OF_CONTROL = 0b0011_0111
_RESET = 0b1000_0000  # of control
_VALID = 0b1
_GAINS = (1.0, 25.0, 428.0, 9876.0)  # bits 5:4 of control
_STEP_S = 0.108  # the longest; bits 2:0 of control say how many there are beside the first
_FULL_SCALE_OF_ONE_STEP, _FULL_SCALE = 36_863, 65_535

# The datasheet has no lux: here is a part, and a daylight, for which the formula that Linux uses is right.
_INFRARED = 0.25  # of channel 0: one step at gain 1 then reaches 84,600 lx, where Adafruit promises 88,000
_COUNTS_PER_LX = 100 / 408 / (1 - _INFRARED) ** 2  # in channel 0, with one step at gain 1


class Tsl2591Chip:
    """``lux`` is the light that falls on it, by lamp time. Thresholds and interrupts are only stored."""

    def __init__(self, lux: Callable[[float], float], now_s: float = 0.0) -> None:
        self._lux = lux
        self.reset(now_s)

    def reset(self, _now_s: float) -> None:
        """Power-on, a brown-out or the reset bit: all registers at their defaults, asleep."""
        self._stored = [0] * _STORED_REGISTERS
        self._pointer = 0
        self._channels = bytes(4)
        self._valid = False
        self._control_before, self._control_since_s = 0, 0.0
        self._converter = Converter()

    def write(self, data: bytes, now_s: float) -> None:
        self._catch_up(now_s)
        if not data[0] & _COMMAND or not data[0] & _NORMAL:
            return
        self._pointer = data[0] & 0b1_1111
        for value in data[1:]:
            self._set(self._pointer, value, now_s)
            self._pointer += 1

    def read(self, count: int, now_s: float) -> bytes:
        """This register and those behind it."""
        self._catch_up(now_s)
        told = bytes(self._get(self._pointer + offset) for offset in range(count))
        self._pointer += count
        return told

    def _get(self, register: int) -> int:
        if register < _STORED_REGISTERS:
            return self._stored[register]
        if _CHANNELS <= register < _CHANNELS + len(self._channels):
            return self._channels[register - _CHANNELS]
        return {_ID: _THIS_ID, _STATUS: _VALID * self._valid}.get(register, 0)

    def _set(self, register: int, value: int, now_s: float) -> None:
        if register == _ENABLE:
            self._enable(value & _SETTABLE_OF_ENABLE, now_s)
        elif register == _CONTROL and value & _RESET:
            self.reset(now_s)
        elif register == _CONTROL:
            self._control_before, self._control_since_s = self._stored[_CONTROL], now_s
            self._stored[_CONTROL] = value & _SETTABLE_OF_CONTROL
        elif register < _STORED_REGISTERS:
            self._stored[register] = value

    def _enable(self, value: int, now_s: float) -> None:
        measuring = _POWER_ON | _MEASURE
        before, self._stored[_ENABLE] = self._stored[_ENABLE], value
        if value & measuring != measuring:
            self._converter.stop()
        elif before & measuring != measuring:
            self._valid = False  # it means: since measuring began
            self._converter.start(now_s + self._duration_s(), self._duration_s())

    def _duration_s(self) -> float:
        return (1 + (self._stored[_CONTROL] & 0b111)) * _STEP_S

    def _catch_up(self, now_s: float) -> None:
        end_s = self._converter.fresh_end_s(now_s)
        if end_s is None:
            return
        spoilt = end_s - self._duration_s() < self._control_since_s  # begun before control was changed
        self._channels = _counted(self._lux(end_s), self._control_before if spoilt else self._stored[_CONTROL])
        self._valid = True


def _counted(lux: float, control: int) -> bytes:
    """Both channels, low byte first."""
    steps = 1 + (control & 0b111)
    counts = lux * _COUNTS_PER_LX * steps * _GAINS[control >> 4 & 0b11]
    most = _FULL_SCALE_OF_ONE_STEP if steps == 1 else _FULL_SCALE
    return b"".join(min(most, int(channel)).to_bytes(2, "little") for channel in (counts, counts * _INFRARED))
