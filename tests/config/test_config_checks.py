"""Cross checks: what one value says of another, and what is legal but unwise."""

from collections.abc import Callable

import pytest

from agent.config.compiler import compile_text
from agent.config.problems import Problem

Problems = Callable[..., tuple[Problem, ...]]
TWO = "programmes: {a: [{at: sunset, level: 1}], b: [{at: sunset, level: 1}]}\n"


def lamp_at(latitude: float, longitude: float, zone: str) -> str:
    return f"lamp: {{site: s, id: l, location: {{latitude: {latitude}, longitude: {longitude}, time_zone: {zone}}}}}\n"


def short(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.severity.value, problem.key) for problem in problems]


@pytest.mark.parametrize(
    ("output", "sensors", "key"),
    [
        ("{driver: pca9685, channel: 0}", "power: {driver: ina226, shunt_ohm: 0.1}", "sensors.power.address"),
        ("{driver: pwm, gpio: 18}", "power: {driver: ina226, address: 72, shunt_ohm: 1}, temperature: {driver: tmp102}",
         "sensors.temperature.address"),
        ("{driver: gp8403, address: 0x5a, channel: 1}", "light: {driver: opt3001, address: 0x5a}", "sensors.light.address"),
    ],
)  # fmt: skip
def test_two_chips_cannot_share_an_address_of_a_bus(problems: Problems, output: str, sensors: str, key: str) -> None:
    found = problems(f"sensors: {{{sensors}}}\n", output=f"output: {output}\n")
    assert any(problem.key == key and "is taken by" in problem.message for problem in found), found
    one_on_another_bus = "{bus: 3, ".join(sensors.rsplit("{", 1))
    elsewhere = problems(f"sensors: {{{one_on_another_bus}}}\n", output=f"output: {output}\n")
    assert not any("is taken by" in problem.message for problem in elsewhere)


@pytest.mark.parametrize(
    ("output", "key"),
    [
        ("{driver: pwm, gpio: 17}", "output.gpio"),
        ("{driver: pwm}", "output.gpio"),
        ("{driver: pwm, gpio: 18, frequency_hz: 50}", "output.frequency_hz"),
        ("{driver: gpio_pwm, gpio: 17}", "output.frequency_hz"),
        ("{driver: pca9685, channel: 16}", "output.channel"),
        ("{driver: pca9685, channel: 3, frequency_hz: 2000}", "output.frequency_hz"),
        ("{driver: gp8403, channel: 2}", "output.channel"),
        ("{driver: gp8403}", "output.channel"),
        ("{driver: mcp4725}", "output.address"),
        ("{driver: mcp4725, address: 0x62, gpio: 18}", "output.gpio"),
        ("{driver: pwm, gpio: 18, address: 0x40}", "output.address"),
        ("{driver: pwm, gpio: 18, relay: {gpio: 18}}", "output.relay.gpio"),
    ],
)
def test_an_output_that_cannot_work_is_an_error(problems: Problems, output: str, key: str) -> None:
    assert ("error", key) in short(problems(output=f"output: {output}\n"))


RELAY = "relay: {gpio: 23}"


@pytest.mark.parametrize(
    "output",
    [
        "{driver: pwm, gpio: 18}",
        f"{{driver: mcp4725, address: 0x62, {RELAY}}}",
        f"{{driver: gp8403, channel: 1, bus: 3, {RELAY}}}",
        f"{{driver: pca9685, channel: 15, address: 0x41, frequency_hz: 1526, inverted: true, {RELAY}}}",
    ],
)
def test_a_sound_output_is_not_remarked_on(problems: Problems, output: str) -> None:
    assert problems(output=f"output: {output}\n") == ()


