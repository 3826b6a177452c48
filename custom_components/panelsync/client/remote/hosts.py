"""The two addresses of the Remote Service."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Hosts:
    """Base addresses without trailing slash.

    Raises ValueError unless each is https, or http to this machine itself.
    """

    web: str
    service: str

    def __post_init__(self) -> None:
        """Check both addresses."""
        for address in (self.web, self.service):
            parts = urlsplit(address)
            if not parts.hostname or address != f"{parts.scheme}://{parts.netloc}":
                raise ValueError(
                    "An address is scheme and host, with nothing after them"
                )
            if parts.username is not None or parts.password is not None:
                raise ValueError("An address must not hold a user name or password")
            if parts.scheme != "https" and not (
                parts.scheme == "http" and _is_loopback(parts.hostname)
            ):
                raise ValueError("Only https is allowed, http only to this machine")
            _ = parts.port  # raises ValueError for a port that is none


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


DEFAULT_HOSTS: Final = Hosts("https://totalconnect2.com", "https://rs.alarmnet.com")
