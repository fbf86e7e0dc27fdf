"""Runs the nights of a preview: the whole pole in virtual time, from noon to noon."""

from zoneinfo import ZoneInfo

from agent.core.localtime import NightSpan
from agent.settings.model import Settings
from agent.simulation.faults.fault import first_s
from agent.simulation.place import place_of
from agent.simulation.preview.orders import Order
from agent.simulation.preview.pole import SETTLE_S, WatchedPole
from agent.simulation.preview.report import Preview, Report
from agent.simulation.preview.request import Progress, Request, quietly
from agent.simulation.preview.spans import spans
from agent.simulation.preview.tally import Tally

ROW_S = 60.0
ACCOUNT_S = 300.0  # without rows


def preview(settings: Settings, request: Request, progress: Progress = quietly) -> Preview:
    """Deterministic. ``progress`` is told each hour which part of a night has passed since the last time."""
    place = place_of(settings)
    zone = ZoneInfo(place.time_zone)
    nights = tuple(spans(request.first, request.nights, zone))
    noon_s = nights[0].start_utc_s
    pole = WatchedPole(settings, noon_s, request)
    for number, order in enumerate(request.orders, start=1):
        _plan(pole, order, number, noon_s + first_s(order.at, noon_s, zone))
    pole.lamp.run_until(SETTLE_S)
    tallies = [_night(pole, span, progress) for span in nights]
    report = Report(
        request.seed,
        tuple(tally.summary() for tally in tallies),
        None if pole.timeline is None else pole.timeline.before(nights[-1].end_utc_s),
    )
    return Preview(report, tuple(tally.course() for tally in tallies), tuple(pole.arrivals_utc_s), tuple(pole.occurred))


def _plan(pole: WatchedPole, order: Order, number: int, at_utc_s: float) -> None:
    def arrive() -> None:
        lamp = pole.lamp
        if lamp.process is not None and (lamp.linked or not order.by_broker):
            lamp.process.tell(order.event(number, at_utc_s))

    pole.lamp.call(pole.lamp.world.time.lamp_s(at_utc_s), arrive)


def _night(pole: WatchedPole, span: NightSpan, progress: Progress) -> Tally:
    time = pole.lamp.world.time
    tally = pole.begin(span)
    every_s = ACCOUNT_S if pole.timeline is None else ROW_S
    rows, an_hour = round((span.end_utc_s - span.start_utc_s) / every_s), round(3600 / every_s)
    for row in range(1, rows + 1):
        pole.row()
        pole.lamp.run_until(time.lamp_s(span.start_utc_s + row * every_s))
        if row % an_hour == 0:
            progress(an_hour / rows)
    pole.end()
    return tally
