"""The dates and the name of an X.509 certificate, from its DER bytes: what Python's ssl tells of no certificate but a peer's."""

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# RFC 5280, 4.1: a Certificate begins with TBSCertificate, this with [0] version, serial, signature, issuer, validity, subject
VERSION, UTC_TIME, GENERALIZED_TIME = 0xA0, 0x17, 0x18
COMMON_NAME = bytes((0x06, 0x03, 0x55, 0x04, 0x03))  # 2.5.4.3
PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class NoCertificateError(Exception):
    """The bytes are none."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """``name`` is the subject's common name, empty where it has none. Valid from ``begins_utc_s`` to ``ends_utc_s``."""

    name: str
    begins_utc_s: float
    ends_utc_s: float


def certificates_in(pem: str) -> tuple[Certificate, ...]:
    """All of a file, in its order. Raises NoCertificateError where one cannot be read, or none is there."""
    found = tuple(read_certificate(_der(text)) for text in PEM.findall(pem))
    if not found:
        raise NoCertificateError("it holds no PEM certificate")
    return found


def _der(pem: str) -> bytes:
    try:
        return ssl.PEM_cert_to_DER_cert(pem)
    except ValueError as error:  # no base64
        raise NoCertificateError("it is no X.509 certificate") from error


def read_certificate(der: bytes) -> Certificate:
    """Raises NoCertificateError."""
    try:
        parts = list(_parts(next(_parts(next(_parts(der))[1]))[1]))
        fields = [content for tag, content in parts if tag != VERSION]  # version 1 has none
        _, _, _, validity, subject = fields[:5]
        begins, ends = (_utc_s(tag, content) for tag, content in _parts(validity))
        return Certificate(_common_name(subject), begins, ends)
    except (ValueError, IndexError, StopIteration) as error:
        raise NoCertificateError("it is no X.509 certificate") from error


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value in a row (X.690, 8.1: one byte of tag; the length short, or as so many bytes)."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at : at + size], "big"), at + size
        if at + length > len(der):
            raise ValueError("cut off")
        yield tag, der[at : at + length]
        at += length


def _utc_s(tag: int, content: bytes) -> float:
    """RFC 5280, 4.1.2.5: two digits of a year are of 1950 to 2049; always Z."""
    text = content.decode("ascii")
    if tag == UTC_TIME:
        text = ("19" if text >= "50" else "20") + text
    elif tag != GENERALIZED_TIME:
        raise ValueError("no time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()


def _common_name(subject: bytes) -> str:
    at = subject.rfind(COMMON_NAME)
    if at < 0:
        return ""
    _, text = next(_parts(subject[at + len(COMMON_NAME) :]))
    return text.decode("utf-8", "replace")
