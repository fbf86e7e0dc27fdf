"""Secrets stay in their files: whatever is wrong with them or with the broker, neither log nor trouble nor event repeats them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import eventually
from linked_lamp import Lamp
from support.authority import Authority
from support.broker import Mosquitto

pytestmark = [
    pytest.mark.process,
    pytest.mark.filterwarnings("ignore:unclosed <agent.link.alerts:ResourceWarning"),  # of a failed handshake, left by paho
]
CANARY = "kanarienvogel"
RUBBISH = f"{CANARY}\n-----BEGIN CERTIFICATE-----\n{CANARY}\n-----END CERTIFICATE-----\n"
LOCKED = f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{CANARY}\n-----END ENCRYPTED PRIVATE KEY-----\n"
MakeLamp = Callable[..., Lamp]


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("ca_file", RUBBISH.encode()),
        ("cert_file", RUBBISH.encode()),
        ("key_file", RUBBISH.encode()),
        ("key_file", LOCKED.encode()),
        ("password_file", CANARY.encode() + b"\xff"),
        ("password_file", f"{CANARY}\n".encode() * 5000),  # longer than MQTT can say
        ("password_file", f"{CANARY}\n".encode()),
    ],
    ids=["ca", "certificate", "key", "locked key", "no text", "too long", "wrong password"],
)
def test_no_failure_repeats_what_is_in_the_files(
    key: str, content: bytes, lamp: MakeLamp, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    authority = Authority(tmp_path / "authority")
    own = authority.issue("lamp")
    (tmp_path / "secret").write_bytes(content)
    (tmp_path / "nobody").write_text("")
    (tmp_path / "nobody").chmod(0o600)
    broker = Mosquitto(tmp_path / "strict", f"{authority.tls(authority.issue('127.0.0.1'))}\npassword_file {tmp_path}/nobody")
    broker.start()
    files = {"ca_file": authority.certificate, "cert_file": own.certificate, "key_file": own.key, key: tmp_path / "secret"}
    try:
        made = lamp(
            broker.url.replace("mqtt:", "mqtts:"), username="lamp", **{name: str(file) for name, file in files.items()}
        ).start()
        eventually(lambda: made.link.view.trouble is not None)
        made.stop()
    finally:
        broker.stop()
    out, err = capfd.readouterr()
    assert "not connected to the broker" in out + err
    assert CANARY not in f"{out} {err} {made.link.view} {made.inbox.events}"
    keys = [line for line in own.key.read_text().splitlines() if "-----" not in line]
    assert not any(line in out + err for line in keys)
