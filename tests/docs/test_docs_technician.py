"""The technician's page says of kernel PWM, of shunts and of the hand what the code says."""

import re
from pathlib import Path

from agent.core.maintenance import DEFAULT_S, MOST_S
from agent.hardware import ina219, ina226
from agent.hardware.pwm import OVERLAY_FUNCTIONS, channel_of, overlay_line

PAGE = (Path(__file__).parents[2] / "docs" / "technician.md").read_text(encoding="utf-8")


def test_each_line_with_hardware_pwm_has_its_overlay_and_its_channels() -> None:
    rows = re.findall(r"\| GPIO (\d+) \| `([^`]+)` \| (\d) \| (\d) \|", PAGE)
    expected = [
        (str(gpio), overlay_line(gpio), str(channel_of(gpio, pi5=False)), str(channel_of(gpio, pi5=True)))
        for gpio in OVERLAY_FUNCTIONS
    ]
    assert rows == expected


def test_a_shunt_may_drop_what_the_chips_can_read() -> None:
    said = re.search(r"at most ([\d.]+) mV of an ina226, ([\d.]+) mV of an ina219", PAGE)
    assert said is not None
    volts = (max(ina226.SHUNT_FULL_SCALE) * ina226.SHUNT_VOLT_PER_COUNT, ina219.SHUNT_FULL_SCALE * ina219.SHUNT_VOLT_PER_COUNT)
    assert said.groups() == tuple(f"{1000 * volt:.3g}" for volt in volts)


def test_the_hand_holds_as_long_as_the_page_says() -> None:
    assert "for half an hour (`--for`, at most 8 h)" in PAGE
    assert (DEFAULT_S, MOST_S) == (1800, 8 * 3600)
