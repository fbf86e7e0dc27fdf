"""Which supply the meter sees: known to the core, which judges its voltage, and to the checks of the config."""

from agent.settings.model import Settings, Supply

MAINS = Supply("ac", 230.0)  # where the config does not say, and the meter is one of the mains


def supply_of(settings: Settings) -> Supply | None:
    """The supply at the meter; None without a meter, and where nobody says what it should be, or something of another kind."""
    meter, supply = settings.sensors.power, settings.luminaire.supply
    if meter is None:
        return None
    if supply is None:
        return MAINS if meter.mains else None
    return supply if (supply.kind == "ac") is meter.mains else None
