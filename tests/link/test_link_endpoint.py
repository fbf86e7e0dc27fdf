"""Where the broker is: defaults, and errors that name the file and the remedy."""

from pathlib import Path

import pytest

from agent.link.endpoint import EndpointError, endpoint
from agent.settings.model import Broker


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("mqtt://127.0.0.1", "127.0.0.1", 1883),
        ("mqtts://broker.example", "broker.example", 8883),
        ("mqtt://[::1]:1999", "::1", 1999),
    ],
)
def test_the_port_has_a_default_for_each_scheme(url: str, host: str, port: int) -> None:
    where = endpoint(Broker(url))

    assert (where.host, where.port) == (host, port)
    assert (where.tls is not None) == url.startswith("mqtts")


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1", "mqtt://", "mqtt://127.0.0.1:99999", "mqtt://[::1"])
def test_what_is_no_address_says_so(url: str) -> None:
    with pytest.raises(EndpointError, match=r"broker\.url"):
        endpoint(Broker(url))


@pytest.mark.parametrize("url", ["mqtts://me:CANARY@b", "mqtt://CANARY@127.0.0.1", "me:CANARY@b", "mqtts://me:CANARY@b:x"])
def test_a_password_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(EndpointError, match=r"broker\.url.*write username and password_file") as refused:
        endpoint(Broker(url))
    assert "CANARY" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "localhost"])
def test_in_the_open_only_this_machine_is_spoken_to(host: str) -> None:
    assert endpoint(Broker(f"mqtt://{host}")).tls is None


@pytest.mark.parametrize("host", ["10.0.0.1", "broker.example", "127.0.0.1.example", "[fe80::1]", "0.0.0.0"])  # noqa: S104 - as text
def test_in_the_open_to_others_is_refused_wherever_the_url_came_from_unless_that_is_allowed(host: str) -> None:
    with pytest.raises(EndpointError, match=r"broker\.url.*in the open; write mqtts://.*allow_plaintext"):
        endpoint(Broker(f"mqtt://{host}"))
    assert endpoint(Broker(f"mqtt://{host}", allow_plaintext=True)).tls is None


def test_the_password_is_the_files_text_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(" with spaces \n")
    where = endpoint(Broker("mqtt://127.0.0.1", password_file=str(tmp_path / "password")))

    assert where.password == " with spaces "  # noqa: S105 - nobody's


@pytest.mark.parametrize("key", ["password_file", "ca_file", "cert_file"])
def test_a_missing_file_is_named_with_what_it_must_hold(key: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "gone.pem")

    with pytest.raises(EndpointError, match=rf"broker\.{key}.*gone\.pem: No such file.*; "):
        endpoint(Broker("mqtts://127.0.0.1", **{key: missing}))


@pytest.mark.parametrize("key", ["ca_file", "cert_file"])
def test_a_file_that_is_no_certificate_is_named(key: str, tmp_path: Path) -> None:
    (tmp_path / "rubbish.pem").write_text("rubbish")

    with pytest.raises(EndpointError, match=rf"broker\.{key}.*rubbish\.pem: .*PEM"):
        endpoint(Broker("mqtts://127.0.0.1", **{key: str(tmp_path / "rubbish.pem")}))


def test_a_password_that_is_longer_than_mqtt_can_say_is_named(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("ü" * 32_768)

    with pytest.raises(EndpointError, match=r"broker\.password_file.*longer than any password"):
        endpoint(Broker("mqtt://127.0.0.1", password_file=str(tmp_path / "password")))


def test_a_password_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"\xff\xfe")

    with pytest.raises(EndpointError, match=r"broker\.password_file.*password alone"):
        endpoint(Broker("mqtt://127.0.0.1", password_file=str(tmp_path / "password")))
