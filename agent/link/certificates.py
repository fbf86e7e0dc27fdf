"""When the first of the certificates that the link is set up with will expire."""

from collections.abc import Iterator
from pathlib import Path

from agent.link.x509 import NoCertificateError, certificates_in
from agent.settings.model import Broker


def first_end_utc_s(broker: Broker) -> float | None:
    """POSIX seconds; of a bundle the certificate that is good for longest counts. None where none is configured, or can be read.

    What is wrong with a file is told by whoever connects with it.
    """
    return min(_ends(broker), default=None)


def _ends(broker: Broker) -> Iterator[float]:
    for path in (broker.ca_file, broker.cert_file):
        if path is None:
            continue
        try:
            found = certificates_in(Path(path).read_text(encoding="utf-8", errors="replace"))
        except (OSError, NoCertificateError):
            continue
        yield max(one.ends_utc_s for one in found)
