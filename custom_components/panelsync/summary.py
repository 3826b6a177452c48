"""What works on an account, in a form a person can read."""

from typing import Any

from .coordinator import AccountCoordinator


def what_works(account: AccountCoordinator) -> dict[str, Any]:
    """Return each purpose with its routes, who syncs by itself, and what is pending."""
    locations = account.locations.values()
    routes: dict[str, list[str]] = {}
    for route in account.data.routes:
        routes.setdefault(route.purpose, []).append(
            f"{route.route}: {route.state} ({route.certainty})"
        )
    return {
        "sync_kinds": {
            coordinator.location.name: sorted(
                kind
                for kind in coordinator.link.supported_kinds
                if coordinator.link.has_route(kind)
            )
            for coordinator in locations
        },
        "sync_by_themselves": [
            coordinator.location.name
            for coordinator in locations
            if coordinator.location.auto_sync
        ],
        "pending_user_changes": {
            coordinator.location.name: coordinator.pending.count
            for coordinator in locations
            if coordinator.pending is not None
        },
        "routes": routes,
    }
