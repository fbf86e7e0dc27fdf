"""The whole bottom in one piece: street, lamp, chips, pins and PWM, wired as the settings say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from gpiozero.pins.mock import MockFactory

from agent.records import Instant, Part
from agent.settings.hardware import MotionSensor, Relay
from agent.settings.model import Settings
from agent.simulation.bus import VirtualBus, costs_nothing
from agent.simulation.climate import Air, Warming
from agent.simulation.fitting import Buses, Fitting, Surroundings, plug_in
from agent.simulation.lightpath import LightPath
from agent.simulation.luminaire import DEFAULT_NOMINAL_W, LampCircuit, Line
from agent.simulation.motion import MotionLine, Passage
from agent.simulation.outputs import Drive, drive_of, pin_class
from agent.simulation.place import place_of
from agent.simulation.street import Street
from agent.simulation.supply import SupplyWires
from agent.simulation.sysfs import UDEV_S, VirtualSysfs
from agent.simulation.traffic import Traffic
from agent.simulation.weather import Weather

_PI_4 = "c03112"  # a board's revision code, named so that no environment variable chooses another
_WARMER_C = 23.0  # a luminaire in still air, at its full power: each is built for its own


@dataclass(frozen=True, slots=True)
class Truth:
    """What really is, for reports: the lamp knows none of it."""

    sun_elevation_deg: float  # geometric
    daylight_lx: float
    emitted_percent: float  # of the luminaire's full light
    active_power_w: float
    passers_by: int  # in the field of the motion sensors now
    fed: bool = True  # the pole has power
    able: bool = True  # and nothing in the lamp's power path keeps it dark


@dataclass(frozen=True, slots=True)
class TrueTime:
    """The true time that belongs to a moment of lamp time, whatever the lamp's own clock says."""

    start: Instant

    def utc_s(self, at_s: float) -> float:
        return self.start.utc_s + (at_s - self.start.mono_s)

    def lamp_s(self, utc_s: float) -> float:
        return self.start.mono_s + (utc_s - self.start.utc_s)


