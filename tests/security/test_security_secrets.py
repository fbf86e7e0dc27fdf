"""A lamp with a password and a key: nothing that it shows, tells, keeps or is asked holds either, refused or connected."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.agent import CONFIG, Agent, eventually
from support.authority import Authority
from support.broker import Mosquitto

from agent.cli.main import cli

pytestmark = pytest.mark.process
CANARY = "kanarienvogel"


def told(*words: str | Path) -> str:
    """All that a command prints."""
    return CliRunner().invoke(cli, [str(word) for word in words]).output


def shown(agent: Agent) -> Iterator[tuple[str, str]]:
    """Everything that somebody may see of it, but for the files themselves, which are for its own user."""
    yield "log", agent.log
    yield "status", told("status", "--json", "--socket", agent.socket)
    yield "explain", told("explain", "--json", "--socket", agent.socket)
    yield "doctor", told("doctor", "--json", "-c", agent.config)
    yield "ps", Path(f"/proc/{agent.pid}/cmdline").read_text()
    yield "environment", Path(f"/proc/{agent.pid}/environ").read_text()
    for file in agent.state.iterdir():
        yield file.name, file.read_bytes().decode(errors="replace")


def test_neither_password_nor_key_is_shown_anywhere(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    own = authority.issue("lamp-7")
    key = [line for line in own.key.read_text().splitlines() if "-----" not in line]
    passwords, password = tmp_path / "passwords", tmp_path / "password"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "lamp-7", CANARY], check=True, capture_output=True)
    password.write_text(f"{CANARY}-wrong\n")
    tls = authority.tls(authority.issue("127.0.0.1"), require_certificate=True)
    broker = Mosquitto(tmp_path / "mosquitto", f"{tls}\npassword_file {passwords}")
    broker.start()
    link = (
        f'broker: {{url: "{broker.url.replace("mqtt:", "mqtts:")}", username: lamp-7, password_file: {password}, '
        f"ca_file: {authority.certificate}, cert_file: {own.certificate}, key_file: {own.key}}}"
    )
    agent = Agent(
        tmp_path / "agent", broker.url.replace("mqtt:", "mqtts:"), CONFIG.replace('broker: {url: "mqtt://127.0.0.1:9"}', link)
    )
    try:
        agent.start()
        eventually(lambda: "refuses the lamp" in (agent.status["link"]["trouble"] or ""))
        refused = dict(shown(agent))
        password.write_text(f"{CANARY}\n")
        eventually(lambda: agent.status["link"]["connected"], within_s=40)
        connected = dict(shown(agent))
    finally:
        agent.kill()
        broker.stop()

    assert "refuses the lamp" in refused["log"]
    assert "refuses the lamp" in refused["status"]
    assert "connected to the broker" in connected["log"]
    for where, text in (*refused.items(), *connected.items()):
        assert CANARY not in text, where
        assert not any(line in text for line in key), where
