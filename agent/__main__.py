"""The command ``streetlight-agent``: `run` goes straight to the daemon, everything else to the commands."""


def main() -> None:
    raise SystemExit("nothing here yet")
