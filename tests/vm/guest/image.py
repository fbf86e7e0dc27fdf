"""The guest's disk: Debian, kernel modules, the agent as on a pole with its shipped unit, and what the tests lay over it."""

import shutil
from pathlib import Path

from guest.host import HERE, REPOSITORY, run, run_in, say
from guest.kernel import MODULES, version, with_dependencies
from guest.rootfs import install_wheels

SIZE = "512M"
SHIPPED = {
    "streetlight-agent.service": "usr/lib/systemd/system/streetlight-agent.service",
    "streetlight-agent.sysusers": "usr/lib/sysusers.d/streetlight-agent.conf",
    "60-streetlight-agent.rules": "etc/udev/rules.d/60-streetlight-agent.rules",
}
ENABLED = ("guest-hardware.service", "guest-network.service", "guest-door.service", "guest-shell.service")
# What costs a second of each boot and serves nobody here. Without timesyncd the clock stays unsynchronised until a test says so.
MASKED = (
    "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
    "fstrim.timer", "motd-news.timer", "getty@.service", "getty-static.service", "serial-getty@.service",
    "console-getty.service", "keyboard-setup.service", "ldconfig.service", "systemd-ask-password-wall.path",
    "dev-hugepages.mount", "dev-mqueue.mount", "proc-sys-fs-binfmt_misc.automount", "sys-kernel-tracing.mount",
    "modprobe@configfs.service", "modprobe@dm_mod.service", "modprobe@drm.service", "modprobe@efi_pstore.service",
    "modprobe@fuse.service", "modprobe@loop.service", "systemd-binfmt.service",
    "systemd-firstboot.service", "systemd-hwdb-update.service", "systemd-journal-flush.service", "systemd-logind.service",
    "systemd-machine-id-commit.service", "systemd-networkd-wait-online.service", "systemd-pstore.service",
    "systemd-resolved.service", "systemd-timesyncd.service", "systemd-update-utmp.service",
    "systemd-update-utmp-runlevel.service",
)  # fmt: skip


def make_image(cache: Path) -> None:
    """``disk.img``: ext4, made without mounting anything."""
    stage, disk = cache / "stage", cache / "disk.img"
    shutil.rmtree(stage, ignore_errors=True)
    run("cp", "-a", cache / "rootfs", stage)
    _install_modules(cache, stage)
    _install_agent(cache, stage)
    run("cp", "-a", "--no-preserve=ownership", f"{HERE}/overlay/.", stage)
    units = stage / "etc/systemd/system"
    (units / "default.target").symlink_to("/lib/systemd/system/multi-user.target")
    for unit in MASKED:
        (units / unit).symlink_to("/dev/null")
    run_in(stage, "systemctl", "enable", "--quiet", *ENABLED)
    for folder in ("etc", "var"):
        (stage / folder / ".updated").touch()  # newer than /usr: nothing is done as on a first boot
    disk.unlink(missing_ok=True)
    run("mke2fs", "-q", "-t", "ext4", "-L", "root", "-E", "lazy_itable_init=1,lazy_journal_init=1", "-d", stage, disk, SIZE)
    shutil.rmtree(stage)
    say("the disk is made")


def _install_modules(cache: Path, stage: Path) -> None:
    release = version(cache)
    source, target = cache / "kernel/lib/modules" / release, stage / "lib/modules" / release
    for file in (
        "modules.builtin",
        "modules.builtin.modinfo",
        "modules.order",
        *with_dependencies(cache / "kernel", release, MODULES),
    ):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / file, target / file)
    (target / "extra").mkdir()
    for module in (cache / "sim").glob("*.ko"):
        shutil.copy(module, target / "extra")
    run("depmod", "-b", stage, release)


def _install_agent(cache: Path, stage: Path) -> None:
    """As a technician would: the wheel into the virtual environment, the shipped files where they belong."""
    wheels = cache / "agent"
    shutil.rmtree(wheels, ignore_errors=True)
    pip = REPOSITORY / ".venv" / "bin" / "pip"
    run(pip, "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", wheels, REPOSITORY)
    install_wheels(stage, wheels, "streetlight-agent")
    for name, place in SHIPPED.items():
        (stage / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "systemd" / name, stage / place)
    run_in(stage, "systemd-sysusers")
    (stage / "etc/streetlight-agent").mkdir()
