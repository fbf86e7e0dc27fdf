"""What the tests of ``explain`` read of an explanation."""

from core_street import Street

from agent.core.demand import Slot
from agent.core.explain import Explanation
from agent.events import Woken


def explained(street: Street) -> Explanation:
    """As it is asked for: at a moment of its own."""
    street.tell(Woken())
    return street.controller.explain()


def slot(street: Street, name: Slot) -> tuple[float | None, str, str | None]:
    """Its level, its reason, and what it loses against."""
    line = next(line for line in explained(street).slots if line.slot is name)
    assert line.wins is (name is street.state.slot)
    return line.level, line.reason, line.loses_to


def limit(street: Street, key: str) -> tuple[float | None, bool, str]:
    """Its level, whether it bites, and why."""
    line = next(line for line in explained(street).all_limits if line.limit == key)
    return line.level, line.bites, line.words


def source(street: Street, name: str) -> tuple[bool, str]:
    """Whether it is believed, and what is said of it."""
    line = next(line for line in explained(street).sources if line.name == name)
    return line.good, line.words
