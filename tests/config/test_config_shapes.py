"""The shapes follow the settings: every field has its key, its words and its default, and survives the way through JSON."""

from collections.abc import Iterator

from agent.config.artifact import canonical
from agent.config.compiler import salvage
from agent.config.places import shape_at
from agent.config.shapes import KeyShape, ListShape, SectionShape, Shape, TableShape, settings_shape
from agent.settings.chips import ADDRESSES
from agent.settings.model import Settings


def keys_of(shape: Shape, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], KeyShape]]:
    match shape:
        case SectionShape():
            for key in shape.keys:
                yield (*path, key.name), key
                yield from keys_of(key.shape, (*path, key.name))
        case ListShape():
            yield from keys_of(shape.item, (*path, 0))
        case TableShape():
            yield from keys_of(shape.value, (*path, "name"))


def test_every_key_says_what_it_does() -> None:
    assert all(key.doc.text.endswith(".") for _, key in keys_of(settings_shape()))


def test_every_key_can_be_found_by_its_path() -> None:
    assert all(shape_at(path) == key.shape for path, key in keys_of(settings_shape()))


def test_seconds_are_written_as_durations_without_the_unit_in_the_key() -> None:
    for path, key in keys_of(settings_shape()):
        assert key.key == key.name.removesuffix("_s") or key.key in ("from", "to"), path


def test_nothing_written_means_the_defaults() -> None:
    assert canonical(salvage("")) == canonical(Settings())


def test_every_driver_on_a_bus_has_its_addresses() -> None:
    drivers = {
        value
        for path, key in keys_of(settings_shape())
        if path[-1] == "driver" and hasattr(key.shape, "values")
        for value in key.shape.values
    }
    assert drivers - {"pwm", "gpio_pwm"} == set(ADDRESSES)
