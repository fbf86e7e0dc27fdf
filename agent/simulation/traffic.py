"""Who passes under the lamp: people and cars, more in the evening than at three in the morning."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from itertools import count
from math import floor
from random import Random
from typing import Literal

Traffic = Literal["none", "quiet", "busy"]


class Kind(Enum):
    WALKER = "walker"
    CAR = "car"


@dataclass(frozen=True, slots=True)
class Pass:
    """Someone in the field of the motion sensor. POSIX seconds; ``end_s`` includes the sensor's own afterglow."""

    start_s: float
    end_s: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Flow:
    kind: Kind
    shares: tuple[float, ...]  # of the busiest hour, at each full local hour, straight between
    shortest_s: float
    longest_s: float

    def share(self, hour: float, *, weekend: bool) -> float:
        whole = floor(hour) % 24
        share = self.shares[whole] + (self.shares[(whole + 1) % 24] - self.shares[whole]) * (hour % 1)
        return share * _WEEKEND_NIGHT if weekend and (hour >= 22 or hour < 4) else share


_WEEKEND_NIGHT = 2.5  # times as many people are out on Friday and Saturday nights
# fmt: off
_WALKERS = _Flow(Kind.WALKER, (
    .12, .06, .03, .02, .03, .08, .25, .60, .70, .50, .50, .55, .60, .55, .55, .65, .80, .95, 1., .90, .70, .50, .35, .22,
), shortest_s=4, longest_s=12)
_CARS = _Flow(Kind.CAR, (
    .10, .05, .03, .03, .07, .20, .55, .95, .90, .60, .50, .50, .55, .55, .60, .75, .95, 1., .90, .65, .45, .35, .25, .16,
), shortest_s=2, longest_s=4)
# fmt: on
_BUSIEST_PER_HOUR: dict[Traffic, tuple[tuple[_Flow, float], ...]] = {
    "none": (),
    "quiet": ((_WALKERS, 15.0), (_CARS, 12.0)),
    "busy": ((_WALKERS, 60.0), (_CARS, 90.0)),
}
_HOUR_S = 3600


def passes(traffic: Traffic, zone: tzinfo, seed: int, from_utc_s: float) -> Iterator[Pass]:
    """Everyone still there at that moment or coming later, in the order of stepping in; for ever, but for traffic ``none``.

    A non-homogeneous Poisson process by thinning (Lewis and Shedler, 1979), drawn afresh for each hour: the same people pass at
    the same time, whenever the simulation begins.
    """
    flows = _BUSIEST_PER_HOUR[traffic]
    if not flows:
        return
    for hour in count(floor(from_utc_s / _HOUR_S) - 1):
        drawn = (one for number, (flow, most) in enumerate(flows) for one in _hour(flow, most, zone, (seed, hour, number)))
        yield from sorted((one for one in drawn if one.end_s > from_utc_s), key=lambda one: one.start_s)


def _hour(flow: _Flow, most_per_hour: float, zone: tzinfo, key: tuple[int, int, int]) -> Iterator[Pass]:
    chance = Random("/".join(map(str, key)))
    start_s = key[1] * _HOUR_S
    local = datetime.fromtimestamp(start_s, zone)
    weekend = (local - timedelta(hours=12)).weekday() in (4, 5)  # a night belongs to the day on which it began
    local_hour = local.hour + local.minute / 60
    at_s = chance.expovariate(most_per_hour / _HOUR_S)
    while at_s < _HOUR_S:
        if chance.random() < flow.share((local_hour + at_s / _HOUR_S) % 24, weekend=weekend):
            yield Pass(start_s + at_s, start_s + at_s + chance.uniform(flow.shortest_s, flow.longest_s), flow.kind)
        at_s += chance.expovariate(most_per_hour / _HOUR_S)
