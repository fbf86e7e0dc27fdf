"""The broker: its name, its port, its certificate, and whether it takes the lamp on; each step only where the one before held."""

import select
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from agent.daemon.protocol import LinkReport
from agent.doctor.certificates import validity_line
from agent.doctor.line import RESTART, Line, failed, failed_as_told, passed, warned
from agent.link.connection import CONNECT_S, Connection, Hello
from agent.link.endpoint import EXPIRED, NOT_YET_VALID, OTHER_NAME, Endpoint, EndpointError, endpoint
from agent.link.signals import Accepted, Closed, Rejected, Signal, Subscribed, Version
from agent.link.topics import Retained, Topics
from agent.link.versions import Versions
from agent.link.x509 import NoCertificateError, read_certificate
from agent.settings.model import Broker, Lamp

CHECK = "broker"
ANSWERS_WITHIN_S = 6.0
LOOK_S = 0.2
HANGS_UP = "check username, password_file and cert_file, and the broker's log"
SUFFIX = "-doctor"  # under the lamp's own name the broker would hang up on the agent


@dataclass(frozen=True, slots=True)
class Caller:
    """``link``: what the running agent says of its own connection; None where none runs."""

    lamp: Lamp
    link: LinkReport | None
    utc_s: float
    host_s: Callable[[], float]


def broker_lines(broker: Broker, caller: Caller) -> Iterator[Line]:
    try:
        where = endpoint(broker)
    except EndpointError as error:
        yield failed_as_told(CHECK, str(error), "check broker in the config")
        return
    elsewhere = caller.link is not None and caller.link.broker != broker.url
    if caller.link is not None and elsewhere:
        yield _elsewhere(broker, caller.link)
    if caller.link is not None and caller.link.connected and not elsewhere:
        if caller.link.trouble is None:
            yield passed(CHECK, f"the agent is connected to {broker.url}")
        else:
            yield failed_as_told(CHECK, caller.link.trouble, "check what the broker permits this lamp")
        with suppress(OSError):  # the broker may take no second one from here
            yield from _shown(_reached(where), caller)
        return
    try:
        socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except OSError as error:
        remedy = "check broker.url, and the network: `ip route`, `resolvectl status`"
        yield failed(CHECK, f"{where.host} has no address: {error.strerror}", remedy)
        return
    try:
        certificate = _reached(where)
    except OSError as error:
        yield _unreached(where, error)
        return
    yield from _shown(certificate, caller)
    yield from _greeted(broker, where, caller)


def _elsewhere(broker: Broker, link: LinkReport) -> Line:
    """The agent keeps the broker that it was started with, or was given by ``run --broker``."""
    theirs = "has no broker" if link.broker is None else f"is {'' if link.connected else 'not '}connected to {link.broker}"
    return warned("link", f"the agent {theirs}; the file names {broker.url}", RESTART)


def _shown(certificate: bytes | None, caller: Caller) -> Iterator[Line]:
    if certificate is None:
        return
    try:
        yield validity_line("broker_cert", (read_certificate(certificate),), caller.utc_s)
    except NoCertificateError as error:
        yield warned("broker_cert", f"its dates cannot be read: {error}", "look at it with `openssl s_client -showcerts`")


def _reached(where: Endpoint) -> bytes | None:
    """The broker's certificate, as it is shown; None over plain TCP. Raises OSError, of which ssl.SSLError is one."""
    with socket.create_connection((where.host, where.port), CONNECT_S) as sock:
        if where.tls is None:
            return None
        with where.tls.wrap_socket(sock, server_hostname=where.host) as wrapped:
            return wrapped.getpeercert(binary_form=True)


