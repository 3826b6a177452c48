"""What works on an account, in words: pure functions of what a flow found."""

from collections.abc import Callable, Iterable, Mapping

from .client.models import Account, Location, RouteReport, RouteState, SyncKind
from .client.remote.routes import START_PURPOSE, Purpose
from .flow_account import LOCATIONS_SHOWN, Findings

# The order in which a route stands for its purpose.
_STATES = (RouteState.WORKS, RouteState.UNTRIED, RouteState.GONE)
# The reads that some accounts have and others have not (total-connect.md 11).
_READS = (
    Purpose.EVENT_LOG,
    Purpose.JOB_STATUS,
    Purpose.PENDING_CHANGES,
    Purpose.SOAP_PROBE,
)

type Say = Callable[..., str]


def speaker(texts: Mapping[str, str], prefix: str) -> Say:
    """Return a function that gives the text of a key, filled in."""

    def say(key: str, **values: str | int) -> str:
        return texts[f"{prefix}{key}"].format(**values)

    return say


def _pending(location: Location, found: Findings, say: Say) -> list[str]:
    if SyncKind.USERS not in found.kinds[location.location_id]:
        return [say("fact_no_user_sync")]
    pending = found.pending[location.location_id]
    if pending is None:
        return [say("fact_pending_unknown")]
    match pending.count:
        case 0:
            return [say("fact_pending_none")]
        case 1:
            return [say("fact_pending_one")]
    return [say("fact_pending_many", count=pending.count)]


def _location(location: Location, found: Findings, say: Say) -> str:
    panel = location.panel
    facts = _pending(location, found, say)
    if location.auto_sync is not None:
        key = "fact_auto_sync" if location.auto_sync else "fact_syncs_when_asked"
        facts.insert(0, say(key))
    if panel.prompts_user_code or panel.prompts_installer_code:
        facts.append(say("fact_asks_for_code"))
    return f"{location.name}: {'; '.join(facts)}" if facts else location.name


def _best(routes: Iterable[RouteReport], purpose: Purpose) -> RouteReport:
    """Return the route that stands for a purpose: a living one before a gone one."""
    return min(
        (route for route in routes if route.purpose == purpose),
        key=lambda route: _STATES.index(route.state),
    )


def _kind(
    kind: SyncKind, found: Findings, routes: tuple[RouteReport, ...], say: Say
) -> str:
    name = say(f"kind_{kind}")
    if not any(kind in kinds for kinds in found.kinds.values()):
        return f"{name}: {say('kind_no_panel_has_it')}"
    if kind not in found.startable:
        return f"{name}: {say('kind_no_way')}"
    sure = _best(routes, START_PURPOSE[kind]).certainty
    return f"{name}: {say('kind_works')} ({say(f'certainty_{sure}')})"


def _read(purpose: Purpose, routes: tuple[RouteReport, ...], say: Say) -> str:
    route = _best(routes, purpose)
    return (
        f"{say(f'purpose_{purpose}')}: {say(f'route_{route.state}')}"
        f" ({say(f'certainty_{route.certainty}')})"
    )


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def summary(
    account: Account, found: Findings, routes: tuple[RouteReport, ...], say: Say
) -> dict[str, str]:
    """Return the placeholders of the summary: locations, kinds and routes as lists."""
    shown = [
        _location(location, found, say)
        for location in account.locations[:LOCATIONS_SHOWN]
    ]
    if more := len(account.locations) - len(shown):
        shown.append(say("and_more_locations", count=more))
    return {
        "user_name": account.user_name,
        "locations": _list(shown),
        "kinds": _list(_kind(kind, found, routes, say) for kind in SyncKind),
        "routes": _list(_read(purpose, routes, say) for purpose in _READS),
    }
