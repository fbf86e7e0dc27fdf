"""The shipped lamp over every output: a night with each fault of the output in it is never dark."""

from datetime import date

import pytest
from preview_street import SHIPPED

from agent.config.compiler import compile_text
from agent.settings.model import Settings
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.preview.request import Request
from agent.simulation.preview.run import preview

OUTPUTS = {
    "pwm": "{driver: pwm, gpio: 18, relay: {gpio: 23}}",
    "gpio_pwm": "{driver: gpio_pwm, gpio: 24, frequency_hz: 200, relay: {gpio: 23}}",
    "mcp4725": "{driver: mcp4725, address: 0x62, relay: {gpio: 23}}",
    "gp8403": "{driver: gp8403, channel: 0, relay: {gpio: 23}}",
    "pca9685": "{driver: pca9685, channel: 3, address: 0x41, inverted: true, relay: {gpio: 23}}",
}
FAULTS = ("output.dead@20:00+20min", "output.reset@22:10:03", "bus.hang@23:50+2h", "output.dead@07:30+3h")


def shipped_with(output: str) -> Settings:
    before, _, rest = SHIPPED.read_text().partition("output:\n")
    text = f"{before}output: {output}\n\nsensors:\n{rest.partition('sensors:')[2]}"
    compiled = compile_text(text, "lamp.yaml")
    assert compiled.settings is not None, compiled.problems
    return compiled.settings


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_night_full_of_the_output_s_faults_is_never_dark_and_ends_in_the_morning(name: str) -> None:
    request = Request(date(2026, 12, 21), 1, traffic="quiet", faults=tuple(map(parse_fault, FAULTS)), timeline=False)
    night = preview(shipped_with(OUTPUTS[name]), request).report.nights[0]
    assert night.dark_minutes == 0
    assert night.daylight_lit_minutes <= 10
    assert night.switchings == 2
    assert {"controlGearCommFailure", "i2cBusFault"} <= set(night.alarms)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_undisturbed_night_is_as_over_kernel_pwm(name: str) -> None:
    request = Request(date(2026, 12, 21), 1, traffic="quiet", timeline=False)
    kernel, other = (preview(shipped_with(OUTPUTS[each]), request).report.nights[0] for each in ("pwm", name))
    assert (other.alarms, other.switchings, other.passers_by_lit_1s) == (kernel.alarms, 2, other.passers_by)
    assert other.energy_wh == pytest.approx(kernel.energy_wh, rel=0.001)
