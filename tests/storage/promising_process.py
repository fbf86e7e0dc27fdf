"""A process that puts and promises without end, and prints what it may rely on; it is killed at any moment."""

import queue
import sys

from agent.clock import host_s
from agent.delivery import Channel, Priority, Record
from agent.events import Event, Stored
from agent.ledger import Counters, SeenCommand
from agent.messages import Ack, AckStatus
from agent.records import TimeQuality
from agent.settings.model import Storage
from agent.storage.thread import StorageThread


def main(directory: str, boot_id: str) -> None:
    answers: queue.SimpleQueue[Event] = queue.SimpleQueue()
    reports: queue.SimpleQueue[str] = queue.SimpleQueue()
    settings = Storage(directory, flush_every_s=1.0)
    storage = StorageThread(settings, boot_id, host_s, answers.put, lambda records: None, reports.put)
    storage.start()
    storage.restore()
    put_at_s: dict[int, float] = {}
    safe = number = 0
    while reports.empty():
        number += 1
        priority = Priority.TELEMETRY if number % 3 else Priority.ALARM
        storage.put(Record(Channel.EVENT, priority, boot_id, number, 1.0, 1.0, TimeQuality.NTP, b"{}"))
        put_at_s[number] = host_s()
        name = f"{boot_id}/{number}"
        answer = Ack(name, "lamp-1", "dim", AckStatus.ACCEPTED, True)
        storage.promise(number, [SeenCommand(name, 0.0, answer), Counters(active_energy_wh=float(number))])
        while (event := answers.get(timeout=20)) != Stored(number, durable=True):
            if isinstance(event, Stored):
                raise SystemExit(f"not durable: {event}")
        while put_at_s[safe + 1] < host_s() - 1.5:  # a second, and half of one for a busy machine
            safe += 1
        print(number, safe, flush=True)  # noqa: T201
    raise SystemExit(reports.get())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
