"""The whole build: which stages there are, what each is made from, and in which order they are made."""

import fcntl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from guest import image, kernel, rootfs
from guest.host import HERE, PACKAGES, REPOSITORY, SUITE, all_installed, install, run, say
from guest.stages import Stage, ensure


def stages(cache: Path) -> dict[str, Stage]:
    """In the order of their making. The kernel's headers have the cache folder's path in them."""
    debian = Stage("rootfs", (SUITE,), rootfs.make_rootfs)
    libraries = Stage("libraries", (debian, *rootfs.requirements()), rootfs.make_libraries)
    linux = Stage("kernel", (SUITE, str(cache)), kernel.make_kernel)
    modules = Stage("modules", (linux, HERE / "sim"), kernel.make_modules)
    initrd = Stage("initrd", (linux,), kernel.make_initrd)
    product = (REPOSITORY / "agent", REPOSITORY / "pyproject.toml", REPOSITORY / "systemd")
    disk = Stage("image", (libraries, modules, HERE / "overlay", *product), image.make_image)
    return {stage.name: stage for stage in (debian, libraries, linux, modules, initrd, disk)}


def build(cache: Path, fresh: bool = False) -> None:
    """Bring the guest in ``cache`` up to date; ``fresh``: from today's packages. Raises BuildError."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        todo = stages(cache)
        if fresh:
            for stage in todo.values():
                stage.forget(cache)
        if all(stage.is_made(cache) for stage in todo.values()) and all_installed(PACKAGES):
            return
        if not (all_installed(PACKAGES) and todo["rootfs"].is_made(cache) and todo["kernel"].is_made(cache)):
            run("apt-get", "update", "-q=2")
            install(PACKAGES)
        todo["image"].forget(cache)
        with ThreadPoolExecutor(max_workers=1) as beside:  # Debian takes the longest, the kernel fits beside it
            userland = beside.submit(ensure, cache, todo["rootfs"], todo["libraries"])
            ensure(cache, todo["kernel"], todo["modules"], todo["initrd"])
            userland.result()
        ensure(cache, todo["image"])
        say(f"the guest is ready in {cache}")
