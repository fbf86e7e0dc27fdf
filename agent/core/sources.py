"""What the sensors last said, how fresh that is, and which of them, or whose bus, is at fault."""

from dataclasses import dataclass, field
from math import inf

from agent.core.alarms import Alarm
from agent.records import Fault, Part, Quality, Quantity, Reading

FIRST_S = 30.0  # the first reading may take so long: the process, or the part, is still starting
MISSES = 3  # polls that failed in a row, or periods without a reading, make a fault; as many good ones end it

FAULTS = {
    Part.LIGHT: Alarm.LIGHT_SENSOR_FAULT,
    Part.POWER: Alarm.METER_FAULT,
    Part.TEMPERATURE: Alarm.TEMPERATURE_SENSOR_FAULT,
}
_WHOLE = dict.fromkeys((*FAULTS.values(), Alarm.I2C_BUS_FAULT), False)


@dataclass(slots=True)
class _Source:
    every_s: float
    bus: int | None
    last_s: float  # of the last good poll; at first, of the start
    stale_s: float = 0.0  # silent for too long from then on
    read_at_s: float = float("-inf")  # truly of the last good poll
    failing_since_s: float = float("inf")  # the first of the failed polls in a row
    fault: Fault | None = None
    misses: int = 0
    hits: int = MISSES
    faulty: bool = False
    told: bool = False  # whoever reads it knows how often
    readings: dict[Quantity, Reading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """How a part does, for who asks why. ``read_at_s`` is the last good reading's moment (monotonic), -inf before the first."""

    good: bool
    fault: Fault | None  # of the last try, None after a good one
    read_at_s: float
    still_to_read: int  # good readings, before it is believed again


class Sources:
    """All times monotonic. ``parts``: what is configured, with its period in seconds and the number of its bus."""

    def __init__(self, parts: dict[Part, tuple[float, int | None]], now_s: float, patience_s: float = 2.0) -> None:
        self._patience_s = patience_s
        self._sources: dict[Part, _Source] = {}
        self.configure(parts, now_s)

    def configure(self, parts: dict[Part, tuple[float, int | None]], now_s: float) -> None:
        """Other parts from now on. What is known of those that stay is kept; how often each is read is to be told again."""
        before, self._heard_all = self._sources, False
        self._sources = {part: before.get(part, _Source(every_s, bus, now_s + FIRST_S)) for part, (every_s, bus) in parts.items()}
        for part, (_, bus) in parts.items():
            source = self._sources[part]
            source.bus, source.told = bus, False
            self._heard(source, source.last_s)

    def __contains__(self, part: Part) -> bool:
        return part in self._sources

    def set_every(self, part: Part, every_s: float, now_s: float) -> bool:
        """A period from now on; False when it is the old one, and told."""
        source = self._sources[part]
        if source.told and source.every_s == every_s:
            return False
        self._is_faulty(source, now_s)  # by the period that was
        source.told, source.every_s = True, every_s
        shorter_s = max(source.last_s, now_s - every_s)  # a shorter period must not make it stale at once
        self._heard(source, source.last_s if source.faulty else shorter_s)
        return True

    def _heard(self, source: _Source, last_s: float) -> None:
        source.last_s, source.stale_s = last_s, last_s + MISSES * source.every_s + self._patience_s

    def measured(self, part: Part, readings: tuple[Reading, ...], at_s: float) -> bool:
        """Take the answer of a part; whether that made or ended a fault."""
        source = self._sources.get(part)
        if source is None:
            return False
        was_faulty = source.faulty
        good = True
        source.readings.clear()  # what it no longer says is not known
        for reading in readings:
            source.readings[reading.quantity] = reading
            good = good and (reading.quality is Quality.OK or (reading.quality is Quality.SATURATED and part is Part.LIGHT))
        if good:
            self._heard(source, at_s)
            source.fault, source.misses, source.hits = None, 0, source.hits + 1
            source.read_at_s, source.failing_since_s = at_s, float("inf")
            source.faulty = source.faulty and source.hits < MISSES
        else:
            self._missed(source)
        return source.faulty is not was_faulty

    def failed(self, part: Part, fault: Fault, at_s: float) -> None:
        source = self._sources.get(part)
        if source is not None:
            source.fault, source.failing_since_s = fault, min(source.failing_since_s, at_s)
            self._missed(source)

    @staticmethod
    def _missed(source: _Source) -> None:
        source.misses, source.hits = source.misses + 1, 0
        source.faulty = source.faulty or source.misses >= MISSES

    def ails(self, part: Part) -> bool:
        """Whether its last tries failed, or it has not been read well often enough since."""
        source = self._sources.get(part)
        return source is not None and (source.faulty or source.misses > 0)

    def fresh(self, part: Part, now_s: float) -> bool:
        return not self._is_faulty(self._sources[part], now_s)

    def health(self, part: Part, now_s: float) -> Health:
        source = self._sources[part]
        good = self.fresh(part, now_s)
        return Health(good, source.fault, source.read_at_s, 0 if good else MISSES - source.hits)

    def reading(self, part: Part, quantity: Quantity) -> Reading | None:
        """The last one, believable or not."""
        return self._sources[part].readings.get(quantity)

    def _is_faulty(self, source: _Source, now_s: float) -> bool:
        """Silence makes a fault that, like any, only good readings end: a longer period must not hide it."""
        if not source.faulty and now_s >= source.stale_s:
            source.faulty, source.hits = True, 0
        return source.faulty

    def value(self, part: Part, quantity: Quantity, now_s: float) -> float | None:
        """The last value while it can be believed."""
        reading = self.believed(part, quantity, now_s)
        return None if reading is None else reading.value

    def believed(self, part: Part, quantity: Quantity, now_s: float) -> Reading | None:
        """The last reading while it can be."""
        source = self._sources.get(part)
        if source is None or (now_s >= source.stale_s and self._is_faulty(source, now_s)) or source.faulty:
            return None
        reading = source.readings.get(quantity)
        return reading if reading is not None and reading.quality is Quality.OK else None

    def stale_s(self) -> float:
        """When the first of those that are still believed will not be any more, if nothing more is heard of it."""
        return min([source.stale_s for source in self._sources.values() if not source.faulty], default=inf)

    def truths(self, now_s: float) -> dict[Alarm, bool]:
        """Which parts are at fault, of those that can be told. A bus that hangs, or whose chips all fail, is told of once."""
        faulty = {part for part, source in self._sources.items() if self._is_faulty(source, now_s)}
        unknown = () if self._heard_all else self._unheard(faulty)
        if not faulty and not unknown:
            return dict(_WHOLE)
        buses: dict[int, list[Part]] = {}
        for part, source in self._sources.items():
            if source.bus is not None:
                buses.setdefault(source.bus, []).append(part)
        dead = {part for parts in buses.values() if self._is_dead(parts, faulty) for part in parts}
        truths = {  # a part that was taken out has no fault
            alarm: part in faulty - dead for part, alarm in FAULTS.items() if part not in unknown
        }
        if dead or not any(self._sources[part].bus is not None for part in unknown):
            truths[Alarm.I2C_BUS_FAULT] = bool(dead)
        return truths

    def _unheard(self, faulty: set[Part]) -> tuple[Part, ...]:
        """Those that have neither been read nor failed since the start: of them nobody can tell whether they do."""
        unheard = tuple(
            part for part, source in self._sources.items() if part in FAULTS and part not in faulty and source.read_at_s == -inf
        )
        self._heard_all = not unheard
        return unheard

    def _is_dead(self, parts: list[Part], faulty: set[Part]) -> bool:
        """Whether chips fail because of their bus: all of several do, or one hangs and nobody has been read since."""
        if len(parts) > 1 and faulty.issuperset(parts):
            return True
        sources = [self._sources[part] for part in parts]
        last_read_s = max(source.read_at_s for source in sources)
        hangs = any(source.fault is Fault.HUNG_BUS and last_read_s <= source.failing_since_s for source in sources)
        return hangs and not faulty.isdisjoint(parts)
