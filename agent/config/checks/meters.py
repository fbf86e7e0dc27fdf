"""Meters that cannot measure this lamp: a shunt that is too large or too small for it, a supply that the chip does not stand."""

from collections.abc import Iterator

from agent.config.checks.check import Check, Written
from agent.config.checks.healthy import outward, power_w, short
from agent.config.findings import Finding, warning
from agent.config.wording import plain
from agent.settings.chips import MOST_V, SHUNT_FULL_V, SHUNT_OFFSET_V
from agent.settings.model import Settings
from agent.settings.supply import supply_of

ROOM = 1.5  # for an overload, which is told from one and a half times the current at full light on
TELLS = 3  # times the meter's own error: what the light must draw for the lamp to be judged by it
UNKNOWN_V = 24.0  # where nobody says what there should be

_POWER = ("sensors", "power")
_SHUNT = (*_POWER, "shunt_ohm")


def saturated_shunt(settings: Settings, _: Written) -> Iterator[Finding]:
    meter, supply = settings.sensors.power, supply_of(settings)
    full_w = power_w(settings.luminaire, 100)
    if meter is None or meter.shunt_ohm is None or supply is None or full_w is None or meter.driver not in SHUNT_FULL_V:
        return
    full_v, full_a = SHUNT_FULL_V[meter.driver], full_w / supply.nominal_v
    if full_a * meter.shunt_ohm < full_v:
        return
    drop, most = f"{short(1000 * full_a * meter.shunt_ohm)} mV", f"{short(1000 * full_v)} mV"
    message = f"drops {drop} at full light, and the {meter.driver} measures up to {most}: the lamp is not watched there"
    yield warning(
        _SHUNT, message, f"fit one of at most {outward(full_v / (ROOM * full_a), -1)} ohm, which leaves room for an overload"
    )


def drowned_lamp(settings: Settings, _: Written) -> Iterator[Finding]:
    meter, supply = settings.sensors.power, supply_of(settings)
    full_w, standby_w = power_w(settings.luminaire, 100), settings.luminaire.standby_power_w
    if meter is None or meter.shunt_ohm is None or full_w is None or meter.driver not in SHUNT_OFFSET_V:
        return
    if meter.measures == "pole" or full_w <= standby_w:
        return
    volts = UNKNOWN_V if supply is None else supply.nominal_v
    error_w = SHUNT_OFFSET_V[meter.driver] / meter.shunt_ohm * volts
    if full_w - standby_w > TELLS * error_w:
        return
    light_w = f"{short(full_w - standby_w)} W"
    message = (
        f"makes {short(error_w)} W of the {meter.driver}'s own error, too much beside the light's {light_w}: it is not judged"
    )
    least_ohm = TELLS * SHUNT_OFFSET_V[meter.driver] * volts / (full_w - standby_w)
    yield warning(_SHUNT, message, f"fit one of more than {outward(least_ohm, 1)} ohm, better ten times that")


def destroyed_meter(settings: Settings, _: Written) -> Iterator[Finding]:
    meter, supply = settings.sensors.power, settings.luminaire.supply
    if meter is None or supply is None or meter.driver not in MOST_V:
        return
    most_v = MOST_V[meter.driver]
    if supply.kind == "dc" and supply.nominal_v > most_v:
        message = (
            f"{meter.driver} stands {plain(most_v)} V, and luminaire.supply has {plain(supply.nominal_v)} V: that may destroy it"
        )
        can = [driver for driver, each_v in MOST_V.items() if each_v >= supply.nominal_v]
        fit = f"fit an {can[0]}, or " if can else ""
        yield Finding((*_POWER, "driver"), message, f"{fit}measure where there are at most {plain(most_v)} V, and write those")


def supply_of_another_kind(settings: Settings, _: Written) -> Iterator[Finding]:
    supply, meter = settings.luminaire.supply, settings.sensors.power
    if supply is None or meter is None or (supply.kind == "ac") is meter.mains:
        return
    message = f"is {supply.kind}, and {meter.driver} measures {'ac' if meter.mains else 'dc'}: the voltage is not judged"
    if meter.driver in MOST_V:
        message += f", and a chip that stands {plain(MOST_V[meter.driver])} V does not survive the mains"
    yield warning(("luminaire", "supply", "kind"), message, "write the supply at the meter")


CHECKS = (
    Check(saturated_shunt, needs=(("luminaire",), _POWER)),
    Check(drowned_lamp, needs=(("luminaire",), _POWER)),
    Check(destroyed_meter),
    Check(supply_of_another_kind),
)
