"""The technician's slot: hands on the pole outrank everything, for a limited time; identify and self-test borrow it."""

from agent.core.alarms import Occurrence
from agent.core.basket import Basket
from agent.core.demand import Cause, Demand, Slot
from agent.events import TechnicianRelease, TechnicianSet
from agent.ledger import Maintenance, MaintenanceEnded

DEFAULT_S = 1800.0
MOST_S = 8 * 3600.0


class MaintenanceSlot:
    """Survives a restart of the agent, not a boot of the Pi (``kernel_boot_id``): its end is a moment of CLOCK_BOOTTIME.

    ``lent`` is what a course asks for, which ends with the process; the hand outranks it.
    """

    def __init__(self, kernel_boot_id: str) -> None:
        self._kernel_boot_id = kernel_boot_id
        self._demand: Demand | None = None
        self.lent: Demand | None = None

    def take(self, event: TechnicianSet | TechnicianRelease, now_s: float, basket: Basket) -> None:
        match event:
            case TechnicianSet(level, duration_s):
                until_s = now_s + min(duration_s, MOST_S)
                self._hold(level, now_s, until_s)
                basket.occurred(Occurrence.LOCAL_OVERRIDE, {"level": level})
                basket.remember((Maintenance(level, until_s, self._kernel_boot_id),), within_s=0)
            case TechnicianRelease():
                self._end(basket)

    def advance(self, now_s: float, basket: Basket) -> None:
        """Let the demand run out."""
        if self._demand is not None and self._demand.until_s is not None and now_s >= self._demand.until_s:
            self._end(basket)

    @property
    def demand(self) -> Demand | None:
        return self.lent if self._demand is None else self._demand

    @property
    def by_hand(self) -> bool:
        return self._demand is not None

    def restore(self, memory: Maintenance | None, now_s: float) -> None:
        """What an earlier run promised; what was set since this one began is newer and stays."""
        if memory is None or memory.kernel_boot_id != self._kernel_boot_id or self.demand is not None:
            return
        if now_s < memory.ends_mono_s:
            self._hold(memory.level, now_s, min(memory.ends_mono_s, now_s + MOST_S))

    def _hold(self, level: float, now_s: float, until_s: float) -> None:
        self._demand = Demand(Slot.MAINTENANCE, level, Cause.SET_AT_POLE, now_s, until_s)

    def _end(self, basket: Basket) -> None:
        if self._demand is not None:
            self._demand = None
            basket.remember((MaintenanceEnded(),), within_s=0)
