"""Whose eyes doctor looks with: the agent's user's where it can, for what root may see says nothing of what the agent may."""

import grp
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.doctor.line import Line, failed, passed, warned
from agent.doctor.service import Unit

USER = "streetlight"
UDEV_RULES = "install systemd/60-streetlight-agent.rules in /etc/udev/rules.d, and restart the Pi"
SUDO = "look again with `sudo streetlight-agent doctor`"


@dataclass(frozen=True, slots=True)
class Eyes:
    """``as_agent``: what these eyes may see is what the agent may. ``groups`` are their groups' numbers."""

    user: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    as_agent: bool

    def cannot(self, check: str, what: str, may: str, remedy: str) -> Line:
        """That a file or device may not be used; ``may`` says how: read, written, ..."""
        told = f"{what} may not be {may} by {self.user}"
        return failed(check, told, remedy) if self.as_agent else warned(check, told, SUDO)

    def device_remedy(self, device: Path) -> str:
        """How these eyes come to use a device or a file of sysfs that they may not."""
        group = device.stat().st_gid
        if group == 0 or group in (self.gid, *self.groups):  # nobody's, or the group is right and its rights are not
            return UDEV_RULES
        return f"`usermod -aG {_group_name(group)} {self.user}`, then start the agent again"

    def file_remedy(self, file: Path, *, write: bool = False) -> str:
        """How these eyes come to use a file or folder that they may not."""
        return f"`chown {self.user} {file}`" if write else f"`chgrp {self.user} {file}`, `chmod g+r {file}`"


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def find_eyes(unit: Unit | None) -> Eyes:
    """The agent's user, where there is one and root is asked to look; else whoever has started doctor."""
    agent = _person(unit.user if unit is not None and unit.user else USER)
    me = _person(os.geteuid())
    if agent is None or me is None:  # nobody is the agent yet, or we are a number without a name
        groups = tuple(os.getgroups())
        return Eyes("you" if me is None else me.pw_name, os.geteuid(), os.getegid(), groups, as_agent=agent is None)
    if me.pw_uid not in (0, agent.pw_uid):
        return Eyes(me.pw_name, me.pw_uid, me.pw_gid, tuple(os.getgroups()), as_agent=False)
    more = () if unit is None else tuple(gid for name in unit.groups if (gid := _gid(name)) is not None)
    groups = (*os.getgrouplist(agent.pw_name, agent.pw_gid), *more)
    return Eyes(agent.pw_name, agent.pw_uid, agent.pw_gid, groups, as_agent=True)


def _person(key: str | int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(key) if isinstance(key, str) else pwd.getpwuid(key)
    except KeyError:
        return None


def _gid(name: str) -> int | None:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None


@contextmanager
def looking(eyes: Eyes) -> Iterator[None]:
    """Only root can look with another's eyes; whoever else looks with his own."""
    if os.geteuid() != 0 or eyes.uid == 0:
        yield
        return
    groups, gid = os.getgroups(), os.getegid()
    os.setgroups(eyes.groups)
    os.setegid(eyes.gid)
    os.seteuid(eyes.uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)


def may(path: Path, mode: int) -> bool:
    """As ``os.access``, for the eyes that look now."""
    return os.access(path, mode, effective_ids=True)


def eyes_lines(eyes: Eyes) -> Iterator[Line]:
    if not eyes.as_agent:
        yield warned("user", f"{eyes.user} looks, who may see less than the agent", SUDO)
    elif eyes.user == "root":
        yield warned("user", f"root looks, for there is no user {USER}", "install systemd/streetlight-agent.sysusers")
    else:
        yield passed("user", f"looking with the eyes of {eyes.user}")
