"""The guest's Debian: a minimal tree from this machine's own package sources, and the agent's libraries in it."""

import shutil
import tomllib
from pathlib import Path

from guest.host import REPOSITORY, SUITE, run, run_in, say

PACKAGES = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "udev",
    "kmod",
    "python3",
    "python3-venv",
    "i2c-tools",
    "gpiod",
    "iproute2",
    "procps",
)
UNREAD = ("man", "doc", "locale", "info")  # folders of /usr/share
HOME = "/opt/streetlight-agent"  # the agent's virtual environment, as on a pole


def make_rootfs(cache: Path) -> None:
    """``rootfs/``: a bare Debian with systemd, udev and Python."""
    tree, sources = cache / "rootfs", cache / "sources.list"
    shutil.rmtree(tree, ignore_errors=True)
    sources.write_text(_debian_sources())
    run(
        "mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}",
        *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in UNREAD),
        "--dpkgopt=force-unsafe-io", '--aptopt=Acquire::Languages "none"',
        "--customize-hook=rm -rf \"$1\"/var/cache/apt/*.bin \"$1\"/var/lib/apt/lists",
        SUITE, tree, sources,
    )  # fmt: skip
    say("Debian is unpacked")


def _debian_sources() -> str:
    """The machine's own Debian sources, whatever file and format they are written in: no mirror is named here."""
    listed = run(
        "apt-get", "indextargets", "--format", "deb $(REPO_URI) $(RELEASE) main",
        "Created-By: Packages", "Origin: Debian", "Component: main",
    )  # fmt: skip
    ours = sorted({line for line in listed.decode().splitlines() if f" {SUITE}" in line})
    return "".join(f"{line}\n" for line in ours)


def requirements() -> list[str]:
    """What the agent needs, as its pyproject.toml has it."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return list(project["dependencies"])


def make_libraries(cache: Path) -> None:
    """The virtual environment in ``rootfs/``, made by the guest's own Python; only the wheels are fetched by the host's."""
    tree, wheels = cache / "rootfs", cache / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    shutil.rmtree(tree / HOME.lstrip("/"), ignore_errors=True)
    pip = REPOSITORY / ".venv" / "bin" / "pip"
    run(pip, "wheel", "--quiet", "--disable-pip-version-check", "--wheel-dir", wheels, *requirements())
    run_in(tree, "python3", "-m", "venv", HOME)
    install_wheels(tree, wheels, *requirements())
    say("the agent's libraries are installed")


def install_wheels(tree: Path, wheels: Path, *names: str) -> None:
    """Install from a folder of wheels into the virtual environment in a guest's tree."""
    inside = tree / "tmp" / "wheels"
    shutil.copytree(wheels, inside)
    run_in(tree, f"{HOME}/bin/pip", "install", "--quiet", "--no-index", "--find-links", "/tmp/wheels", *names)  # noqa: S108 (the guest's)
    shutil.rmtree(inside)
