"""What a preview finds: one summary a night, and the timeline; in the order and under the names of ``preview --json``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NightSummary:
    """From local noon to local noon. Moments are RFC 3339 in UTC; energy and light are what was really used and given."""

    date: str  # on which the night began, local
    sunset: str | None  # elevation -0.833 degrees; None where there is none
    sunrise: str | None
    first_on: str | None  # the first moment with light; None: there was none
    last_off: str | None  # when it went out for the last time; None: it did not, or has not been lit
    lit_hours: float
    energy_wh: float
    energy_full_wh: float  # nominal power while the sun is below -0.833 degrees
    saved_percent: float | None  # None where there is nothing to save: no night
    passers_by: int  # who stepped in while the lamp was lit, or the sun below -6 degrees
    passers_by_lit_1s: int
    switchings: int
    dark_minutes: float
    daylight_lit_minutes: float
    alarms: tuple[str, ...]  # that were up at some time in the night, in the order in which they came


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One moment; it holds until the next row. The agent's view is None where it has none."""

    at: str  # the true time
    clock_at: str | None  # what the lamp believes; None while the pole has no power
    time_quality: str | None = None
    sun_elevation_deg: float  # geometric
    daylight_lx: float  # true
    light_level_lx: float | None = None
    passers_by: int  # true, in the field of the sensors now
    presence: bool | None = None
    night: bool | None = None
    slot: str | None = None
    reason: str | None = None
    target_level: float | None = None
    feedback_level: float | None = None
    actual_level: float | None = None
    output_level: float | None = None
    measured_level: float | None = None
    emitted_percent: float  # true
    active_power_w: float  # true
    alarms: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    seed: int
    nights: tuple[NightSummary, ...]
    timeline: tuple[Row, ...] | None  # None where it was not asked for


@dataclass(frozen=True, slots=True)
class Course:
    """One night drawn small: in each slice of it the mean light while it was lit. For pictures."""

    start_utc_s: float
    slice_s: float
    light_percent: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """All but the report is for pictures; moments are POSIX seconds."""

    report: Report
    courses: tuple[Course, ...]
    arrivals_utc_s: tuple[float, ...]
    occurred: tuple[tuple[float, str], ...]  # alarms that have no length, each time
