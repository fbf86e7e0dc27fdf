"""Rules whose alarm this lamp can never raise, for what tells it is not there."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.config.checks.check import Check, Written
from agent.config.checks.healthy import power_w, threshold_of
from agent.config.findings import Finding, warning
from agent.settings.hardware import PowerMeter
from agent.settings.model import Settings
from agent.settings.supply import supply_of

_OF_LIGHT = (
    "lampFailure", "dimmingFailure", "cyclingFailure", "lampPowerTooHigh", "lampPowerTooLow", "absoluteLampPowerTooHigh",
    "absoluteLampPowerTooLow",
)  # fmt: skip
_OF_LAMP = (*_OF_LIGHT, "controlGearFailure", "relayFailure")
_OF_VOLTAGE = ("supplyLoss", "supplyVoltageTooHigh", "supplyVoltageTooLow")
_OF_METER = (*_OF_LAMP, *_OF_VOLTAGE, "currentTooHigh", "currentTooLow", "powerFactorTooLow", "unexpectedLoad", "meterFault")
_OF_THERMOMETER = ("temperatureTooHigh", "temperatureTooLow", "fireDetected", "temperatureSensorFault")
_ONLY_BY_THE_CONFIG = ("absoluteLampPowerTooLow", "currentTooLow")


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not there, or is otherwise, and the alarms that cannot be told for it."""

    alarms: tuple[str, ...]
    why: str
    hint: str
    until: str = "is never raised"


def rule_that_never_acts(settings: Settings, _: Written) -> Iterator[Finding]:
    """One word for each rule: of several reasons the first."""
    lacks = tuple(_lacks(settings))
    for name in settings.alarms:
        lack = next((each for each in lacks if name in each.alarms), None)
        if lack is not None:
            yield warning(("alarms", name), f"{lack.until}: {lack.why}", f"{lack.hint}, or remove it")


def _lacks(settings: Settings) -> Iterator[Lack]:
    sensors, output = settings.sensors, settings.output
    if sensors.power is None:
        yield Lack(_OF_METER, "there is no meter", "write sensors.power")
    else:
        yield from _of_the_meter(settings, sensors.power)
    if sensors.temperature is None:
        yield Lack(
            (*_OF_THERMOMETER, "protectionActive"), "there is no thermometer in the luminaire", "write sensors.temperature"
        )
    if sensors.light is None:
        yield Lack(("lightSensorFault", "photocellFault"), "there is no photocell", "write sensors.light")
    if not sensors.motion:
        yield Lack(("presenceFault",), "there is no motion sensor", "write sensors.motion")
    if settings.limits.derating is None:
        yield Lack(("protectionActive",), "nothing is derated", "write limits.derating")
    if output is not None and output.relay is None:
        yield Lack(("relayFailure",), "there is no relay", "write output.relay")


def _of_the_meter(settings: Settings, meter: PowerMeter) -> Iterator[Lack]:
    if meter.measures == "pole":
        alarms = (*_OF_LAMP, "powerFactorTooLow")
        yield Lack(alarms, "with measures: pole the lamp is not judged", "write measures: lamp if nothing else is on the meter")
    else:
        yield Lack(
            ("unexpectedLoad",), "with measures: lamp nothing else is looked for", "write measures: pole if that is measured"
        )
    if not meter.mains:
        yield Lack(("powerFactorTooLow",), f"{meter.driver} measures dc, which has no power factor", "fit an ade7953")
    if supply_of(settings) is None:
        why = f"luminaire.supply does not say which voltage the {meter.driver} should see, and a threshold alone is not enough"
        kind = "{kind: ac, nominal_v: 230}" if meter.mains else "{kind: dc, nominal_v: 24}"
        yield Lack(_OF_VOLTAGE, why, f"write luminaire.supply, such as {kind}")
    if power_w(settings.luminaire, 100) is None:
        alarms = (*_OF_LIGHT, "controlGearFailure", "powerFactorTooLow", "unexpectedLoad")
        until = "is not raised before a self-test has learnt the lamp's power"
        yield Lack(alarms, "the config does not say it", "write luminaire.nominal_power_w", until)
    for alarm in _ONLY_BY_THE_CONFIG:
        if threshold_of(settings, alarm) is None:
            yield Lack((alarm,), "it has no threshold but the config's", "write below")


def supply_without_a_meter(settings: Settings, _: Written) -> Iterator[Finding]:
    if settings.luminaire.supply is not None and settings.sensors.power is None:
        yield warning(("luminaire", "supply"), "changes nothing: there is no meter", "write sensors.power, or remove it")


CHECKS = (
    Check(
        rule_that_never_acts,
        needs=(
            ("luminaire",),
            ("limits",),
            ("output",),
            ("sensors",),
            *(("sensors", name) for name in ("light", "motion", "power", "temperature")),
        ),
    ),
    Check(supply_without_a_meter, needs=(("sensors", "power"),)),
)
