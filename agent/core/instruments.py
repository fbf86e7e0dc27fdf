"""The instruments: sensors with their freshness, people, power and counters, and what is wrong with any of them."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import UNSET, UnsetType

from agent.core.alarms import Alarm
from agent.core.bounds import worn_h
from agent.core.climate import ClimateWatch
from agent.core.dayburner import DayBurner
from agent.core.demand import Cause
from agent.core.expected import IsUp
from agent.core.lampwatch import WARM_UP_S, LampWatch
from agent.core.light import Light
from agent.core.limits import derated_cap
from agent.core.load import Load
from agent.core.meter import Meter
from agent.core.nightwatch import NightWatch
from agent.core.presence import Presence
from agent.core.sampling import SLOW_S, Need, configured_parts, light_need_s, power_need_s, shown_need_s
from agent.core.sources import Sources
from agent.core.supply import SupplyWatch, is_fed, low_voltage_v
from agent.core.timekeeping import Time
from agent.events import Measured
from agent.ledger import Counters
from agent.records import Instant, Part, Quantity, Reading
from agent.settings.model import Settings


class Instruments:
    """Everything that is measured and counted, but for the photocell, which is the night watch's."""

    def __init__(self, settings: Settings, now_s: float, patience_s: float) -> None:
        self.load = Load.of(settings)
        self._take(settings)
        self._lamp_watch = LampWatch()
        self._supply_watch = SupplyWatch()
        self._day_burner = DayBurner()
        self._outlook: tuple[object, ...] = ()  # of the photocell, as of its last reading
        self._climate = ClimateWatch(settings)
        self._allowed: float | None = None  # the light at the luminaire's last one
        self._is_up: IsUp = lambda _alarm: False
        self._counted_before = Counters()  # by earlier runs, as far as the meter does not count on from there
        self._needed: Need | None = None  # as whoever reads the parts was last told
        self.sources = Sources(self._parts, now_s, patience_s)
        self.presence = Presence(len(settings.sensors.motion), now_s)
        self.meter = Meter(Counters(), now_s)

    def asks(self, is_up: IsUp) -> None:
        """Whom to ask whether an alarm is up: its condition then ends by another threshold than it began by."""
        self._is_up = is_up

    def configure(self, settings: Settings, now_s: float) -> None:
        """Other settings from now on; what they do not touch is kept."""
        self._take(settings)
        self._climate.configure(settings)
        self._needed = None
        self.sources.configure(self._parts, now_s)
        self.presence.configure(len(settings.sensors.motion), now_s)

    def _take(self, settings: Settings) -> None:
        self._settings = settings
        self.load = Load.of(settings, before=self.load)
        self._parts = configured_parts(settings)
        self._shown_s = shown_need_s(settings.telemetry.every_s)
        self._worn_s = 3600 * worn_h(settings)
        self._low_v = low_voltage_v(settings)
        meter = settings.sensors.power  # sees whether a dark lamp draws anything; with a relay that is the relay's
        self._sees_dark_lamp = meter is not None and not self.load.whole_pole and is_fed(settings, 0)

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
                return self._power_seen(readings, at_s, light, now.mono_s) or turned
            case Part.TEMPERATURE | Part.SOC:
                return self._climate_seen(event.part, now.mono_s) or turned
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

    def _power_seen(self, readings: tuple[Reading, ...], at_s: float, light: Light, now_s: float) -> bool:
        """Whether supply or lamp are found otherwise than before."""
        if light.starting:
            return False
        level, steady = light.ramp.end_level, at_s >= light.ramp.end_s + WARM_UP_S
        changed = self._supply_watch.measured(readings, self._settings, level, self._is_up, steady=steady)
        metered_w = self.sources.value(Part.POWER, Quantity.ACTIVE_POWER_W, now_s)
        if metered_w is None:
            return changed
        if self.load.whole_pole:
            self.load = self.load.seen(metered_w, at_s, light.ramp)
            return changed
        if self._low_v > 0 and is_fed(self._settings, level) and self._is_low(now_s):
            self._lamp_watch.blames_supply()
            return changed
        return self._lamp_watch.measured(metered_w, at_s, light.ramp, self._settings, self._is_up) or changed

    def _is_low(self, now_s: float) -> bool:
        """Whether the voltage is too low for the lamp to be blamed for what it draws."""
        volts = self.sources.value(Part.POWER, Quantity.SUPPLY_VOLTAGE_V, now_s)
        return volts is not None and volts < self._low_v

    def _climate_seen(self, part: Part, now_s: float) -> bool:
        """Whether the luminaire's temperature allows another light than before, or something is too hot, or no longer is."""
        before, self._allowed = self._allowed, derated_cap(self._settings.limits.derating, self.temperature_c(now_s))
        return self._climate.seen(part, self.sources, now_s, self._is_up) or before != self._allowed

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
        suspicious = self._lamp_watch.suspects(now_s, is_up) or self._supply_watch.suspects(is_up)
        power_s = power_need_s(light, now_s, self._rest_s(Part.POWER), suspicious=suspicious)
        temperature_s, soc_s = self._climate.temperature_need_s(self.temperature_c(now_s)), self._climate.soc_s
        needed = Need(light_s, power_s, temperature_s, soc_s, light.decision.demand.cause is Cause.SELF_TEST)
        if needed == self._needed:
            return {}
        self._needed = needed
        wanted = {part: needed.period_s(part, every_s) for part, (every_s, _) in self._parts.items()}
        periods = {part: every_s for part, every_s in wanted.items() if self.sources.set_every(part, every_s, now_s)}
        if watch.photocell is not None and Part.LIGHT in periods:
            watch.photocell.set_period(periods[Part.LIGHT], now_s)
        return periods

    def _rest_s(self, part: Part) -> float:
        """How often a part is read whose readings change nothing now: one that ails is to be believed again soon."""
        return SLOW_S if self.sources.ails(part) else self._shown_s

    def truths(self, now_s: float, *, lit: bool, is_night: bool) -> dict[Alarm, bool]:
        """What is true and untrue; an alarm that cannot be judged now is left out."""
        truths = self.sources.truths(now_s)
        found = self._supply_watch.found
        if found and Part.POWER in self.sources and self.sources.fresh(Part.POWER, now_s):
            truths |= found
        truths |= self._lamp_watch.truths(good=self.power_w(now_s) is not None)
        truths |= self._climate.found
        burns = self._day_burner.burns(now_s, lit=lit, is_night=is_night)
        if burns or (burns is False and not self._sees_dark_lamp):
            truths[Alarm.LAMP_UNEXPECTED_ON] = burns
        faulty = self.presence.is_faulty(now_s)
        if faulty or self.presence.is_proven():
            truths[Alarm.PRESENCE_FAULT] = faulty
        truths[Alarm.LAMP_END_OF_LIFE] = self.meter.operating_s > self._worn_s
        return truths

    def next_s(self, now_s: float) -> float:
        """When something that is told becomes otherwise by itself."""
        return self._day_burner.next_s(now_s)
