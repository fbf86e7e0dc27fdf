"""Back-off: full jitter that grows, is capped, and is forgiven only by a connection that lasted."""

import random
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from tenacity import Retrying, stop_after_attempt

from agent.link.backoff import Ended, FullJitter


class HighestDraw(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return b


def waits_s(worked_s: Iterable[float], rng: random.Random) -> list[float]:
    """What is waited after each of these connections."""
    ends = [Ended("lost", worked) for worked in worked_s]
    waits: list[float] = []
    retrying = Retrying(stop=stop_after_attempt(10_000), retry=lambda _: bool(ends), wait=FullJitter(rng), sleep=waits.append)
    ends.append(Ended("the last"))
    retrying(lambda: ends.pop(0))
    return waits


def test_the_ceiling_doubles_from_1_s_to_30_s() -> None:
    assert waits_s([0] * 8, HighestDraw()) == [1, 2, 4, 8, 16, 30, 30, 30]


def test_being_kicked_soon_after_being_accepted_is_not_forgiven() -> None:
    assert waits_s([0.2, 5, 29.9, 0.1], HighestDraw()) == [1, 2, 4, 8]


def test_a_connection_that_lasted_starts_the_waits_anew() -> None:
    assert waits_s([0, 0, 0, 3600, 0], HighestDraw()) == [1, 2, 4, 1, 2]


@given(seed=st.integers(), attempts=st.integers(1, 40))
def test_every_wait_lies_between_nothing_and_its_ceiling(seed: int, attempts: int) -> None:
    for place, wait_s in enumerate(waits_s([0] * attempts, random.Random(seed))):
        assert 0 <= wait_s <= min(30, 2**place)


def test_lamps_that_lost_one_broker_come_back_spread() -> None:
    sixth_waits_s = sorted(waits_s([0] * 6, random.Random(lamp))[5] for lamp in range(200))

    assert sixth_waits_s[20] < 6
    assert sixth_waits_s[180] > 24
