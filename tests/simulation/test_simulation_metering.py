"""Energy and hours as told, held against what the lamp truly took and gave, through a night in which things go wrong."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.config.compiler import compile_file
from agent.effects import Effect, Send
from agent.messages import Telemetry
from agent.records import Instant
from agent.settings.model import Settings, TelemetrySettings
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.faults.inject import prepared
from agent.simulation.loop import PI_BOOT_S, Scene, VirtualLamp

ROOT = Path(__file__).parents[2]
START_UTC_S = datetime(2026, 12, 21, 20, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
HOUR_S = 3600.0
POLE_W = 3.5  # beside the lamp, in the simulation


def shipped(name: str) -> Settings:
    compiled, _ = compile_file(ROOT / name)
    assert compiled.settings is not None
    return compiled.settings


@dataclass
class Metered:
    """A lamp from 20 h on, with people on the street; what it took and how long it was lit, and what it told of both."""

    settings: Settings
    faults: tuple[str, ...] = ()
    samples: list[Telemetry] = field(default_factory=list)
    took_wh: float = 0.0
    lit_s: float = 0.0

    def __post_init__(self) -> None:
        self._held = (0.0, 0.0, 0.0)  # since when, percent, watts
        prepare = prepared(self.settings, map(parse_fault, self.faults))
        self.lamp = VirtualLamp(self.settings, Scene(START_UTC_S, traffic="busy"), self._note, prepare=prepare)

    def run(self, hours: float) -> "Metered":
        """With a look at the lamp each second, as the true meter that it has not."""
        while self.lamp.now_s < hours * HOUR_S:
            self.lamp.run_until(self.lamp.now_s + 1)
            since_s, percent, power_w = self._held
            span_s = self.lamp.now_s - since_s
            self.took_wh += power_w * span_s / HOUR_S
            self.lit_s += span_s if percent > 0 else 0.0
            self._held = (self.lamp.now_s, *self.lamp.world.lamp.light_and_power())
        return self

    def _note(self, _now: Instant, effect: Effect) -> None:
        if isinstance(effect, Send) and isinstance(effect.message, Telemetry):
            self.samples.append(effect.message)

    @property
    def estimated(self) -> int:
        """Samples whose energy is said to be estimated."""
        return sum(1 for sample in self.samples if sample.quality and "active_energy_wh" in sample.quality)


@pytest.fixture(params=["configs/simulated.yaml", "tests/config/contract.yaml"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """One on direct current, one on the mains; a sample each minute."""
    return replace(shipped(request.param), telemetry=TelemetrySettings(every_s=60))


@pytest.mark.parametrize(
    ("faults", "estimated"),
    [
        ((), range(1)),
        (("power.dead@21:00+1h",), range(55, 64)),
        (("power.garbage@21:00+1h",), range(55, 64)),
        (("agent.restart@21:03", "agent.restart@21:06", "agent.restart@21:09"), range(1, 4)),
        (("agent.hang@22:00",), range(1, 3)),
        (("power.cut@21:03+30min",), range(2)),
        (("clock.jump=+8h@21:00",), range(1)),
        (("storage.gone@21:00+1h",), range(2)),
    ],
    ids=lambda value: "+".join(value) or "none" if isinstance(value, tuple) else "",
)
def test_whatever_fails_the_energy_told_is_the_energy_taken(
    settings: Settings, faults: tuple[str, ...], estimated: range
) -> None:
    metered, cuts = Metered(settings, faults).run(3), sum("power.cut" in fault for fault in faults)
    told = metered.samples[-1]
    late_s = 130 + cuts * (
        130 + PI_BOOT_S
    )  # the last sample is so old, and so are its counters; the wiring lights a Pi that boots
    assert told.operating_hours == pytest.approx(metered.lit_s / HOUR_S, abs=late_s / HOUR_S)
    assert told.active_energy_wh == pytest.approx(metered.took_wh, abs=settings.luminaire.nominal_power_w * late_s / HOUR_S)  # type: ignore[operator]
    assert told.supply_loss_count == cuts
    assert metered.estimated in estimated


def test_a_meter_of_the_pole_counts_the_pole_and_in_its_silence_the_lamp() -> None:
    settings = shipped("configs/simulated.yaml")
    assert settings.sensors.power is not None
    whole = replace(settings, sensors=replace(settings.sensors, power=replace(settings.sensors.power, measures="pole")))
    metered = Metered(whole, ("power.dead@21:00+1h",)).run(3)
    told_wh = metered.samples[-1].active_energy_wh
    missed_wh = POLE_W * 1  # nobody has seen it in the dark in these hours, and so it is not estimated
    assert told_wh == pytest.approx(metered.took_wh + 3 * POLE_W - missed_wh, abs=3.5)
