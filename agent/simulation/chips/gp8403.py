"""A virtual GP8403 dual 0-10 V converter, after Guestgood's datasheet as DFRobot, Adafruit and others read it."""

_RANGE, _CHANNELS = 0x01, (0x02, 0x04)
_RANGES_V = {0x00: 5.0, 0x11: 10.0}
_TOP = 0xFFF
_MOST_V = 10.0


class Gp8403Chip:
    """``saved_code`` is what somebody has put into its memory, for both channels at 10 V: what it drives from power-on."""

    def __init__(self, saved_code: int, now_s: float = 0.0) -> None:
        self._saved_code = saved_code
        self.reset(now_s)

    def reset(self, _now_s: float) -> None:
        """Power-on, or a brown-out."""
        saved = (self._saved_code << 4).to_bytes(2, "little")
        self._registers = b"\x00\x11" + saved + saved

    def volts(self, channel: int) -> float:
        low = _CHANNELS[channel]
        code = int.from_bytes(self._registers[low : low + 2], "little") >> 4
        return _RANGES_V.get(self._registers[_RANGE], _MOST_V) * code / _TOP

    def high_fraction(self, channel: int) -> float:
        """A channel's voltage as a share of 10 V."""
        return self.volts(channel) / _MOST_V

    def write(self, data: bytes, _now_s: float) -> None:
        """The first byte chooses a register, the others fill it and those that follow."""
        registers = bytearray(self._registers)
        for register, value in enumerate(data[1:], start=data[0]):
            if _RANGE <= register < len(registers):
                registers[register] = value
        self._registers = bytes(registers)

    def read(self, count: int, _now_s: float) -> bytes:
        """It has nothing to say, and leaves the line high."""
        return b"\xff" * count
