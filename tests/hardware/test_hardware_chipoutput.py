"""An output that is a chip: written when that changes something, read back, set up again when it has forgotten, told once."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hardware.bus import BusError
from agent.hardware.chipoutput import ChipOutput, Found
from agent.hardware.output import OutputError
from agent.records import Fault

TOP = 1000


@dataclass
class Chip:
    """By hand: keeps a code once it has been set up, or does not (``stiff``), or cannot be read (``dumb``)."""

    code: int | None = None
    ours: bool = False
    stiff: bool = False
    dumb: bool = False
    fault: Fault | None = None
    log: list[str] = field(default_factory=list)

    def set_up(self, code: int) -> None:
        self._answer(f"set up at {code}")
        self.code, self.ours = (self.code, self.ours) if self.stiff else (code, True)

    def write(self, code: int) -> None:
        self._answer(f"write {code}")
        if not self.stiff:
            self.code = code if self.ours else None

    def found(self) -> Found | None:
        if not self.dumb:
            self._answer("read")
        return None if self.dumb else Found(self.code, self.ours)

    def forget(self) -> None:
        self.code, self.ours = None, False

    def _answer(self, what: str) -> None:
        self.log.append(what)
        if self.fault is not None:
            raise BusError(self.fault, "0x62 is made to fail")

    def written(self) -> list[str]:
        """Since the last time, without the readings."""
        log, self.log[:] = list(self.log), []
        return [what for what in log if what != "read"]


def output_on(chip: Chip, *, inverted: bool = False) -> ChipOutput:
    return ChipOutput(chip, "output: chip", TOP, inverted=inverted)


def test_it_is_set_up_once_and_then_only_told_the_code() -> None:
    chip = Chip()
    output = output_on(chip)
    assert output.set_fraction(0.3)
    assert output.set_fraction(0.4)
    assert output.set_fraction(0.4)
    assert chip.written() == ["set up at 300", "write 400"]


@pytest.mark.parametrize(("inverted", "code"), [(False, 250), (True, 750)])
def test_an_inverted_line_is_its_own_affair(inverted: bool, code: int) -> None:
    chip = Chip()
    output = output_on(chip, inverted=inverted)
    output.set_fraction(0.25)
    assert chip.code == code
    assert output.fraction() == 0.25


@pytest.mark.parametrize(("fraction", "code"), [(-1.0, 0), (0.0, 0), (1.0, TOP), (1.5, TOP)])
def test_drive_ends_at_nothing_and_at_full(fraction: float, code: int) -> None:
    chip = Chip()
    output_on(chip).set_fraction(fraction)
    assert chip.code == code


def test_a_chip_that_drives_nothing_says_so() -> None:
    assert output_on(Chip(code=None)).fraction() is None


def test_what_cannot_be_read_is_an_error_not_a_guess() -> None:
    with pytest.raises(OutputError, match="output: chip: it cannot be read"):
        output_on(Chip(dumb=True)).fraction()
    with pytest.raises(OutputError, match=r"does|made to fail") as caught:
        output_on(Chip(fault=Fault.NOT_THERE)).fraction()
    assert caught.value.fault is Fault.NOT_THERE


def test_a_chip_that_does_not_keep_what_is_written_is_garbage_every_time() -> None:
    output = output_on(Chip(code=7, stiff=True))
    for _ in range(2):
        with pytest.raises(OutputError, match="does not keep") as caught:
            output.set_fraction(0.3)
        assert caught.value.fault is Fault.GARBAGE


@pytest.mark.parametrize("found_out_by", ["reassert", "set_fraction"])
def test_a_chip_that_has_forgotten_is_set_up_at_once_and_then_told_of_once(found_out_by: str) -> None:
    chip = Chip()
    output = output_on(chip)
    output.set_fraction(0.3)
    chip.forget()
    chip.written()

    with pytest.raises(OutputError, match="had forgotten") as caught:
        output.reassert() if found_out_by == "reassert" else output.set_fraction(0.4)
    assert caught.value.fault is Fault.GARBAGE
    level = 300 if found_out_by == "reassert" else 400
    assert (chip.code, chip.ours) == (level, True)

    chip.written()
    assert output.set_fraction(level / TOP)  # as the lamp asks a second later
    output.reassert()
    assert chip.written() == []


def test_a_look_at_a_chip_that_is_as_it_should_be_writes_nothing() -> None:
    chip = Chip()
    output = output_on(chip)
    output.set_fraction(0.3)
    chip.written()
    output.reassert()
    assert chip.written() == []


def test_a_look_before_anything_was_set_touches_nothing() -> None:
    chip = Chip(code=500, ours=True)
    output_on(chip).reassert()
    assert chip.log == []


def test_a_chip_that_cannot_be_read_is_told_all_again_at_each_look_without_a_word() -> None:
    chip = Chip(dumb=True)
    output = output_on(chip)
    output.set_fraction(0.3)
    chip.forget()
    output.reassert()
    assert (chip.code, chip.ours) == (300, True)


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [(Fault.NOT_THERE, "check its supply"), (Fault.HUNG_BUS, "something holds the bus"), (Fault.FAILED, "made to fail")],
)
def test_a_chip_that_does_not_answer_is_told_with_what_to_do_and_set_up_afresh_when_it_is_back(fault: Fault, remedy: str) -> None:
    chip = Chip()
    output = output_on(chip)
    output.set_fraction(0.3)
    chip.fault = fault
    with pytest.raises(OutputError, match=f"output: chip: .*{remedy}") as caught:
        output.set_fraction(0.4)
    assert caught.value.fault is fault
    chip.fault = None
    chip.written()
    output.set_fraction(0.4)
    assert chip.written() == ["set up at 400"]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans(), st.booleans())))
def test_whatever_it_forgot_and_refused_before_once_it_answers_it_has_what_it_was_told_last(
    steps: list[tuple[float, bool, bool, bool]],
) -> None:
    chip = Chip()
    output = output_on(chip)
    for fraction, fails, forgets, looks in [*steps, (0.7, False, False, False)]:
        chip.fault = Fault.FAILED if fails else None
        if forgets:
            chip.forget()
        try:
            if looks:
                output.reassert()
            output.set_fraction(fraction)
        except OutputError:
            continue  # told
        if looks:
            assert (chip.code, chip.ours) == (round(fraction * TOP), True)
    for _ in range(2):  # the first may tell of what was forgotten before
        try:
            output.reassert()
            output.set_fraction(0.7)
        except OutputError:
            pass
    assert (chip.code, chip.ours) == (700, True)
