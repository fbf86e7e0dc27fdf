"""The climate watched by its thermometers: the luminaire's and the Pi's own, with the Pi's supply that is read beside it."""

from math import inf

from agent.core.alarms import Alarm
from agent.core.bounds import climate_bounds, soc_too_hot, too_cold, too_hot
from agent.core.expected import IsUp
from agent.core.sampling import NEAR_C, SLOW_S, shown_need_s
from agent.core.sources import Sources
from agent.records import Part, Quantity
from agent.settings.model import Settings


class ClimateWatch:
    """``found`` is what the last readings make true or untrue; what a sensor said stays when it has fallen silent."""

    def __init__(self, settings: Settings) -> None:
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Other bounds from now on, and all to be found anew."""
        self.found: dict[Alarm, bool] = {}
        self.soc_s = SLOW_S  # how often the Pi is to be read
        self._bounds = climate_bounds(settings)
        derating = settings.limits.derating
        self._warm_c = min(too_hot(settings).clear_at, inf if derating is None else derating.from_c) - NEAR_C
        self._cool_c = too_cold(settings).clear_at + NEAR_C
        self._soc_warm_c = soc_too_hot(settings).clear_at - NEAR_C
        self._shown_s = shown_need_s(settings.telemetry.every_s)

    def seen(self, part: Part, sources: Sources, now_s: float, is_up: IsUp) -> bool:
        """A part has been read; whether that finds something else than before."""
        before, now = self.found, {}
        for place, quantity, bound in self._bounds:
            if place is part and (value := sources.value(part, quantity, now_s)) is not None:
                now[bound.alarm] = bound.is_beyond(value, is_up=is_up(bound.alarm))
        if part is Part.SOC:
            warm = (sources.value(part, Quantity.SOC_TEMPERATURE_C, now_s) or 0.0) > self._soc_warm_c
            self.soc_s = SLOW_S if warm or sources.value(part, Quantity.SOC_UNDERVOLTAGE, now_s) else self._shown_s
        self.found = before | now
        return self.found != before

    def temperature_need_s(self, celsius: float | None) -> float:
        """How often the luminaire's thermometer is to be read: at its own period near a limit; a minute while nobody can tell."""
        if celsius is None:
            return SLOW_S
        return self._shown_s if self._cool_c <= celsius <= self._warm_c else 0.0
