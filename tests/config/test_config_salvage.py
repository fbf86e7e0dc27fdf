"""What can be saved of a broken file: each part that is valid by itself, and nothing that is not."""

import pytest

from agent.config.compiler import compile_text, salvage
from agent.settings.model import Limits, Motion, Settings

LAMP = "lamp: {site: s, id: l, location: {latitude: 51.4, longitude: 6.8, time_zone: Europe/Berlin}}\n"
OUTPUT = "output: {driver: pwm, gpio: 18}\n"
BROKER = "broker: {url: 'mqtts://b'}\n"


def test_a_valid_file_is_saved_whole(valid: str) -> None:
    text = valid + "motion: {hold: 30s}\n"
    assert salvage(text) == compile_text(text, "agent.yaml").settings


@pytest.mark.parametrize(
    "broken",
    ["motion: {hold: 45}", "motion:\n\thold: 45s", 'motion: {hold: "45s', "motion: {hold: 4s, hold: 6s}", "motion: 45s",
     "motion: {hodl: 3s}"],
)  # fmt: skip
def test_a_broken_section_has_its_defaults_and_the_others_what_is_written(broken: str) -> None:
    saved = salvage(LAMP + OUTPUT + BROKER + "limits: {floor: 20}\n" + broken + "\n")

    assert saved.motion == Motion()
    assert saved.limits == Limits(floor=20)
    assert saved.lamp is not None
    assert saved.output is not None
    assert saved.broker is not None


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        (LAMP.replace("site: s", "site: S") + OUTPUT + BROKER, "lamp"),
        (LAMP + OUTPUT.replace("18", "17") + BROKER, "output"),
        (LAMP + OUTPUT.replace("pwm", "pmw") + BROKER, "output"),
        (LAMP + OUTPUT + BROKER.replace("mqtts://", ""), "broker"),
        (LAMP + OUTPUT, "broker"),
        (LAMP + OUTPUT + "broker:\n", "broker"),
        (LAMP + "output: [pwm]\n" + BROKER, "output"),
    ],
)
def test_a_broken_lamp_output_or_broker_is_none_and_takes_no_other_along(text: str, lost: str) -> None:
    saved = salvage(text)

    for name in ("lamp", "output", "broker"):
        assert (getattr(saved, name) is None) == (name == lost)


def test_a_lamp_in_the_wrong_place_keeps_its_name_so_that_the_alarm_reaches_someone() -> None:
    saved = salvage(LAMP.replace("51.4", "-51.4") + OUTPUT + BROKER)

    assert saved.lamp is not None
    assert (saved.lamp.id, saved.lamp.location) == ("l", None)


def test_each_sensor_stands_for_itself() -> None:
    saved = salvage(
        LAMP + OUTPUT + BROKER + "sensors: {light: {driver: veml7700}, motion: {gpio: 99}, power: {driver: ina226}, x: 1}\n"
    )

    assert saved.sensors.light is not None
    assert saved.sensors.motion == ()
    assert saved.sensors.power is None


def test_a_misspelt_key_takes_nothing_from_the_section_that_it_resembles() -> None:
    saved = salvage(LAMP + OUTPUT + BROKER + "limits: {floor: 20}\nlimit: {floor: 30}\noutputs: {driver: pwm}\n")

    assert saved.limits == Limits(floor=20)
    assert saved.output is not None


def test_of_two_in_conflict_the_output_stays() -> None:
    saved = salvage(LAMP + OUTPUT + BROKER + "sensors: {motion: [{gpio: 18}]}\n")

    assert saved.output is not None
    assert saved.sensors.motion == ()


@pytest.mark.parametrize("text", ["", "\x00", "- a\n", "{", "lamp", "lamp: *x"])
def test_of_nothing_come_the_defaults(text: str) -> None:
    assert salvage(text) == Settings()
