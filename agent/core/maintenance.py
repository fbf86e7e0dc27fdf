"""The technician's slot: hands on the pole outrank everything, for a limited time."""

from agent.core.demand import Cause, Demand, Slot
from agent.ledger import Maintenance

DEFAULT_S = 1800.0
MOST_S = 8 * 3600.0


class MaintenanceSlot:
    """Survives a restart of the agent, not a boot of the Pi: its end is a moment of CLOCK_BOOTTIME."""

    def __init__(self) -> None:
        self._demand: Demand | None = None

    def set(self, level: float, duration_s: float, now_s: float) -> None:
        self._hold(level, now_s, now_s + min(duration_s, MOST_S))

    def release(self) -> bool:
        """Whether there was something to release."""
        held, self._demand = self._demand, None
        return held is not None

    def advance(self, now_s: float) -> bool:
        """Whether the demand has just run out."""
        if self._demand is not None and self._demand.until_s is not None and now_s >= self._demand.until_s:
            return self.release()
        return False

    @property
    def demand(self) -> Demand | None:
        return self._demand

    def memory(self, kernel_boot_id: str) -> Maintenance | None:
        if self._demand is None or self._demand.until_s is None:
            return None
        return Maintenance(self._demand.level, self._demand.until_s, kernel_boot_id)

    def restore(self, memory: Maintenance | None, kernel_boot_id: str, now_s: float) -> None:
        if memory is not None and memory.kernel_boot_id == kernel_boot_id and now_s < memory.ends_mono_s and self._demand is None:
            self._hold(memory.level, now_s, min(memory.ends_mono_s, now_s + MOST_S))

    def _hold(self, level: float, now_s: float, until_s: float) -> None:
        self._demand = Demand(Slot.MAINTENANCE, level, Cause.SET_AT_POLE, now_s, until_s)
