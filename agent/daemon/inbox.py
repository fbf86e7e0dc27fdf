"""The inbox: everything that happens reaches the control thread through this one queue."""

from dataclasses import dataclass
from queue import Empty, SimpleQueue

from agent.daemon.protocol import Reply, Request
from agent.events import Event, Woken

ANSWER_S = 3.0


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A request from the control socket, and where its answer is awaited."""

    request: Request
    answer: "SimpleQueue[Reply]"


@dataclass(frozen=True, slots=True)
class Stop:
    """The process was asked to end."""


@dataclass(frozen=True, slots=True)
class Reload:
    """The config file is to be read again."""


Item = Event | Inquiry | Stop | Reload


class Inbox:
    """``put`` is safe from any thread and from signal handlers."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Item] = SimpleQueue()

    def put(self, item: Item) -> None:
        self._queue.put(item)

    def take(self, timeout_s: float) -> Item:
        """The next item; Woken when nothing comes in time."""
        try:
            return self._queue.get(timeout=max(0.0, timeout_s))
        except Empty:
            return Woken()

    def ask(self, request: Request) -> Reply:
        """From another thread: put a request and wait for its answer, but not for ever."""
        answer: SimpleQueue[Reply] = SimpleQueue()
        self.put(Inquiry(request, answer))
        try:
            return answer.get(timeout=ANSWER_S)
        except Empty:
            return Reply(error=f"the control thread has not answered within {ANSWER_S:g} s; see the journal")
