"""The outbox: every record waits here until the broker has acknowledged it; RAM first, SQLite behind."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

from agent.delivery import Priority, Record
from agent.records import TimeQuality
from agent.settings.model import Storage
from agent.storage.database import Report, Written
from agent.storage.lane import NOTHING, Held, Lane
from agent.storage.rows import Shelved, Stamp, Unreadable, size_of
from agent.storage.shelf import FILE_NAME, Found, Shelf

FLUSH_EVENTS_S = 1.0
"""The most that a power cut may cost of events and acknowledgements.

Telemetry waits ``flush_every_s``, and both hold with the link up and down alike: a commit costs 13 kB however little is in it,
so nothing goes to disk earlier than promised, and what is due takes along all that is pending. With the link down and the
default settings that is 288 commits a day for telemetry (4 MB), and leaves room for 1,500 moments with events in 25 MB.
"""
DELETE_WITHIN_S = 60.0  # acknowledged rows go with the next flush, or by themselves after this; until then kill -9 repeats them
DELETE_AT_ONCE = 500
IN_RAM_BYTES = 8_000_000  # above it, records that are on disk too leave RAM
IN_RAM_ALONE_BYTES = 32_000_000  # with the disk failed: above it records are given up, for the lamp needs the memory
LOOK = 32  # rows read at a time
NEVER_S = float("inf")


@dataclass(frozen=True, slots=True)
class Queued:
    """A record to publish; ``key`` names it until it is acknowledged. ``historical``: it waited while the link was down."""

    key: int
    record: Record
    historical: bool


@dataclass(frozen=True, slots=True)
class _Handed:
    lane: Lane
    size: int


class Outbox:
    """Used by one thread; times are host seconds. Nothing raises for what the disk does: ``degraded`` says so.

    A record is lost only to the caps (``dropped``), to a power cut within the deadlines of ``due_at_s``, or with a file that was
    damaged. What is lost to a power cut is the end of a boot, never a hole, because a flush writes all that is pending, in the
    order of putting, and because no record overtakes one that is in RAM alone.
    """

    def __init__(self, settings: Storage, boot_id: str, now_s: float, report: Report) -> None:
        self.dropped = 0
        self._report = report
        self._settings = settings
        self._cap_bytes = int(settings.max_size_mb * 1e6)
        self._started_s = now_s
        self._powered_before_s = 0.0  # the age of the lamp at the start, by the newest row found
        self._shelf = Shelf(Path(settings.directory), boot_id, self._found, report)
        self._lanes = {priority: Lane(priority) for priority in Priority}
        self._unsaved: dict[int, Lane] = {}  # in RAM alone, in order
        self._in_flight: dict[int, _Handed] = {}
        self._last_key = 0
        self._historical_through: float = NEVER_S  # while the link is down, all
        self._stamp: Stamp | None = None
        self._stamp_by_s = NEVER_S  # when it is to be on disk
        self._delete_by_s = NEVER_S

    @property
    def pending(self) -> int:
        return sum(lane.pending for lane in self._lanes.values())

    @property
    def size_bytes(self) -> int:
        """Of all that is pending, as it is reckoned against the cap."""
        return sum(lane.size for lane in self._lanes.values())

    @property
    def full_percent(self) -> float:
        """Of the cap, in whole percent."""
        return float(100 * self.size_bytes // self._cap_bytes)

    @property
    def degraded(self) -> bool:
        return self._shelf.degraded

    @property
    def damaged(self) -> int:
        return self._shelf.damaged

    @property
    def written(self) -> Written:
        return self._shelf.written

    def open(self, now_s: float) -> None:
        """Finds what earlier boots left."""
        self._shelf.open(now_s)
        self._give_up_the_aged(now_s)
        self._keep_within_caps(now_s)

    def close(self) -> None:
        self._shelf.close()

    def put(self, record: Record, now_s: float) -> None:
        self._last_key += 1
        lane = self._lanes[record.priority]
        lane.add(self._last_key, Held(record, now_s, size_of(record)))
        self._unsaved[self._last_key] = lane
        self._keep_within_caps(now_s)

    def take(self, most: int, now_s: float) -> list[Queued]:
        """The next records to send, at most so many: alarms first, then telemetry, then information, the oldest first in each.

        They are in flight until acknowledged, or until the link changes.
        """
        earlier = set(self._in_flight)
        taken: list[tuple[int, Record]] = []
        for lane in self._lanes.values():
            taken += self._from_disk(lane, most - len(taken), now_s)
            taken += self._from_ram(lane, most - len(taken))
        if self._overtakes([key for key, _ in taken], earlier):
            self.flush(now_s)
        return [Queued(key, record, key <= self._historical_through) for key, record in taken]

    def acked(self, keys: Iterable[int], now_s: float) -> None:
        """The broker has these. Keys that are not in flight are ignored: at worst a record is sent again."""
        for key in keys:
            handed = self._in_flight.pop(key, None)
            if handed is not None:
                self._remove(handed.lane, key, handed.size, now_s)

    def link(self, up: bool) -> None:
        """The link came or went: nothing is in flight any more, and what was pending without a link is historical."""
        self._historical_through = self._last_key if up else NEVER_S
        self._in_flight.clear()
        for lane in self._lanes.values():
            lane.look_again()

    def restamp(self, offset_s: float, time_quality: TimeQuality, now_s: float) -> None:
        """The clock is known now: ``utc_s`` of all that this boot has put is ``uptime_s + offset_s``."""
        self._stamp = Stamp(offset_s, time_quality, self._last_key)
        for lane in self._lanes.values():
            lane.restamp(self._stamp)
        if self.pending:
            self._stamp_by_s = now_s + FLUSH_EVENTS_S

    def due_at_s(self) -> float:
        """When ``flush`` is to be called next; infinity while there is nothing to write."""
        if self.degraded:
            return self._shelf.retry_at_s
        deadlines_s = (self._deadline_s(lane, key) for key, lane in self._unsaved.items())
        return min(self._delete_by_s, self._stamp_by_s, min(deadlines_s, default=NEVER_S))

    def flush(self, now_s: float) -> bool:
        """Writes all that is pending and not yet on disk, and deletes what is no longer wanted, in one commit.

        True once that is done. After a failure it also finds out whether the disk is back.
        """
        self._give_up_the_aged(now_s)
        stamp = self._stamp if self._stamp_by_s < NEVER_S else None
        anything = self._unsaved or stamp or any(lane.gone for lane in self._lanes.values())
        if not anything and not self.degraded:
            return True
        if not self._shelf.write(self._to_put, self._to_delete, stamp, now_s):
            return False
        self._unsaved.clear()
        for lane in self._lanes.values():
            lane.gone.clear()
        self._stamp_by_s = self._delete_by_s = NEVER_S
        self._evict()
        return True

    def _deadline_s(self, lane: Lane, key: int) -> float:
        within_s = self._settings.flush_every_s if lane.priority is Priority.TELEMETRY else FLUSH_EVENTS_S
        return lane.ram[key].put_s + within_s

    def _age_of_lamp_s(self, at_s: float) -> float:
        """Powered-on time, as far as the outbox has seen it."""
        return self._powered_before_s + at_s - self._started_s

    def _to_put(self) -> list[Shelved]:
        held = ((key, lane.ram[key]) for key, lane in self._unsaved.items())
        return [Shelved(key, self._age_of_lamp_s(one.put_s), one.record) for key, one in held]

    def _to_delete(self) -> dict[Priority, set[int]]:
        return {lane.priority: lane.gone for lane in self._lanes.values()}

    def _from_disk(self, lane: Lane, most: int, now_s: float) -> list[tuple[int, Record]]:
        taken: list[tuple[int, Record]] = []
        for row in islice(self._shelved(lane, lane.handed_through, now_s), max(most, 0)):
            lane.handed_through = row.key
            self._in_flight[row.key] = _Handed(lane, row.size)
            taken.append((row.key, self._stamped(row)))
        return taken

    def _stamped(self, row: Shelved) -> Record:
        """Rows of this boot lie there as they were put; what earlier boots found out of the clock, the shelf has put on."""
        if self._stamp is None or not 0 < row.key <= self._stamp.through:
            return row.record
        return self._stamp.on(row.record)

    def _from_ram(self, lane: Lane, most: int) -> list[tuple[int, Record]]:
        keys = list(islice((key for key in lane.ram if key not in self._in_flight), max(most, 0)))
        for key in keys:
            self._in_flight[key] = _Handed(lane, lane.ram[key].size)
        return [(key, lane.ram[key].record) for key in keys]

    def _shelved(self, lane: Lane, after: int, now_s: float) -> Iterator[Shelved]:
        """What is pending on disk alone and not in flight, the oldest first; nothing while the disk cannot be read."""
        while lane.shelved.count:
            rows = self._shelf.read(lane.priority, after, lane.shelved_through, LOOK, now_s)
            for row in rows:
                if row.key in self._in_flight or row.key in lane.gone:
                    continue
                if isinstance(row, Unreadable):
                    self._report(f"{FILE_NAME}: cannot read {row.reason}; it is given up")
                    self._give_up(lane, row.key, row.size, now_s)
                else:
                    yield row
            if not rows:
                return
            after = rows[-1].key

    def _overtakes(self, keys: Iterable[int], in_flight_before: set[int]) -> bool:
        """Whether one of these is sent before an older record that a power cut would take: that would be a hole."""
        waiting = (key for key in self._unsaved if key not in in_flight_before)
        oldest = next(waiting, None)
        for key in keys:
            if oldest is None or self.degraded:
                return False
            if key > oldest:
                return True
            if key == oldest:
                oldest = next(waiting, None)
        return False

    def _remove(self, lane: Lane, key: int, size: int, now_s: float) -> None:
        on_disk = self._unsaved.pop(key, None) is None
        lane.remove(key, size, on_disk)
        if on_disk:
            gone = sum(len(lane.gone) for lane in self._lanes.values())
            self._delete_by_s = min(self._delete_by_s, now_s if gone >= DELETE_AT_ONCE else now_s + DELETE_WITHIN_S)

    def _give_up(self, lane: Lane, key: int, size: int, now_s: float) -> None:
        self.dropped += 1
        self._remove(lane, key, size, now_s)

    def _give_up_the_aged(self, now_s: float) -> None:
        oldest_s = now_s - self._settings.keep_s
        for lane in self._lanes.values():
            for row in takewhile(lambda row: row.powered_s < self._age_of_lamp_s(oldest_s), self._shelved(lane, NOTHING, now_s)):
                self._give_up(lane, row.key, row.size, now_s)
            aged = list(takewhile(lambda item: item[1].put_s < oldest_s, lane.ram.items()))
            for key, held in aged:
                if key not in self._in_flight:
                    self._give_up(lane, key, held.size, now_s)

    def _keep_within_caps(self, now_s: float) -> None:
        """Gives up information first, then telemetry, then alarms, the oldest first in each; never what is in flight."""
        for lane in reversed(self._lanes.values()):
            if self.size_bytes > self._cap_bytes:
                for row in self._shelved(lane, lane.spent_through, now_s):
                    lane.spent_through = row.key
                    self._give_up(lane, row.key, row.size, now_s)
                    if self.size_bytes <= self._cap_bytes:
                        break
            while self.size_bytes > self._cap_bytes or self._ram_bytes() > IN_RAM_ALONE_BYTES:
                key = next((key for key in lane.ram if key not in self._in_flight), None)
                if key is None:
                    break
                self._give_up(lane, key, lane.ram[key].size, now_s)

    def _ram_bytes(self) -> int:
        return sum(lane.ram_size for lane in self._lanes.values())

    def _evict(self) -> None:
        while self._ram_bytes() > IN_RAM_BYTES:
            fullest = max(self._lanes.values(), key=lambda lane: lane.ram_size)
            fullest.evict(next(iter(fullest.ram)))

    def _found(self, found: Found) -> None:
        """A file was opened that holds nothing of this boot: at first, and when the one before was lost."""
        for lane in self._lanes.values():
            tally = found.tallies[lane.priority]
            self.dropped += max(0, lane.shelved.count - tally.count)
            lane.shelved, lane.shelved_through = tally, found.highest_key
            lane.gone.clear()
            lane.look_again()
        self._delete_by_s = NEVER_S
        self._in_flight = {key: handed for key, handed in self._in_flight.items() if key in handed.lane.ram}
        self._unsaved = dict(sorted((key, lane) for lane in self._lanes.values() for key in lane.ram))
        self._powered_before_s = max(self._powered_before_s, found.powered_s)
