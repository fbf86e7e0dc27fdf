"""The guest as a running machine: boot it, give it commands, pull its cable, cut its power."""

import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from guest import qmp
from guest.door import CommandError, Door, Outcome

BOOT_S = 180  # the most that a boot may take, on a busy machine; alone it takes some 9 s
PYTHON = "/opt/streetlight-agent/bin/python3"  # with the agent and its libraries

# Always emulated: where /dev/kvm exists it may abort or hang a guest. The features left out cost an emulated processor time.
PROCESSOR = ("-accel", "tcg,thread=multi", "-cpu", "max,la57=off,smap=off,smep=off,pcid=off,pku=off", "-smp", "2", "-m", "512")
# The plain PC, for it has an HPET: on microvm the stock kernel hangs at boot when its calibration against the PIT fails.
MACHINE = ("-M", "pc", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot")
KERNEL_LINE = (
    "console=ttyS0 reboot=t panic=-1 quiet root=/dev/vda rw rootfstype=ext4 init=/lib/systemd/systemd systemd.show_status=0 "
    "net.ifnames=0 mitigations=off random.trust_cpu=on no_timer_check tsc=reliable"
)


class Guest:
    """Booted when made. The disk forgets what was written unless it is the caller's own ``disk``.

    ``clock``: what the guest's RTC shows at boot. Raises ConnectionError with the console's last lines if it does not come up.
    """

    def __init__(self, cache: Path, *, clock: datetime | None = None, disk: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="streetlight-guest-")
        self._files = Path(self._folder.name)
        command = [
            *qemu(cache, clock=clock, disk=disk),
            "-serial", f"file:{self.console}",
            "-chardev", f"socket,id=door,path={self._files}/door,server=on,wait=off",
            "-device", "virtserialport,chardev=door,name=guest.door",
            "-qmp", f"unix:{self._files}/qmp,server=on,wait=off",
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            self._door = Door(self._files / "door", BOOT_S)
        except OSError as error:
            last_lines = "\n".join(self.console.read_text(errors="replace").splitlines()[-30:]) if self.console.exists() else ""
            self._end()
            raise ConnectionError(f"the guest does not come up: {error}\n{last_lines}") from error

    @property
    def console(self) -> Path:
        """The file with all that the guest has written to its serial console."""
        return self._files / "console"

    def attempt(self, command: str, *, stdin: str = "", timeout_s: float = 60) -> Outcome:
        """Run a shell command as root, whatever comes of it."""
        return self._door.run(command, stdin, timeout_s)

    def run(self, command: str, *, stdin: str = "", timeout_s: float = 60) -> str:
        """Run a shell command as root and return what it wrote. Raises CommandError."""
        outcome = self.attempt(command, stdin=stdin, timeout_s=timeout_s)
        if outcome.status != 0:
            raise CommandError(command, outcome)
        return outcome.out

    def write(self, path: str, text: str) -> None:
        """Write a text file; its folder is made."""
        self.run(f"mkdir -p $(dirname {path}) && cat > {path}", stdin=text)

    def plug_cable(self, plugged: bool) -> None:
        """Into the network, or out of it: the guest sees the carrier go."""
        qmp.execute(self._files / "qmp", "set_link", name="cable", up=plugged)

    def cut_power(self) -> None:
        """From one instruction to the next; what the guest had not flushed is lost."""
        self._door.close()
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cut_power()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


def qemu(cache: Path, *, clock: datetime | None = None, disk: Path | None = None, boot_option: str = "") -> list[str]:
    """The command but for console and sockets. It dies with us (PR_SET_PDEATHSIG): a forgotten guest eats a core."""
    image = f"file={disk}" if disk else f"file={cache / 'disk.img'},snapshot=on"
    shown = (clock or datetime.now(UTC)).astimezone(UTC)
    return [
        "setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", *MACHINE, *PROCESSOR,
        "-kernel", str(cache / "vmlinux"), "-initrd", str(cache / "initrd"), "-append", f"{KERNEL_LINE} {boot_option}".rstrip(),
        "-rtc", f"base={shown:%Y-%m-%dT%H:%M:%S}",
        "-drive", f"if=none,id=disk,{image},format=raw,cache=writeback", "-device", "virtio-blk-pci,drive=disk",
        "-netdev", "user,id=cable", "-device", "virtio-net-pci,netdev=cable,romfile=",
        "-object", "rng-random,id=random,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=random",
        "-device", "virtio-serial-pci",
    ]  # fmt: skip


def shell(cache: Path) -> int:
    """A root shell in a guest, on this terminal; leaving it ends the guest."""
    command: Sequence[str] = [
        *qemu(cache, boot_option="guest.shell"),
        "-chardev",
        "stdio,id=tty,signal=off",
        "-serial",
        "chardev:tty",
    ]
    return subprocess.run(command, check=False).returncode
