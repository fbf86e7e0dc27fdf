"""MCP4725 12-bit DAC (Microchip): its voltage, brought to 0-10 V by the board behind it, dims the lamp.

Commands and replies as in the datasheet DS22039D, figures 6-1 and 6-3, and alike in Linux (drivers/iio/dac/mcp4725.c) and in
Adafruit's CircuitPython driver. Vout = VDD * code / 4096 (Linux); full drive is taken as 4095, as Adafruit and ESPHome take
it: they differ by less than a step. The supply is the reference, so a sag of it dims the lamp.

After power-on the chip drives what is in its EEPROM. That is never written here: an EEPROM wears out, and what a lamp does
undriven is for those to decide who wired it.
"""

from agent.hardware.bus import Device
from agent.hardware.chipoutput import Found

TOP = 0xFFF
POWER_DOWN = 0b0000_0110  # PD1, PD0 in the status byte; both 0: normal mode


def encode(code: int) -> bytes:
    """The fast write: command and power-down bits 0, then D11 to D0. It sets the DAC register and leaves the EEPROM alone."""
    return code.to_bytes(2, "big")


def decode(reply: bytes) -> Found:
    """Status, then D11 to D4, then D3 to D0 in the upper half of the third byte. A chip in power-down drives nothing."""
    status, high, low = reply
    if status & POWER_DOWN:
        return Found(None, ours=False)
    return Found(high << 4 | low >> 4, ours=True)


class Mcp4725:
    """It has no identity: what it reads back is all that tells that it is there."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def set_up(self, code: int) -> None:
        self.write(code)

    def write(self, code: int) -> None:
        self._device.write(encode(code))

    def found(self) -> Found:
        return decode(self._device.receive(3))
