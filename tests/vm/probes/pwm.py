"""Kernel PWM over sysfs, as the output does it: find the chip, export, wait for udev, period before duty, read back."""

import errno
import json
import sys
import time
from pathlib import Path

PERIOD_NS, DUTY_NS = 1_000_000, 250_000


def write(path: Path, value: int) -> int:
    """0, or the errno."""
    try:
        path.write_text(str(value))
    except OSError as error:
        return error.errno or -1
    return 0


(chip,) = (chip for chip in Path("/sys/class/pwm").iterdir() if (chip / "device").resolve().name == "fe20c000.pwm")
channel = chip / "pwm0"
exported_s = time.monotonic()
exporting = write(chip / "export", 0)
refusals = 0
while (refused := write(channel / "period", PERIOD_NS)) == errno.EACCES and time.monotonic() - exported_s < 3:
    refusals += 1
    time.sleep(0.005)
writable_after_s = time.monotonic() - exported_s
setting = write(channel / "duty_cycle", DUTY_NS) or write(channel / "enable", 1)
json.dump(
    {
        "exporting": exporting,
        "refused": refused,
        "refusals": refusals,
        "writable_after_s": writable_after_s,
        "setting": setting,
        "duty_ns": int((channel / "duty_cycle").read_text()),
        "duty_above_period": write(channel / "duty_cycle", 2 * PERIOD_NS),
        "period_below_duty": write(channel / "period", DUTY_NS // 2),
    },
    sys.stdout,
)
