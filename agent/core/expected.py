"""What a lamp should draw at a level, how far off that its power may be, and which trouble it is when it is further off."""

from collections.abc import Callable, Mapping
from math import inf

from msgspec import Struct

from agent.core.alarms import Alarm
from agent.core.bounds import above, above_or, below, below_or
from agent.core.meter import expected_power_w, is_power_known
from agent.settings.model import Luminaire, Settings
from agent.settings.supply import supply_of

DARK_SHARE = 0.2  # of what the light should draw beyond standby
TELLS = 3  # times the meter's resolution: what the light must draw for the lamp to be judged by it
BAND_SHARE, BAND_W = 0.2, 1.0  # how far the power may be from the expected one
BENT_SHARE = 0.08  # of full power: by so much a driver may draw more than straight from standby to nominal, the more it is dimmed
OVERLOAD = 1.3  # of the power at 100 %: more than any lamp draws
FITS_SHARE = 0.1  # so near to the power of another level, a lamp hangs at that level
FOLLOWS_SHARE = 0.25  # of the change that a new level should make: a lamp that does less does not follow

RESOLUTION_W = 0.1  # of a meter, at the least
MAINS_RESOLUTION_W = 0.5  # of an ade7953: what noise and crosstalk make of a small lamp
SHUNT_OFFSET_V: Mapping[str, float] = {"ina219": 2e-4, "ina226": 1e-5}  # as the datasheets allow (SBOS448 at gain 1/8, SBOS547)
UNKNOWN_V = 24.0

IsUp = Callable[[Alarm], bool]


class Expected(Struct, frozen=True, gc=False):
    """At one level, in watts. ``least_w`` and ``full_w``: at the minimum level and at 100 %. Tolerances are to one side each."""

    lit_w: float
    standby_w: float
    dark_w: float  # with less it gives no light
    least_w: float
    full_w: float
    too_low_w: float
    too_high_w: float
    most_w: float  # absolutely
    floor_w: float
    resolution_w: float
    calm_from_w: float  # between these nothing is wrong, whatever was told
    calm_to_w: float

    @property
    def tells(self) -> bool:
        """Whether the light draws enough for the meter to tell it from none."""
        return self.lit_w - self.standby_w > TELLS * self.resolution_w

    @property
    def shows_standby(self) -> bool:
        """Whether the meter can tell a driver that idles from none."""
        return self.standby_w > TELLS * self.resolution_w

    def is_within(self, power_w: float, share: float = 1.0) -> bool:
        """Whether a power is within the tolerances, or a share of them."""
        return -share * self.too_low_w <= power_w - self.lit_w <= share * self.too_high_w


def resolution_w(settings: Settings) -> float:
    """What the meter can tell from nothing: by its kind, its shunt and the voltage."""
    meter, supply = settings.sensors.power, supply_of(settings)
    if meter is None or (meter.shunt_ohm is None and not meter.mains):
        return RESOLUTION_W
    if meter.shunt_ohm is None or meter.mains:
        return MAINS_RESOLUTION_W
    volts = UNKNOWN_V if supply is None else supply.nominal_v
    return max(RESOLUTION_W, SHUNT_OFFSET_V[meter.driver] / meter.shunt_ohm * volts)


def expected(settings: Settings, level: float) -> Expected | None:
    """None where the config does not say what the lamp draws."""
    luminaire = settings.luminaire
    if not is_power_known(luminaire):
        return None
    lit_w, full_w = expected_power_w(luminaire, level), expected_power_w(luminaire, 100)
    finest_w = resolution_w(settings)
    band_w = max(BAND_W, TELLS * finest_w, BAND_SHARE * lit_w)
    too_high_w, too_low_w = above(settings, Alarm.LAMP_POWER_TOO_HIGH), below(settings, Alarm.LAMP_POWER_TOO_LOW)
    too_low_w = band_w if too_low_w is None else too_low_w
    too_high_w = band_w + _bent_w(luminaire, full_w, level) if too_high_w is None else too_high_w
    most_w = above_or(settings, Alarm.ABSOLUTE_LAMP_POWER_TOO_HIGH, OVERLOAD * full_w + BAND_W)
    floor_w = below_or(settings, Alarm.ABSOLUTE_LAMP_POWER_TOO_LOW, -inf)
    standby_w = luminaire.standby_power_w
    dark_w = standby_w + DARK_SHARE * (lit_w - standby_w)
    return Expected(
        lit_w=lit_w,
        standby_w=standby_w,
        dark_w=dark_w,
        least_w=expected_power_w(luminaire, luminaire.minimum_level),
        full_w=full_w,
        too_low_w=too_low_w,
        too_high_w=too_high_w,
        most_w=most_w,
        floor_w=floor_w,
        resolution_w=finest_w,
        calm_from_w=max(dark_w, floor_w, lit_w - too_low_w / 2),
        calm_to_w=min(most_w, lit_w + too_high_w / 2),
    )


def _bent_w(luminaire: Luminaire, full_w: float, level: float) -> float:
    """Where two points are all that is known of the curve."""
    return 0.0 if luminaire.power_curve else BENT_SHARE * full_w * (1 - level / 100)


class Former(Struct, frozen=True, gc=False):
    """What the lamp drew at the level before, and should have drawn."""

    power_w: float
    expected_w: float


def trouble(power_w: float, at: Expected, former: Former | None, is_up: IsUp) -> Alarm | None:
    """The one alarm that explains the power of a lamp that is lit and supplied; None: it draws what it should.

    A power that fits another level, or that has not followed the last change, is a dimming line's or a driver's; any other is
    the lamp's own.
    """
    if at.calm_from_w <= power_w <= at.calm_to_w:
        return None
    if power_w > at.most_w:
        return Alarm.ABSOLUTE_LAMP_POWER_TOO_HIGH
    if power_w < at.dark_w:
        return Alarm.LAMP_FAILURE
    if power_w < at.floor_w:
        return Alarm.ABSOLUTE_LAMP_POWER_TOO_LOW
    kind = Alarm.LAMP_POWER_TOO_HIGH if power_w > at.lit_w else Alarm.LAMP_POWER_TOO_LOW
    if at.is_within(power_w, 0.5 if is_up(kind) else 1.0):
        return None
    if is_up(kind) and at.is_within(power_w):
        return kind
    return Alarm.DIMMING_FAILURE if _hangs(power_w, at, former) else kind


def _hangs(power_w: float, at: Expected, former: Former | None) -> bool:
    others_w = [other_w for other_w in (at.full_w, at.least_w) if not at.is_within(other_w)]
    if any(abs(power_w - other_w) <= FITS_SHARE * other_w for other_w in others_w):
        return True
    if former is None or at.is_within(former.expected_w):
        return False
    return abs(power_w - former.power_w) < FOLLOWS_SHARE * abs(at.lit_w - former.expected_w)
