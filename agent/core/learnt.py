"""The learnt power curve: what a self-test that passed has measured, in force until the config speaks of another lamp."""

from dataclasses import replace

from agent.core.verdict import Bench, Judgement, Verdict
from agent.ledger import LampFigures, PowerCurve
from agent.settings.model import Point, Settings

FULL = 100.0


class LearntCurve:
    """A ``power_curve`` in the config always wins: somebody has written it on purpose, and a test is held against it."""

    def __init__(self) -> None:
        self.curve: PowerCurve | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        return () if self.curve is None else self.curve.points

    def adapt(self, settings: Settings) -> bool:
        """Whether the curve is dropped, because it was learnt of a lamp that the config no longer describes."""
        if self.curve is None or (not settings.luminaire.power_curve and self.curve.lamp == figures(settings)):
            return False
        self.curve = None
        return True

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

    def applied(self, settings: Settings) -> Settings:
        """The settings with the curve where the config has none, for all that ask what the lamp should draw."""
        if self.curve is None or settings.luminaire.power_curve:
            return settings
        return replace(settings, luminaire=replace(settings.luminaire, power_curve=self.curve.points))


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
