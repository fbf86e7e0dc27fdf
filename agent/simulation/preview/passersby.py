"""Who passes under the lamp, and whether it was at its full raised level a second after they stepped in."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from agent.simulation.loop import VirtualLamp

WITHIN_S = 1.0
_LATE_S = 0.01  # the precision of POSIX seconds
_LESS_PERCENT = 0.5  # the steps of the output


@dataclass(frozen=True, slots=True)
class _Waiting:
    until_s: float
    wanted_percent: float


class Watch:
    """Looks at the street after each turn. Times are lamp time, light is in percent of the luminaire's full light."""

    def __init__(self, lamp: VirtualLamp) -> None:
        self._lamp = lamp
        self._waiting: deque[_Waiting] = deque()
        self._arrived = lamp.world.passage.arrived

    def arrivals(self) -> int:
        """How many have stepped in since the last question."""
        before, self._arrived = self._arrived, self._lamp.world.passage.arrived
        return self._arrived - before

    def expect(self, arrivals: int, now_s: float) -> None:
        """They have stepped in now, and need light."""
        wanted = self._wanted_percent()
        self._waiting.extend(_Waiting(now_s + WITHIN_S + _LATE_S, wanted) for _ in range(arrivals))

    @property
    def waits(self) -> bool:
        """Whether somebody's second is still running."""
        return bool(self._waiting)

    def judged(self, now_s: float, held_percent: float) -> Iterator[bool]:
        """Whether those were lit who have had their second by now, by the light that was held until now."""
        while self._waiting and self._waiting[0].until_s < now_s:
            yield held_percent >= self._waiting.popleft().wanted_percent - _LESS_PERCENT

    def _wanted_percent(self) -> float:
        """The light that ``raise_to`` or ``raise_by`` comes to, with what age and heat now take from every level."""
        if self._lamp.process is None:
            return 100.0
        sight = self._lamp.process.controller.sight()
        rule, decision, base = sight.settings.motion, sight.decision, sight.demands[-1]
        level = 100.0 if rule.raise_to is None else rule.raise_to
        if rule.raise_by is not None:
            level = min(100.0, rule.raise_by + (0.0 if base is None else base.level))
        left = min(1.0, decision.light_level / decision.feedback_level) if decision.feedback_level > 0 else 1.0
        return max(level * left, sight.settings.luminaire.minimum_level)
