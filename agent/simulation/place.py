"""Where the simulated pole stands."""

from agent.settings.model import Location, Settings

_SOMEWHERE = Location(51.4779, 0.0, "UTC")


def place_of(settings: Settings) -> Location:
    """The lamp's own place; a lamp that does not know it stands somewhere all the same."""
    return settings.lamp.location if settings.lamp and settings.lamp.location else _SOMEWHERE
