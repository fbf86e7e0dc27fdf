"""A virtual PCA9685 PWM controller, after NXP's datasheet (rev. 4)."""

_MODE1, _MODE2, _LED0, _LED_END, _PRE_SCALE = 0x00, 0x01, 0x06, 0x46, 0xFE
_RESTART, _AUTO_INCREMENT, _SLEEP = 0x80, 0x20, 0x10  # MODE1
_INVERT, _TOTEM_POLE = 0x10, 0x04  # MODE2
_FULL = 0x10  # in the high byte of ON or OFF
_LED_AT_POWER_ON = bytes([0, 0, 0, _FULL])
_TURN = 4096
_OSCILLATOR_HZ = 25e6


class Pca9685Chip:
    """Sixteen channels, of which none drives its line while the chip sleeps. Its oscillator starts at once."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.reset(now_s)

    def reset(self, _now_s: float) -> None:
        """Power-on, or a brown-out: asleep, every channel off."""
        registers = bytearray(256)
        registers[_MODE1], registers[_MODE2], registers[_PRE_SCALE] = 0x11, 0x04, 0x1E
        registers[_LED0:_LED_END] = _LED_AT_POWER_ON * 16
        self._pointer = 0
        self._halted = False  # it was sent to sleep while channels ran; they wait for RESTART
        self._registers = bytes(registers)

    @property
    def frequency_hz(self) -> float:
        return _OSCILLATOR_HZ / (_TURN * (self._registers[_PRE_SCALE] + 1))

    def led(self, channel: int) -> bytes:
        """The four registers of a channel."""
        first = _LED0 + 4 * channel
        return self._registers[first : first + 4]

    def high_fraction(self, channel: int) -> float | None:
        """The share of time for which a channel's line is high; None where nothing drives it high."""
        registers = self._registers
        if registers[_MODE1] & _SLEEP or self._halted or not registers[_MODE2] & _TOTEM_POLE:
            return None
        high = _share(self.led(channel))
        return 1 - high if registers[_MODE2] & _INVERT else high

    def write(self, data: bytes, _now_s: float) -> None:
        self._pointer = data[0]
        registers = bytearray(self._registers)
        led_written = False
        for value in data[1:]:
            led_written |= _LED0 <= self._pointer < _LED_END
            self._store(registers, value)
            self._advance(registers)
        if led_written and not registers[_MODE1] & _SLEEP:
            self._halted = False  # with OCH 0, at the stop
        self._registers = bytes(registers)

    def read(self, count: int, _now_s: float) -> bytes:
        reply = bytearray()
        for _ in range(count):
            value = self._registers[self._pointer]
            reply.append(value | _RESTART if self._pointer == _MODE1 and self._halted else value)
            self._advance(self._registers)
        return bytes(reply)

    def _store(self, registers: bytearray, value: int) -> None:
        if self._pointer == _MODE1:
            self._set_mode(registers, value)
        elif self._pointer == _PRE_SCALE:
            if registers[_MODE1] & _SLEEP:
                registers[_PRE_SCALE] = max(3, value)
        elif self._pointer < _LED_END:
            registers[self._pointer] = value

    def _set_mode(self, registers: bytearray, value: int) -> None:
        was_asleep, sleeps = registers[_MODE1] & _SLEEP, value & _SLEEP
        if sleeps and not was_asleep:
            self._halted = any(_share(registers[first : first + 4]) > 0 for first in range(_LED0, _LED_END, 4))
        if value & _RESTART and not sleeps and not was_asleep:
            self._halted = False
        registers[_MODE1] = value & ~_RESTART

    def _advance(self, registers: bytes | bytearray) -> None:
        if registers[_MODE1] & _AUTO_INCREMENT:
            self._pointer = 0 if self._pointer in (_LED_END - 1, _PRE_SCALE) else self._pointer + 1 & 0xFF


def _share(led: bytes | bytearray) -> float:
    """Of the time for which a channel is on. Full-off wins."""
    if led[3] & _FULL:
        return 0.0
    if led[1] & _FULL:
        return 1.0
    on, off = int.from_bytes(led[:2], "little"), int.from_bytes(led[2:], "little")
    return (off - on) % _TURN / _TURN
