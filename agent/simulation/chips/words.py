"""How most small sensors talk: the first byte written chooses a register, two more write it, a read returns it."""

from typing import Literal, Protocol


class WordRegisters(Protocol):
    """A chip as 16-bit registers."""

    def read_word(self, register: int, now_s: float) -> int: ...

    def write_word(self, register: int, word: int, now_s: float) -> None: ...


class WordPort:
    """Puts 16-bit registers on the virtual bus, in the chip's byte order."""

    def __init__(self, registers: WordRegisters, byteorder: Literal["little", "big"]) -> None:
        self._registers = registers
        self._byteorder = byteorder
        self._pointer = 0

    def write(self, data: bytes, now_s: float) -> None:
        self._pointer = data[0]
        if len(data) >= 3:  # half a word is no write
            self._registers.write_word(self._pointer, int.from_bytes(data[1:3], self._byteorder), now_s)

    def read(self, count: int, now_s: float) -> bytes:
        word = self._registers.read_word(self._pointer, now_s).to_bytes(2, self._byteorder)
        if count == 2:
            return word
        return (word + b"\xff" * count)[:count]  # a chip that has no more to say leaves the line high


def signed_word(value: float) -> int:
    """The 16-bit two's complement nearest to a value, at the end of the range where it does not fit."""
    return max(-0x8000, min(0x7FFF, round(value))) & 0xFFFF
