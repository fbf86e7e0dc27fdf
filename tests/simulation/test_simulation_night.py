"""A December night in Duisburg through the real core, drivers and chips in virtual time, with the shipped config."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.commands import Dim, Envelope, Resume
from agent.config.compiler import compile_file
from agent.effects import Effect, Present, Send
from agent.events import CommandArrived, TechnicianRelease, TechnicianSet
from agent.messages import Ack, State, Telemetry
from agent.messages import Event as EventMessage
from agent.records import Instant
from agent.settings.model import Settings
from agent.simulation.loop import Scene, VirtualLamp
from agent.simulation.traffic import Traffic
from agent.simulation.world import Truth

BERLIN = ZoneInfo("Europe/Berlin")
SHIPPED = Path(__file__).parents[2] / "configs/simulated.yaml"
NOON = "2026-12-21 12:00"
DAY_S = 86400.0


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def shipped() -> Settings:
    compiled, _ = compile_file(SHIPPED)
    assert compiled.settings is not None, compiled.problems
    return compiled.settings


@dataclass
class Night:
    """One lamp and all that it did; moments are local times of that night."""

    traffic: Traffic = "none"
    start: str = NOON
    seed: int = 1
    settings: Settings = field(default_factory=shipped)
    effects: list[tuple[float, Effect]] = field(default_factory=list)
    truths: list[tuple[float, Truth]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lamp = VirtualLamp(self.settings, Scene(utc(self.start), self.seed, traffic=self.traffic), self._note)

    def _note(self, now: Instant, effect: Effect) -> None:
        self.effects.append((now.mono_s, effect))

    def moment_s(self, text: str) -> float:
        """Lamp time of a local time, of the 21st in the evening and the 22nd in the morning; or of a whole date."""
        if " " not in text:
            text = f"2026-12-{'21' if text >= '12' else '22'} {text}"
        return utc(text) - utc(self.start)

    def at(self, text: str, what: Dim | Resume | TechnicianSet | TechnicianRelease, command_id: str = "c-1") -> None:
        verb = "dim" if isinstance(what, Dim) else "resume"
        event = CommandArrived(Envelope(command_id, verb, delivery=1), what) if isinstance(what, Dim | Resume) else what
        self.lamp.at(self.moment_s(text), event)

    def run_to(self, text: str) -> "Night":
        """With a look at the truth each minute on the way, and at once after it."""
        end_s = self.moment_s(text)
        while self.lamp.now_s < end_s:
            self.lamp.run_until(min(self.lamp.now_s + 60, end_s))
            self.truths.append((self.lamp.now_s, self.lamp.world.truth(self.lamp.now_s)))
        return self

    @property
    def states(self) -> list[tuple[float, State]]:
        return [(at_s, one.message) for at_s, one in self.effects if isinstance(one, Present) and isinstance(one.message, State)]

    @property
    def acks(self) -> list[tuple[str | None, str]]:
        return [
            (one.message.id, one.message.status)
            for _, one in self.effects
            if isinstance(one, Send) and isinstance(one.message, Ack)
        ]

    @property
    def samples(self) -> list[Telemetry]:
        return [one.message for _, one in self.effects if isinstance(one, Send) and isinstance(one.message, Telemetry)]

    @property
    def happened(self) -> list[tuple[str, str]]:
        events = [one.message for _, one in self.effects if isinstance(one, Send) and isinstance(one.message, EventMessage)]
        return [(event.event, event.edge) for event in events]

    def state_at(self, text: str) -> State:
        at_s = self.moment_s(text)
        return next(state for said_s, state in reversed(self.states) if said_s <= at_s)

    def truth_at(self, text: str) -> Truth:
        at_s = self.moment_s(text)
        return min(self.truths, key=lambda seen: abs(seen[0] - at_s))[1]

    def changes(self, wanted: Callable[[State], bool]) -> list[str]:
        """Local times at which it became so."""
        found = []
        before = False
        for at_s, state in self.states:
            is_so = wanted(state)
            if is_so and not before:
                found.append(datetime.fromtimestamp(utc(self.start) + at_s, BERLIN).strftime("%H:%M"))
            before = is_so
        return found


@pytest.fixture(scope="module")
def alone() -> Night:
    """Nobody passes."""
    return Night().run_to("2026-12-22 12:00")


@pytest.fixture(scope="module")
def quiet() -> Night:
    """A residential street's few people and cars."""
    return Night(traffic="quiet").run_to("2026-12-22 12:00")


