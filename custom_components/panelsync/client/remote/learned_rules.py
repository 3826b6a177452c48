"""What may stand in a learned route: names, values, addresses and verbs."""

from collections.abc import Iterable, Iterator, Mapping
import re
from typing import Final

from .route import Kind, Purpose, Tree
from .routes import TABLE

FIELDS: Final[Mapping[str, Kind]] = {
    "location": Kind.NUMBER,
    "device": Kind.NUMBER,
    "job": Kind.WORD,
    "after": Kind.NUMBER,
    "since": Kind.MOMENT,
    "until": Kind.MOMENT,
    "code": Kind.CODE,
    "installer": Kind.CODE,
}
"""Everything of this account that a learned route can be given."""

LEARNED: Final[Mapping[Purpose, frozenset[str]]] = {
    Purpose.START_USERS: frozenset({"location", "device", "code"}),
    Purpose.USER_SYNC_STEPS: frozenset({"location", "device", "code"}),
    Purpose.JOB_STATUS: frozenset({"location", "device", "job"}),
    Purpose.PENDING_CHANGES: frozenset({"location", "device"}),
    Purpose.EVENT_LOG: frozenset({"location", "device", "after", "since", "until"}),
    Purpose.START_PANEL: frozenset({"location", "device", "code", "installer"}),
    Purpose.STATUS: frozenset({"location", "device"}),
    Purpose.LIVE_ZONES: frozenset({"location", "device"}),
}
"""The purposes that can be learned, and what each may carry."""

STARTS: Final = frozenset({Purpose.START_USERS, Purpose.START_PANEL})
READS_BY_POST: Final = frozenset(
    {
        Purpose.EVENT_LOG,
        Purpose.USER_SYNC_STEPS,
        Purpose.JOB_STATUS,
        Purpose.PENDING_CHANGES,
    }
)

CONSTANTS: Final = frozenset(
    {
        "additionalinput",
        "dateformat",
        "eventtypefilter",
        "eventtypefilterlist",
        "filterclass",
        "forceimport",
        "listidentifierid",
        "maxrecords",
        "partitionid",
        "partitionids",
        "showhidden",
        "showlocked",
        "sortorder",
        "statusonly",
        "timeformat",
        "usercodedirectpush",
    }
)
"""The names whose constant values the vendor's own reference explains."""
ZERO_MEANS_ALL: Final = frozenset({"locationid", "deviceid", "lasteventidreceived"})

_CODE_NAME: Final = re.compile(
    r"(?!.*(?:new|old|duress|confirm|temp|guest))"
    r"(?:[a-z]*(?:user|panel|master|auth[a-z]*)code|code|(?:user)?pin)"
)


def code_field(known: str) -> str | None:
    """Return which code of the panel is sent under a plain name, None for no code."""
    if known == "installercode":
        return "installer"
    return "code" if _CODE_NAME.fullmatch(known) else None


FORBIDDEN: Final = (
    *("disarm", "arm", "bypass", "code", "delete", "lock", "scene", "password"),
    *("panic", "trigger", "acknowledge", "token", "login", "logout", "thermostat"),
    *("remove", "enroll", "sendkey", "savelocation", "cancel", "abort", "clear"),
)
"""No address or wrapper of a learned route holds one of these."""

