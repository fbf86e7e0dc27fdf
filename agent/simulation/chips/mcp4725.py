"""A virtual MCP4725 digital-to-analogue converter, after Microchip's datasheet DS22039D."""

_TOP = 0xFFF
_FAST, _DAC, _DAC_AND_EEPROM = 0b00, 0b010, 0b011  # the command: the upper two bits of the first byte, or three
_READY, _POWERED = 0x80, 0x40
_EEPROM_S = 0.05  # the datasheet's longest; meanwhile writes are ignored


class Mcp4725Chip:
    """``saved_code`` is what somebody has put into its EEPROM: what it drives from power-on until it is told otherwise."""

    def __init__(self, saved_code: int, now_s: float = 0.0) -> None:
        self.saved_code = saved_code
        self._saved_power_down = 0
        self.reset(now_s)

    def reset(self, _now_s: float) -> None:
        """Power-on, or a brown-out: the register is loaded from the EEPROM."""
        self._code, self._power_down = self.saved_code, self._saved_power_down
        self._ready_at_s = float("-inf")

    def high_fraction(self) -> float | None:
        """Its voltage as a share of the highest; None in power-down, when a resistor is all that is left on the pin."""
        return None if self._power_down else self._code / _TOP

    def write(self, data: bytes, now_s: float) -> None:
        if now_s < self._ready_at_s:
            return
        if data[0] >> 6 == _FAST:
            for high, low in zip(data[::2], data[1::2], strict=False):  # the two bytes may be repeated
                self._code, self._power_down = (high & 0x0F) << 8 | low, high >> 4 & 0b11
        elif len(data) >= 3 and data[0] >> 5 in (_DAC, _DAC_AND_EEPROM):
            self._code, self._power_down = data[1] << 4 | data[2] >> 4, data[0] >> 1 & 0b11
            if data[0] >> 5 == _DAC_AND_EEPROM:
                self.saved_code, self._saved_power_down = self._code, self._power_down
                self._ready_at_s = now_s + _EEPROM_S

    def read(self, count: int, now_s: float) -> bytes:
        """Status, DAC register, EEPROM, and again from the start."""
        status = (_READY if now_s >= self._ready_at_s else 0) | _POWERED | self._power_down << 1
        register = (self._code << 4).to_bytes(2, "big")
        saved = (self._saved_power_down << 13 | self.saved_code).to_bytes(2, "big")
        reply = bytes([status]) + register + saved
        return (reply * (count // len(reply) + 1))[:count]
