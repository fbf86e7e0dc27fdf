"""The whole config file, section by section: the one source of keys, defaults, bounds, schema and docs."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import annotated_types as at

from agent.settings.hardware import Output, Sensors
from agent.settings.marks import Doc, Duration, ExampleWhere, Name, NotInEffectYet, Percent, Required, Unit
from agent.settings.schedule import Calendar, Programme


@dataclass(frozen=True, slots=True)
class Location:
    latitude: Annotated[float, at.Ge(-90), at.Le(90), Unit("degrees"), Doc("Degrees, north positive.", "51.4344")]
    longitude: Annotated[float, at.Ge(-180), at.Le(180), Unit("degrees"), Doc("Degrees, east positive.", "6.7623")]
    time_zone: Annotated[str, Doc("IANA name.", "Europe/Berlin")]


@dataclass(frozen=True, slots=True)
class Lamp:
    site: Annotated[Name, Doc("The site's name in the topics: a-z 0-9 -.", "duisburg-altstadt")]
    id: Annotated[Name, Doc("The lamp's name in the topics: a-z 0-9 -.", "lamp-0042")]
    groups: Annotated[tuple[Name, ...], Doc("Groups whose commands the lamp obeys.")] = ()
    location: Annotated[Location | None, Doc("Where the pole stands; without it there is no sun and no local time.")] = None


@dataclass(frozen=True, slots=True)
class Supply:
    kind: Annotated[Literal["ac", "dc"], Doc("Sets the voltage alarms: ac -14/+10 %, dc +/-20 %.", "ac")]
    nominal_v: Annotated[float, at.Gt(0), at.Le(1000), Doc("Nominal voltage in volts.", "230"), ExampleWhere("kind", "dc", "24")]


Point = tuple[Annotated[float, at.Ge(0)], Annotated[float, at.Ge(0)]]


@dataclass(frozen=True, slots=True)
class Luminaire:
    nominal_power_w: Annotated[float | None, at.Gt(0), at.Le(10000), Doc("Power at 100 % in watts, of all heads together.")] = (
        None
    )
    standby_power_w: Annotated[float, at.Ge(0), at.Le(100), Doc("Power at level 0 in watts.")] = 0.0
    supply: Annotated[Supply | None, Doc("The supply at the meter.")] = None
    minimum_level: Annotated[Percent, Doc("The driver's lowest level in percent; only 0 is below it, and off.")] = 10.0
    virtual_light_output: Annotated[
        float, at.Gt(0), at.Le(100), Unit("%"), Doc("What 100 % means for this lamp, in percent.")
    ] = 100.0
    power_curve: Annotated[tuple[Point, ...], Doc("[level %, W], ascending; default: straight from standby to nominal.")] = ()
    constant_light_output: Annotated[
        tuple[Point, ...], Doc("[operating hours, %], ascending: less light while the lamp is new.")
    ] = ()
    fade_up_s: Annotated[float, Duration("fade_up", 0, 300), Doc("Fade to more light.")] = 2.0
    fade_down_s: Annotated[float, Duration("fade_down", 0, 300), Doc("Fade to less light.")] = 8.0
    start_delay_max_s: Annotated[
        float, Duration("start_delay_max", 0, 30), Doc("Spreads a street's inrush after a power cut.")
    ] = 0.0


@dataclass(frozen=True, slots=True)
class Night:
    mode: Annotated[Literal["auto", "photocell", "sun", "always", "powered"], Doc("Who says that it is night.")] = "auto"
    on_below_lx: Annotated[float, at.Gt(0), at.Le(1000), Doc("Dark below this many lux.")] = 35.0
    off_above_lx: Annotated[float, at.Gt(0), at.Le(5000), Doc("Bright above this many lux.")] = 55.0
    dwell_s: Annotated[float, Duration("dwell", 0, 600), Doc("So long it must stay dark or bright to count.")] = 60.0
    twilight_deg: Annotated[
        tuple[Annotated[float, at.Ge(-6), at.Le(0)], Annotated[float, at.Ge(0), at.Le(10)]],
        Doc("Sun elevations in degrees between which the photocell decides."),
    ] = (-6.0, 5.0)


@dataclass(frozen=True, slots=True)
class Motion:
    """Exactly one of ``raise_to`` and ``raise_by`` is set; neither in the file means ``raise_to: 100``."""

    raise_to: Annotated[Percent | None, Doc("At least this level while someone is there.")] = None
    raise_by: Annotated[Percent | None, Doc("This much more than the programme while someone is there.")] = None
    hold_s: Annotated[float, Duration("hold", 1, 3600), Doc("So long after the last presence.")] = 45.0
    fade_up_s: Annotated[float, Duration("fade_up", 0, 300), Doc("Fade when someone comes.")] = 1.0
    fade_down_s: Annotated[float, Duration("fade_down", 0, 300), Doc("Fade when nobody is left.")] = 10.0


@dataclass(frozen=True, slots=True)
class Derating:
    from_c: Annotated[float, at.Ge(20), at.Le(150), Doc("Derating begins at this luminaire temperature.", "70")]
    to_c: Annotated[float, at.Ge(20), at.Le(150), Doc("From this temperature the level is at most `level`.", "85")]
    level: Annotated[float, at.Gt(0), at.Le(100), Unit("%"), Doc("Percent.", "30")]


@dataclass(frozen=True, slots=True)
class Limits:
    floor: Annotated[
        Percent | None, Doc("The least level at night, in percent; default: minimum_level. 0 permits switching off.")
    ] = None
    derating: Annotated[Derating | None, Doc("Less light while the luminaire is hot.")] = None


@dataclass(frozen=True, slots=True)
class AlarmRule:
    after_s: Annotated[float | None, Duration("after", 0, 2_592_000), Doc("Raised when true for so long.")] = None
    clear_after_s: Annotated[float | None, Duration("clear_after", 0, 2_592_000), Doc("Cleared when untrue for so long.")] = None
    above: Annotated[float | None, Doc("Raised above this value, in the unit of what it watches.")] = None
    below: Annotated[float | None, Doc("Raised below this value, in the unit of what it watches.")] = None


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    every_s: Annotated[float, Duration("every", 1, 86400), Doc("Period of the samples.")] = 300.0


@dataclass(frozen=True, slots=True)
class Broker:
    url: Annotated[
        str, Doc("mqtts://host:port; mqtt:// only to loopback, unless allow_plaintext.", "mqtts://broker.example:8883")
    ]
    allow_plaintext: Annotated[bool, Doc("Permit mqtt:// to other machines.")] = False
    username: Annotated[str | None, Doc("User name.")] = None
    password_file: Annotated[str | None, Doc("File with the password.")] = None
    ca_file: Annotated[str | None, Doc("Certificates that the broker's is checked against; default: the system's.")] = None
    cert_file: Annotated[str | None, Doc("The lamp's certificate.")] = None
    key_file: Annotated[str | None, Doc("The key of the lamp's certificate.")] = None
    keepalive_s: Annotated[float, Duration("keepalive", 5, 3600), Doc("So often the link proves that it lives.")] = 30.0
    session_expiry_s: Annotated[float, Duration("session_expiry", 0, 2_592_000), Doc("So long the broker keeps commands.")] = (
        86400.0
    )
    protocol: Annotated[Literal["auto", "5", "3.1.1"], Doc("auto: 5, else 3.1.1.")] = "auto"
    home_assistant: Annotated[bool, NotInEffectYet(), Doc("Publish Home Assistant's discovery.")] = False


@dataclass(frozen=True, slots=True)
class Storage:
    directory: Annotated[str, Doc("Ledger and outbox.")] = "/var/lib/streetlight-agent"
    max_size_mb: Annotated[float, at.Ge(1), at.Le(100_000), Doc("Cap of the outbox in MB.")] = 64.0
    keep_s: Annotated[
        float, Duration("keep", 3600, 31_536_000), Doc("Age at which unsent records are given up, in powered-on time.")
    ] = 1_209_600.0
    flush_every_s: Annotated[float, Duration("flush_every", 1, 600), Doc("The most telemetry that a power cut may cost.")] = 30.0


@dataclass(frozen=True, slots=True)
class Settings:
    """``lamp``, ``output`` and ``broker`` are required in a file; None only where a broken file left no valid one."""

    lamp: Annotated[Lamp | None, Required(), Doc("Which lamp this is, and where.")] = None
    output: Annotated[Output | None, Required(), Doc("What sets the level, and the relay.")] = None
    broker: Annotated[Broker | None, Required(), Doc("Where state goes and commands come from.")] = None
    luminaire: Annotated[Luminaire, Doc("The lamp and its driver.")] = field(default_factory=Luminaire)
    sensors: Annotated[Sensors, Doc("Each is optional.")] = field(default_factory=Sensors)
    night: Annotated[Night, Doc("When it is night.")] = field(default_factory=Night)
    programmes: Annotated[dict[Name, Programme], Doc("Levels over the night, by name.")] = field(default_factory=dict)
    calendar: Annotated[Calendar, Doc("Which programme on which night.")] = field(default_factory=Calendar)
    motion: Annotated[Motion, Doc("What presence does.")] = field(default_factory=Motion)
    limits: Annotated[Limits, Doc("What no demand may cross.")] = field(default_factory=Limits)
    alarms: Annotated[dict[str, AlarmRule], Doc("Times and thresholds by event name.")] = field(default_factory=dict)
    telemetry: Annotated[TelemetrySettings, Doc("The periodic samples.")] = field(default_factory=TelemetrySettings)
    storage: Annotated[Storage, Doc("What is kept on disk.")] = field(default_factory=Storage)

    @property
    def floor(self) -> float:
        """``limits.floor``, or the minimum level where it is not written."""
        return self.luminaire.minimum_level if self.limits.floor is None else self.limits.floor
