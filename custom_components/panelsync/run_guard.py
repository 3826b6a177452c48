"""What runs and cools down at each location, over all entries of this instance."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .client.judgement import FOLLOW_LIMIT
from .client.models import SyncKind
from .const import DOMAIN

# A run ends with its first look past the limit, which may come this much later.
LAST_LOOK = timedelta(minutes=1)


@dataclass(slots=True)
class RunGuard:
    """Two accounts may see one location, and one press must not become two starts.

    A run whose entry is being reloaded keeps its place until the time limit.
    """

    running: dict[int, tuple[SyncKind, datetime]] = field(default_factory=dict)
    accepted: dict[tuple[int, SyncKind], datetime] = field(default_factory=dict)

    def running_kind(self, location_id: int, now: datetime) -> SyncKind | None:
        """Return what runs at a location."""
        kind, asked = self.running.get(location_id, (None, now))
        return kind if now - asked < FOLLOW_LIMIT + LAST_LOOK else None


_KEY: HassKey[RunGuard] = HassKey(f"{DOMAIN}_run_guard")


@callback
def run_guard(hass: HomeAssistant) -> RunGuard:
    """Return the one guard of this Home Assistant."""
    return hass.data.setdefault(_KEY, RunGuard())
