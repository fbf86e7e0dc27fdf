"""The lamp's kernel PWM: the chip, the pin that the device tree leads it to, whether the agent may write, and what it does."""

import os
from collections.abc import Iterator
from pathlib import Path

from agent.doctor.bootconfig import BootConfig
from agent.doctor.eyes import Eyes, may
from agent.doctor.host import Host, text_of
from agent.doctor.line import Line, failed, passed, warned
from agent.hardware.pwm import CLASS, NS_PER_S, channel_of, chip_wanted, find_chip, overlay_line
from agent.hardware.sysfs import HostSysfs
from agent.settings.hardware import Output

CHECK = "output"
CELL = 4  # bytes of a number in the device tree, the highest first


def pwm_lines(output: Output, host: Host, boot: BootConfig, eyes: Eyes, *, pi5: bool) -> Iterator[Line]:
    """Reads and changes nothing: the lamp may be lit by what is found here."""
    gpio = output.gpio
    channel = None if gpio is None else channel_of(gpio, pi5=pi5)
    if gpio is None or channel is None:
        yield failed(CHECK, f"output.gpio: {gpio} has no hardware PWM", "wire the lamp to GPIO 12, 13, 18 or 19 and write that")
        return
    overlay = overlay_line(gpio)
    try:
        chip = find_chip(HostSysfs(str(host.root / "sys")), pi5=pi5)
    except OSError:
        chip = None  # no chip at all, so no folder for them
    if chip is None:
        yield failed(CHECK, f"no hardware PWM: /sys/{CLASS} has no {chip_wanted(pi5=pi5)}", boot.remedy(overlay))
        return
    folder = host.root / "sys" / CLASS / chip
    pins = muxed_pins(host, folder)
    if pins and gpio not in pins:
        named = " and ".join(f"GPIO{pin}" for pin in pins)
        yield failed(CHECK, f"{chip} is led to {named}, and the lamp is at GPIO{gpio}", boot.remedy(overlay))
        return
    if channel >= int(text_of(folder / "npwm") or 0):
        yield failed(CHECK, f"{chip} has no channel {channel}, which GPIO{gpio} needs", boot.remedy(overlay))
        return
    yield _channel(output, folder, channel, eyes)


def _channel(output: Output, folder: Path, channel: int, eyes: Eyes) -> Line:
    where = f"GPIO{output.gpio} is {folder.name}'s channel {channel}"
    files = folder / f"pwm{channel}"
    if not files.is_dir():  # the agent exports it, at its first start after the boot
        if not may(folder / "export", os.W_OK):
            return eyes.cannot(CHECK, f"/sys/{CLASS}/{folder.name}/export", "written", eyes.device_remedy(folder / "export"))
        return passed(CHECK, f"{where}, not driven yet")
    for name in ("period", "duty_cycle", "enable"):
        if not may(files / name, os.W_OK):
            shown = f"/sys/{CLASS}/{folder.name}/{files.name}/{name}"
            return eyes.cannot(CHECK, shown, "written", eyes.device_remedy(files / name))
    return _driven(output, where, files)


def _driven(output: Output, where: str, files: Path) -> Line:
    period_ns, duty_ns, enabled = (int(text_of(files / name) or 0) for name in ("period", "duty_cycle", "enable"))
    if not period_ns or not enabled:
        return passed(CHECK, f"{where}, not driven yet")
    drive = duty_ns / period_ns
    said = f"{where}: {NS_PER_S / period_ns:.0f} Hz, {100 * (1 - drive if output.inverted else drive):.0f} % drive"
    if abs(NS_PER_S / period_ns - output.frequency_hz) > 0.01 * output.frequency_hz:
        remedy = "`systemctl restart streetlight-agent`; if it stays so, another program drives the lamp"
        return warned(CHECK, f"{said}, and output.frequency_hz is {output.frequency_hz:g}", remedy)
    return passed(CHECK, said)


def muxed_pins(host: Host, chip: Path) -> tuple[int, ...]:
    """The lines to which the device tree leads a PWM chip, by its first pin control state; empty where it does not say.

    ``pinctrl-0`` of the chip's node holds the phandle of a node below the GPIO controller's, and that the pins: brcm,pins as
    numbers in the overlays of Raspberry Pi, a Pi 5's included, or pins as names ("gpio18"), pinctrl-rp1's own way.
    """
    handle = _bytes(chip / "device" / "of_node" / "pinctrl-0")[:CELL]
    if not handle:
        return ()
    for controller in sorted((host.root / "sys/firmware/devicetree/base").rglob("gpio@*")):
        for node in sorted(controller.iterdir()):
            if node.is_dir() and _bytes(node / "phandle") == handle:
                return _pins_of(node)
    return ()


def _pins_of(node: Path) -> tuple[int, ...]:
    numbers = _bytes(node / "brcm,pins")
    if numbers:
        return tuple(int.from_bytes(numbers[at : at + CELL], "big") for at in range(0, len(numbers), CELL))
    names = (name.removeprefix("gpio") for name in _bytes(node / "pins").decode("ascii", "replace").split("\0"))
    return tuple(int(name) for name in names if name.isdecimal())


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
