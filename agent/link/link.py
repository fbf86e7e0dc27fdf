"""The link of one lamp: its thread keeps a connection to the broker, and everyone else leaves things for it and goes on."""

import random
import select
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from structlog.typing import FilteringBoundLogger
from tenacity import Retrying, retry_if_result

from agent.events import BrokerRefused, CertificateRead, LinkChanged
from agent.link.alerts import refusal
from agent.link.backoff import Ended, FullJitter
from agent.link.certificates import first_end_utc_s
from agent.link.connection import UNANSWERED, Connection, Hello
from agent.link.endpoint import Endpoint, EndpointError, endpoint
from agent.link.mailbox import Mailbox
from agent.link.ports import Birth, Inbox, Outbox, Queued
from agent.link.session import STALL_LEAST_S, Phase, Session, Surroundings
from agent.link.signals import Closed, Publication
from agent.link.topics import Retained, Topics
from agent.link.versions import Versions
from agent.link.wire import encode
from agent.messages import Presence
from agent.settings.model import Broker

PERMITS = "check that lamp.site and lamp.id are those of cert_file or username, and the broker's ACL"
CONNECTIONS = 1 << 16  # counted modulo this, in the handles of deliveries


@dataclass(frozen=True, slots=True)
class LinkView:
    """How the link stands, for ``status`` and ``explain``; safe to read from any thread."""

    connected: bool = False
    session: int = 0  # of this boot, the latest
    protocol: str | None = None
    trouble: str | None = None  # why it is not connected; while it is, what the broker does not permit


