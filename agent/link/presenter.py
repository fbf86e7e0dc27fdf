"""The retained topics: the newest value of each is published on every connection and whenever it changes."""

from collections.abc import Callable, Iterable, Mapping

from structlog.typing import FilteringBoundLogger

from agent.link.signals import Acknowledged, Publication
from agent.link.topics import Retained, Topics
from agent.link.window import Window

STATUS_EVERY_S = 1.0  # so that nobody who keeps masking our status can drive us


class Presenter:
    """For one connection. One publication of a topic is under way at a time; what changes meanwhile is told by the next."""

    def __init__(
        self,
        window: Window,
        topics: Topics,
        latest: Mapping[Retained, bytes],
        status: Callable[[], bytes],
        log: FilteringBoundLogger,
    ) -> None:
        self._window = window
        self._topics = topics
        self._latest = latest
        self._status = status
        self._log = log
        self._due = {Retained.STATUS, *latest}
        self._under_way: dict[int, Retained] = {}
        self._refused: dict[Retained, str] = {}
        self._status_not_before_s = float("-inf")

    def changed(self, topics: Iterable[Retained]) -> None:
        self._due.update(topics)

    def advance(self, now_s: float) -> None:
        for topic in Retained:
            if self._may_go(topic, now_s) and self._window.free > 0:
                self._publish(topic, now_s)

    def wake_at_s(self, now_s: float) -> float | None:
        """When the status may go, if it waits for its turn and not for an acknowledgement."""
        waits = Retained.STATUS in self._due and now_s < self._status_not_before_s
        return self._status_not_before_s if waits else None

    @property
    def refused(self) -> str | None:
        """A topic that the broker did not take when last it was published, and why."""
        return next((f"{self._topics.own(topic)}: {reason}" for topic, reason in self._refused.items()), None)

    def acknowledged(self, answer: Acknowledged, _now_s: float) -> None:
        topic = self._under_way.pop(answer.mid)
        if answer.refusal is None:
            self._refused.pop(topic, None)
        else:  # not again before it changes: the broker would say the same
            self._refused[topic] = answer.refusal
            hint = "check what the broker permits this lamp"
            self._log.error(
                "the broker refuses a retained topic", topic=self._topics.own(topic), reason=answer.refusal, hint=hint
            )

    def _may_go(self, topic: Retained, now_s: float) -> bool:
        if topic not in self._due or topic in self._under_way.values():
            return False
        return topic is not Retained.STATUS or now_s >= self._status_not_before_s

    def _publish(self, topic: Retained, now_s: float) -> None:
        self._due.discard(topic)
        if topic is Retained.STATUS:
            payload = self._status()
            self._status_not_before_s = now_s + STATUS_EVERY_S
        else:
            payload = self._latest[topic]
        mid = self._window.publish(Publication(self._topics.own(topic), payload, retain=True), self, now_s)
        self._under_way[mid] = topic
