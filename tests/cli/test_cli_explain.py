"""``explain`` as text: what decides is marked, what loses says against whom, and nothing is wider than 80 columns."""

from agent.cli.explain import rows
from agent.core.demand import Slot
from agent.core.explain import Explanation
from agent.core.explain_limits import LimitLine
from agent.core.explain_slots import SlotLine
from agent.core.explain_sources import SourceLine

FOUND = Explanation(
    summary="20 %: dim command c-1 from the control room in the town hall since 23:01:10 until 01:01:10",
    slots=(
        SlotLine(Slot.MAINTENANCE, None, "nothing is set at the pole", wins=False, loses_to=None),
        SlotLine(Slot.OVERRIDE, 20.0, "dim command c-1 from the control room in the town hall since 23:01:10", True, None),
        SlotLine(Slot.PROGRAMME, 62.5, "programme residential", wins=False, loses_to=Slot.OVERRIDE),
    ),
    limits=(),
    all_limits=(
        LimitLine("floor", 10.0, bites=False, words="nothing below it is asked for"),
        LimitLine("virtual_light_output", 80.0, True, "is what counts as full light here: all levels are reduced in proportion"),
        LimitLine("derating", None, bites=False, words="not configured"),
    ),
    night="night since 16:58:10: the photocell says so",
    night_facts=("the sun is at -57.1 degrees: below -6 it is night, whatever the photocell says",),
    sources=(
        SourceLine("clock", good=True, words="synchronised by NTP"),
        SourceLine(
            "light", good=False, words="silent since 23:01:00: does not answer; check its wires, its supply and its address"
        ),
    ),
    next="override until 01:01:10; then programme with 30 %",
)
TEXT = """\
20 %: dim command c-1 from the control room in the town hall since 23:01:10
until 01:01:10

Who may decide, strongest first (> has the say):
    maintenance       -  nothing is set at the pole
  > override       20 %  dim command c-1 from the control room in the town hall
                         since 23:01:10
    programme    62.5 %  programme residential; loses against override

Limits, in the order in which they are applied (! bites):
    floor                   10 %  nothing below it is asked for
  ! virtual_light_output    80 %  is what counts as full light here: all levels
                                  are reduced in proportion
    derating                   -  not configured

Night:   night since 16:58:10: the photocell says so
         - the sun is at -57.1 degrees: below -6 it is night, whatever the
           photocell says
Next:    override until 01:01:10; then programme with 30 %

Sources:
  ok  clock        synchronised by NTP
  BAD light        silent since 23:01:00: does not answer; check its wires, its
                   supply and its address
"""


def test_it_reads_as_a_page_of_80_columns() -> None:
    assert "\n".join([*rows(FOUND), ""]) == TEXT
