"""What has been published and not yet acknowledged: no more than both sides agreed to, and never stuck for long."""

from typing import Protocol

from agent.link.signals import Acknowledged, Publication, Wire

LARGEST = 32  # at 50 records a second this bears a round trip of 0.6 s


class Owner(Protocol):
    """Whoever published, and is told what became of it."""

    def acknowledged(self, answer: Acknowledged, now_s: float, /) -> None: ...


class Window:
    """Lives as long as a connection, for its numbers (mid) mean nothing on another."""

    def __init__(self, wire: Wire, receive_maximum: int) -> None:
        self._wire = wire
        self._size = min(LARGEST, receive_maximum)
        self._owners: dict[int, Owner] = {}
        self._progress_s = 0.0

    @property
    def size(self) -> int:
        return self._size

    @property
    def free(self) -> int:
        return self._size - len(self._owners)

    def publish(self, publication: Publication, owner: Owner, now_s: float) -> int:
        """Publish, and tell the owner of the answer. Raises ValueError for a topic that cannot be."""
        if not self._owners:
            self._progress_s = now_s
        mid = self._wire.publish(publication)
        self._owners[mid] = owner
        return mid

    def acknowledged(self, answer: Acknowledged, now_s: float) -> None:
        owner = self._owners.pop(answer.mid, None)
        if owner is not None:
            self._progress_s = now_s
            owner.acknowledged(answer, now_s)

    def idle_since_s(self) -> float | None:
        """Since when something waits and nothing has been acknowledged; None while nothing waits."""
        return self._progress_s if self._owners else None