@pytest.mark.parametrize(
    ("output", "key", "words"),
    [
        ("{driver: gpio_pwm, gpio: 17, frequency_hz: 200}", "output.driver", "flickers"),
        ("{driver: mcp4725, address: 0x62}", "output.driver", "do not go out at 0 V"),
        ("{driver: gp8403, channel: 0}", "output.driver", "do not go out at 0 V"),
        ("{driver: pca9685, channel: 0, inverted: true}", "output.driver", "hangs by day"),
        (f"{{driver: pca9685, channel: 0, {RELAY}}}", "output.undriven", "holds its lines low"),
    ],
)
def test_an_output_that_may_be_dark_or_flicker_is_warned_of(problems: Problems, output: str, key: str, words: str) -> None:
    found = problems(output=f"output: {output}\n")
    assert short(found) == [("warning", key)]
    assert words in found[0].message


def test_a_line_is_used_once_and_not_taken_from_a_bus_in_use(problems: Problems) -> None:
    found = problems("sensors: {motion: [{gpio: 17}, {gpio: 17}, {gpio: 3}], temperature: {driver: tmp102}}\n")

    assert short(found) == [("error", "sensors.motion[1].gpio"), ("error", "sensors.motion[2].gpio")]


def test_a_single_motion_sensor_needs_no_list(problems: Problems) -> None:
    assert problems("sensors: {motion: {gpio: 17}}\n") == problems("sensors: {motion: [{gpio: 17}]}\n") == ()
    assert short(problems("sensors: {motion: {gpio: 18}}\n")) == [("error", "sensors.motion.gpio")]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("night: {on_below_lx: 60}", "night.on_below_lx"),
        ("night: {off_above_lx: 35}", "night.off_above_lx"),
        ("night: {twilight_deg: [0, 0]}", "night.twilight_deg"),
        ("limits: {derating: {from_c: 85, to_c: 70, level: 30}}", "limits.derating.to_c"),
        ("luminaire: {power_curve: [[0, 1], [100, 42], [50, 20]]}", "luminaire.power_curve[2][0]"),
        ("luminaire: {power_curve: [[0, 1], [120, 42]]}", "luminaire.power_curve[1][0]"),
        ("luminaire: {power_curve: [[0, 1]]}", "luminaire.power_curve"),
        ("luminaire: {power_curve: [[0, 1, 2]]}", "luminaire.power_curve[0]"),
        ("luminaire: {constant_light_output: [[0, 82], [0, 100]]}", "luminaire.constant_light_output[1][0]"),
        ("luminaire: {nominal_power_w: 1, standby_power_w: 2}", "luminaire.standby_power_w"),
        ("motion: {raise_to: 100, raise_by: 20}", "motion.raise_by"),
        ("night: {mode: photocell}", "night.mode"),
        ("sensors: {power: {driver: ina226}}", "sensors.power.shunt_ohm"),
        ("sensors: {power: {driver: ade7953, volt_scale: 1, amp_scale: 1}}", "sensors.power.watt_scale"),
        ("alarms: {lampfailure: {after: 1s}}", "alarms.lampfailure"),
        ("calendar: {default: none-such}", "calendar.default"),
    ],
)
def test_values_that_contradict_each_other_are_an_error(problems: Problems, more: str, key: str) -> None:
    assert ("error", key) in short(problems(more + "\n"))


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("limits: {floor: 0}", "limits.floor"),
        ("luminaire: {minimum_level: 0}", "luminaire.minimum_level"),
        ("programmes: {p: [{at: 01:00, level: 1}, {at: 23:00, level: 2}]}", "programmes.p[1].at"),
        ("programmes: {p: [{at: sunrise, level: 1}, {at: sunrise-1h, level: 2}]}", "programmes.p[1].at"),
        ("sensors: {light: {driver: veml7700, address: 0x11}}", "sensors.light.address"),
        ("alarms: {lampUnexpectedOn: {above: 5}}", "alarms.lampUnexpectedOn.above"),
        ("alarms: {overTemperatureSoc: {below: 5}}", "alarms.overTemperatureSoc.below"),
        ("alarms: {orientationChanged: {after: 5s}}", "alarms.orientationChanged"),
        (
            "luminaire: {supply: {kind: ac, nominal_v: 230}}\nsensors: {power: {driver: ina226, shunt_ohm: 0.02}}",
            "luminaire.supply.kind",
        ),
    ],
)  # fmt: skip
def test_what_is_legal_but_unwise_is_a_warning(problems: Problems, more: str, key: str) -> None:
    assert short(problems(more + "\n")) == [("warning", key)]


