"""PCA9685 16-channel 12-bit PWM (NXP): one channel dims the lamp, the others are left alone.

Registers, bits and power-on values as in NXP's datasheet (rev. 2 to 4, tables 3 to 8), used alike by Linux
(drivers/pwm/pwm-pca9685.c) and ESPHome's component. prescale = round(25 MHz / (4096 * f)) - 1 (datasheet, equation 1; Linux);
ESPHome truncates, and Adafruit's CircuitPython driver leaves out the 1, which makes 872 Hz of 1 kHz. Full-off wins over
full-on (datasheet 7.3.3; Linux).

It has no identity, but after power-on it sleeps, with another prescaler: a reset shows. Frequency and output drive are the
chip's, not a channel's. Fresh from power-on its outputs are low, and asleep they cannot be set.
"""

from dataclasses import dataclass

from agent.hardware.bus import Device
from agent.hardware.chipoutput import Found

MODE1, MODE2, LED0_ON_L, PRE_SCALE = 0x00, 0x01, 0x06, 0xFE
RESTART, AUTO_INCREMENT, SLEEP = 0x80, 0x20, 0x10  # in MODE1; all others are 0 here, ALLCALL too: one address is enough
INVERT, TOTEM_POLE = 0x10, 0x04  # in MODE2: INVRT, OUTDRV; the inversion is done by the code, for it would be every channel's
FULL = 0x10  # in the high byte of ON or OFF: always on, always off
TOP = 4096
OSCILLATOR_HZ = 25e6
LEAST_PRESCALE, MOST_PRESCALE = 3, 255  # 1526 and 24 Hz


def prescale(frequency_hz: float) -> int:
    """The register's value for a frequency, at the end of the range where it lies outside."""
    return min(MOST_PRESCALE, max(LEAST_PRESCALE, round(OSCILLATOR_HZ / (TOP * frequency_hz)) - 1))


def encode(code: int) -> bytes:
    """ON and OFF, low byte first, of a pulse of ``code`` 4096ths that begins with the period. ON and OFF are never the same."""
    if code <= 0:
        return bytes([0, 0, 0, FULL])
    if code >= TOP:
        return bytes([0, FULL, 0, 0])
    return bytes([0, 0]) + code.to_bytes(2, "little")


def decode(led: bytes) -> int:
    """The length of the pulse in 4096ths, wherever in the period it begins."""
    if led[3] & FULL:
        return 0
    if led[1] & FULL:
        return TOP
    return (int.from_bytes(led[2:], "little") - int.from_bytes(led[:2], "little")) % TOP


@dataclass(frozen=True, slots=True)
class _State:
    mode1: int
    mode2: int
    prescale: int
    led: bytes

    @property
    def runs(self) -> bool:
        return self.mode1 & (RESTART | AUTO_INCREMENT | SLEEP) == AUTO_INCREMENT


class Pca9685:
    """Channels 0 to 15."""

    def __init__(self, device: Device, channel: int, frequency_hz: float) -> None:
        self._device = device
        self._led = LED0_ON_L + 4 * channel
        self._prescale = prescale(frequency_hz)

    def set_up(self, code: int) -> None:
        """A chip that runs at our frequency runs on; for another it must sleep for a moment, and every channel with it."""
        before = self._state()
        sleeps = bool(before.mode1 & SLEEP) or before.prescale != self._prescale
        self._set(MODE1, AUTO_INCREMENT | (SLEEP if sleeps else 0))
        if before.prescale != self._prescale:
            self._set(PRE_SCALE, self._prescale)  # refused while awake
        self._set(MODE2, before.mode2 & ~INVERT | TOTEM_POLE)
        self.write(code)  # while it sleeps: it must not wake with another
        if sleeps:
            self._set(MODE1, AUTO_INCREMENT)
        if self._state().mode1 & RESTART:  # read for longer than the half millisecond that its oscillator takes to start
            self._set(MODE1, AUTO_INCREMENT | RESTART)  # channels that were running when it was sent to sleep

    def write(self, code: int) -> None:
        self._device.write(bytes([self._led]) + encode(code))

    def found(self) -> Found:
        state = self._state()
        is_driven = state.mode2 & (INVERT | TOTEM_POLE) == TOTEM_POLE
        ours = state.runs and is_driven and state.prescale == self._prescale
        return Found(decode(state.led) if state.runs else None, ours)

    def _state(self) -> _State:
        led = self._device.read(self._led, 4)
        prescale, mode2, mode1 = (self._device.read(register, 1)[0] for register in (PRE_SCALE, MODE2, MODE1))
        return _State(mode1, mode2, prescale, led)

    def _set(self, register: int, value: int) -> None:
        self._device.write(bytes([register, value]))
