"""What may start at each location now, over all entries of this instance."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .client.checks import Refusal, Situation, check, is_fresh
from .client.judgement import FOLLOW_LIMIT
from .client.models import SyncKind
from .codes import stored_codes
from .const import DOMAIN
from .location_coordinator import LocationCoordinator

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

    def refusal(
        self,
        coordinator: LocationCoordinator,
        kind: SyncKind,
        now: datetime,
        *,
        may: bool = True,
        reserved: bool = False,
    ) -> Refusal | None:
        """Return why a run may not start (design 5.1); None: it may.

        `may` tells whether the person may, `reserved` that the place is already taken
        for this run and the location was just read.
        """
        location_id = coordinator.location.location_id
        stored = stored_codes(coordinator.config_entry, location_id)
        needs_code = kind is not SyncKind.REFRESH
        # Arming is decided on the status read for the mark, a moment ago; a status
        # older than that refuses nobody (design 5.1).
        known = coordinator.data is not None and reserved
        status = coordinator.data.status if known else None
        return check(
            Situation(
                kind=kind,
                supported=kind in coordinator.link.supported_kinds,
                running=None if reserved else self.running_kind(location_id, now),
                last_accepted=self.accepted.get((location_id, kind)),
                has_route=coordinator.link.has_route(kind),
                code_missing=stored.missing(coordinator.location.panel, kind),
                code_refused_before=needs_code
                and coordinator.history.code_refused == stored.changed,
                requester_may=may,
                status=status if is_fresh(status, now) else None,
            ),
            now,
        )


_KEY: HassKey[RunGuard] = HassKey(f"{DOMAIN}_run_guard")


@callback
def run_guard(hass: HomeAssistant) -> RunGuard:
    """Return the one guard of this Home Assistant."""
    return hass.data.setdefault(_KEY, RunGuard())


async def async_requester_may(
    hass: HomeAssistant, kind: SyncKind, context: Context | None
) -> bool:
    """Tell whether the person may: user sync needs an administrator.

    An automation has no user and passes (design 5.1).
    """
    if kind is not SyncKind.USERS or context is None or context.user_id is None:
        return True
    user = await hass.auth.async_get_user(context.user_id)
    return user is not None and user.is_admin