@pytest.mark.parametrize(
    "more",
    [
        "programmes: {p: [{at: sunset, level: 1}, {at: 22:30, level: 2}, {at: 00:30, level: 3}, {at: sunrise, level: 4}]}",
        "calendar: {rules: []}",
        "programmes: {only: [{at: sunset, level: 1}]}",
        TWO + "calendar: {rules: [{days: [mon, tue, wed, thu], programme: a}, {days: [fri, sat, sun], programme: b}]}",
        "programmes: {p: [{at: sunset, level: 1}]}\ncalendar: {rules: [{from: 02-29, to: 02-29, programme: p}]}",
        "limits: {floor: 35}",
        "motion: {raise_by: 20}",
    ],
)
def test_what_is_right_is_not_remarked_on(problems: Problems, more: str) -> None:
    assert problems(more + "\n") == ()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("supplyLoss: {below: -3}", "-3 is less than 0 V; write 0 to 1000 V"),
        ("supplyVoltageTooLow: {below: -3}", "-3 is less than 0 V"),
        ("lampPowerTooHigh: {above: -5}", "-5 is less than 0.1 W"),
        ("lampPowerTooLow: {below: 0}", "0 is less than 0.1 W"),
        ("powerFactorTooLow: {below: 90}", "90 is more than 0.95; write 0 to 0.95"),
        ("bufferHighWater: {above: 140}", "140 is more than 99 %; write 1 to 99 %"),
        ("bufferHighWater: {above: 0}", "0 is less than 1 %"),
        ("fireDetected: {above: 10}", "10 is less than 20 °C"),
        ("certificateExpiring: {below: -1}", "-1 is less than 0 days"),
    ],
)
def test_a_threshold_that_can_never_be_meant_is_an_error_with_its_range(problems: Problems, rule: str, said: str) -> None:
    errors = [problem for problem in problems(f"alarms: {{{rule}}}\n") if problem.severity.value == "error"]
    assert [problem.key for problem in errors] == [f"alarms.{rule.split(': {')[0]}.{rule.split('{')[1].split(':')[0]}"]
    assert said in str(errors[0])


@pytest.mark.parametrize(("kind", "volts"), [("dc", 24), ("'dc'", 24), ("ac", 230)])
def test_a_voltage_that_is_missing_is_proposed_for_the_kind_of_supply(problems: Problems, kind: str, volts: int) -> None:
    (found,) = problems(f"luminaire: {{supply: {{kind: {kind}}}}}\n")
    assert (found.key, found.hint) == ("luminaire.supply.nominal_v", f"write nominal_v: {volts}")


def test_of_several_programmes_one_must_hold_on_the_other_nights(problems: Problems) -> None:
    assert short(problems(TWO)) == [("error", "calendar.default")]
    assert problems(TWO + "calendar: {default: a, rules: [{days: [fri], programme: b}]}\n") == ()


@pytest.mark.parametrize(
    ("lamp", "said"),
    [
        (lamp_at(6.7623, 51.4344, "Europe/Berlin"), "swapped"),
        (lamp_at(40.7, 74.0, "America/New_York"), "longitude looks wrong"),
        (lamp_at(33.9, 151.2, "Australia/Sydney"), "latitude looks wrong"),
        (lamp_at(51.4, 6.8, "America/New_York"), "write the pole's own"),
        (lamp_at(51.4, 6.8, "US/Eastern"), "write the pole's own"),
        (lamp_at(51.4, 6.8, "Europe/Berlyn"), "write Europe/Berlin"),
        (lamp_at(51.4, 6.8, "berlin"), "write Europe/Berlin"),
        (lamp_at(51.4, 6.8, "europe/berlin"), "write Europe/Berlin"),
        (lamp_at(51.4, 6.8, "../../etc/passwd"), "IANA name"),
    ],
)
def test_a_place_that_does_not_fit_its_zone_is_an_error(problems: Problems, lamp: str, said: str) -> None:
    (problem,) = problems(lamp=lamp)
    assert problem.severity.value == "error"
    assert said in problem.hint


