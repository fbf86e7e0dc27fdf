"""The verdict of a self-test: its samples held against what the lamp should draw. Pure; the words are made elsewhere."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from agent.core.expected import BAND_SHARE, BAND_W, DARK_SHARE, RESOLUTION_W
from agent.core.lampwatch import UNEXPECTED_W
from agent.core.meter import expected_power_w, interpolate
from agent.core.selftest import Sample
from agent.settings.model import Luminaire, Point

OWN_SHARE = 0.1  # of what this very lamp drew before: no spread of a type is in it
STRAIGHT_FROM = 40.0  # percent: below, a driver draws more than its share of the nominal power, and nominal alone says nothing
SPAN = 20.0  # percent: levels that are nearer do not show whether the lamp dims
FOLLOWS_SHARE = 0.5  # of the change of power that a step should bring


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_MEASURED = "notMeasured"
    INTERRUPTED = "interrupted"


class Trouble(StrEnum):
    """What can be wrong, by the names of the alarms that say the same."""

    OUTPUT = "controlGearCommFailure"
    RELAY = "relayFailure"
    LAMP = "lampFailure"
    DIMMING = "dimmingFailure"
    UNEXPECTED_ON = "lampUnexpectedOn"
    TOO_HIGH = "lampPowerTooHigh"
    TOO_LOW = "lampPowerTooLow"


@dataclass(frozen=True, slots=True)
class Row:
    """A sample beside what is expected: percent and watts of the lamp alone. ``fits`` is None where nothing was to compare."""

    asked: float
    level: float
    expected_w: float | None
    measured_w: float | None
    fits: bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and at which level it shows. ``other`` is a darker one that should have drawn less."""

    what: Trouble
    at: Row | None = None
    other: Row | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """What the samples are held against: the lamp as the config has it, and what an earlier test has learnt.

    ``whole_pole``: the meter sees the rest of the pole too, which is then taken off: what is left at level 0, or, where that was
    not tried, what the lowest level shows too much.
    """

    luminaire: Luminaire
    learnt: tuple[Point, ...] = ()
    has_relay: bool = False
    whole_pole: bool = False
    output_failed: bool = False

    def expected_w(self, level: float) -> float | None:
        """By ``power_curve``, else by what was learnt, else by ``nominal_power_w``, which says nothing of low levels."""
        if level <= 0:
            return 0.0 if self.has_relay else self.luminaire.standby_power_w
        if self.luminaire.power_curve:
            return interpolate(self.luminaire.power_curve, level)
        if self.learnt:
            return interpolate(self.learnt, level)
        return expected_power_w(self.luminaire, level) if self._nominal_tells(level) else None

    def share(self) -> float:
        return OWN_SHARE if self.learnt and not self.luminaire.power_curve else BAND_SHARE

    def type_w(self, level: float) -> float | None:
        """What the type plate says, whatever was learnt: a lamp that grows weaker test by test must not pass for ever."""
        return expected_power_w(self.luminaire, level) if self._nominal_tells(level) else None

    def _nominal_tells(self, level: float) -> bool:
        return self.luminaire.nominal_power_w is not None and level >= STRAIGHT_FROM


def judge(samples: tuple[Sample, ...], bench: Bench) -> Judgement:
    """Failed where anything is wrong, passed where all that was tried was measured and is right."""
    rest_w = _rest_of_the_pole_w(samples, bench)
    rows = tuple(_row(sample, rest_w, bench) for sample in samples)
    if bench.output_failed:
        return Judgement(Verdict.FAILED, rows, (Finding(Trouble.OUTPUT),))
    lit = _measured_once(rows)
    if not lit:
        return Judgement(Verdict.NOT_MEASURED, rows)
    findings = (*_switching(rows, lit[-1], bench), *_lighting(lit, bench, known=rest_w is not None))
    if findings:
        return Judgement(Verdict.FAILED, rows, findings)
    complete = rest_w is not None and all(row.measured_w is not None for row in rows)
    return Judgement(Verdict.PASSED if complete else Verdict.NOT_MEASURED, rows)


def _row(sample: Sample, rest_w: float | None, bench: Bench) -> Row:
    expected_w = bench.expected_w(sample.level)
    if sample.power_w is None or rest_w is None:
        return Row(sample.asked, sample.level, expected_w, sample.power_w, None)
    measured_w = sample.power_w - rest_w
    fits = None if expected_w is None else _within(measured_w, expected_w, bench.share())
    if sample.level <= 0:
        fits = measured_w <= bench.luminaire.standby_power_w + UNEXPECTED_W
    return Row(sample.asked, sample.level, expected_w, measured_w, fits)


