"""The start delay: after a power cut the lamps of a street do not come on at once; none waits longer than it may."""

from zoneinfo import ZoneInfo

import pytest

from agent.core.controller import Controller
from agent.core.light import Light, start_delay_s
from agent.effects import Drive
from agent.events import Restored, Woken
from agent.ledger import Memory
from agent.records import Boot, BootReason, Instant
from agent.settings.model import Lamp, Luminaire, Settings

START_UTC_S = 1_796_000_000.0


def first_light_s(lamp_id: str, reason: BootReason, found_level: float | None, most_s: float = 30.0) -> float:
    """When the lamp is first told to give light, in seconds after the start."""
    settings = Settings(lamp=Lamp("site", lamp_id), luminaire=Luminaire(start_delay_max_s=most_s))
    start = Instant(100.0, START_UTC_S)
    core = Controller(settings, Boot("boot", reason, found_level), start, ZoneInfo)
    step, now_s = core.start(start), 100.0
    event: Restored | Woken = Restored(Memory(), durable=True)
    while not any(isinstance(effect, Drive) and effect.ramp.end_level > 0 for effect in step.effects):
        now_s = now_s + 0.1 if isinstance(event, Restored) else step.wake_at_s
        assert now_s < 200
        step, event = core.step(event, Instant(now_s, START_UTC_S + now_s - 100.0)), Woken()
    return now_s - 100.0


def test_each_lamp_of_a_street_waits_a_time_of_its_own_and_always_the_same() -> None:
    waits = [first_light_s(f"lamp-{number:04}", BootReason.POWER_ON, None) for number in range(20)]
    assert all(0 <= wait_s <= 30 for wait_s in waits)
    assert max(waits) - min(waits) > 15
    assert len(set(waits)) == 20
    assert waits[7] == first_light_s("lamp-0007", BootReason.POWER_ON, None)


@pytest.mark.parametrize(
    ("reason", "found_level", "most_s"),
    [
        (BootReason.POWER_ON, None, 0.0),
        (BootReason.RESTART, 60.0, 30.0),
        (BootReason.CRASH, 60.0, 30.0),
        (BootReason.RESTART, None, 30.0),
    ],
)
def test_nothing_else_delays_the_light(reason: BootReason, found_level: float | None, most_s: float) -> None:
    assert first_light_s("lamp-0007", reason, found_level, most_s) == 0


def test_a_lamp_without_an_id_does_not_wait() -> None:
    settings = Settings(luminaire=Luminaire(start_delay_max_s=30.0))
    assert start_delay_s(settings, Boot("boot", BootReason.POWER_ON, None)) == 0


@pytest.mark.parametrize(
    ("found_level", "delay_s", "level"), [(None, 0.0, 100.0), (None, 0.5, 0.0), (None, 30.0, 0.0), (1.0, 0.0, 1.0)]
)
def test_a_lamp_that_waits_is_off_and_any_other_as_it_was_found_or_full(
    found_level: float | None, delay_s: float, level: float
) -> None:
    light = Light(found_level, 100.0, delay_s)
    assert (light.ramp.level_at(100.0), light.decision.light_level, light.lit) == (level, level, level > 0)