@pytest.mark.parametrize(
    "lamp",
    [lamp_at(51.4, 6.8, zone) for zone in ("UTC", "Etc/GMT-1", "CET", "Europe/Stockholm", "Africa/Algiers")]
    + [lamp_at(39.47, 75.99, "Asia/Shanghai"), lamp_at(-51.7, -57.85, "Atlantic/Stanley"), lamp_at(21.3, -157.86, "US/Hawaii")],
)
def test_a_place_within_its_zone_or_a_zone_without_a_place_is_right(problems: Problems, lamp: str) -> None:
    assert problems(lamp=lamp) == ()


def test_the_place_is_asked_for_where_it_is_needed(problems: Problems) -> None:
    nowhere = "lamp: {site: s, id: l}\n"
    programme = "programmes: {p: [{at: 22:30, level: 1}]}\n"

    assert short(problems(programme, lamp=nowhere)) == [("error", "lamp.location")]
    assert short(problems("night: {mode: sun}\n", lamp=nowhere)) == [("error", "lamp.location")]
    assert short(problems("sensors: {light: {driver: veml7700}}\n", lamp=nowhere)) == [("warning", "lamp.location")]
    assert problems("night: {mode: always}\n", lamp=nowhere) == ()


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("broker.example:8883", "write mqtts://broker.example:8883"),
        ("tcp://127.0.0.1:1883", "write mqtt://127.0.0.1:1883"),
        ("ssl://b:8883", "write mqtts://b:8883"),
        ("MQTTS://b:8883", "write mqtts://b:8883"),
        ("mqtts://b:99999", "port of 1 to 65535"),
        ("mqtts://b:0", "port of 1 to 65535"),
        ("mqtts://[::1", "port of 1 to 65535"),
        ("mqtts://", "mqtts://HOST:8883"),
        ("mqtts://me:secret@b", "password_file"),
        ("http://me:secret@b:99999", "password_file"),
        ("mqtts://b:8883/topic", "write mqtts://b:8883"),
        ("mqtt://b", "allow_plaintext"),
        ("mqtt://10.0.0.1:1883", "allow_plaintext"),
        ("mqtt://127.0.0.1.example", "allow_plaintext"),
    ],
)
def test_a_broker_that_cannot_be_reached_or_trusted_is_an_error(problems: Problems, url: str, hint: str) -> None:
    (problem,) = problems(broker=f"broker: {{url: '{url}'}}\n")
    assert (problem.severity.value, problem.key) == ("error", "broker.url")
    assert hint in problem.hint
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    "url", ["mqtt://127.0.0.1:1883", "mqtt://localhost", "mqtt://[::1]:1883", "mqtts://b", "mqtts://b:8883/"]
)
def test_loopback_may_be_plain_and_the_port_left_out(problems: Problems, url: str) -> None:
    assert problems(broker=f"broker: {{url: '{url}'}}\n") == ()


def test_plaintext_is_allowed_where_that_is_written(problems: Problems) -> None:
    assert problems(broker="broker: {url: 'mqtt://10.0.0.1', allow_plaintext: true}\n") == ()


def test_checks_still_run_beside_a_broken_section_but_not_on_what_it_took_away(problems: Problems) -> None:
    found = problems("programmes: {p: [{at: never, level: 1}]}\ncalendar: {default: p}\nlimits: {floor: 0}\n")

    assert short(found) == [("error", "programmes.p[0].at"), ("warning", "limits.floor")]


def test_what_a_misspelt_key_meant_is_not_also_missing() -> None:
    found = compile_text("lmap: {site: s, id: l}\noutput: {drver: pwm, gpio: 18}\nbroker: {url: 'mqtts://b'}\n", "f").problems

    assert short(found) == [("error", "lmap"), ("error", "output.drver")]
