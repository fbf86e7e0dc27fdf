"""The board: its model, its supply's voltage, its heat, its memory."""

from collections.abc import Iterator

from agent.doctor.host import Host, text_of
from agent.doctor.line import Line, failed, passed, warned
from agent.hardware.board import Board
from agent.hardware.soc import TEMPERATURE

TRIED = (  # "Raspberry Pi 400" and "Raspberry Pi 500" begin like their boards
    *("Raspberry Pi Zero 2 W", "Raspberry Pi 3", "Raspberry Pi 4", "Raspberry Pi 5"),
    *("Raspberry Pi Compute Module 3", "Raspberry Pi Compute Module 4", "Raspberry Pi Compute Module 5"),
)

# The firmware's flags, as vcgencmd get_throttled gives them; each once more, 16 bits up, for since the boot.
UNDERVOLTAGE, SLOWED = 1 << 0, 0b1110  # frequency capped, throttled, soft temperature limit
SINCE_BOOT = 16
VOLTMETER = "rpi_volt"  # drivers/hwmon/raspberrypi-hwmon.c; it remembers two seconds
THROTTLED = "sys/devices/platform/soc*/soc*:firmware/get_throttled"  # last: the kernel warns of whoever reads it

HOT_C = 80.0  # at which the firmware begins to slow the Pi down
LITTLE_MB = 60  # the daemon and its config compiler take some 45 MB each


def board_lines(board: Board, host: Host) -> Iterator[Line]:
    yield _model(board)
    yield from _supply_and_heat(host, is_pi=board.model is not None)
    yield from _memory(host)


def _model(board: Board) -> Line:
    if board.model is None:
        remedy = "on a Pi, start a kernel with the Pi's device tree"
        return warned("board", "the host does not say that it is a Raspberry Pi", remedy)
    if not board.model.startswith(TRIED):
        return warned("board", f"{board.model}: the agent is not made for it", "take a Zero 2 W, a 3, a 4 or a 5")
    return passed("board", board.model if board.os is None else f"{board.model}, {board.os}")


def _supply_and_heat(host: Host, *, is_pi: bool) -> Iterator[Line]:
    flags = throttled(host)
    stronger = "give the Pi a stronger supply, or shorter and thicker wires to it"
    if flags is None:
        if is_pi:
            yield warned("supply", "the kernel does not tell of undervoltage", "`modprobe raspberrypi-hwmon`")
    elif flags & UNDERVOLTAGE:
        yield failed("supply", "undervoltage now: the Pi may stop, or spoil its card", stronger)
    elif flags & UNDERVOLTAGE << SINCE_BOOT:
        yield warned("supply", "there has been undervoltage since the boot", stronger)
    else:
        yield passed("supply", "no undervoltage")
    yield from _heat(host, flags or 0)


def _heat(host: Host, flags: int) -> Iterator[Line]:
    text = host.text(f"sys/{TEMPERATURE}")
    if text is None or not text.lstrip("-").isdecimal():
        return
    celsius = int(text) / 1000
    if celsius >= HOT_C or (flags & SLOWED and not flags & UNDERVOLTAGE):
        yield warned("soc", f"{celsius:.0f} °C: the Pi slows itself down", "give it shade and air, or a heat sink")
    else:
        yield passed("soc", f"{celsius:.0f} °C")


def throttled(host: Host) -> int | None:
    """The firmware's flags, from whoever tells most; None where nobody does."""
    said = host.run("vcgencmd", "get_throttled")  # throttled=0x50000
    if said is not None and (flags := _hexadecimal(said.partition("=")[2])) is not None:
        return flags
    for name in host.found("sys/class/hwmon/hwmon*/name"):
        if text_of(name) == VOLTMETER and (alarm := text_of(name.with_name("in0_lcrit_alarm"))) is not None:
            return UNDERVOLTAGE if alarm == "1" else 0
    return next((flags for file in host.found(THROTTLED) if (flags := _hexadecimal(text_of(file) or "")) is not None), None)


def _hexadecimal(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None


def _memory(host: Host) -> Iterator[Line]:
    for line in (host.text("proc/meminfo") or "").splitlines():
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            free_mb = int(amount.split()[0]) // 1024
            if free_mb < LITTLE_MB:
                yield warned("memory", f"{free_mb} MB are left", "see what takes it: `ps aux --sort -rss | head`")
            else:
                yield passed("memory", f"{free_mb} MB are left")
