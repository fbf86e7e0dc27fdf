"""The storage thread: it alone owns ledger and outbox; everyone else hands it requests and never waits."""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from agent.delivery import Record
from agent.events import Event
from agent.ledger import Entry
from agent.records import TimeQuality
from agent.settings.model import Storage
from agent.storage.database import Report
from agent.storage.keeper import Keeper
from agent.storage.outbox import Queued
from agent.storage.requests import Acked, Grant, Link, Promise, Put, Remember, Request, Restamp, Restore, Stop

AT_ONCE = 500  # requests taken in before the next commit
LONGEST_WAIT_S = 3600.0  # for a request, while nothing is due


class StorageThread:
    """Every method but ``join`` returns at once, on any thread. The callbacks come on the storage thread: they only enqueue.

    ``on_event`` is given Restored, Stored and OutboxChanged; ``on_records`` what the link has credit for; ``report`` sentences
    for the log. No failure of the disk ends the thread: promises are then answered as not durable, and the disk tried again.
    """

    def __init__(
        self,
        settings: Storage,
        boot_id: str,
        host_s: Callable[[], float],
        on_event: Callable[[Event], None],
        on_records: Callable[[list[Queued]], None],
        report: Report,
    ) -> None:
        self._host_s = host_s
        self._requests: SimpleQueue[Request] = SimpleQueue()
        self._keeper = Keeper(settings, boot_id, host_s(), on_event, on_records, report)
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)  # a hung disk does not hold up the exit

    def start(self) -> None:
        self._thread.start()

    def restore(self) -> None:
        """Read the ledger, answered with Restored, then what earlier boots left in the outbox. To be asked first, once."""
        self._requests.put(Restore())

    def put(self, record: Record) -> None:
        self._requests.put(Put(record))

    def promise(self, number: int, entries: Sequence[Entry]) -> None:
        """Put these on disk now; answered with Stored(number), one commit for all that wait."""
        self._requests.put(Promise(number, tuple(entries)))

    def remember(self, entries: Sequence[Entry], within_s: float) -> None:
        """Put these on disk within so many seconds of host time, or with the next promise."""
        self._requests.put(Remember(tuple(entries), self._host_s() + within_s))

    def grant(self, credit: int) -> None:
        """The link takes so many records more, now or as they come. A change of the link takes back what is left."""
        self._requests.put(Grant(credit))

    def acked(self, keys: Sequence[int]) -> None:
        """The broker has these."""
        self._requests.put(Acked(tuple(keys)))

    def link(self, up: bool) -> None:
        """The link came or went; what it had not acknowledged is handed out again."""
        self._requests.put(Link(up))

    def restamp(self, offset_s: float, time_quality: TimeQuality) -> None:
        """The clock is trusted now: what this boot has put so far has the wall-clock time ``uptime_s + offset_s``."""
        self._requests.put(Restamp(offset_s, time_quality))

    def stop(self) -> None:
        """Write everything, then end; requests made later are not served."""
        self._requests.put(Stop())

    def join(self, timeout_s: float) -> bool:
        """Whether the thread has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            batch = self._next_batch()
            self._keeper.serve(batch, self._host_s())
            stopping = any(isinstance(request, Stop) for request in batch)
        self._keeper.close(self._host_s())

    def _next_batch(self) -> list[Request]:
        """All that has been asked since the last commit, so that one commit answers it."""
        wait_s = min(max(self._keeper.wake_at_s() - self._host_s(), 0.0), LONGEST_WAIT_S)
        batch: list[Request] = []
        try:
            batch.append(self._requests.get(timeout=wait_s))
            while len(batch) < AT_ONCE:
                batch.append(self._requests.get_nowait())
        except Empty:
            pass
        return batch