@dataclass(frozen=True, slots=True)
class World:
    """Usable from several threads, of which one advances it. Times are lamp time unless their name says UTC.

    Locks are only ever taken downwards: a bus, then the luminaire's warmth, then /sys; no lock is held while a pin is driven.
    """

    time: TrueTime
    street: Street
    lamp: LampCircuit
    light: LightPath
    warming: Warming
    passage: Passage
    sysfs: VirtualSysfs
    pin_factory: MockFactory
    buses: Buses
    chips: Mapping[Part, Fitting]
    drive: Drive
    relay: Relay | None
    wires: SupplyWires

    @classmethod
    def build(
        cls,
        settings: Settings,
        now_s: Callable[[], float],
        start: Instant,
        *,
        seed: int = 1,
        weather: Weather = "clear",
        traffic: Traffic = "quiet",
        own_lx_at_full: float = 2.0,
        spend_s: Callable[[float], None] = costs_nothing,
        udev_s: float = UDEV_S,
    ) -> "World":
        """A street at the lamp's place, with all that the settings name plugged in and switched on at ``start``.

        ``now_s`` and ``start`` are true, not what the lamp's clock says. ``own_lx_at_full``: what the light sensor sees of the
        lamp at 100 %. ``spend_s``: pays for the second of a hanging transfer. ``udev_s``: as in VirtualSysfs.
        """
        time = TrueTime(start)
        place = place_of(settings)
        zone = ZoneInfo(place.time_zone)
        street = Street(place.latitude, place.longitude, zone, seed=seed, weather=weather, traffic=traffic)
        air = Air(place.latitude, place.longitude)
        sysfs = VirtualSysfs(now_s, lambda at_s: air.soc_celsius(time.utc_s(at_s)), udev_s)
        pins = MockFactory(revision=_PI_4, pin_class=pin_class(settings.output))
        buses = Buses(now_s, spend_s)
        drive = drive_of(settings.output, sysfs, pins, buses, start.mono_s)
        lamp = _lamp(settings, drive, pins)
        full_w = settings.luminaire.nominal_power_w or DEFAULT_NOMINAL_W
        warming = Warming(lambda at_s: air.celsius(time.utc_s(at_s)) + _WARMER_C * lamp.power_w() / full_w, start.mono_s)
        wires = _wires(settings, lamp, seed)
        light = LightPath(lambda at_s: street.daylight_lx(time.utc_s(at_s)), lamp.emitted_percent, own_lx_at_full, seed)
        around = Surroundings(
            lux=light.lux,
            volts=wires.volts,
            amps=wires.amps,
            celsius=warming.celsius,
            power_factor=wires.power_factor,
        )
        chips = plug_in(settings.sensors, around, buses, start.mono_s)
        if drive.fitting is not None:
            chips[Part.OUTPUT] = drive.fitting
        passage = Passage(_motion_lines(settings.sensors.motion, pins), street.passes(start.utc_s))
        world = cls(time, street, lamp, light, warming, passage, sysfs, pins, buses, chips, drive, _relay_of(settings), wires)
        world.advance(start.mono_s)
        return world

    def bus(self, number: int) -> VirtualBus:
        """The bus of that number, the same one each time; without chips if the settings name none there."""
        return self.buses.bus(number)

    def advance(self, now_s: float) -> None:
        """Let people come and go up to now: every edge since the last call, in order, in the calling thread."""
        self.passage.advance(self.time.utc_s(now_s))

    def agent_died(self) -> None:
        """What the agent's process made by itself stops with it; all else goes on."""
        if self.drive.pin is not None:
            self.drive.pin.stop()

    def cut_power(self) -> None:
        """The pole goes dark: what the hardware held is gone, and the pins float. The agent must have died before."""
        self.lamp.defects.unfed = True
        self.sysfs.forget()
        if self.drive.pin is not None:
            self.drive.pin.let_go()
        if self.relay is not None:
            _let_go(self.relay, self.pin_factory)

    def restore_power(self, now_s: float) -> None:
        """Everything on the pole begins anew; nothing drives the lamp until an agent does."""
        self.lamp.defects.unfed = False
        for fitting in self.chips.values():
            fitting.chip.reset(now_s)

    def next_change_s(self) -> float:
        """When ``advance`` is next needed; infinite: never."""
        return self.time.lamp_s(self.passage.next_change_s())

    def truth(self, now_s: float) -> Truth:
        utc_s = self.time.utc_s(now_s)
        return Truth(
            sun_elevation_deg=self.street.sun_elevation_deg(utc_s),
            daylight_lx=self.street.daylight_lx(utc_s),
            emitted_percent=self.lamp.emitted_percent(),
            active_power_w=self.lamp.power_w(),
            passers_by=self.passage.present,
            fed=not self.lamp.defects.unfed,
            able=self.lamp.defects.able,
        )


def _lamp(settings: Settings, drive: Drive, pins: MockFactory) -> LampCircuit:
    relay = _relay_of(settings)
    return LampCircuit(
        settings.luminaire,
        settings.output,
        high_fraction=drive.wire,
        relay_line=None if relay is None else _let_go(relay, pins),
    )


def _relay_of(settings: Settings) -> Relay | None:
    return None if settings.output is None else settings.output.relay


def _let_go(relay: Relay, pins: MockFactory) -> Line:
    """The relay's line, held by the relay board's own resistor where it moves no coil, until somebody drives it."""
    line = pins.pin(f"GPIO{relay.gpio}")
    line.function = "input"
    if relay.active_high:
        line.drive_low()
    else:
        line.drive_high()
    return cast("Line", line)


def _wires(settings: Settings, lamp: LampCircuit, seed: int) -> SupplyWires:
    meter = settings.sensors.power
    whole_pole = meter is not None and meter.measures == "pole"
    mains = meter is not None and meter.mains
    return SupplyWires(settings.luminaire.supply, lamp.power_w, seed, whole_pole=whole_pole, mains=mains)


def _motion_lines(sensors: tuple[MotionSensor, ...], pins: MockFactory) -> list[MotionLine]:
    return [MotionLine(pins.pin(f"GPIO{sensor.gpio}"), sensor.active_high) for sensor in sensors]
