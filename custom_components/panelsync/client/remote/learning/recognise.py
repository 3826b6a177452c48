"""What a recorded call is for, by the shape of the request and of its answer.

The vendor's own names are looked for in any letter case, wrapped or flat
(docs/protocol/total-connect.md). Where an answer was recorded it decides; a copied
request has none, so it must say enough by itself.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Final

from ..decode.wrapped import shows
from ..learned_rules import code_field, plain, skeleton, status_only
from ..route import Purpose, Tree
from ..routes import TABLE
from .calls import Call, Reason, Unreadable

LOG_NAMES: Final = frozenset(
    {"lasteventidreceived", "eventtypefilterlist", "eventtypefilter", "filterclass"}
)
_DEVICES_WITH_CODES: Final = frozenset({"devicelist", "authorizingcode"})
_READ_WORDS: Final = re.compile(r"status|state|step|progress|poll|check")
# "async" and "unsync" are no sync.
_SYNC: Final = re.compile(r"(?<![aA])(?<!un)(?<!Un)(?<!de)(?<!De)sync|Sync|(?<!A)SYNC")
# What may follow the word in the address of a start that neither brings a code nor says
# that it starts.
_START_TAIL: Final = re.compile(
    r"(?:hroni[sz](?:e|ation))?(?:[/_.-]?(?:users?|panels?|panelusers?|members?|people"
    r"|devices?|locations?|all|now|start|[0-9]+))*/?",
    re.IGNORECASE,
)


def names(tree: object) -> Iterator[str]:
    """Yield the plain name of every field of a request."""
    if isinstance(tree, Mapping):
        for name, inner in tree.items():
            yield plain(str(name))
            yield from names(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from names(inner)


def field_names(call: Call) -> frozenset[str]:
    """Return the plain names of all that a call asks with."""
    return frozenset(
        name for tree in (call.query, call.form, call.json) for name in names(tree)
    )


def purpose_of(call: Call, unavailable: frozenset[Purpose]) -> Purpose | None:
    """Return what a call is for, None where it is none of ours.

    `unavailable` are the purposes whose known ways are no longer there: only these are
    looked for among what every release knows. Raises Unreadable for a user sync that does not
    say whether it starts.
    """
    fields = field_names(call)
    path = call.address.path
    if call.answered:
        for purpose in (
            Purpose.JOB_STATUS,
            Purpose.EVENT_LOG,
            Purpose.PENDING_CHANGES,
        ):
            if shows(purpose, call.answer):
                return purpose
        if shows(Purpose.USER_SYNC_STEPS, call.answer):
            return _user_sync(call, fields, path)
    if _is_user_sync(fields, path) and not (
        call.answered and call.method == "GET" and "statusonly" not in fields
    ):
        return _user_sync(call, fields, path)
    path = path.casefold()
    if call.answered:
        for purpose in (Purpose.STATUS, Purpose.LIVE_ZONES):
            if purpose in unavailable and shows(purpose, call.answer):
                return None if _is_known(purpose, path) else purpose
        if _is_empty_log(call, fields, path):
            return Purpose.EVENT_LOG
    if (
        Purpose.START_PANEL in unavailable
        and call.method != "GET"
        and "sync" in path
        and any(code_field(name) or name == "forceimport" for name in fields)
    ):
        known = _is_known(Purpose.START_PANEL, path)
        return None if known else Purpose.START_PANEL
    return None if call.answered else _by_request(call, fields, path)


def _is_known(purpose: Purpose, path: str) -> bool:
    return skeleton(path) in {
        skeleton(route.path) for route in TABLE if route.purpose is purpose
    }


def _is_user_sync(fields: frozenset[str], path: str) -> bool:
    if "statusonly" in fields:
        return True
    if not _SYNC.search(path):
        return False
    # Panels, cameras and automation have a sync, too.
    words = path.casefold()
    return fields >= _DEVICES_WITH_CODES or (
        "user" in words and "usercode" not in words
    )


def _user_sync(call: Call, fields: frozenset[str], path: str) -> Purpose:
    """Return a start, or a look at its steps; never takes the one for the other."""
    try:
        said = status_only(frozen(tree) for tree in (call.query, call.form, call.json))
    except ValueError as error:
        raise Unreadable(
            Reason.STATUS_ONLY, str(getattr(error, "detail", ""))
        ) from None
    if said is None:
        tail = _SYNC.split(path)[-1]
        reads = bool(_READ_WORDS.search(tail.casefold()))
        starts = bool(_SYNC.search(path)) and (
            bool(_DEVICES_WITH_CODES & fields) or bool(_START_TAIL.fullmatch(tail))
        )
        # What does not say that it only looks could start a sync each time it is asked.
        if reads is (call.method == "GET") and (reads or starts):
            return Purpose.USER_SYNC_STEPS if reads else Purpose.START_USERS
        raise Unreadable(Reason.STATUS_ONLY)
    return Purpose.USER_SYNC_STEPS if said else Purpose.START_USERS


def frozen(tree: object) -> Tree:
    """Return a body with tuples for its lists, as templates have them."""
    if isinstance(tree, Mapping):
        return {str(name): frozen(inner) for name, inner in tree.items()}
    if isinstance(tree, list):
        return tuple(frozen(inner) for inner in tree)
    return tree if isinstance(tree, bool | int | str | None) else str(tree)


def _is_empty_log(call: Call, fields: frozenset[str], path: str) -> bool:
    """A log without a record has no mark of its own: the request must have one."""
    answer = call.answer
    has_list = isinstance(answer, list) or "events" in names(answer)
    return has_list and bool(fields & LOG_NAMES) and "event" in path


def _by_request(call: Call, fields: frozenset[str], path: str) -> Purpose | None:
    last = path.rstrip("/").rpartition("/")[2]
    if "acknowledge" in path:
        return None
    reads = call.method == "GET"
    if fields & LOG_NAMES or (
        reads and re.fullmatch(r"(get|live|all)*events?(log|ex)?", last)
    ):
        return Purpose.EVENT_LOG
    if "jobid" in fields or ("job" in path and reads):
        return Purpose.JOB_STATUS
    if reads and re.search(r"/(get)?users(ex|list)?(/|$)", path):
        return Purpose.PENDING_CHANGES
    return None
