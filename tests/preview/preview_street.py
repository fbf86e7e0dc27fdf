"""For the tests of previews: the demonstration's lamp, wherever it is wanted; each preview is run once."""

from datetime import date
from functools import cache
from pathlib import Path

from agent.config.compiler import compile_text
from agent.settings.model import Settings
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.preview.orders import parse_order
from agent.simulation.preview.report import Preview
from agent.simulation.preview.request import Request
from agent.simulation.preview.run import preview
from agent.simulation.traffic import Traffic

SHIPPED = Path(__file__).parents[2] / "configs/simulated.yaml"
DUISBURG = "{latitude: 51.4344, longitude: 6.7623, time_zone: Europe/Berlin}"
TROMSO = "{latitude: 69.65, longitude: 18.96, time_zone: Europe/Oslo}"


def lamp_at(place: str = DUISBURG, virtual_light_output: float = 100) -> Settings:
    text = SHIPPED.read_text().replace(DUISBURG, place)
    text = text.replace("  standby_power_w", f"  virtual_light_output: {virtual_light_output}\n  standby_power_w")
    compiled = compile_text(text, "lamp.yaml")
    assert compiled.settings is not None, compiled.problems
    return compiled.settings


@cache
def previewed(
    first: str,
    nights: int = 1,
    *,
    place: str = DUISBURG,
    virtual_light_output: float = 100,
    traffic: Traffic = "none",
    faults: tuple[str, ...] = (),
    orders: tuple[str, ...] = (),
    timeline: bool = True,
) -> Preview:
    request = Request(
        date.fromisoformat(first),
        nights,
        traffic=traffic,
        faults=tuple(map(parse_fault, faults)),
        orders=tuple(map(parse_order, orders)),
        timeline=timeline,
    )
    return preview(lamp_at(place, virtual_light_output), request)
