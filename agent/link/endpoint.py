"""Where the broker is and how it is trusted: URL, certificates and password, with errors that a technician can act on."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from agent.link.alerts import AttentiveSocket, refusal
from agent.loopback import is_loopback
from agent.settings.model import Broker

PORTS = {"mqtt": 1883, "mqtts": 8883}
LONGEST_PASSWORD_BYTES = 65_535  # MQTT 5.0, 3.1.3.6: its length is told in two bytes
EXPIRED, NOT_YET_VALID, OTHER_NAME = 10, 9, (62, 64)  # X509_V_ERR_ of OpenSSL's x509_vfy.h


class EndpointError(Exception):
    """The connection cannot even be tried; says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    host: str
    port: int
    tls: ssl.SSLContext | None
    username: str | None
    password: str | None

    def why_not(self, error: OSError) -> str:
        """What kept a connection from being opened, and what to do."""
        address = f"{self.host}:{self.port}"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"{address}: {self._distrust(error)}"
        if isinstance(error, ssl.SSLError) and (alert := refusal(error)) is not None:
            return f"{address}: the broker refuses the lamp's certificate: {alert}; check broker.cert_file and the clock there"
        if isinstance(error, ssl.SSLError):
            return f"{address}: no TLS with the broker: {error.reason or error}; check the port in broker.url, and cert_file"
        return f"{address}: {error.strerror or error}; check broker.url, and that the broker runs"

    def _distrust(self, error: ssl.SSLCertVerificationError) -> str:
        if error.verify_code == NOT_YET_VALID:  # as at a boot without NTP yet: nothing is wrong but the time
            return (
                "the broker's certificate is not valid yet by this clock; the link waits until the clock is right: `timedatectl`"
            )
        if error.verify_code == EXPIRED:
            return "the broker's certificate has expired; if the clock is right (`timedatectl`), the broker needs a new one"
        if error.verify_code in OTHER_NAME:
            return f"the broker's certificate is not for {self.host}; write the name that it is for in broker.url"
        return f"the broker's certificate does not hold: {error.verify_message}; check broker.ca_file, which must have signed it"


def endpoint(broker: Broker) -> Endpoint:
    """Raises EndpointError. Reads the files anew each time: a renewed or mended one counts at the next attempt."""
    scheme, host, port = _address(broker.url)
    if scheme == "mqtt" and not broker.allow_plaintext and not is_loopback(host):
        remedy = "write mqtts:// (port 8883), or allow_plaintext: true if the network is your own"
        raise EndpointError(f"broker.url: mqtt:// to {host} would send all in the open; {remedy}")
    tls = _tls_context(broker) if scheme == "mqtts" else None
    return Endpoint(host, port, tls, broker.username, _password(broker))


def _address(url: str) -> tuple[str, str, int]:
    if "@" in url:  # and without the text, for a password must reach no log
        raise EndpointError("broker.url: user and password do not belong in it; write username and password_file")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EndpointError(f"broker.url: {url}: {error}; write mqtts://HOST or mqtts://HOST:PORT") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise EndpointError(f"broker.url: {url} is no broker's address; write mqtts://HOST or mqtts://HOST:PORT")
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]


def _tls_context(broker: Broker) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=broker.ca_file)
    except OSError as error:  # ssl.SSLError too
        raise _unusable("ca_file", broker.ca_file, error, "it must hold the PEM certificate that signed the broker's") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = AttentiveSocket
    if broker.cert_file is not None:
        try:
            # An empty password, for OpenSSL would otherwise ask for one at the terminal and stop the thread.
            context.load_cert_chain(broker.cert_file, broker.key_file, password="")
        except OSError as error:
            files = " or ".join(file for file in (broker.cert_file, broker.key_file) if file)
            raise _unusable(
                "cert_file, key_file", files, error, "they must be PEM, belong together, and have no passphrase"
            ) from error
    return context


def _password(broker: Broker) -> str | None:
    if broker.password_file is None:
        return None
    try:
        password = Path(broker.password_file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "it must hold the password alone, readable by the agent"
        raise _unusable("password_file", broker.password_file, error, remedy) from error
    if len(password.encode()) > LONGEST_PASSWORD_BYTES:
        raise EndpointError(f"broker.password_file: {broker.password_file}: longer than any password; it must hold that alone")
    return password


def _unusable(key: str, file: str | None, error: Exception, remedy: str) -> EndpointError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return EndpointError(f"broker.{key}: {file}: {why}; {remedy}")