def test_levels_and_reasons_follow_the_programme_by_local_time(alone: Night) -> None:
    moments = ("15:45", "17:15", "22:29", "22:31", "00:29", "00:31", "07:48", "07:55", "09:15")
    seen = [(text, alone.state_at(text).feedback_level, alone.state_at(text).reason) for text in moments]
    assert seen == [
        ("15:45", 0, "daylight"),
        ("17:15", 100, "programme residential"),
        ("22:29", 100, "programme residential"),
        ("22:31", 60, "programme residential"),
        ("00:29", 60, "programme residential"),
        ("00:31", 30, "programme residential"),
        ("07:48", 30, "programme residential"),
        ("07:55", 70, "programme residential"),
        ("09:15", 0, "daylight"),
    ]
    assert [round(alone.truth_at(text).emitted_percent) for text in moments] == [0, 100, 100, 60, 60, 30, 30, 70, 0]


def test_it_comes_on_once_in_the_dusk_and_goes_off_once_in_the_dawn(alone: Night) -> None:
    on, off = alone.changes(lambda state: state.night.is_night), alone.changes(lambda state: not state.night.is_night)
    assert len(on) == 1
    assert "16:26" < on[0] < "17:10"  # sunset, civil dusk
    assert "07:50" < off[-1] < "08:36"  # civil dawn, sunrise
    assert len(off) == 2  # the day of the start, and the next
    lit = [truth.emitted_percent > 0 for _, truth in alone.truths]
    assert sum(before != after for before, after in pairwise(lit)) <= 3


@pytest.mark.parametrize("name", ["alone", "quiet"])
def test_no_minute_of_the_night_is_dark_and_none_of_the_day_is_lit(name: str, request: pytest.FixtureRequest) -> None:
    night: Night = request.getfixturevalue(name)
    in_the_night = [truth for _, truth in night.truths if truth.sun_elevation_deg < -6]
    by_day = [truth for at_s, truth in night.truths if truth.sun_elevation_deg > 5 and at_s > 60]
    assert len(in_the_night) > 14 * 60
    assert len(by_day) > 5 * 60
    assert [truth for truth in in_the_night if truth.emitted_percent < 1] == []
    assert [truth for truth in by_day if truth.emitted_percent > 0] == []
    assert set(night.happened) <= {("deviceReset", "occurred")}


def test_who_passes_at_night_walks_in_full_light_and_by_day_raises_nothing(quiet: Night) -> None:
    raised = [state for _, state in quiet.states if state.slot == "motion"]
    assert len(quiet.changes(lambda state: state.slot == "motion")) > 20
    assert all(state.feedback_level == 100 and state.reason.startswith("presence since ") for state in raised)
    assert all(state.night.is_night for state in raised)
    walked_in = [truth.emitted_percent for _, truth in quiet.truths if truth.passers_by and truth.sun_elevation_deg < -6]
    assert len(walked_in) >= 5
    assert sum(percent < 99 for percent in walked_in) <= 1  # of looks once a minute, one may fall into the second of a fade


def test_a_single_pass_raises_for_the_hold_of_45_seconds() -> None:
    night = Night(traffic="quiet", start="2026-12-21 22:40").run_to("23:20")
    first = next(at_s for at_s, state in night.states if state.slot == "motion")
    gone = next(at_s for at_s, state in night.states if at_s > first and state.presence is False)
    back = next(at_s for at_s, state in night.states if at_s > first and state.slot == "programme")
    assert back == pytest.approx(gone, abs=1)
    assert 45 < back - first < 60


