"""The instruments: sensors with their freshness, people, power and counters, and what is wrong with any of them."""

from collections.abc import Callable
from dataclasses import replace
from math import inf

from msgspec import UNSET, UnsetType

from agent.core.alarms import Alarm
from agent.core.demand import Cause
from agent.core.lampwatch import LampWatch
from agent.core.light import Light
from agent.core.limits import derated_cap
from agent.core.load import Load
from agent.core.meter import Meter
from agent.core.nightwatch import NightWatch
from agent.core.presence import Presence
from agent.core.sampling import NEAR_C, SLOW_S, Need, configured_parts, light_need_s, power_need_s, shown_need_s
from agent.core.sources import Sources
from agent.core.timekeeping import Time
from agent.events import Measured
from agent.ledger import Counters
from agent.records import Instant, Part, Quantity
from agent.settings.model import Settings

TOO_HOT_C = 85.0  # of a luminaire, where no derating says better


class Instruments:
    """Everything that is measured and counted, but for the photocell, which is the night watch's."""

    def __init__(self, settings: Settings, now_s: float, patience_s: float) -> None:
        self.load = Load.of(settings)
        self._take(settings)
        self._lamp_watch = LampWatch()
        self._outlook: tuple[object, ...] = ()  # of the photocell, as of its last reading
        self._warmth: tuple[float, bool] | None = None  # what the last temperature meant
        self._counted_before = Counters()  # by earlier runs, as far as the meter does not count on from there
        self._needed: Need | None = None  # as whoever reads the parts was last told
        self.sources = Sources(self._parts, now_s, patience_s)
        self.presence = Presence(len(settings.sensors.motion), now_s)
        self.meter = Meter(Counters(), now_s)

    def configure(self, settings: Settings, now_s: float) -> None:
        """Other settings from now on; what they do not touch is kept."""
        self._take(settings)
        self._needed = None
        self.sources.configure(self._parts, now_s)
        self.presence.configure(len(settings.sensors.motion), now_s)

    def _take(self, settings: Settings) -> None:
        self._settings = settings
        self.load = Load.of(settings, before=self.load)
        self._parts = configured_parts(settings)
        self._shown_s = shown_need_s(settings.telemetry.every_s)
        self._too_hot_c = too_hot_c(settings)
        derating = settings.limits.derating
        self._near_c = min(self._too_hot_c, inf if derating is None else derating.from_c) - NEAR_C  # of the first limit

    def restore(self, counters: Counters, *, supply_lost: bool) -> None:
        """What earlier runs had counted; ``supply_lost``: the last of them ended in a power cut."""
        self.meter.add(counters)
        self._counted_before = replace(counters, supply_loss_count=counters.supply_loss_count + supply_lost)

    def bridge(self, since_s: float | None, until_s: float, level: float | None) -> None:
        """Count the time in which no agent ran and the lamp kept its level, where both are known."""
        if since_s is not None and level is not None and since_s < until_s:
            self.meter.bridge(until_s - since_s, level, self.load)

    # --- what comes in

    def advance(self, light: Light, now_s: float) -> None:
        """Count the time since the last call."""
        if now_s <= self.meter.counted_to_s:
            return
        metered = self.sources.believed(Part.POWER, Quantity.ACTIVE_POWER_W, now_s)
        self.meter.advance(now_s, light.ramp, self.load, metered)

    def measured(self, event: Measured, light: Light, watch: NightWatch, now: Instant) -> bool:
        """Take the answer of a part; whether it can change anything that is decided or told."""
        at_s = event.readings[0].at_s if event.readings else now.mono_s
        readings = self.load.judged(event.readings) if event.part is Part.POWER else event.readings
        turned = self.sources.measured(event.part, readings, at_s)
        match event.part:
            case Part.LIGHT:
                return self._light_seen(event, light, watch, now) or turned
            case Part.POWER:
                return self._power_seen(at_s, light, now.mono_s) or turned
            case Part.TEMPERATURE:
                return self._warmth_seen(now.mono_s) or turned
            case _:
                return turned

    def _light_seen(self, event: Measured, light: Light, watch: NightWatch, now: Instant) -> bool:
        cell = watch.photocell
        if cell is None:
            return False
        for reading in event.readings:
            steady = light.arrived(reading.at_s) and light.decision.demand.cause is not Cause.IDENTIFY  # blinks under the reading
            watch.light(reading, light.ramp.level_at(reading.at_s), steady=steady, now=now)
        before, self._outlook = self._outlook, cell.outlook(now.mono_s)
        return before != self._outlook

    def _power_seen(self, at_s: float, light: Light, now_s: float) -> bool:
        """Whether the lamp watch finds something else than before."""
        metered_w = self.sources.value(Part.POWER, Quantity.ACTIVE_POWER_W, now_s)
        if metered_w is None or light.starting:
            return False
        if self.load.whole_pole:
            self.load = self.load.seen(metered_w, at_s, light.ramp)
            return False
        return self._lamp_watch.measured(metered_w, at_s, light.ramp, self._settings)

    def _warmth_seen(self, now_s: float) -> bool:
        """Whether the luminaire's temperature allows another light than before, or is too high, or no longer is."""
        hot_c = self.temperature_c(now_s)
        warmth = derated_cap(self._settings.limits.derating, hot_c), hot_c is not None and hot_c > self._too_hot_c
        before, self._warmth = self._warmth, warmth
        return before != warmth

    # --- what can be asked

    def power_w(self, now_s: float) -> float | None:
        """Active power by a meter at the lamp while it is good."""
        if self.load.whole_pole:
            return None
        return self.sources.value(Part.POWER, Quantity.ACTIVE_POWER_W, now_s)

    def temperature_c(self, now_s: float) -> float | None:
        """Of the luminaire, while it can be believed."""
        return self.sources.value(Part.TEMPERATURE, Quantity.TEMPERATURE_C, now_s)

    def present(self, now_s: float) -> bool | UnsetType:
        """Whether somebody is there; UNSET without a sensor."""
        if not self._settings.sensors.motion:
            return UNSET
        return self.presence.is_present(now_s, self._settings.motion.hold_s)

    def presence_ends_s(self) -> float:
        """When presence ends if no line is heard any more; in the past when nobody is there."""
        return self.presence.ends_s(self._settings.motion.hold_s)

    def counters(self) -> Counters:
        before = self._counted_before
        return self.meter.counters(before.presence_count + self.presence.count, before.supply_loss_count)

    def new_periods(
        self, light: Light, watch: NightWatch, time: Time, now_s: float, is_up: Callable[[Alarm], bool]
    ) -> dict[Part, float]:
        """The parts that are to be read more or less often from now on, and the periods in seconds."""
        light_s = light_need_s(watch, time, light, now_s, self._rest_s(Part.LIGHT))
        power_s = power_need_s(light, now_s, self._rest_s(Part.POWER), suspicious=self._lamp_watch.suspects(now_s, is_up))
        temperature_s, told = self._temperature_need_s(now_s), self._needed
        is_tested = light.decision.demand.cause is Cause.SELF_TEST
        now_needed = light_s, power_s, temperature_s, is_tested
        if told is not None and now_needed == (told.light_s, told.power_s, told.temperature_s, told.is_tested):
            return {}
        needed = self._needed = Need(light_s, power_s, temperature_s, self._shown_s, is_tested)
        wanted = {part: needed.period_s(part, every_s) for part, (every_s, _) in self._parts.items()}
        periods = {part: every_s for part, every_s in wanted.items() if self.sources.set_every(part, every_s, now_s)}
        if watch.photocell is not None and Part.LIGHT in periods:
            watch.photocell.set_period(periods[Part.LIGHT], now_s)
        return periods

    def _rest_s(self, part: Part) -> float:
        """How often a part is read whose readings change nothing now: one that ails is to be believed again soon."""
        return SLOW_S if self.sources.ails(part) else self._shown_s

    def _temperature_need_s(self, now_s: float) -> float:
        """At its own period near the first limit; a minute while nobody can tell."""
        hot_c = self.temperature_c(now_s)
        if hot_c is None:
            return SLOW_S
        return 0.0 if hot_c > self._near_c else self._shown_s

    def truths(self, now_s: float) -> dict[Alarm, bool]:
        truths = self.sources.truths(now_s)
        truths |= self._lamp_watch.truths(good=self.power_w(now_s) is not None)
        truths[Alarm.PRESENCE_FAULT] = self.presence.is_faulty(now_s)
        hot_c = self.temperature_c(now_s)
        if hot_c is not None:
            truths[Alarm.TEMPERATURE_TOO_HIGH] = hot_c > self._too_hot_c
        return truths


def too_hot_c(settings: Settings) -> float:
    """Above it the luminaire's temperature is an alarm."""
    rule, derating = settings.alarms.get(Alarm.TEMPERATURE_TOO_HIGH), settings.limits.derating
    if rule is not None and rule.above is not None:
        return rule.above
    return TOO_HOT_C if derating is None else derating.to_c
