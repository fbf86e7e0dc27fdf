"""The broker: its address, what goes over the wire in the open, and certificates that come in pairs."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, Mistake, warning
from agent.config.problems import quoted
from agent.loopback import is_loopback
from agent.settings.model import Broker, Settings

_URL = ("broker", "url")
_EXAMPLE = "write mqtts://HOST:8883"
_MEANT = {"mqtt": "mqtt", "tcp": "mqtt", "mqtts": "mqtts", "ssl": "mqtts", "tls": "mqtts", "https": "mqtts", "http": "mqtt"}


def url(settings: Settings, _: Written) -> Iterator[Finding]:
    broker = settings.broker
    if broker is None:
        return
    try:
        parts = _parts(broker.url)
    except Mistake as mistake:
        yield Finding(_URL, mistake.message, mistake.hint)
        return
    if parts.scheme == "mqtt" and not broker.allow_plaintext and not is_loopback(parts.hostname or ""):
        message = f"mqtt:// to {quoted(parts.hostname or '')} would send the password and all commands in the open"
        yield Finding(_URL, message, "write mqtts:// (port 8883), or allow_plaintext: true if the network is your own")
    if parts.scheme == "mqtt" and broker.ca_file is not None:
        yield warning(("broker", "ca_file"), "has no effect over mqtt://", "write mqtts:// or remove it")


def _parts(text: str) -> SplitResult:
    """The URL, taken apart. Raises Mistake."""
    if "@" in text:  # asked first, and without the text: a password must not reach a log
        raise Mistake("user and password do not belong in the URL", "write username and password_file")
    scheme, separator, rest = text.partition("://")
    if not separator:
        raise Mistake(f"{quoted(text)} has no scheme", f"write mqtts://{quoted(text)}")
    meant = _MEANT.get(scheme.lower())
    if meant != scheme:
        raise Mistake(f"{quoted(scheme)}:// is not spoken", f"write {meant or 'mqtts'}://{quoted(rest)}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Mistake(f"{quoted(text)} has no valid host and port", f"{_EXAMPLE}, with a port of 1 to 65535") from None
    if not parts.hostname or any(not character.isprintable() or character.isspace() for character in text):
        raise Mistake(f"{quoted(text)} names no host", _EXAMPLE)
    if port == 0:
        raise Mistake("port 0 cannot be connected to", f"{_EXAMPLE}, with a port of 1 to 65535")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Mistake(f"{quoted(text)} has something behind the host", f"write {scheme}://{quoted(parts.netloc)}")
    return parts


def pairs(settings: Settings, _: Written) -> Iterator[Finding]:
    broker = settings.broker
    if broker is None:
        return
    if broker.cert_file is not None and broker.key_file is None:
        yield Finding(("broker", "key_file"), "is missing: cert_file is of no use without its key", "write key_file too")
    if broker.key_file is not None and broker.cert_file is None:
        yield Finding(("broker", "cert_file"), "is missing: key_file is of no use without its certificate", "write cert_file too")
    if broker.password_file is not None and broker.username is None:
        yield warning(("broker", "username"), "is missing: most brokers take no password without a name", "write username too")


def relative_files(settings: Settings, _: Written) -> Iterator[Finding]:
    broker = settings.broker
    if broker is None:
        return
    for name, path in _files(broker):
        if path is not None and not path.startswith("/"):
            message = f"{quoted(path)} is looked for wherever the agent is started"
            yield warning(("broker", name), message, f"write the whole path, such as /etc/streetlight-agent/{quoted(path)}")


def _files(broker: Broker) -> Iterator[tuple[str, str | None]]:
    yield "password_file", broker.password_file
    yield "ca_file", broker.ca_file
    yield "cert_file", broker.cert_file
    yield "key_file", broker.key_file


CHECKS = (Check(url), Check(pairs), Check(relative_files))
