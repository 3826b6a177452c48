"""What a simulator is started with. Part of the stand-in, no fact of the service in here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self, get_args

type Profile = Literal["rest", "soap", "bare", "old", "hidden"]

PROFILES: tuple[Profile, ...] = get_args(Profile.__value__)


def utc_now() -> datetime:
    """Return the real time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FaceOption:
    """A local face to open: of which location (0 is the first), by TCP on a port or by pseudo terminal at a path."""

    index: int
    link: Literal["tcp", "pty"] = "tcp"
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what `INDEX[:tcp[:PORT]]` or `INDEX:pty[:PATH]` says. Raises ValueError."""
        index, _, rest = text.partition(":")
        link, _, place = rest.partition(":")
        if index.isdecimal() and link == "pty":
            return cls(int(index), "pty", path=place)
        numbers = index.isdecimal() and (place or "0").isdecimal()
        if not numbers or link not in ("", "tcp") or (place and not link):
            raise ValueError(
                f"{text!r} is not INDEX, INDEX:tcp, INDEX:tcp:PORT, INDEX:pty or INDEX:pty:PATH"
            )
        return cls(int(index), "tcp", int(place or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorOptions:
    """How to build and serve one simulated world.

    `latency` is seconds a request, `speed` divides every duration of the world, `clock` gives aware UTC times.
    `user_code` is the signed-in person's code at every panel, `installer_code` the one some panels ask for.
    `ad2` and `vista` are the panels' local faces to open.
    Raises ValueError for values no world can be built from.
    """

    host: str = "127.0.0.1"
    port: int = 0
    profile: Profile = "rest"
    locations: int = 4
    seed: int = 1
    user: str = "dana.keller"
    password: str = "Lantern-42-Orchard"
    user_code: str = "7391"
    installer_code: str = "4112"
    latency: float = 0.0
    speed: float = 1.0
    clock: Callable[[], datetime] = utc_now
    ad2: tuple[FaceOption, ...] = ()
    vista: tuple[FaceOption, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot work, with the reason."""
        if self.profile not in PROFILES:
            raise ValueError(
                f"profile {self.profile!r} is unknown; use one of {', '.join(PROFILES)}"
            )
        if not 0 <= self.locations <= 900:
            raise ValueError(
                f"locations is {self.locations}; it must be between 0 and 900"
            )
        if not 0 <= self.port <= 65_535:
            raise ValueError(f"port is {self.port}; it must be between 0 and 65535")
        if self.speed <= 0:
            raise ValueError(f"speed is {self.speed}; it must be above 0")
        for faces in (self.ad2, self.vista):
            indexes = [face.index for face in faces]
            for index in indexes:
                if index >= self.locations:
                    raise ValueError(
                        f"there is no location {index}; there are {self.locations}, the first is 0"
                    )
                if indexes.count(index) > 1:
                    raise ValueError(f"location {index} has two faces of a kind")
        if self.latency < 0:
            raise ValueError(f"latency is {self.latency}; it must not be negative")
