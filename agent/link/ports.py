"""What the link needs of the others, and nothing more: the outbox, its records, and the core's inbox."""

from collections.abc import Sequence
from typing import Protocol

from agent.delivery import Record
from agent.events import BrokerRefused, CertificateRead, CommandArrived, CommandRefused, LinkChanged
from agent.messages import Presence, Status


class Queued(Protocol):
    """A record that the outbox hands over to be published."""

    @property
    def key(self) -> int: ...

    @property
    def record(self) -> Record: ...

    @property
    def historical(self) -> bool:
        """It was buffered while the link was down."""
        ...


class Outbox(Protocol):
    """Called on the link's thread: it only enqueues.

    ``link`` told True or False ends all credit, and what was handed over and not acknowledged is the outbox's again. After that
    it hands over at most as many records as ``grant`` allows, the most urgent first, by ``Link.deliver``.
    """

    def grant(self, credit: int, /) -> None: ...

    def acked(self, keys: Sequence[int], /) -> None:
        """The broker has these: they need not be kept."""
        ...

    def link(self, up: bool, /) -> None: ...


class Inbox(Protocol):
    """The core's inbox; it only enqueues."""

    def __call__(self, event: LinkChanged | BrokerRefused | CertificateRead | CommandArrived | CommandRefused, /) -> None: ...


class Birth(Protocol):
    """Makes the ``status`` message of a session; called on the link's thread."""

    def __call__(self, presence: Presence, session: int, /) -> Status: ...
