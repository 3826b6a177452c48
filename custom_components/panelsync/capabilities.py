"""Texts of what works on an account: pure functions of what was found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .client import (
    ROUTES,
    START_PURPOSE,
    Account,
    Location,
    PendingUserChanges,
    Purpose,
    RouteReport,
    RouteState,
    SyncKind,
)
from .plain_text import plain

# How many locations are shown: more would make the form, or the page, long.
LOCATIONS_SHOWN = 10

# The order in which a route stands for its purpose.
_STATES = (RouteState.WORKS, RouteState.UNTRIED, RouteState.UNAVAILABLE)
# The reads that some accounts have and others have not
# (docs/protocol/total-connect.md#what-is-not-known).
_READS = (
    Purpose.EVENT_LOG,
    Purpose.JOB_STATUS,
    Purpose.PENDING_CHANGES,
    Purpose.SOAP_PROBE,
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What harmless reads found on an account.

    `pending` holds the locations that were read, None where it cannot be known.
    """

    kinds: Mapping[int, frozenset[SyncKind]]
    startable: frozenset[SyncKind]
    pending: Mapping[int, PendingUserChanges | None]


type Say = Callable[..., str]


def speaker(texts: Mapping[str, str], prefix: str) -> Say:
    """Return a function that gives the text of a key, filled in."""

    def say(key: str, **values: str | int) -> str:
        return texts[f"{prefix}{key}"].format(**values)

    return say


def pending_text(pending: PendingUserChanges | None, say: Say) -> str:
    """Return how many user changes wait for a user sync."""
    if pending is None:
        return say("fact_pending_unknown")
    match pending.count:
        case 0:
            return say("fact_pending_none")
        case 1:
            return say("fact_pending_one")
    return say("fact_pending_many", count=pending.count)


def _location(location: Location, found: Capabilities, say: Say) -> str:
    panel = location.panel
    facts = [
        pending_text(found.pending.get(location.location_id), say)
        if SyncKind.USERS in found.kinds[location.location_id]
        else say("fact_no_user_sync")
    ]
    if location.auto_sync is not None:
        key = "fact_auto_sync" if location.auto_sync else "fact_syncs_when_asked"
        facts.insert(0, say(key))
    if panel.prompts_user_code or panel.prompts_installer_code:
        facts.append(say("fact_asks_for_code"))
    return say("summary_line", name=location.name, text="; ".join(facts))


def _best(routes: Iterable[RouteReport], purpose: Purpose) -> RouteReport:
    """Return the route that stands for a purpose: one that works before one that does not."""
    return min(
        (route for route in routes if route.purpose == purpose),
        key=lambda route: _STATES.index(route.state),
    )


def _usable(routes: tuple[RouteReport, ...]) -> Iterable[RouteReport]:
    """Leave SOAP out until its harmless read has answered here.

    See docs/architecture.md#ways-to-start-a-user-sync.
    """
    soap_lives = _best(routes, Purpose.SOAP_PROBE).state is RouteState.WORKS
    return [route for route in routes if soap_lives or not _is_soap(route)]


def _is_soap(report: RouteReport) -> bool:
    # What was learned stands in the table of its account alone, and is never SOAP.
    return report.route in ROUTES and ROUTES[report.route].is_soap


def _kind(
    kind: SyncKind, found: Capabilities, routes: tuple[RouteReport, ...], say: Say
) -> str:
    name = say(f"kind_{kind}")
    if not any(kind in kinds for kinds in found.kinds.values()):
        return say("summary_line", name=name, text=say("kind_no_panel_has_it"))
    if kind not in found.startable:
        # Only a user sync has other ways to choose from.
        no_way = "kind_no_way_users" if kind is SyncKind.USERS else "kind_no_way"
        return say("summary_line", name=name, text=say(no_way))
    sure = say(f"certainty_{_best(_usable(routes), START_PURPOSE[kind]).certainty}")
    return say("summary_line", name=name, text=f"{say('kind_works')} ({sure})")


def _read(purpose: Purpose, routes: tuple[RouteReport, ...], say: Say) -> str:
    route = _best(routes, purpose)
    sure = say(f"certainty_{route.certainty}")
    return say(
        "summary_line",
        name=say(f"purpose_{purpose}"),
        text=f"{say(f'route_{route.state}')} ({sure})",
    )


def location_lines(account: Account, found: Capabilities, say: Say) -> list[str]:
    """Return a line for each location: how it syncs, what waits there."""
    lines = [
        _location(location, found, say)
        for location in account.locations[:LOCATIONS_SHOWN]
    ]
    if more := len(account.locations) - len(lines):
        lines.append(say("and_more_locations", count=more))
    return lines


def kind_lines(
    found: Capabilities, routes: tuple[RouteReport, ...], say: Say
) -> list[str]:
    """Return a line for each sync kind: whether it can be started, how sure that is."""
    return [_kind(kind, found, routes, say) for kind in SyncKind]


def route_lines(routes: tuple[RouteReport, ...], say: Say) -> list[str]:
    """Return a line for each read that some accounts have and others have not."""
    return [_read(purpose, routes, say) for purpose in _READS]


def listed(lines: Iterable[str]) -> str:
    """Return lines as the list of a form's text, which is Markdown."""
    return "\n".join(f"- {plain(line)}" for line in lines)


def summary(
    account: Account, found: Capabilities, routes: tuple[RouteReport, ...], say: Say
) -> dict[str, str]:
    """Return the placeholders of the set-up's last page."""
    return {
        "user_name": plain(account.user_name),
        "note": f"\n\n{say('note_two_step_codes')}" if account.two_step_codes else "",
        "locations": listed(location_lines(account, found, say)),
        "kinds": listed(kind_lines(found, routes, say)),
        "routes": listed(route_lines(routes, say)),
    }