def _within(measured_w: float, expected_w: float, share: float) -> bool:
    return abs(measured_w - expected_w) <= max(BAND_W, share * expected_w)


def _rest_of_the_pole_w(samples: tuple[Sample, ...], bench: Bench) -> float | None:
    """What the meter sees beside the lamp; None where nothing tells."""
    if not bench.whole_pole:
        return 0.0
    measured = [(sample.level, sample.power_w) for sample in samples if sample.power_w is not None]
    if not measured:
        return None
    level, power_w = min(measured)
    if level <= 0 and any(other_w < power_w - UNEXPECTED_W for _, other_w in measured):
        return None  # off, it draws more than lit
    expected_w = bench.expected_w(level)
    return None if expected_w is None else power_w - expected_w


def _measured_once(rows: tuple[Row, ...]) -> list[Row]:
    """Those that were lit, brightest first; where limits have made one of two levels, the first."""
    lit: dict[float, Row] = {}
    for row in rows:
        if row.level > 0 and row.measured_w is not None:
            lit.setdefault(row.level, row)
    return sorted(lit.values(), key=lambda row: -row.level)


def _switching(rows: tuple[Row, ...], lowest: Row, bench: Bench) -> tuple[Finding, ...]:
    """What is drawn at level 0."""
    off = next((row for row in rows if row.level <= 0 and row.measured_w is not None), None)
    if off is None or off.measured_w is None or lowest.measured_w is None:
        return ()
    least_w = lowest.measured_w if bench.whole_pole else bench.luminaire.standby_power_w
    if off.measured_w <= least_w + UNEXPECTED_W:
        return ()
    return (Finding(Trouble.RELAY if bench.has_relay else Trouble.UNEXPECTED_ON, off),)


def _lighting(lit: list[Row], bench: Bench, *, known: bool) -> tuple[Finding, ...]:
    """What is drawn at the other levels, from the brightest down. ``known``: the rest of the pole is."""
    brightest, darkest = lit[0], lit[-1]
    if known and (dark := _dark(brightest, bench)):
        return (dark,)
    if not _follows(brightest, darkest, bench) or not all(_falls(upper, lower) for upper, lower in pairwise(lit)):
        return (Finding(Trouble.DIMMING, brightest, darkest),)
    if not known:
        return ()
    off_type = _off_type(brightest, bench)
    if off_type is not None:
        return (off_type,)
    odd = next((row for row in lit[1:] if row.fits is False), None)
    return () if odd is None else (Finding(Trouble.DIMMING, odd),)


def _dark(row: Row, bench: Bench) -> Finding | None:
    """Whether the brightest level gives no light: the driver draws hardly more than by itself, or not even that."""
    standby_w, measured_w = bench.luminaire.standby_power_w, row.measured_w or 0.0
    expected_w = row.expected_w if row.expected_w is not None else bench.type_w(row.level)
    little_w = UNEXPECTED_W if expected_w is None else min(UNEXPECTED_W, DARK_SHARE * max(0.0, expected_w - standby_w))
    if measured_w >= standby_w + little_w:
        return None
    unsupplied = bench.has_relay and standby_w > 3 * RESOLUTION_W and measured_w < standby_w / 2
    return Finding(Trouble.RELAY if unsupplied else Trouble.LAMP, row)


def _follows(upper: Row, lower: Row, bench: Bench) -> bool:
    """Whether the power has changed with the level by at least half of the share that it should, however weak the lamp is."""
    if upper.level - lower.level < SPAN or upper.measured_w is None or lower.measured_w is None:
        return True
    share = 1 - lower.level / upper.level
    if upper.expected_w and lower.expected_w is not None:
        share = 1 - lower.expected_w / upper.expected_w
    light_w = upper.measured_w - bench.luminaire.standby_power_w
    return upper.measured_w - lower.measured_w >= FOLLOWS_SHARE * share * light_w


def _falls(upper: Row, lower: Row) -> bool:
    return (lower.measured_w or 0.0) <= (upper.measured_w or 0.0) + 3 * RESOLUTION_W


def _off_type(row: Row, bench: Bench) -> Finding | None:
    """Whether the brightest level draws another power than it should, by what was learnt or by the type plate."""
    measured_w = row.measured_w or 0.0
    for expected_w, share in ((row.expected_w, bench.share()), (bench.type_w(row.level), BAND_SHARE)):
        if expected_w is not None and not _within(measured_w, expected_w, share):
            high = measured_w > expected_w
            what = Trouble.TOO_HIGH if high else Trouble.TOO_LOW
            return Finding(what, Row(row.asked, row.level, expected_w, row.measured_w, fits=False))
    return None