# What an address that only reads does not say: the words of an act …
_ACTS: Final = (
    *("save", "add", "create", "update", "insert", "edit", "modify", "change", "set"),
    *("put", "post", "write", "do", "make", "force", "start", "stop", "run", "execute"),
    *("reset", "apply", "commit", "restore", "replace", "send", "resend", "submit"),
    *("publish", "push", "upload", "import", "invite", "register", "revoke", "approve"),
    *("assign", "enable", "disable", "restart", "retry", "resume", "rerun", "requeue"),
    *(
        "repeat",
        "redo",
        "undo",
        "revert",
        "rollback",
        "activate",
        "deactivate",
        "launch",
    ),
    *("initiate", "begin", "finish", "end", "close", "terminate", "kill", "pause"),
    *(
        "purge",
        "erase",
        "wipe",
        "archive",
        "transfer",
        "merge",
        "copy",
        "move",
        "notify",
    ),
)
_ACTED_ON: Final = (
    r"(?:all)?(?:users?|panels?|members?|people|devices?|events?|jobs?|logs?)"
)
_ACT_ON: Final = re.compile(rf"({'|'.join(_ACTS)})(?:{_ACTED_ON})+")
# … or the start of a sync, unless what follows is about how it goes.
_PARTY: Final = r"(?:users?|panels?|members?|people|devices?|all|now)"
_SYNCS: Final = re.compile(
    rf"(?:(?:re|start|do|run|force|{_PARTY})[_.-]?)*sync(?:hroni[sz]e)?(?:[_.-]?{_PARTY})*"
)
_ABOUT_A_SYNC: Final = re.compile(
    "status|state|step|progress|poll|check|pending|job|task|history|log|event|record|result|queue"
)

LONGEST_PATH: Final = 300
LARGEST_NUMBER: Final = 9999
DATE_FORMATS: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S.000Z",
    "%Y-%m-%d %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%d",
    "%m/%d/%Y",
)

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_-]{0,23}")
_SMALL: Final = re.compile(r"-?[0-9]{1,4}")
_SEGMENT: Final = re.compile(
    r"[A-Za-z][A-Za-z_.-]{0,39}[0-9]{0,2}|[0-9]{1,2}|\{[a-z]+\}"
)
_FIRST_SEGMENT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,29}")


class NotLearned(ValueError):
    """A route is not fit to be learned: one word that says why, and what it is about."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Keep both."""
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def plain(name: str) -> str:
    """Reduce a name to its last part, without letter case and separators."""
    parts = re.split(r"[.\[]", name.replace("]", ""))
    words = [part for part in parts if part and not part.isdigit()] or [name]
    return re.sub(r"[^a-z0-9]", "", words[-1].casefold())


def skeleton(path: str) -> str:
    """Reduce a path to what a server compares: case, versions and ids do not count."""
    return "/".join(
        "*" if "{" in part or re.fullmatch(r"[0-9]+|v[0-9]+", part) else part
        for part in path.casefold().split("/")
        if part
    )


def forbidden_word(text: str, *, alarm_is_fine: bool = False) -> str | None:
    """Return the first word in a text that no learned route may hold."""
    letters = text.casefold()
    if alarm_is_fine:
        letters = letters.replace("alarm", "")
    letters = re.sub(r"[^a-z/]", "", letters)
    return next((word for word in FORBIDDEN if word in letters), None)


def acting_word(path: str, *, by_get: bool) -> str | None:
    """Return the word with which an address acts, None where it can be a read.

    A read goes out again and again, so it is no start, whatever its answer shows.
    """
    parts = path.split("/")
    for part in parts:
        words: list[str] = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", part)
        if act := next((word for word in words if word.casefold() in _ACTS), None):
            return act.casefold()
        if not by_get and (found := _ACT_ON.fullmatch(part.casefold())):
            return str(found[1])
    for index, part in enumerate(parts):
        after = "/".join(parts[index + 1 :]).casefold()
        if _SYNCS.fullmatch(part.casefold()) and not _ABOUT_A_SYNC.search(after):
            return "sync"
    return None


def validate_steps(path: str) -> None:
    """Refuse an address of steps, read by GET, that acts; raises NotLearned.

    What it says last decides: the state of a push is read, and a status that is reset is
    not.
    """
    parts = path.split("/")
    while any(_ABOUT_A_SYNC.search(part.casefold()) for part in parts[1:]):
        del parts[0]
    word = acting_word("/".join(parts), by_get=True)
    if word not in (None, "sync"):
        raise NotLearned("acts", word)


