"""The command behind scripts/vm: build the guest, or give a shell in it."""

import argparse
import sys

from guest.build import build
from guest.host import BuildError, cache_folder, say
from guest.machine import shell


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/vm", description="The test guest: Debian under qemu with a street lamp's chips."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("build", help="bring the guest up to date and print its folder")
    making.add_argument("--fresh", action="store_true", help="make all of it again, from today's packages")
    verbs.add_parser("shell", help="boot it and give a root shell; its disk forgets")
    wanted = parser.parse_args()
    cache = cache_folder()
    try:
        build(cache, fresh=wanted.verb == "build" and wanted.fresh)
    except BuildError as error:
        say(f"scripts/vm: {error}")
        return 1
    if wanted.verb == "shell":
        return shell(cache)
    sys.stdout.write(f"{cache}\n")
    return 0


sys.exit(main())
