"""Is it night? Two witnesses, sun and photocell, and neither is believed for ever."""

from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from agent.core.sun import SUNSET_DEG

Mode: TypeAlias = Literal["auto", "photocell", "sun", "always", "powered"]


class By(StrEnum):
    """Who decided: ``night.by``."""

    PHOTOCELL = "photocell"
    SUN = "sun"
    LEARNT = "learnt"
    UNKNOWN = "unknown"
    MODE = "mode"


class SunWitness(Struct, frozen=True, gc=False):
    """The sun by a clock that is believed. ``rtc_alone``: by an RTC that nothing has confirmed yet."""

    elevation_deg: float
    lower_deg: float  # below it is night, whatever else
    upper_deg: float  # above it is day
    rtc_alone: bool = False

    @property
    def certain(self) -> bool | None:
        """Night (True) or day (False) beyond doubt; None in between."""
        if self.elevation_deg < self.lower_deg:
            return True
        return False if self.elevation_deg > self.upper_deg else None


class LightWitness(Struct, frozen=True, gc=False):
    """The photocell while it is good: fresh and not convicted. ``proves_day``: see ``Photocell.proves_day``."""

    dark: bool
    proves_day: bool


class Verdict(Struct, frozen=True, gc=False):
    is_night: bool
    by: By


def judge(mode: Mode, sun: SunWitness | None, light: LightWitness | None, learnt_night: bool | None) -> Verdict:
    """The table of the design. ``sun`` is None while the clock is not believed or the place unknown, ``light`` while not good."""
    if mode in ("always", "powered"):
        return Verdict(True, By.MODE)
    if mode == "photocell" and light is not None:
        return Verdict(light.dark, By.PHOTOCELL)
    if mode == "sun" and sun is not None and not sun.rtc_alone:
        return Verdict(sun.elevation_deg < SUNSET_DEG, By.SUN)
    if sun is not None:
        return _with_sun(sun, light)
    return _without_sun(light, learnt_night)


def _with_sun(sun: SunWitness, light: LightWitness | None) -> Verdict:
    if sun.certain is True:
        return Verdict(True, By.SUN)
    if sun.certain is False:
        if sun.rtc_alone and light is not None and light.dark:
            return Verdict(True, By.PHOTOCELL)  # either witness
        return Verdict(False, By.SUN)
    return Verdict(True, By.SUN) if light is None else Verdict(light.dark, By.PHOTOCELL)


def _without_sun(light: LightWitness | None, learnt_night: bool | None) -> Verdict:
    if light is not None and light.dark:
        return Verdict(True, By.PHOTOCELL)
    if light is not None and light.proves_day:
        return Verdict(False, By.PHOTOCELL)
    if learnt_night is not None:
        return Verdict(learnt_night, By.LEARNT)
    return Verdict(True, By.UNKNOWN)