def validate_path(purpose: Purpose, method: str, path: str) -> None:
    """Refuse an address that could do anything else; raises NotLearned."""
    nothing, *parts = path.split("/")
    if nothing or not parts or len(path) > LONGEST_PATH or ".." in path:
        raise NotLearned("address")
    for index, part in enumerate(parts):
        if not (_SEGMENT if index else _FIRST_SEGMENT).fullmatch(part):
            raise NotLearned("address")
    bare = re.sub(r"\{[a-z]+\}", "", path)
    if word := forbidden_word(bare, alarm_is_fine=purpose not in STARTS):
        raise NotLearned("forbidden_word", word)
    family = {purpose}
    if purpose in (Purpose.START_USERS, Purpose.USER_SYNC_STEPS):
        family = {Purpose.START_USERS, Purpose.USER_SYNC_STEPS}
    wanted = skeleton(path)
    own = {
        skeleton(route.path)
        for route in TABLE
        if route.purpose not in family
        and (method != "GET" or route.method == "GET" or purpose in STARTS)
    }
    below_panel_sync = "devices/security/sync" in wanted and purpose in (
        Purpose.START_USERS,
        Purpose.START_PANEL,
    )
    if wanted in own or below_panel_sync or wanted.startswith("tc21api/"):
        raise NotLearned("known_route")
    if purpose not in STARTS and purpose is not Purpose.USER_SYNC_STEPS:
        by_get = method == "GET"
        word = acting_word(bare, by_get=by_get)
        if word == "sync" and by_get and purpose is Purpose.JOB_STATUS:
            # The job of a sync; what follows the job is done to it.
            word = acting_word(path.partition("{job}")[2], by_get=by_get)
        if word:
            raise NotLearned("acts", word)


def validate_method(purpose: Purpose, method: str) -> None:
    """Refuse a verb that does not fit the purpose; raises NotLearned."""
    if purpose in STARTS:
        allowed = {"POST", "PUT"}
    elif purpose is Purpose.USER_SYNC_STEPS:
        allowed = {"GET", "POST", "PUT"}
    elif purpose in READS_BY_POST:
        allowed = {"GET", "POST"}
    else:
        allowed = {"GET"}
    if method not in allowed:
        raise NotLearned("verb", method)


def leaves(tree: Tree, name: str = "") -> Iterator[tuple[str, Tree]]:
    """Yield every leaf with the name it stands under."""
    if isinstance(tree, Mapping):
        for inner_name, inner in tree.items():
            yield from leaves(inner, inner_name)
    elif isinstance(tree, tuple):
        if not tree:
            yield name, ()
        for inner in tree:
            yield from leaves(inner, name)
    else:
        yield name, tree


def validate_constant(name: str, value: Tree) -> None:
    """Refuse a constant that nobody can explain; raises NotLearned with its name.

    Nothing at all is fine under any name: it says nothing.
    """
    if not value and not isinstance(value, bool | int):
        return
    known = plain(name)
    if isinstance(value, tuple):
        for inner in value:
            validate_constant(name, inner)
        return
    if known in ZERO_MEANS_ALL and str(value) in ("0", "-1"):
        return
    if code_field(known) is not None and value == "-1":
        return
    if known not in CONSTANTS:
        raise NotLearned("field", name)
    if known == "forceimport" and not _says_no(value):
        raise NotLearned("force_import", name)
    if isinstance(value, bool):
        return
    if isinstance(value, int) and abs(value) <= LARGEST_NUMBER:
        return
    if isinstance(value, str) and (_WORD.fullmatch(value) or _SMALL.fullmatch(value)):
        return
    raise NotLearned("field", name)


def _says_no(value: object) -> bool:
    return str(value).casefold() in ("false", "0", "", "none")


def says_yes(value: object) -> bool:
    """Return whether a constant means yes, in any type it may be sent in."""
    return str(value).casefold() in ("true", "1")


def status_only(trees: Iterable[Tree]) -> bool | None:
    """Return what a request says of `StatusOnly`, None where it does not say it.

    Raises NotLearned where it says neither yes nor no.
    """
    said: set[bool] = set()
    for tree in trees:
        for name, leaf in leaves(tree):
            if plain(name) == "statusonly":
                if not (says_yes(leaf) or str(leaf).casefold() in ("false", "0")):
                    raise NotLearned("status_only", name)
                said.add(says_yes(leaf))
    if len(said) > 1:
        raise NotLearned("status_only")
    return said.pop() if said else None
