"""The command ``streetlight-agent``: ``run`` goes straight to the daemon, everything else to the command line."""

import sys


def main() -> None:
    if sys.argv[1:2] == ["run"]:
        from agent.daemon.entry import main as run

        sys.exit(run(sys.argv[2:]))
    from agent.cli.main import cli

    cli(prog_name="streetlight-agent")


if __name__ == "__main__":
    main()