def _unreached(where: Endpoint, error: OSError) -> Line:
    address = f"{where.host}:{where.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in (EXPIRED, NOT_YET_VALID):
            remedy = "see whether the clock is right; if it is, the broker needs a new certificate"
            return failed(CHECK, f"{address}: the broker's certificate: {error.verify_message}", remedy)
        if error.verify_code in OTHER_NAME:
            return failed(CHECK, f"{address}: {error.verify_message}", "write the name in broker.url that the certificate has")
        remedy = "put the certificate of whoever signed it in broker.ca_file"
        return failed(CHECK, f"{address}: nobody whom ca_file trusts has signed the broker's certificate", remedy)
    if isinstance(error, ConnectionRefusedError):
        return failed(CHECK, f"{address}: nobody listens there", "check the port in broker.url, and that the broker runs")
    if isinstance(error, ConnectionResetError) and where.tls is not None:
        return failed(CHECK, f"{address} hangs up on TLS", "check the port in broker.url: it may be one without TLS")
    if isinstance(error, TimeoutError):
        return failed(CHECK, f"{address} does not answer", "check the network and its firewall: is the port open from here?")
    return failed_as_told(CHECK, where.why_not(error), "check broker.url")


def _greeted(broker: Broker, where: Endpoint, caller: Caller) -> Iterator[Line]:
    """A session of its own, which leaves nothing.

    Unless it is not its own: a broker may take the client id from the certificate, and then the session is the lamp's, with
    commands that wait in it. So it is neither begun anew nor ended; what was not there before is forgotten at the end.
    """
    versions = Versions(broker.protocol)
    topics = Topics(caller.lamp.site, caller.lamp.id, caller.lamp.groups)
    while True:
        clean = versions.now is Version.V311  # which could not forget it afterwards
        hello = Hello(topics.client_id + SUFFIX, versions.now, broker.keepalive_s, broker.session_expiry_s, clean, will=None)
        connection, is_lamps = Connection(where, hello), False
        try:
            connection.open()
            answer = _answer(connection, (Accepted, Rejected), caller.host_s)
            if isinstance(answer, Rejected) and answer.unsupported_version and versions.fall_back():
                continue
            yield _taken_on(broker, versions.now, answer)
            if isinstance(answer, Accepted):
                is_lamps = answer.session_present
                yield from _listens(connection, topics, caller.host_s)
        except OSError as error:
            yield _unreached(where, error)
        connection.disconnect(forget=not is_lamps)
        return


def _taken_on(broker: Broker, version: Version, answer: Signal | None) -> Line:
    match answer:
        case Accepted():
            return passed(CHECK, f"{broker.url} takes the lamp on, with MQTT {version.value}")
        case Rejected(reason=reason):
            return failed(CHECK, f"{broker.url} refuses the lamp: {reason}", HANGS_UP)
        case Closed(reason=reason):
            return failed(CHECK, f"{broker.url} hangs up: {reason}", HANGS_UP)
    return failed(CHECK, f"{broker.url} does not answer", "check that it is an MQTT broker, and its log")


def _listens(connection: Connection, topics: Topics, host_s: Callable[[], float]) -> Iterator[Line]:
    connection.subscribe(topics.command_filters(), topics.own(Retained.STATUS))
    answer = _answer(connection, (Subscribed,), host_s)
    if isinstance(answer, Subscribed) and answer.refused:
        remedy = f"let it read {topics.base}/# and the commands to its groups; doctor's client id ends with {SUFFIX}"
        yield warned("commands", f"the broker does not let the lamp hear its commands: {answer.refused[0]}", remedy)


def _answer(connection: Connection, wanted: tuple[type[Signal], ...], host_s: Callable[[], float]) -> Signal | None:
    """The first signal of a wanted kind, or the end of the connection; None when none has come in time."""
    until_s = host_s() + ANSWERS_WITHIN_S
    while host_s() < until_s:
        for signal in connection.take():
            if isinstance(signal, (*wanted, Closed)):
                return signal
        fileno = connection.fileno()
        if fileno is not None:
            readable, _, _ = select.select([fileno], [fileno] if connection.wants_write else [], [], LOOK_S)
            if readable or connection.has_unread:
                connection.read()
            connection.write()
        connection.tick()
    return None
