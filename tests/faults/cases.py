"""Which faults, at which strength and hour, go with which night."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random

from agent.simulation.faults.fault import Fault
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.faults.kinds import FaultName
from faults.nights import NIGHTS, Night

CLOCK_NIGHTS = 4

# The first of each stands for it in the table; the others are how else it hurts.
VARIANTS: dict[FaultName, tuple[str, ...]] = {
    FaultName.LIGHT_DEAD: ("light.dead", "light.dead@22:00", "light.dead@15:00+3h"),
    FaultName.LIGHT_STUCK: ("light.stuck=3", "light.stuck=300", "light.stuck=20000", "light.stuck=300@21:00"),
    FaultName.LIGHT_COVERED: ("light.covered", "light.covered@14:00", "light.covered@10:00"),
    FaultName.LIGHT_FLOODLIT: ("light.floodlit=500", "light.floodlit=100", "light.floodlit=900@20:00", "light.floodlit=5000"),
    FaultName.LIGHT_NOISE: ("light.noise=30", "light.noise=300"),
    FaultName.LIGHT_OWN: ("light.own=40", "light.own=200", "light.own=20"),
    FaultName.MOTION_DEAD: ("motion.dead",),
    FaultName.MOTION_STUCK: ("motion.stuck", "motion.stuck@23:00"),
    FaultName.MOTION_CHATTER: ("motion.chatter@23:00+2h", "motion.chatter"),
    FaultName.POWER_DEAD: ("power.dead", "power.dead@23:00"),
    FaultName.POWER_GARBAGE: ("power.garbage", "power.garbage@23:00"),
    FaultName.TEMPERATURE_DEAD: ("temperature.dead",),
    FaultName.TEMPERATURE_HOT: ("temperature.hot=95",),
    FaultName.BUS_HANG: ("bus.hang", "bus.hang@22:00", "bus.hang@16:00+4h"),
    FaultName.OUTPUT_DEAD: ("output.dead@22:00", "output.dead@12:30", "output.dead"),
    FaultName.OUTPUT_RESET: ("output.reset", "output.reset@23:30"),
    FaultName.RELAY_WELDED: ("relay.welded", "relay.welded@23:00"),
    FaultName.RELAY_OPEN: ("relay.open@23:00", "relay.open"),
    FaultName.LAMP_OPEN: ("lamp.open@23:00", "lamp.open"),
    FaultName.LAMP_FLICKER: ("lamp.flicker@23:00",),
    FaultName.LAMP_STUCK: ("lamp.stuck@23:00", "lamp.stuck"),
    FaultName.CLOCK_UNSET: ("clock.unset", "clock.unset@23:00", "clock.unset@13:00+20h"),
    FaultName.CLOCK_STALE: ("clock.stale=3h", "clock.stale=11h", "clock.stale=6h@01:00"),
    FaultName.CLOCK_JUMP: ("clock.jump=-3h", "clock.jump=11h@20:00", "clock.jump=-40d@02:00", "clock.jump=6h@14:00+8h"),
    FaultName.CLOCK_DRIFT: ("clock.drift=5000", "clock.drift=-5000"),
    FaultName.AGENT_RESTART: ("agent.restart", "agent.restart@23:00"),
    FaultName.AGENT_HANG: ("agent.hang", "agent.hang@16:20"),
    FaultName.POWER_CUT: ("power.cut@17:00+10min", "power.cut@02:00+3h", "power.cut@13:00+20min", "power.cut@17:00+4h"),
    FaultName.STORAGE_READONLY: ("storage.readonly",),
    FaultName.STORAGE_FULL: ("storage.full@23:00",),
    FaultName.STORAGE_CORRUPT: ("storage.corrupt", "storage.corrupt@23:00"),
    FaultName.STORAGE_GONE: ("storage.gone",),
    FaultName.CONFIG_BROKEN: ("config.broken", "config.broken@23:00"),
    FaultName.BROKER_DOWN: ("broker.down", "broker.down@23:00+2h"),
}
CLOCK = {FaultName.CLOCK_UNSET, FaultName.CLOCK_STALE, FaultName.CLOCK_JUMP, FaultName.CLOCK_DRIFT}


@dataclass(frozen=True, slots=True)
class Case:
    faults: tuple[Fault, ...]
    night: Night

    @property
    def nights(self) -> int:
        """A clock may do its harm only after days."""
        return CLOCK_NIGHTS if any(fault.name in CLOCK for fault in self.faults) else 1

    def __str__(self) -> str:
        return f"{' '.join(map(str, self.faults))} | {self.night.name}"


def singles() -> Iterator[Case]:
    """Every fault at every strength on every night."""
    for night in NIGHTS:
        for texts in VARIANTS.values():
            for text in texts:
                yield Case((parse_fault(text),), night)


def each_once() -> Iterator[Case]:
    """Every fault at its first strength, the nights in turn."""
    for number, texts in enumerate(VARIANTS.values()):
        yield Case((parse_fault(texts[0]),), NIGHTS[number % len(NIGHTS)])


def pairs(times: int) -> Iterator[Case]:
    """Every pair of faults on so many of the nights, in turn, at strengths drawn from the pair's own dice.

    With a power cut one of them is December, where it is dark at 17:00.
    """
    for number, (one, other) in enumerate(combinations(FaultName, 2)):
        dice = Random(f"{one}/{other}")
        for turn in range(times):
            night = NIGHTS[(number + turn * 5) % len(NIGHTS)]
            if turn == 0 and FaultName.POWER_CUT in (one, other):
                night = NIGHTS[0]
            yield Case((parse_fault(dice.choice(VARIANTS[one])), parse_fault(dice.choice(VARIANTS[other]))), night)


def before_a_cut() -> Iterator[Case]:
    """Every fault at every strength, and then the power fails at dusk in December; in one night, which is when it hurts."""
    cut = parse_fault("power.cut@17:00+10min")
    for name, texts in VARIANTS.items():
        for text in texts:
            if name is not FaultName.POWER_CUT:
                yield Case((parse_fault(text), cut), NIGHTS[0])


def sample(size: int, seed: int) -> list[Case]:
    """Every fault once, and so many of the pairs."""
    return [*each_once(), *Random(seed).sample(list(pairs(1)), size)]