class Link:
    """``run`` is the thread's body. Every other method returns at once and may be called from any thread."""

    def __init__(
        self,
        broker: Broker,
        site: str,
        lamp: str,
        groups: Sequence[str],
        *,
        birth: Birth,
        outbox: Outbox,
        inbox: Inbox,
        host_s: Callable[[], float],
        rng: random.Random,
        log: FilteringBoundLogger,
    ) -> None:
        self._broker = broker
        self._inbox = inbox
        self._birth = birth
        self._host_s = host_s
        self._rng = rng
        self._log = log
        self._topics = Topics(site, lamp, tuple(groups))
        self._latest: dict[Retained, bytes] = {}
        self._stall_s = max(STALL_LEAST_S, broker.keepalive_s)
        self._around = Surroundings(self._topics, birth, self._latest, outbox, inbox, rng, log, self._stall_s)
        self._mailbox = Mailbox()
        self._versions = Versions(broker.protocol)
        self._sessions = 0
        self._connections = 0
        self._begin_clean = False
        self._refused: str | None = None  # why the broker would not have us, the last time that it said so
        self._certificate_ends_utc_s: float | None = None  # as was told last
        self._view = LinkView()

    # --- from any thread

    @property
    def view(self) -> LinkView:
        return self._view

    def present(self, topic: Retained, payload: bytes) -> None:
        """Publish this retained, now and on every connection to come, until it is replaced."""
        self._mailbox.present(topic, payload)

    def announce(self) -> None:
        """Publish ``status`` again, made anew."""
        self._mailbox.announce()

    def deliver(self, records: Sequence[Queued]) -> None:
        """The outbox hands records over, at most as many as it was granted."""
        self._mailbox.deliver(records)

    def confirm(self, delivery: int) -> None:
        """The command with this handle is taken: the broker may forget it (PUBACK). One of an earlier connection is left out."""
        self._mailbox.confirm(delivery)

    def stop(self) -> None:
        """Say goodbye and let ``run`` return, within about 2 s unless a name is being looked up or a connection opened."""
        self._mailbox.stop()

    # --- the thread

    def run(self) -> None:
        """Connect, and again with back-off whenever that ends, until stopped."""
        is_to_go_on = retry_if_result(lambda _: not self._mailbox.stopping)
        Retrying(retry=is_to_go_on, wait=FullJitter(self._rng), sleep=self._pause)(self._attempt)

    def _pause(self, wait_s: float) -> None:
        """Sleep, but wake to stop; what is presented meanwhile is kept, the rest belongs to the connection that is gone."""
        until_s = self._host_s() + wait_s
        poller = select.poll()
        poller.register(self._mailbox.fileno(), select.POLLIN)
        while not self._mailbox.stopping and (left_s := until_s - self._host_s()) > 0:
            poller.poll(left_s * 1000)
            self._latest.update(self._mailbox.take().present)

    def _attempt(self) -> Ended:
        if self._mailbox.stopping:
            return Ended("stopped")
        try:
            ended = self._connect()
        except EndpointError as error:
            ended = Ended(str(error))
        except Exception as error:  # noqa: BLE001 - of paho's too: none may cost more than the connection
            self._log.exception("the link failed unexpectedly; it connects again")
            ended = Ended(f"unexpected {error!r}")
        self._tell(ended)
        return ended

    def _tell(self, ended: Ended) -> None:
        """The log hears of a trouble once, not at each attempt."""
        if ended.reason != self._view.trouble and not self._mailbox.stopping:
            self._log.warning("not connected to the broker", url=self._broker.url, reason=ended.reason)
        self._view = LinkView(False, self._sessions, None, ended.reason)

    def _connect(self) -> Ended:
        """One connection from beginning to end; two where the broker says that it does not speak MQTT 5."""
        where = endpoint(self._broker)
        self._tell_certificates()
        session, ended = self._converse(where)
        if _speaks_no_such_version(session) and self._versions.fall_back():
            session, ended = self._converse(where)
        if session is None or session.accepted_s is None:
            self._versions.failed()
        return ended

    def _tell_certificates(self) -> None:
        """They have just been read for this connection."""
        ends_utc_s, before = first_end_utc_s(self._broker), self._certificate_ends_utc_s
        if ends_utc_s is not None and ends_utc_s != before:
            self._certificate_ends_utc_s = ends_utc_s
            self._inbox(CertificateRead(ends_utc_s))

    def _converse(self, where: Endpoint) -> tuple[Session | None, Ended]:
        """One conversation; no session if it could not be opened."""
        number = self._sessions + 1
        connection = Connection(where, self._hello(number))
        try:
            connection.open()
        except OSError as error:
            if isinstance(error, ssl.SSLError) and refusal(error) is not None:
                self._inbox(BrokerRefused())
            connection.abandon("never opened")
            return None, Ended(where.why_not(error))
        self._connections = (self._connections + 1) % CONNECTIONS
        session = Session(self._around, connection, number, self._connections, self._host_s())
        try:
            self._attend(connection, session)
        finally:
            connection.abandon("given up")
            if session.phase is not Phase.OVER:
                session.handle(Closed("given up"), self._host_s())
            if session.rejected is None:  # the broker has this session's will, or may have it
                self._sessions = number
        return session, self._ended(session)

    def _hello(self, number: int) -> Hello:
        will = Publication(self._topics.own(Retained.STATUS), encode(self._birth(Presence.LOST, number)), retain=True)
        clean, self._begin_clean = self._begin_clean, False
        broker = self._broker
        return Hello(self._topics.client_id, self._versions.now, broker.keepalive_s, broker.session_expiry_s, clean, will)

    def _attend(self, connection: Connection, session: Session) -> None:
        """Carry between the socket, the session and the mailbox until the connection is over."""
        while session.phase is not Phase.OVER:
            now_s = self._host_s()
            self._take_mail(session)
            if self._mailbox.stopping:
                session.leave(now_s)
            session.advance(now_s)
            self._exchange(connection, session, now_s)
            overdue = session.overdue(self._host_s())
            if overdue is not None:
                connection.abandon(overdue)
            for signal in connection.take():
                session.handle(signal, self._host_s())
            self._look(session)

    def _take_mail(self, session: Session) -> None:
        post = self._mailbox.take()
        self._latest.update(post.present)
        session.take(post)
        if post.lost:
            self._log.error("more was left for the link than was agreed; it will come again", lost=post.lost)

    def _exchange(self, connection: Connection, session: Session, now_s: float) -> None:
        """Wait for the socket, the mailbox or the session's next moment, then read and write what is possible."""
        sock = connection.fileno()
        if sock is None:
            return
        wake_at_s, may_read_at_s = session.wake_at_s(now_s), session.may_read_at_s(now_s)
        may_read = may_read_at_s <= now_s
        if not may_read:
            wake_at_s = min(wake_at_s, may_read_at_s)
        elif connection.has_unread:
            wake_at_s = now_s
        poller = select.poll()  # made anew: paho closes the socket when it pleases, and its number may be somebody else's then
        poller.register(self._mailbox.fileno(), select.POLLIN)
        poller.register(sock, (select.POLLIN if may_read else 0) | (select.POLLOUT if connection.wants_write else 0))
        ready = dict(poller.poll(max(0.0, wake_at_s - now_s) * 1000))
        if may_read and (connection.has_unread or ready.get(sock, 0) & ~select.POLLOUT):
            connection.read()
        if connection.wants_write:
            connection.write()
        connection.tick()

    def _look(self, session: Session) -> None:
        before, forbidden = self._view, session.forbidden
        if session.phase is not Phase.UP or (before.connected and (before.trouble is None) is (forbidden is None)):
            return
        trouble = None if forbidden is None else f"the broker does not permit {forbidden}; {PERMITS}"
        self._view = LinkView(True, self._sessions + 1, self._versions.now.value, trouble)
        if not before.connected:
            self._log.info(
                "connected to the broker", url=self._broker.url, protocol=self._view.protocol, session=self._view.session
            )
        if forbidden is not None:
            self._inbox(BrokerRefused())
        elif before.connected:
            self._inbox(LinkChanged(connected=True))  # it permits it again

    def _ended(self, session: Session) -> Ended:
        self._begin_clean = session.closed is not None and session.closed.oversized
        if session.rejected is not None:
            if not session.rejected.unsupported_version:
                self._inbox(BrokerRefused())
            remedy = "check broker.username, password_file, cert_file, and what the broker knows of this lamp"
            self._refused = f"the broker refuses the lamp: {session.rejected.reason}; {remedy}"
            return Ended(self._refused)
        reason = session.closed.reason if session.closed is not None else "unknown"
        if session.accepted_s is None:
            return Ended(self._refused if self._refused and reason == UNANSWERED else reason)  # it does not always come to say so
        self._refused = None
        ended = Ended(reason, self._host_s() - session.accepted_s)
        if ended.lasted:
            return ended
        return replace(ended, reason=f"{reason}; if that repeats, another client may use the id {self._topics.client_id}")


def _speaks_no_such_version(session: Session | None) -> bool:
    return session is not None and session.rejected is not None and session.rejected.unsupported_version
