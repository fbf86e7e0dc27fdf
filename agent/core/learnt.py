"""The learnt power curve: what a self-test that passed has measured, in force until the config speaks of another lamp."""

from dataclasses import replace

from agent.core.alarms import Occurrence
from agent.core.basket import Basket
from agent.core.verdict import Bench, Judgement, Verdict
from agent.ledger import LampFigures, LearntPower, PowerCurve
from agent.settings.model import Point, Settings

FULL = 100.0


class LearntCurve:
    """A ``power_curve`` in the config always wins: somebody has written it on purpose, and a test is held against it."""

    def __init__(self) -> None:
        self.curve: PowerCurve | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        return () if self.curve is None else self.curve.points

    @property
    def since_utc_s(self) -> float | None:
        """When it was learnt (POSIX seconds)."""
        return None if self.curve is None else self.curve.learnt_utc_s

    def restore(self, memory: LearntPower) -> bool:
        """What an earlier run has learnt; what this one has is newer. Whether there is another curve than before."""
        if self.curve is not None or memory.curve is None:
            return False
        self.curve = memory.curve
        return True

    def configure(self, settings: Settings, basket: Basket) -> Settings:
        """The settings with the curve where the config has none, for all that ask what the lamp should draw.

        One that was learnt of a lamp that the config no longer describes is dropped, and that is told.
        """
        if self.curve is None:
            return settings
        if settings.luminaire.power_curve or self.curve.lamp != figures(settings):
            self.curve = None
            basket.remember((LearntPower(),), within_s=1)
            words = "the config describes another lamp than the one whose power was learnt; run a self-test"
            basket.occurred(Occurrence.POWER_CURVE_DROPPED, {"message": words})
            return settings
        return replace(settings, luminaire=replace(settings.luminaire, power_curve=self.curve.points))

    def learn(self, judgement: Judgement, settings: Settings, utc_s: float, *, afresh: bool) -> bool:
        """Whether a curve is in force that was not before.

        What passed by the type plate replaces what was learnt before; without a type plate the first stands until somebody asks
        for another (``afresh``), or a lamp that grows weaker would take its measure along.
        """
        luminaire = settings.luminaire
        if judgement.verdict is not Verdict.PASSED or luminaire.power_curve:
            return False
        if self.curve is not None and luminaire.nominal_power_w is None and not afresh:
            return False
        points = points_of(judgement, settings)
        if points:
            self.curve = PowerCurve(points, utc_s, figures(settings))
        return bool(points)


def figures(settings: Settings) -> LampFigures:
    luminaire, output = settings.luminaire, settings.output
    return LampFigures(
        luminaire.nominal_power_w,
        luminaire.standby_power_w,
        luminaire.minimum_level,
        None if output is None else output.curve,
    )


def points_of(judgement: Judgement, settings: Settings) -> tuple[Point, ...]:
    """A curve from 0 to full light, straight on beyond the brightest level; none of a single level.

    Level 0 is the driver's standby: behind an open relay nobody has measured that, without one somebody has.
    """
    luminaire, measured = settings.luminaire, dict[float, float]()
    for row in judgement.rows:
        if row.measured_w is not None:
            measured.setdefault(row.level, row.measured_w)
    has_relay = settings.output is not None and settings.output.relay is not None
    if has_relay or 0.0 not in measured:
        measured[0.0] = luminaire.standby_power_w
    points = sorted((level, max(0.0, watts)) for level, watts in measured.items())
    if len(points) < 3:
        return ()
    (level, watts), (top, top_w) = points[-2:]
    if top < FULL:
        points.append((FULL, top_w + (top_w - watts) / (top - level) * (FULL - top)))
    return tuple((round(level, 2), round(watts, 2)) for level, watts in points)


def bench_of(settings: Settings, points: tuple[Point, ...], *, output_failed: bool) -> Bench:
    """What a self-test is held against. ``points``: of the curve learnt before."""
    meter, output = settings.sensors.power, settings.output
    return Bench(
        settings.luminaire,
        points,
        has_relay=output is not None and output.relay is not None,
        whole_pole=meter is not None and meter.measures == "pole",
        output_failed=output_failed,
    )
