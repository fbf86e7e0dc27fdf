"""The only file that reads the time: the host's clocks, and lamp time scaled from them."""

import ctypes
import sys
import time
from dataclasses import dataclass
from typing import Protocol

from agent.records import ClockSource, Instant


class Clock(Protocol):
    """Lamp time, for those who own a thread; the core and the drivers are told the time instead."""

    def now(self) -> Instant: ...

    def host_delay_s(self, lamp_s: float) -> float:
        """How long the host waits for that much lamp time."""
        ...


def host_s() -> float:
    """Host time for pacing, deadlines and sockets: monotonic seconds, never scaled."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def utc_s() -> float:
    """The wall clock, in POSIX seconds."""
    return time.time()


class HostClock:
    """The host's own time. Whether NTP has synchronised it is asked of the kernel (adjtimex), at most once a second."""

    def __init__(self, rtc_trusted: bool = False) -> None:
        self._rtc_trusted = rtc_trusted
        self._asked_s = float("-inf")
        self._source = ClockSource.UNSYNCED

    def now(self) -> Instant:
        mono_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        if mono_s - self._asked_s >= 1:
            self._asked_s = mono_s
            unsynced = ClockSource.RTC if self._rtc_trusted else ClockSource.UNSYNCED
            self._source = ClockSource.NTP if ntp_synchronised() else unsynced
        return Instant(mono_s, time.time(), self._source)

    def host_delay_s(self, lamp_s: float) -> float:
        return lamp_s


class ScaledClock:
    """Lamp time that starts at ``start_utc_s`` and is always synchronised. It runs as the host's until it is accelerated."""

    def __init__(self, start_utc_s: float) -> None:
        self._start_utc_s = start_utc_s
        self._pace = _Pace(host_s(), 0.0, 1.0)  # replaced whole, so that every thread sees one or the other

    def accelerate(self, speed: float) -> None:
        """Run so many times as fast from now on."""
        self._pace = _Pace(host_s(), self.now().mono_s, speed)

    def now(self) -> Instant:
        pace = self._pace
        mono_s = pace.lamp_s + (host_s() - pace.host_s) * pace.speed
        return Instant(mono_s, self._start_utc_s + mono_s, ClockSource.NTP)

    def host_delay_s(self, lamp_s: float) -> float:
        return lamp_s / self._pace.speed


@dataclass(frozen=True, slots=True)
class _Pace:
    """From this host moment, which is this lamp moment, lamp time runs at this speed."""

    host_s: float
    lamp_s: float
    speed: float


_STA_UNSYNC = 0x0040  # linux/timex.h: the kernel clears it once a time daemon disciplines the clock
_TIMEX_BYTES = 256  # more than struct timex takes on any Linux (208 bytes on 64-bit)
_WORD = ctypes.sizeof(ctypes.c_long)
_STATUS = slice(5 * _WORD, 5 * _WORD + 4)  # after modes (padded to a word), offset, freq, maxerror, esterror


def ntp_synchronised() -> bool:
    """Whether a time daemon has synchronised the wall clock in this boot: adjtimex(2), which only reads while no mode is set."""
    timex = (ctypes.c_ubyte * _TIMEX_BYTES)()
    if ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
        return False
    return not int.from_bytes(bytes(timex[_STATUS]), sys.byteorder) & _STA_UNSYNC
