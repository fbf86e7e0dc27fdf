"""How long to wait before the next connection: full jitter, forgiven only by a connection that lasted."""

import random
from dataclasses import dataclass

from tenacity import RetryCallState, wait_exponential
from tenacity.wait import wait_base

FIRST_S, MOST_S = 1.0, 30.0
LASTED_S = 30.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How one attempt at a connection ended, and how long it had worked (0: it never did)."""

    reason: str
    worked_s: float = 0.0

    @property
    def lasted(self) -> bool:
        """A broker that accepts and then kicks is no better than one that refuses, so being accepted is not enough."""
        return self.worked_s >= LASTED_S


class FullJitter(wait_base):
    """Waits anywhere from 0 to 1 s, then to 2 s, 4 s and so on up to 30 s, so that lamps that lost one broker come back spread.

    tenacity's ``wait_random_exponential`` is the same law; here the randomness is given, and the exponent starts anew after a
    connection that lasted.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._ceiling_s = wait_exponential(multiplier=FIRST_S, max=MOST_S)

    def __call__(self, retry_state: RetryCallState) -> float:
        ended = retry_state.outcome.result() if retry_state.outcome else None
        if isinstance(ended, Ended) and ended.lasted:
            retry_state.attempt_number = 1  # tenacity counts on from here
        return self._rng.uniform(0, self._ceiling_s(retry_state))
