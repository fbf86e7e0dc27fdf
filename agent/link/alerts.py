"""Why the broker ended TLS: the alert that it sends when it will not have our certificate, which paho does not pass on."""

import ssl

REFUSALS = ("UNKNOWN_CA", "ACCESS_DENIED")  # beside all that name the certificate


def refusal(error: ssl.SSLError) -> str | None:
    """What the other side has against our certificate, by its alert (RFC 8446, 6.2); None where that is not what went wrong."""
    _, is_alert, name = (error.reason or "").partition("_ALERT_")
    if not is_alert or not ("CERTIFICATE" in name or name in REFUSALS):
        return None
    return name.replace("_", " ").lower()


class AttentiveSocket(ssl.SSLSocket):
    """In TLS 1.3 the alert comes after the handshake, in place of the first answer; it is kept in ``refusal``.

    Now and then it is lost: who hangs up with our CONNECT unread resets the connection, and that may overtake it.
    """

    refusal: str | None = None

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        try:
            return super().recv(buflen, flags)
        except ssl.SSLError as error:
            self.refusal = self.refusal or refusal(error)
            raise
