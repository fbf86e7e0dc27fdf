"""The broker's files: certificates in their time, the key that belongs to its certificate, secrets that only the agent reads."""

import ssl
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from agent.doctor.eyes import Eyes
from agent.doctor.line import Line, failed, passed, warned
from agent.link.x509 import Certificate, NoCertificateError, certificates_in
from agent.settings.model import Broker

DAY_S = 86_400.0
SOON_DAYS = 30
AUTHORITY = "ask whoever runs the broker for a new one"


def file_lines(broker: Broker, eyes: Eyes, utc_s: float) -> Iterator[Line]:
    """Each file that the config names; nothing where it names none."""
    for key, path in (("ca_file", broker.ca_file), ("cert_file", broker.cert_file)):
        if path is not None:
            yield _certificate_file(key, Path(path), eyes, utc_s)
    if broker.key_file is not None:
        yield _key(Path(broker.key_file), broker.cert_file, eyes)
    if broker.password_file is not None:
        yield _secret("password_file", Path(broker.password_file), eyes)


def _certificate_file(key: str, path: Path, eyes: Eyes, utc_s: float) -> Line:
    text = _read(key, path, eyes)
    if isinstance(text, Line):
        return text
    try:
        found = certificates_in(text)
    except NoCertificateError as error:
        return failed(key, f"{path}: {error}", f"put the PEM certificate in it; {AUTHORITY}")
    return validity_line(key, found, utc_s)


def validity_line(check: str, found: Sequence[Certificate], utc_s: float) -> Line:
    """Of several, as a bundle has them, the one that is good for longest counts."""
    best = max(found, key=lambda one: one.ends_utc_s)
    named = best.name or "without a name"
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    days = (best.ends_utc_s - utc_s) / DAY_S
    if utc_s < best.begins_utc_s:
        return failed(
            check, f"{named} is not valid before {_date(best.begins_utc_s)}", f"see whether the clock is right; {AUTHORITY}"
        )
    if days < 0:
        return failed(check, f"{named} has expired on {_date(best.ends_utc_s)}", AUTHORITY)
    if days < SOON_DAYS:
        return warned(check, f"{named} expires in {days:.0f} days, on {_date(best.ends_utc_s)}", AUTHORITY)
    return passed(check, f"{named}{more}, until {_date(best.ends_utc_s)}")


def _key(path: Path, cert_file: str | None, eyes: Eyes) -> Line:
    line = _secret("key_file", path, eyes)
    if cert_file is None or line.remedy is not None:
        return line
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert_file, path, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return failed("key_file", f"{path} is not the key of {cert_file}", "put the two that were made together there")
        return failed("key_file", f"{path}: no key, or it has a passphrase", "it must be PEM, and have no passphrase")
    except OSError:
        return line  # the certificate cannot be read, and its own line says so
    return passed("key_file", f"{path} belongs to the certificate")


def _secret(key: str, path: Path, eyes: Eyes) -> Line:
    text = _read(key, path, eyes)
    if isinstance(text, Line):
        return text
    if not text.strip():
        return failed(key, f"{path} is empty", "write it anew")
    if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        return warned(key, f"{path} can be read by everybody here", f"`chmod o-rwx {path}`")
    return passed(key, f"{path} can be read by {eyes.user}, and not by everybody")


def _read(key: str, path: Path, eyes: Eyes) -> str | Line:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except PermissionError:
        return eyes.cannot(key, str(path), "read", eyes.file_remedy(path))
    except OSError as error:
        return failed(key, f"{path}: {error.strerror}", f"put it there, or write broker.{key} as it is")


def _date(utc_s: float) -> str:
    return datetime.fromtimestamp(utc_s, UTC).strftime("%Y-%m-%d")
