"""Which requests something is about, and how often it still happens. Part of the stand-in's faults."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """A request as faults see it: its route, finer names of it (`token:refresh_token`), path and location."""

    routes: tuple[str, ...]
    path: str
    location_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Selection:
    """Requests to a route key or a part of a path; `times` None is for good, `location_id` None is any.

    Raises ValueError for a number of times below 1.
    """

    route: str
    times: int | None = 1
    location_id: int | None = None

    def __post_init__(self) -> None:
        """Refuse what could never happen."""
        if self.times is not None and self.times < 1:
            raise ValueError(f"times is {self.times}; it must be at least 1, or null")

    def matches(self, target: Target) -> bool:
        """Return whether a request is one of these."""
        if self.location_id is not None and self.location_id != target.location_id:
            return False
        return self.route in target.routes or self.route.lower() in target.path.lower()

    def as_dict(self) -> dict[str, Any]:
        """Return all of it for the control interface."""
        return asdict(self)


def take[Kind: Selection](
    kept: list[Kind], target: Target, *, at_most: int | None = None
) -> list[Kind]:
    """Return what is about a request, each counted; what is used up is kept no longer."""
    found = [thing for thing in kept if thing.matches(target)][:at_most]
    for thing in found:
        if thing.times is not None:
            thing.times -= 1
            if not thing.times:
                kept.remove(thing)
    return found
