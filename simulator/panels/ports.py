"""What every port of a panel's side offers to the face behind it. Simulated."""

from collections.abc import Callable
from typing import Literal, Protocol

type Hear = Callable[[int, bytes], None]


class Port(Protocol):
    """Something a host can open; `url` is what the host is given."""

    url: str

    @property
    def speed_is_right(self) -> bool:
        """Return whether the host speaks at the panel's baud rate, as far as this port can know."""

    @property
    def hosts(self) -> int:
        """Return how many hosts are there now."""

    async def open(self) -> None:
        """Begin to listen. Raises OSError."""

    async def close(self) -> None:
        """End, for every host."""

    def write(self, data: bytes) -> None:
        """Send to every host that is there."""

    def announce(self, event: Literal["gone", "back"]) -> None:
        """Announce to the hosts that the serial side went or came back, if this port can."""

    def drop(self, *, reset: bool) -> None:
        """End the present connections, by a reset or properly."""

    def freeze(self) -> None:
        """Let the present connections become half-open: nothing read, nothing sent, nothing closed."""
