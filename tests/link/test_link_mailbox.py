"""The mailbox: bounded, never blocking, and heard."""

import select
import threading

from fakes import handed

from agent.link.mailbox import MOST_RECORDS, Mailbox
from agent.link.topics import Retained


def rings(mailbox: Mailbox, within_ms: int = 0) -> bool:
    poller = select.poll()
    poller.register(mailbox.fileno(), select.POLLIN)
    return bool(poller.poll(within_ms))


def test_whatever_is_left_rings_once_and_is_taken_once() -> None:
    mailbox = Mailbox()
    assert not rings(mailbox)

    mailbox.present(Retained.STATE, b"1")
    mailbox.present(Retained.STATE, b"2")
    mailbox.deliver([handed(1)])
    mailbox.confirm(7)
    mailbox.announce()
    assert rings(mailbox)
    post = mailbox.take()

    assert (post.present, post.records, post.confirmed, post.announce) == ({Retained.STATE: b"2"}, [handed(1)], [7], True)
    assert not rings(mailbox)
    assert mailbox.take().present == {}


def test_a_waiting_thread_is_woken_to_stop() -> None:
    mailbox = Mailbox()
    threading.Timer(0.01, mailbox.stop).start()

    assert rings(mailbox, within_ms=5000)
    assert mailbox.stopping


def test_records_beyond_all_credit_are_left_to_the_outbox() -> None:
    mailbox = Mailbox()

    for key in range(MOST_RECORDS + 5):
        mailbox.deliver([handed(key)])
    post = mailbox.take()

    assert len(post.records) == MOST_RECORDS
    assert post.lost == 5
