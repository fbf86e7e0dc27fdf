"""All cross checks, in the order in which they are made."""

from agent.config.checks import alarms, broker, buses, deaf, drivers, healthy, levels, meters, pins, place, schedule
from agent.config.checks.check import Check

CHECKS: tuple[Check, ...] = (
    *drivers.CHECKS,
    *buses.CHECKS,
    *pins.CHECKS,
    *levels.CHECKS,
    *schedule.CHECKS,
    *place.CHECKS,
    *broker.CHECKS,
    *alarms.CHECKS,
    *meters.CHECKS,
    *healthy.CHECKS,
    *deaf.CHECKS,
)
