"""For the tests of alarms: poles with lamps of three sizes, their real drivers over virtual chips, and what was told of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from agent.config.compiler import compile_file
from agent.effects import Effect, Send
from agent.events import Event
from agent.messages import Event as EventMessage
from agent.records import Instant
from agent.settings.hardware import PowerMeter, Relay
from agent.settings.model import AlarmRule, Luminaire, Settings, Supply
from agent.settings.schedule import Anchor, Calendar, ProgrammeEntry, TimeOfNight
from agent.simulation.loop import Scene, VirtualLamp

CONFIGS = Path(__file__).parents[2] / "configs"
NIGHT, DAY = "2026-12-21T20:00:00+01:00", "2026-06-21T12:00:00+02:00"
SETTLED_S = 120.0  # lit, warm, and read
SLACK_S = 75.0  # what is steady is read once a minute

SHELLY = PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154)


def _shipped() -> Settings:
    settings = compile_file(CONFIGS / "simulated.yaml")[0].settings
    assert settings is not None
    return settings


def lamp(luminaire: Luminaire, meter: PowerMeter, level: float) -> Settings:
    """A lamp at one level all night, without relay and motion."""
    base = _shipped()
    assert base.output is not None
    return replace(
        base,
        luminaire=luminaire,
        output=replace(base.output, relay=None),
        sensors=replace(base.sensors, power=meter, motion=()),
        programmes={"steady": (ProgrammeEntry(TimeOfNight(Anchor.SUNSET), level),)},
        calendar=Calendar("steady"),
    )


SMALL = lamp(
    Luminaire(
        nominal_power_w=12,
        standby_power_w=0.4,
        supply=Supply("dc", 24),
        power_curve=((0, 0.4), (10, 2.0), (100, 12)),
        fade_up_s=0,
    ),
    PowerMeter("ina219", shunt_ohm=0.1),
    10,
)
MEDIUM = lamp(
    Luminaire(nominal_power_w=42, standby_power_w=0.6, supply=Supply("dc", 24), fade_up_s=0),
    PowerMeter("ina226", shunt_ohm=0.02),
    60,
)
LARGE = lamp(Luminaire(nominal_power_w=150, standby_power_w=2.0, supply=Supply("ac", 230), fade_up_s=0), SHELLY, 100)
LARGE_DIMMED = replace(LARGE, programmes={"steady": (ProgrammeEntry(TimeOfNight(Anchor.SUNSET), 20),)})
LAMPS = {"12 W at 10 %, 24 V": SMALL, "42 W at 60 %, 24 V": MEDIUM, "150 W, 230 V": LARGE, "150 W at 20 %, 230 V": LARGE_DIMMED}


def with_relay(settings: Settings) -> Settings:
    assert settings.output is not None
    return replace(settings, output=replace(settings.output, relay=Relay(23)))


def with_rule(settings: Settings, name: str, rule: AlarmRule) -> Settings:
    return replace(settings, alarms={**settings.alarms, name: rule})


@dataclass
class Pole:
    """Runs from a moment on. ``told`` are the alarms' events in order: name, edge, seconds since the start."""

    settings: Settings
    start: str = NIGHT
    told: list[tuple[str, str, float]] = field(default_factory=list)
    events: list[EventMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        scene = Scene(datetime.fromisoformat(self.start).timestamp(), weather="clear", traffic="none")
        self.virtual = VirtualLamp(self.settings, scene, self._note)
        self.world, self.defects = self.virtual.world, self.virtual.world.lamp.defects
        self.run(SETTLED_S)

    def _note(self, now: Instant, effect: Effect) -> None:
        if isinstance(effect, Send) and isinstance(effect.message, EventMessage) and effect.message.edge != "occurred":
            self.told.append((effect.message.event, effect.message.edge.value, now.mono_s))
            self.events.append(effect.message)

    def run(self, seconds: float) -> "Pole":
        self.virtual.run_until(self.virtual.now_s + seconds)
        return self

    def tell(self, event: Event) -> None:
        self.virtual.at(self.virtual.now_s + 0.1, event)

    @property
    def heard(self) -> list[tuple[str, str]]:
        return [(name, edge) for name, edge, _ in self.told]

    @property
    def up(self) -> tuple[str, ...]:
        return self.virtual.controller.state().alarms
