"""The guest's kernel: Debian's stock one with our three modules, and an initial RAM disk that finds the root."""

import lzma
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from guest.host import HERE, extract, run, say

# What Debian builds as modules and the guest needs: first for its disk, then all the rest.
DISK_MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")
MODULES = (*DISK_MODULES, "virtio_net", "virtio_console", "virtio_rng", "i2c-dev", "autofs4")
# Half of the unpacking, and qemu has none of it.
UNUSED_DRIVERS = (
    "drivers/gpu", "drivers/media", "drivers/net/wireless", "drivers/net/ethernet", "drivers/scsi", "drivers/infiniband",
    "drivers/iio", "kernel/sound", "drivers/staging",
)  # fmt: skip
XZ_MAGIC = b"\xfd7zXZ\0"

INIT = """#!/bin/sh
mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev
while read -r module; do insmod /modules/$module; done < /modules/order
tries=0; while [ ! -b /dev/vda ] && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries+1)); done
mount -t ext4 -o noatime /dev/vda /system
mount --move /dev /system/dev; mount --move /sys /system/sys; mount --move /proc /system/proc
exec switch_root /system /lib/systemd/systemd
"""


def version(cache: Path) -> str:
    """Such as 6.1.0-56-amd64."""
    return (cache / "kernel.version").read_text()


def make_kernel(cache: Path) -> None:
    """``kernel/`` (modules and headers) and ``vmlinux``; nothing of it is installed on the host."""
    tree, packages = cache / "kernel", cache / "packages"
    for folder in (tree, packages):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    depends = run("apt-cache", "depends", "linux-image-amd64").decode()
    release = re.search(r"Depends: linux-image-(\d\S*-amd64)$", depends, re.MULTILINE)
    assert release, f"linux-image-amd64 depends on no kernel: {depends}"
    name = release[1]
    common, short = name.removesuffix("-amd64"), ".".join(name.split(".")[:2])
    run(
        "apt-get", "download", "-q=2", f"linux-image-{name}", f"linux-headers-{name}", f"linux-headers-{common}-common",
        f"linux-kbuild-{short}", "busybox-static", cwd=packages,
    )  # fmt: skip
    say(f"kernel {name} is here")
    for package in packages.iterdir():
        excluded = UNUSED_DRIVERS if package.name.startswith("linux-image") else ()
        extract(package, tree, excluded)
    shutil.rmtree(packages)
    makefile = tree / "usr/src" / f"linux-headers-{name}" / "Makefile"  # has the headers' only absolute path
    makefile.write_text(makefile.read_text().replace("/usr/src/", f"{tree}/usr/src/"))
    (cache / "vmlinux").write_bytes(unpacked((tree / "boot" / f"vmlinuz-{name}").read_bytes()))
    run("depmod", "-b", tree, name)
    (cache / "kernel.version").write_text(name)
    say("the kernel is unpacked")


def unpacked(vmlinuz: bytes) -> bytes:
    """The ELF kernel inside; qemu starts it by its PVH entry. An emulated processor would take seconds to unpack it."""
    elf = lzma.LZMADecompressor(format=lzma.FORMAT_XZ).decompress(vmlinuz[vmlinuz.index(XZ_MAGIC) :])
    assert elf.startswith(b"\x7fELF")
    return elf


def make_modules(cache: Path) -> None:
    """``sim/*.ko``: the simulated chips."""
    build = cache / "sim"
    shutil.rmtree(build, ignore_errors=True)
    shutil.copytree(HERE / "sim", build)
    headers = cache / "kernel/usr/src" / f"linux-headers-{version(cache)}"
    run("make", "-s", f"-j{os.cpu_count()}", "-C", headers, f"M={build}", "modules")
    run("strip", "-g", *build.glob("*.ko"))
    say("the simulated chips are built")


def with_dependencies(tree: Path, release: str, names: Iterable[str]) -> list[str]:
    """The modules' files below ``lib/modules/RELEASE`` in the order in which to load them; what is built in is left out."""
    lines = (tree / "lib/modules" / release / "modules.dep").read_text().splitlines()
    needs = {file: others.split() for file, others in (line.split(":") for line in lines)}
    file_of = {Path(file).name.split(".")[0].replace("-", "_"): file for file in needs}
    wanted = [file_of[name.replace("-", "_")] for name in names if name.replace("-", "_") in file_of]
    return list(dict.fromkeys(file for last in wanted for file in [*reversed(needs[last]), last]))


def make_initrd(cache: Path) -> None:
    """``initrd``: busybox, and the modules without which there is no disk."""
    tree, release, build = cache / "kernel", version(cache), cache / "initrd.d"
    shutil.rmtree(build, ignore_errors=True)
    for folder in ("bin", "proc", "sys", "dev", "system", "modules"):
        (build / folder).mkdir(parents=True)
    shutil.copy(tree / "bin/busybox", build / "bin")
    for command in ("sh", "mount", "insmod", "switch_root", "sleep"):
        (build / "bin" / command).symlink_to("busybox")
    files = with_dependencies(tree, release, DISK_MODULES)
    for file in files:
        shutil.copy(tree / "lib/modules" / release / file, build / "modules")
    (build / "modules" / "order").write_text("".join(f"{Path(file).name}\n" for file in files))
    (build / "init").write_text(INIT)
    (build / "init").chmod(0o755)
    names = "\n".join(sorted(str(path.relative_to(build)) for path in build.rglob("*")))
    (cache / "initrd").write_bytes(run("cpio", "-o", "-H", "newc", "--quiet", cwd=build, stdin=names.encode()))
    shutil.rmtree(build)
