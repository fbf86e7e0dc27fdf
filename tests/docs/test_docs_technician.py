"""The technician's page says of kernel PWM what the code says."""

import re
from pathlib import Path

from agent.hardware.pwm import OVERLAY_FUNCTIONS, channel_of, overlay_line

PAGE = (Path(__file__).parents[2] / "docs" / "technician.md").read_text(encoding="utf-8")


def test_each_line_with_hardware_pwm_has_its_overlay_and_its_channels() -> None:
    rows = re.findall(r"\| GPIO (\d+) \| `([^`]+)` \| (\d) \| (\d) \|", PAGE)
    expected = [
        (str(gpio), overlay_line(gpio), str(channel_of(gpio, pi5=False)), str(channel_of(gpio, pi5=True)))
        for gpio in OVERLAY_FUNCTIONS
    ]
    assert rows == expected
