"""The supply watched by its meter: voltage, current, power factor, and what else than the lamp hangs on the pole."""

from collections.abc import Callable, Sequence
from math import hypot, sqrt

from agent.core.alarms import Alarm
from agent.core.bounds import Bound, above, above_or, below, below_or
from agent.core.meter import expected_power_w, is_power_known
from agent.records import Quality, Quantity, Reading
from agent.settings.hardware import PowerMeter
from agent.settings.model import Settings
from agent.settings.supply import supply_of

AC_LOW, AC_LOW_CLEAR = 0.86, 0.89  # of the nominal voltage: 198 and 205 V of 230
AC_HIGH, AC_HIGH_CLEAR = 1.10, 1.065  # 253 and 245 V of 230
DC_OFF, DC_OFF_CLEAR = 0.20, 0.17  # from the nominal voltage, either way
LOST, LOST_CLEAR = 0.10, 0.50  # less is an interruption (IEEE 1159); and back is what a driver begins to work with

OVERCURRENT, OVERCURRENT_A = 1.5, 0.1  # of the current at 100 %; and at least so much beyond it, for a small driver's capacitors
POLE_W, POLE_CLEAR = 30.0, 2 / 3  # beyond the lamp: a Pi with all that it carries takes half of it at most
BACK = 0.95  # of a threshold that has no hysteresis of its own

PF_REQUIRED = ((5.0, 0.0), (10.0, 0.5), (25.0, 0.7))  # cos phi of a lamp of up to so many watts: (EU) 2019/2020, annex II
PF_REQUIRED_ABOVE = 0.9  # of all others
PF_HYSTERESIS = 0.05
PF_LEVEL = 20.0  # below it a driver's filter takes as much as its light
PF_SHARE = 0.5  # of what it should draw: a lamp that is dark has no power factor worth a word

Bounds = tuple[tuple[Quantity, Bound], ...]


def low_voltage_v(settings: Settings) -> float:
    """Below it no lamp can be blamed for what it draws; 0 where nobody knows what there should be."""
    supply = supply_of(settings)
    if supply is None:
        return 0.0
    share = AC_LOW if supply.kind == "ac" else 1 - DC_OFF
    return below_or(settings, Alarm.SUPPLY_VOLTAGE_TOO_LOW, share * supply.nominal_v)


def is_fed(settings: Settings, level: float) -> bool:
    """Whether the meter must see a voltage: at level 0 it may be behind the open contact of a relay."""
    return level > 0 or settings.output is None or settings.output.relay is None


def supply_bounds(settings: Settings, level: float, *, steady: bool) -> Bounds:
    """What can be told of a meter's readings under a level (percent). ``steady``: the lamp has warmed up at it."""
    meter = settings.sensors.power
    if meter is None:
        return ()
    found = [*_voltage(settings, fed=is_fed(settings, level)), *_current(settings, meter, lit=steady and level > 0)]
    if steady and is_power_known(settings.luminaire):
        if meter.measures == "pole":
            more_w = above_or(settings, Alarm.UNEXPECTED_LOAD, POLE_W)
            lamp_w = expected_power_w(settings.luminaire, level)
            found.append(_power(Bound(Alarm.UNEXPECTED_LOAD, lamp_w + more_w, lamp_w + POLE_CLEAR * more_w)))
        elif meter.mains and level >= PF_LEVEL:
            found += _power_factor(settings, level)
    return tuple(found)


def _power(bound: Bound) -> tuple[Quantity, Bound]:
    return Quantity.ACTIVE_POWER_W, bound


def _voltage(settings: Settings, *, fed: bool) -> Bounds:
    supply = supply_of(settings)
    if supply is None:
        return ()
    ac = supply.kind == "ac"
    high, high_clear = (AC_HIGH, AC_HIGH_CLEAR) if ac else (1 + DC_OFF, 1 + DC_OFF_CLEAR)
    high_v = above_or(settings, Alarm.SUPPLY_VOLTAGE_TOO_HIGH, high * supply.nominal_v)
    bounds = [Bound(Alarm.SUPPLY_VOLTAGE_TOO_HIGH, high_v, high_v * high_clear / high)]
    if fed:
        low, low_clear = (AC_LOW, AC_LOW_CLEAR) if ac else (1 - DC_OFF, 1 - DC_OFF_CLEAR)
        low_v, lost_v = low_voltage_v(settings), below_or(settings, Alarm.SUPPLY_LOSS, LOST * supply.nominal_v)
        bounds.append(Bound(Alarm.SUPPLY_VOLTAGE_TOO_LOW, low_v, low_v * low_clear / low))
        bounds.append(Bound(Alarm.SUPPLY_LOSS, lost_v, lost_v * LOST_CLEAR / LOST))
    return tuple((Quantity.SUPPLY_VOLTAGE_V, bound) for bound in bounds)


