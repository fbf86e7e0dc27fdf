"""GP8403 two-channel 12-bit DAC (Guestgood): 0-10 V for the lamp's driver.

Registers: 0x01 the range of both channels (0x00: 5 V, 0x11: 10 V), 0x02 and 0x04 the channels, 16 bits each, low byte first,
the code in the upper twelve; V = 10 * code / 4095. So in DFRobot's own library, in Adafruit's (from the datasheet), in
RobTillaart/GP8403 and in ESPHome's component. Addresses 0x58 to 0x5F by DFRobot and ESPEasy (RobTillaart/GP8403: 0x38 to
0x3F).

No register can be read (Adafruit; the others do not try). What it acknowledges is all that it says, so everything is written
anew at every look, the lamp's power tells whether it is obeyed, and what an earlier run has set is not known. Its
non-volatile memory is programmed by a signal that is no I2C, and never from here: what it holds is what the lamp does
undriven.
"""

from agent.hardware.bus import Device

RANGE, CHANNEL_0, CHANNEL_1 = 0x01, 0x02, 0x04
RANGE_10_V = 0x11
TOP = 0xFFF


def encode(code: int) -> bytes:
    """The two bytes of a channel's register, in the order of the wire."""
    return (code << 4).to_bytes(2, "little")


class Gp8403:
    """One of its channels, 0 or 1; the other is left alone, but for the range that they share."""

    def __init__(self, device: Device, channel: int) -> None:
        self._device = device
        self._register = CHANNEL_1 if channel else CHANNEL_0

    def set_up(self, code: int) -> None:
        """The code first: under the lower range it gives too little for a moment, where an old code under the upper may flash."""
        self.write(code)
        self._device.write(bytes([RANGE, RANGE_10_V]))

    def write(self, code: int) -> None:
        self._device.write(bytes([self._register]) + encode(code))

    def found(self) -> None:
        """It cannot be read."""
