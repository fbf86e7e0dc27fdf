"""The host's side of the build: commands, packages, and words on what goes on."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
HERE = REPOSITORY / "tests" / "vm"
SUITE = "bookworm"  # the guest is Debian 12, as the host is: one set of package sources serves both

PACKAGES = ("qemu-system-x86", "mmdebstrap", "e2fsprogs", "kmod", "cpio", "gcc", "libc6-dev", "make", "libelf1")

_started_s = time.monotonic()


def say(words: str) -> None:
    """Progress, on standard error, with the seconds since the start."""
    sys.stderr.write(f"{time.monotonic() - _started_s:7.1f}  {words}\n")


class BuildError(Exception):
    """A command of the build failed; says which, and what it had to say."""


def run(*command: str | Path, cwd: Path | None = None, stdin: bytes | None = None) -> bytes:
    """Run a command and return what it wrote; what it says otherwise is shown only if it fails. Raises BuildError."""
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, check=False)
    if done.returncode != 0:
        heard = (done.stdout + done.stderr).decode(errors="replace").strip()
        raise BuildError(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{heard[-4000:]}")
    return done.stdout


def run_in(root: Path, *command: str) -> bytes:
    """Run a command of the guest's own, in its tree."""
    return run("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "chroot", root, *command)


def extract(package: Path, target: Path, excluded: Iterable[str] = ()) -> None:
    """Unpack a Debian package's files without installing it. Raises BuildError."""
    excludes = [f"--exclude=*/{folder}" for folder in excluded]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as opened:
        unpacked = subprocess.run(["tar", "-x", "-C", target, *excludes], stdin=opened.stdout, check=False)
    if opened.returncode or unpacked.returncode:
        raise BuildError(f"cannot unpack {package}")


def cache_folder() -> Path:
    """``streetlight-guest`` in the user's cache: ``$XDG_CACHE_HOME``, else ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "streetlight-guest"


def install(packages: Iterable[str]) -> None:
    """Install what is missing of these Debian packages. Raises BuildError."""
    missing = [package for package in packages if not _installed(package)]
    if missing:
        run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q=2", "--no-install-recommends", *missing)
        say(f"installed on this machine: {' '.join(missing)}")


def all_installed(packages: Iterable[str]) -> bool:
    return all(_installed(package) for package in packages)


def _installed(package: str) -> bool:
    query = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", package], capture_output=True, text=True, check=False)
    return query.stdout.endswith(" installed")