def _current(settings: Settings, meter: PowerMeter, *, lit: bool) -> Bounds:
    """Too much at whatever level, for the most is drawn at 100 %. Too little only by the config: nobody else knows."""
    supply, bounds = supply_of(settings), list[Bound]()
    high_a, low_a = above(settings, Alarm.CURRENT_TOO_HIGH), below(settings, Alarm.CURRENT_TOO_LOW)
    if high_a is None and supply is not None and meter.measures == "lamp" and is_power_known(settings.luminaire):
        full_a = expected_power_w(settings.luminaire, 100) / supply.nominal_v
        high_a = max(OVERCURRENT * full_a, full_a + OVERCURRENT_A)
    if high_a is not None:
        bounds.append(Bound(Alarm.CURRENT_TOO_HIGH, high_a, BACK * high_a))
    if low_a is not None and lit:
        bounds.append(Bound(Alarm.CURRENT_TOO_LOW, low_a, (2 - BACK) * low_a))
    return tuple((Quantity.SUPPLY_CURRENT_A, bound) for bound in bounds)


def _power_factor(settings: Settings, level: float) -> Bounds:
    """What is required at full light, less the hysteresis; the reactive power that this allows stays when the lamp is dimmed."""
    full_w = expected_power_w(settings.luminaire, 100)
    required = next((factor for up_to_w, factor in PF_REQUIRED if full_w <= up_to_w), PF_REQUIRED_ABOVE)
    at_full = below_or(settings, Alarm.POWER_FACTOR_TOO_LOW, required - PF_HYSTERESIS)
    if at_full <= 0:
        return ()
    power_w, reactive_var = expected_power_w(settings.luminaire, level), full_w * sqrt(max(0.0, 1 / at_full**2 - 1))
    least = power_w / hypot(power_w, reactive_var)
    return ((Quantity.POWER_FACTOR, Bound(Alarm.POWER_FACTOR_TOO_LOW, least, least + PF_HYSTERESIS)),)


class SupplyWatch:
    """Told each answer of the meter. ``found`` is what it makes true or untrue; what is not in it cannot be told now."""

    def __init__(self) -> None:
        self.found: dict[Alarm, bool] = {}
        self._bounds: Bounds = ()
        self._under: tuple[Settings, float, bool] | None = None

    def measured(
        self, readings: Sequence[Reading], settings: Settings, level: float, is_up: Callable[[Alarm], bool], *, steady: bool
    ) -> bool:
        """Judge one answer; whether that finds something else than before."""
        under = self._under
        if under is None or under[0] is not settings or under[1:] != (level, steady):
            self._under, self._bounds = (settings, level, steady), supply_bounds(settings, level, steady=steady)
        if not self._bounds and not self.found:
            return False
        values = {reading.quantity: reading.value for reading in readings if reading.quality is Quality.OK}
        if values.get(Quantity.ACTIVE_POWER_W, 0.0) < PF_SHARE * expected_power_w(settings.luminaire, level):
            values.pop(Quantity.POWER_FACTOR, None)
        found = {
            bound.alarm: bound.is_beyond(values[quantity], is_up=is_up(bound.alarm))
            for quantity, bound in self._bounds
            if quantity in values
        }
        if found.get(Alarm.SUPPLY_LOSS):
            found[Alarm.SUPPLY_VOLTAGE_TOO_LOW] = False  # one alarm for one trouble
        before, self.found = self.found, found
        return found != before

    def suspects(self, is_up: Callable[[Alarm], bool]) -> bool:
        """Whether an alarm is to be raised or cleared, so that the next readings matter."""
        return bool(self.found) and any(found is not is_up(alarm) for alarm, found in self.found.items())
