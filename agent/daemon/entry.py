"""``streetlight-agent run``: light first. Read the compiled config, set the lamp, and only then load and start the rest."""

from collections.abc import Sequence
from contextlib import suppress

from agent.daemon.bottom import make_ground
from agent.daemon.configuration import compiled_file, final, known_at_once
from agent.daemon.first import FirstLight, confirmed, light
from agent.daemon.options import Options, parse_options
from agent.daemon.signals import Signals


def main(arguments: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT; 0 then."""
    options = parse_options(arguments)
    signals = Signals()
    signals.listen()
    with suppress(OSError):  # the storage tells of it, with the alarm storageDegraded
        compiled_file(options).parent.mkdir(parents=True, exist_ok=True)
    first = first_light(options)
    from agent.daemon.process import Process  # the core, the log, SQLite, paho: under the lamp's light

    return Process(first, options, signals).run()


def first_light(options: Options) -> FirstLight:
    """The lamp lit by what is known at once; a file that has changed is compiled under its light, and then counts."""
    known, is_final = known_at_once(options)
    first = None if known is None else light(known, options, make_ground(options, known.settings))
    if first is not None and is_final:
        return first
    configuration = final(options)
    if first is not None and configuration.settings == first.configuration.settings:
        return confirmed(first, configuration)
    if first is not None and first.rig is not None:
        first.rig.leave()
    return light(configuration, options, make_ground(options, configuration.settings))
