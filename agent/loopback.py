"""Whether a host is this machine: what may go over a wire in the open, for there is no wire."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """A name or an address, without brackets. Names are not looked up: only ``localhost`` is known to be ours."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
