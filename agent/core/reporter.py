"""The reporter: state when it changes, at most once a second; telemetry by the clock; alarms as they turn."""

from collections.abc import Callable, Mapping

from msgspec import Struct, UnsetType

from agent.core.alarmbook import AlarmBook
from agent.core.alarms import Alarm
from agent.core.basket import Basket
from agent.core.snapshot import Attributes, snapshot
from agent.core.standing import Raised, Standing
from agent.core.timekeeping import Time
from agent.effects import Present
from agent.records import Instant
from agent.settings.model import AlarmRule

STATE_GAP_S = 1.0
STATE_EVERY_S = 900.0


class StateKey(Struct, frozen=True, gc=False):
    """What a state is published for when it changes."""

    slot: str
    cause: str
    target_level: float
    feedback_level: float
    is_night: bool
    presence: bool | None | UnsetType
    override: str | None
    next: tuple[float, float] | None
    time_quality: str
    alarms: tuple[str, ...]


class Reporter:
    """Keeps the rhythm; the content is handed in by the controller. Monotonic seconds."""

    def __init__(self, rules: Mapping[str, AlarmRule], telemetry_every_s: float, now_s: float) -> None:
        self.alarms = AlarmBook(rules)
        self._telemetry_every_s = telemetry_every_s
        self._telemetry_due_s = now_s + telemetry_every_s
        self._key: StateKey | None = None
        self._wanted = True
        self._last_state_s = float("-inf")
        self._version = 0

    def configure(self, rules: Mapping[str, AlarmRule], telemetry_every_s: float, now_s: float) -> None:
        """Another rhythm from now on; what was told stays told."""
        self.alarms.configure(rules)
        self._telemetry_every_s = telemetry_every_s
        self._telemetry_due_s = min(self._telemetry_due_s, now_s + telemetry_every_s)

    # --- alarms

    def watch(
        self, truths: Mapping[Alarm, bool], now: Instant, time: Time, seen: Callable[[], Attributes], basket: Basket
    ) -> bool:
        """Hold the alarms against what is true; whether any turned. ``seen``: all that there is to see, if any has."""
        turned = self.alarms.update(truths, now.mono_s, time.utc_s)
        for transition in turned:
            basket.event(transition.alarm, transition.edge, transition.severity, snapshot(transition, seen()))
        if turned:
            basket.remember((self.alarms.memory(),), within_s=1)
            self.present_alarms(time, basket)
        return bool(turned)

    def present_alarms(self, time: Time, basket: Basket) -> None:
        basket.add(Present(Raised(time.utc_s, tuple(self.alarms.active()))))

    # --- state

    def want_state(self) -> None:
        """Something beyond the key has happened that is worth a state: a fade has settled, the outbox has drained."""
        self._wanted = True

    def state_due(self, key: StateKey, now_s: float) -> bool:
        """Whether a state is to be published now; one that comes too soon after the last is kept for later."""
        if key != self._key:
            self._key, self._wanted = key, True
        return now_s >= self._state_s()

    def _state_s(self) -> float:
        """When the next state is due. Compared as it was named: rounding must not make a lamp wake in vain and then oversleep."""
        return self._last_state_s + (STATE_GAP_S if self._wanted else STATE_EVERY_S)

    def present_state(self, standing: Callable[[int], Standing], now_s: float, basket: Basket) -> None:
        """``standing`` says what there is, with its version."""
        self._version += 1
        self._wanted, self._last_state_s = False, now_s
        basket.add(Present(standing(self._version)))

    # --- telemetry

    @property
    def next_sample_s(self) -> float:
        """When the next sample is due (monotonic)."""
        return self._telemetry_due_s

    def telemetry_due(self, now_s: float) -> bool:
        """Whether a sample is due; the next is then planned, without drifting."""
        if now_s < self._telemetry_due_s:
            return False
        missed = (now_s - self._telemetry_due_s) // self._telemetry_every_s
        self._telemetry_due_s += (missed + 1) * self._telemetry_every_s
        return True

    def next_s(self, now_s: float) -> float:
        moments = [self._telemetry_due_s, self._state_s()]
        pending_s = self.alarms.next_s()
        if pending_s is not None:
            moments.append(pending_s)
        return max(now_s, min(moments))