def test_the_energy_counted_is_the_energy_used_and_that_of_the_programme(alone: Night) -> None:
    """By the power curve of the config: 6.1 W at 10 %, 42 W at 100 %, straight between; nothing by day, for the relay is open."""
    counted_wh = alone.samples[-1].active_energy_wh - alone.samples[0].active_energy_wh
    used_wh = sum(truth.active_power_w for at_s, truth in alone.truths if at_s > alone.moment_s("12:05")) / 60
    on, off = alone.changes(lambda state: state.night.is_night)[0], alone.changes(lambda state: not state.night.is_night)[-1]
    switched = [alone.moment_s(text) / 3600 for text in (on, "22:30", "00:30", "07:51", off)]
    hours = [later - earlier for earlier, later in pairwise(switched)]
    watts = [42.0, 6.1 + 50 / 90 * 35.9, 6.1 + 20 / 90 * 35.9, 6.1 + 60 / 90 * 35.9]
    expected_wh = sum(hour * watt for hour, watt in zip(hours, watts, strict=True))
    assert used_wh == pytest.approx(expected_wh, rel=0.01)
    assert counted_wh == pytest.approx(expected_wh, rel=0.02)
    assert alone.samples[-1].operating_hours - alone.samples[0].operating_hours == pytest.approx(sum(hours), rel=0.01)
    assert alone.samples[-1].switch_on_count >= 1


def test_a_dim_holds_to_its_end_also_against_motion_and_the_technician_stands_above_it() -> None:
    night = Night(traffic="busy", start="2026-12-21 22:00")
    night.at("22:40", Dim(20, duration_s=3600))
    night.at("23:00", TechnicianSet(0.0, 600))
    night.run_to("23:45")
    assert (night.state_at("22:41").feedback_level, night.state_at("22:41").slot) == (20, "override")
    assert {state.slot for at_s, state in night.states if night.moment_s("22:41") < at_s < night.moment_s("23:00")} == {
        "override"
    }
    assert [night.truth_at(text).emitted_percent for text in ("22:45", "23:05")] == [20, 0]
    assert night.state_at("23:05").reason == "set at the pole at 23:00:00 until 23:10:00"
    assert night.state_at("23:12").slot == "override"
    assert night.state_at("23:42").slot in ("motion", "programme")
    assert night.acks == [("c-1", "accepted"), ("c-1", "applied"), ("c-1", "ended")]


def test_the_same_seed_gives_the_same_effects_and_another_seed_others() -> None:
    first, again, other = (Night("busy", "2026-12-21 16:00", seed).run_to("18:00") for seed in (1, 1, 2))
    assert first.effects == again.effects
    assert first.truths == again.truths
    assert first.effects != other.effects


def test_a_lamp_with_neither_sensors_nor_place_is_lit_at_all_times() -> None:
    settings = shipped()
    assert settings.lamp is not None
    bare = replace(settings, sensors=type(settings.sensors)(), lamp=replace(settings.lamp, location=None))
    night = Night(settings=bare, start="2026-12-21 14:00").run_to("19:00")
    assert min(truth.emitted_percent for _, truth in night.truths) == 100


def test_the_contracts_lamp_tells_its_power_factor_the_lower_the_more_it_is_dimmed_and_none_without_a_current() -> None:
    compiled, _ = compile_file(Path(__file__).parents[1] / "config/contract.yaml")
    assert compiled.settings is not None
    night = Night(settings=compiled.settings).run_to("02:00")
    told = {sample.actual_level: sample.power_factor for sample in night.samples}  # the last at each level; not in mid-fade
    assert told[0] is None  # the relay is open
    assert {sample.frequency_hz for sample in night.samples[1:]} == {50.0}
    assert told[82] == pytest.approx(0.957, abs=0.003)  # a new lamp's 100 %: 34.8 W
    assert told[24.6] == pytest.approx(0.824, abs=0.003)  # its 30 %: 11.9 W
    assert told[82] > told[49.2] > told[24.6]
    assert night.happened == [("deviceReset", "occurred")]
