"""What the daemon needs of the machine beside its hardware, and what it must not be able to do."""

import ctypes
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from agent.clock import ntp_synchronised

STATE, RUNTIME = Path(os.environ["STATE_DIRECTORY"]), Path(os.environ["RUNTIME_DIRECTORY"])
ADJ_STATUS = 0x0010  # linux/timex.h


def errno_of(act: Callable[[], object]) -> int:
    """0: it could be done; -1: it failed without an errno."""
    try:
        act()
    except OSError as error:
        return error.errno or -1
    except sqlite3.Error:
        return -1
    return 0


def write_row() -> None:
    with sqlite3.connect(STATE / "probe.db") as ledger:
        ledger.execute("PRAGMA journal_mode=WAL")
        ledger.execute("PRAGMA synchronous=FULL")
        ledger.execute("CREATE TABLE IF NOT EXISTS probe (at TEXT)")
        ledger.execute("INSERT INTO probe VALUES ('now')")


def listen() -> None:
    with socket.socket(socket.AF_UNIX) as control:
        control.bind(str(RUNTIME / "probe.sock"))
        control.listen()


def set_clock() -> None:
    """adjtimex(2) with a mode: this is setting, not asking."""
    libc = ctypes.CDLL(None, use_errno=True)
    timex = (ctypes.c_uint * 64)(ADJ_STATUS)
    if libc.adjtimex(timex) < 0:
        raise OSError(ctypes.get_errno(), "adjtimex")


database = errno_of(write_row)
compiler = subprocess.run([sys.executable, "-c", "import pydantic, yaml, msgspec"], check=False, capture_output=True, text=True)
json.dump(
    {
        "not_root": os.getuid() != 0,
        "ntp": ntp_synchronised(),
        "database": database,
        "control_socket": errno_of(listen),
        "compiler": compiler.returncode,
        "said": compiler.stderr,
        "broker_address": socket.gethostbyname("broker.test"),
        "kernel_boot_id": len(Path("/proc/sys/kernel/random/boot_id").read_text().strip()),
        "board": "c03114" in Path("/proc/cpuinfo").read_text(),
        "working_directory_is_ram": Path.cwd() == RUNTIME,
        "setting_the_clock": errno_of(set_clock),
        "writing_to_etc": errno_of(lambda: Path("/etc/streetlight-agent/probe").write_text("")),
        "writing_to_opt": errno_of(lambda: Path("/opt/streetlight-agent/probe").write_text("")),
        "opening_the_disk": errno_of(lambda: Path("/dev/vda").read_bytes()),
        "opening_a_packet_socket": errno_of(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    },
    sys.stdout,
)
