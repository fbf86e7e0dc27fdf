"""The counters of a lamp that is killed, or loses its supply, anywhere between counting, keeping and telling: they never fall.

Six times by default; KILLS=20 in the environment tries as often, which takes a minute.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.agent import BASE, CONFIG, MakeAgent
from support.broker import Mosquitto
from support.operator import Operator

from agent.storage.ledger import FILE_NAME, Ledger

pytestmark = pytest.mark.process
LIVES = int(os.environ.get("KILLS", "6"))
SPEED = 60  # a mark and two samples in each second
COUNTERS = ("active_energy_wh", "operating_hours", "switch_on_count", "supply_loss_count")
OFTEN = CONFIG.replace("telemetry: {every: 1s}", "telemetry: {every: 30s}")


def told(operator: Operator) -> list[dict[str, Any]]:
    """The samples so far, as they were made: by boot, and in it by seq."""
    samples = [seen.json for seen in list(operator.seen) if seen.topic == f"{BASE}/telemetry"]
    boots = list(dict.fromkeys(sample["boot_id"] for sample in samples))
    return sorted(samples, key=lambda sample: (boots.index(sample["boot_id"]), sample["seq"]))


def wait_for_a_mark(operator: Operator) -> None:
    """Until a sample tells more than any before it."""
    known = max([sample["active_energy_wh"] or 0.0 for sample in told(operator)], default=0.0)
    operator.wait(lambda seen: seen.topic == f"{BASE}/telemetry" and (seen.json["active_energy_wh"] or 0.0) > known, within_s=15)


def moments(rng: random.Random) -> Iterator[tuple[bool, float]]:
    """When to kill: so soon after a mark has just been told, or after the start; host seconds."""
    for life in range(LIVES):
        after_mark = life % 2 == 0
        yield after_mark, rng.uniform(0.0, 0.01 if after_mark else 1.0)


def test_whenever_it_is_killed_no_counter_that_was_told_is_ever_told_lower(make_agent: MakeAgent, broker: Mosquitto) -> None:
    lamp, operator = make_agent(broker.url, OFTEN), Operator(broker.port)
    for after_mark, pause_s in moments(random.Random(1)):
        lamp.launch("--speed", str(SPEED))
        if after_mark:
            wait_for_a_mark(operator)
        time.sleep(pause_s)
        lamp.kill()
    lamp.launch("--speed", str(SPEED))
    wait_for_a_mark(operator)
    lamp.kill()
    operator.close()

    samples = told(operator)
    for name in COUNTERS:
        values = [sample[name] for sample in samples if sample[name] is not None]
        falls = [(before, after) for before, after in pairwise(values) if after < before]
        assert not falls, name
    assert len({sample["boot_id"] for sample in samples}) >= LIVES / 2
    lit_s = sum(uptimes[-1] - uptimes[0] for uptimes in by_boot(samples))
    counted_s = 3600 * (samples[-1]["operating_hours"] - samples[0]["operating_hours"])
    assert counted_s >= lit_s - 60 * LIVES  # of each life no more than what came after its last mark is lost


def test_whenever_the_supply_is_cut_the_disk_has_all_that_was_told(
    make_agent: MakeAgent, broker: Mosquitto, tmp_path: Path
) -> None:
    """The files as they are while the process stands still, and behind what was committed whatever the cut has torn."""
    lamp, operator, rng = make_agent(broker.url, OFTEN).start("--speed", str(SPEED)), Operator(broker.port), random.Random(2)
    for cut in range(LIVES):
        if cut % 2:
            wait_for_a_mark(operator)
        time.sleep(rng.uniform(0.0, 0.01 if cut % 2 else 0.3))
        lamp.tell(signal.SIGSTOP)
        left = tmp_path / f"cut-{cut}"
        left.mkdir()
        for name in (FILE_NAME, f"{FILE_NAME}-wal"):
            (left / name).write_bytes((lamp.state / name).read_bytes())
        with (left / f"{FILE_NAME}-wal").open("ab") as torn:
            torn.write(rng.randbytes(rng.randrange(5000)))
        most = max([sample["active_energy_wh"] or 0.0 for sample in told(operator)], default=0.0)
        lamp.tell(signal.SIGCONT)
        ledger = Ledger(left, print)
        memory, readable = ledger.load(0.0)
        ledger.close()
        assert readable
        assert memory.counters.active_energy_wh >= most
    operator.close()
    assert most > 0


def by_boot(samples: list[dict[str, Any]]) -> list[list[float]]:
    """The uptimes at which each life told something."""
    lives: dict[str, list[float]] = {}
    for sample in samples:
        lives.setdefault(sample["boot_id"], []).append(sample["uptime_s"])
    return list(lives.values())
