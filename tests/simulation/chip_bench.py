"""For the tests of virtual chips: a bus with one chip, a hand on the clock, and one on what the chip feels."""

from dataclasses import dataclass, field

from agent.simulation.bus import VirtualBus, VirtualChip

ADDRESS = 0x10


@dataclass
class ChipBench:
    now_s: float = 0.0
    truth: float = 0.0
    amps: float = 0.0
    bus: VirtualBus = field(init=False)

    def __post_init__(self) -> None:
        self.bus = VirtualBus(lambda: self.now_s)

    def plug(self, port: VirtualChip) -> None:
        self.bus.plug(ADDRESS, port)

    def felt(self, _at_s: float) -> float:
        return self.truth

    def write(self, *data: int) -> None:
        self.bus.transfer(ADDRESS, bytes(data), 0)

    def read(self, *written: int, count: int = 2) -> str:
        """After the bytes written, if any, in hexadecimal."""
        return self.bus.transfer(ADDRESS, bytes(written), count).hex()
