"""The clock: whether NTP has set it, by whom, what the RTC says, and whether time and place can be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agent.core.sun import SUNSET_DEG, Sun
from agent.doctor.host import Host, text_of
from agent.doctor.line import Line, failed, passed, warned
from agent.settings.model import Location

DAEMONS = ("systemd-timesyncd.service", "chrony.service", "chronyd.service", "ntpsec.service", "ntp.service")
CHRONY = ("chrony.service", "chronyd.service")
CHRONY_FILES = ("etc/chrony/chrony.conf", "etc/chrony.conf")
HALF_A_DAY_S = 43_200.0
RTC_OFF_S = 60.0  # the kernel sets it every eleven minutes while NTP has the clock


@dataclass(frozen=True, slots=True)
class Clock:
    """What doctor has read of the clocks. ``last_utc_s``: the last time on disk; ``built_utc_s``: no right clock says less."""

    utc_s: float
    synchronised: bool
    last_utc_s: float | None
    built_utc_s: float


def clock_lines(clock: Clock, host: Host, location: Location | None) -> Iterator[Line]:
    yield _set_by_whom(clock, host)
    yield from _impossible(clock)
    yield from _rtc(clock, host)
    yield from _place(clock, location)


def _set_by_whom(clock: Clock, host: Host) -> Line:
    daemons = _running(host)
    named = " and ".join(name.removesuffix(".service") for name in daemons)
    if clock.synchronised:
        return passed("clock", f"set by NTP ({named})" if named else "set by NTP")
    if not daemons:
        return failed(
            "clock", "not synchronised, and nothing runs that could do it", "`systemctl enable --now systemd-timesyncd`"
        )
    if set(daemons) & set(CHRONY) and not _has_rtcsync(host):
        remedy = "write rtcsync in /etc/chrony/chrony.conf, and `systemctl restart chrony`"
        return failed("clock", "chrony runs without rtcsync, and so never says that it has set the clock", remedy)
    ask = "chronyc sources" if set(daemons) & set(CHRONY) else "timedatectl timesync-status"
    return failed("clock", f"not synchronised, though {named} runs", f"check the network (UDP port 123), and `{ask}`")


def _running(host: Host) -> tuple[str, ...]:
    said = host.run("systemctl", "show", "-p", "Id", "-p", "ActiveState", *DAEMONS) or ""
    blocks = (dict(line.partition("=")[::2] for line in block.splitlines()) for block in said.split("\n\n"))
    found = (block.get("Id", "") for block in blocks if block.get("ActiveState") == "active")
    return tuple(dict.fromkeys(name for name in found if name))  # one can answer to two names


def _has_rtcsync(host: Host) -> bool:
    """On Linux chrony clears STA_UNSYNC, by which the agent knows, only where this is written (chrony, sys_timex.c)."""
    texts = [text for name in CHRONY_FILES if (text := host.text(name)) is not None]
    return not texts or any(line.strip() == "rtcsync" for text in texts for line in text.splitlines())


def _impossible(clock: Clock) -> Iterator[Line]:
    """A clock that cannot be right, whatever has set it."""
    if clock.utc_s < clock.built_utc_s:
        told = f"it says {_date(clock.utc_s)}, before this agent was made"
        yield failed("clock", told, "set it by NTP, or by `timedatectl set-time`")
    elif clock.last_utc_s is not None and clock.utc_s < clock.last_utc_s - 1:
        told = f"it says {_date(clock.utc_s)}, and the agent has seen {_date(clock.last_utc_s)}"
        yield failed("clock", told, "set it by NTP; if the later was wrong, it is forgiven at the next synchronisation")


def _rtc(clock: Clock, host: Host) -> Iterator[Line]:
    chips = host.found("sys/class/rtc/rtc*")
    if not chips:
        yield passed("rtc", "none: after a power cut the time is unknown until NTP answers")
        return
    chip = chips[0]
    name = (text_of(chip / "name") or chip.name).split(" ")[0]
    said = text_of(chip / "since_epoch")
    if said is None or not said.isdecimal():  # the kernel refuses to read a clock whose oscillator has stopped
        yield warned("rtc", f"{name} has lost its time", "change its battery; NTP sets it again within eleven minutes")
    elif clock.synchronised and abs(int(said) - clock.utc_s) > RTC_OFF_S:
        off_s = int(said) - clock.utc_s
        remedy = "`hwclock --systohc`; if it goes on, change its battery"
        yield warned("rtc", f"{name} is {abs(off_s):.0f} s {'ahead' if off_s > 0 else 'behind'}", remedy)
    else:
        yield passed("rtc", f"{name} says {_date(int(said))}")


def _place(clock: Clock, location: Location | None) -> Iterator[Line]:
    """The lamp's own time and today's sun, for somebody who knows both to see whether the place is right."""
    if location is None:
        yield warned("place", "lamp.location is not written: there is no sun and no local time", "write it, and `check` the file")
        return
    zone, sun = ZoneInfo(location.time_zone), Sun(location.latitude, location.longitude)
    now = datetime.fromtimestamp(clock.utc_s, zone)
    is_up = sun.elevation_deg(clock.utc_s) >= SUNSET_DEG
    told = f"{now:%Y-%m-%d %H:%M} in {location.time_zone}, and the sun is {'up' if is_up else 'down'}"
    noon_s = sun.noon(now.replace(hour=12, minute=0, second=0).timestamp())
    rise_s = sun.crossing(noon_s - HALF_A_DAY_S, noon_s, SUNSET_DEG, rising=True)
    set_s = sun.crossing(noon_s, noon_s + HALF_A_DAY_S, SUNSET_DEG, rising=False)
    if rise_s is None or set_s is None:
        yield passed("place", f"{told} all day")
    else:
        rise, sets = (datetime.fromtimestamp(at_s, zone) for at_s in (rise_s, set_s))
        yield passed("place", f"{told} (today from {rise:%H:%M} to {sets:%H:%M})")


def _date(utc_s: float) -> str:
    return datetime.fromtimestamp(utc_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
