"""The broker's two slots, override and emergency: what holds them, what waits for its start, and when it ends."""

from dataclasses import dataclass, replace

from agent.core.demand import Cause, Demand, Slot
from agent.core.timekeeping import Time
from agent.ledger import SlotMemory, StoredDemand
from agent.records import Instant

MOST_WAITING = 16
AHEAD_S = 60.0  # an issue time further ahead of a trusted clock counts as now


@dataclass(frozen=True, slots=True)
class Held:
    """A demand in force. Its end counts on the monotonic clock; ``stored.ends_utc_s`` corrects it when the clock is trusted."""

    stored: StoredDemand
    since_s: float
    ends_s: float


@dataclass(frozen=True, slots=True)
class Change:
    """What became of commands in a slot: ids that ended (ran out, resumed), were superseded, or have now started."""

    ended: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    started: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ended or self.superseded or self.started)


NOTHING = Change()


class BrokerSlot:
    """One slot. Nothing here asks whether a command may do this: see ``agent.core.commands``."""

    def __init__(self, slot: Slot, cause: Cause) -> None:
        self._slot = slot
        self._cause = cause
        self.held: Held | None = None
        self.waiting: tuple[StoredDemand, ...] = ()
        self.newest_issued_utc_s: float | None = None

    # --- commands

    def touched(self, issued_utc_s: float | None) -> None:
        """A command was obeyed; the next is held against its issue time."""
        self.newest_issued_utc_s = issued_utc_s

    def is_older(self, issued_utc_s: float | None) -> bool:
        """Issue times are compared only where both are given; else arrival decides."""
        return issued_utc_s is not None and self.newest_issued_utc_s is not None and issued_utc_s < self.newest_issued_utc_s

    def hold(self, stored: StoredDemand, now_s: float) -> Change:
        """Put a demand in force; it replaces what is."""
        before, self.held = self.held, Held(stored, now_s, now_s + stored.left_s)
        return Change(superseded=() if before is None else (before.stored.command_id,))

    def wait(self, stored: StoredDemand) -> None:
        self.waiting = tuple(sorted((*self.waiting, stored), key=lambda one: one.starts_utc_s or 0.0))

    def clear(self) -> Change:
        """End what holds and what waits."""
        ids = tuple(one.command_id for one in self.waiting)
        if self.held is not None:
            ids = (self.held.stored.command_id, *ids)
        self.held, self.waiting = None, ()
        return Change(ended=ids)

    # --- time

    def advance(self, now: Instant, time: Time) -> Change:
        """Let demands begin and end. A wall clock that is trusted has the last word on both."""
        if self.held is None and not self.waiting and self.newest_issued_utc_s is None:
            return NOTHING
        ended: tuple[str, ...] = ()
        superseded: tuple[str, ...] = ()
        started: tuple[str, ...] = ()
        newest_utc_s = self.newest_issued_utc_s
        if newest_utc_s is not None and time.trusted and newest_utc_s > time.utc_s + AHEAD_S:
            self.newest_issued_utc_s = time.utc_s  # taken without a clock; it would supersede all that follow
        if self.held is not None and time.trusted:
            self.held = self._on_the_wall(self.held, now, time)
        if self.held is not None and now.mono_s >= self.held.ends_s:
            ended, self.held = (self.held.stored.command_id,), None
        while time.trusted and self.waiting and (self.waiting[0].starts_utc_s or 0.0) <= time.utc_s:
            first, self.waiting = self.waiting[0], self.waiting[1:]
            left_s = (first.ends_utc_s or 0.0) - time.utc_s
            if left_s <= 0:
                ended += (first.command_id,)
                continue
            superseded += self.hold(replace(first, left_s=left_s), now.mono_s).superseded
            started += (first.command_id,)
        return Change(ended, superseded, started)

    @staticmethod
    def _on_the_wall(held: Held, now: Instant, time: Time) -> Held:
        """The demand with its end by the wall clock; one taken without a clock is judged again first."""
        stored = held.stored
        if stored.ends_utc_s is None:
            taken_utc_s = time.utc_s - (now.mono_s - held.since_s)
            if stored.expires_utc_s is not None and stored.expires_utc_s < taken_utc_s:
                return replace(held, ends_s=now.mono_s)
            return replace(held, stored=replace(stored, ends_utc_s=time.utc_s + held.ends_s - now.mono_s))
        ends_s = now.mono_s + stored.ends_utc_s - time.utc_s
        return replace(held, ends_s=ends_s) if abs(ends_s - held.ends_s) > 1 else held

    def next_s(self, now: Instant, time: Time) -> float | None:
        """The next moment (monotonic) at which ``advance`` has something to do."""
        moments = [] if self.held is None else [self.held.ends_s]
        if self.waiting and time.trusted:
            moments.append(now.mono_s + (self.waiting[0].starts_utc_s or 0.0) - time.utc_s)
        return min(moments, default=None)

    def demand(self, held: Held | None, *, is_night: bool) -> Demand | None:
        """What the slot asks for if this holds it."""
        if held is None or (held.stored.nights_only and not is_night):
            return None
        stored = held.stored
        return Demand(
            self._slot,
            stored.level,
            self._cause,
            held.since_s,
            held.ends_s,
            stored.command_id,
            stored.issuer,
            stored.fade_s,
        )

    # --- disk

    def memory(self, now_s: float) -> SlotMemory:
        held = None if self.held is None else replace(self.held.stored, left_s=max(0.0, self.held.ends_s - now_s))
        return SlotMemory(held, self.waiting, self.newest_issued_utc_s)

    def restore(self, memory: SlotMemory, now_s: float) -> None:
        """What an earlier run promised; what came in since this one began is newer and stays."""
        if self.held is None and memory.holds is not None:
            self.held = Held(memory.holds, now_s, now_s + memory.holds.left_s)
        for stored in memory.waiting:
            self.wait(stored)
        if self.newest_issued_utc_s is None:
            self.newest_issued_utc_s = memory.newest_issued_utc_s
