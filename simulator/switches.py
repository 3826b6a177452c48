"""Every way in which this stand-in can be made to behave otherwise.

The reference marks what is known and what is guessed; each guess a client could rest on has a switch here,
so that a test can turn it round.
"""

from dataclasses import asdict, dataclass
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from simulator.options import Profile

type Soap = Literal[
    "on",
    "forbidden",
    "missing",
    "fault",
    "invalid_session",
    "refused",
    "html",
    "redirect",
]
type SyncResult = Literal["normal", "nothing", "failed"]
type SyncLog = Literal[
    "normal",
    "late",
    "missing",
    "foreign",
    "automatic",
    "unsuccessful",
    "failed",
    "spanish",
]
# "asked" is the form that DateFormat and TimeFormat ask for (docs/protocol/total-connect.md#event-records); the others are inventions.
type RecordTimes = Literal[
    "asked",
    "iso",
    "iso_z",
    "us_12h",
    "date",
    "ticks",
    "never",
    "unreadable",
    "missing",
]
type UserRows = Literal["until_next_start", "linger", "cleared"]


@dataclass(slots=True, kw_only=True)
class Switches:
    """All switches with the most likely behaviour.

    Candidate numbers count the columns of docs/protocol/total-connect.md#likely-routes; 0 means the route is not
    there.
    """

    # Routes
    soap: Soap = "forbidden"  # docs/protocol/total-connect.md#is-soap-still-there
    job_status_candidate: Literal[0, 1, 2, 3, 4] = 0
    user_sync_candidate: Literal[0, 1, 2, 3] = 0
    events_candidate: Literal[0, 1, 2, 3] = 0
    users_candidate: Literal[0, 1, 2, 3] = 0
    missing_route_status: Literal[404, 405, 410] = 404

    # Sign-in and sessions (docs/protocol/total-connect.md#sign-in)
    token_seconds: float = 1200.0
    session_seconds: float = 5 * 3600.0
    refresh_keeps_session: bool = True
    dead_session_answer: Literal["401", "-102", "-30002"] = "401"
    rotate_refresh_tokens: bool = True
    new_sign_in_ends_old: bool = False
    client_id_in: Literal["either", "body", "basic"] = "either"
    bad_password_code: Literal[-100, -50004, -7625] = -100
    bad_sign_ins_allowed: int = 5
    good_sign_ins_a_minute: int = 10
    account: Literal["open", "locked", "revoked"] = "open"
    # What the password grant does with them is unknown: "told" only says so, "asked" refuses it.
    two_step_codes: Literal["off", "told", "asked"] = "off"

    # An invention: "set" gives out a session cookie, "trusted" signs in whoever brings one, whatever their token.
    session_cookie: Literal["off", "set", "trusted"] = "off"

    # Panel syncs (docs/protocol/total-connect.md#panel-sync)
    panel_sync_seconds: float = 12.0
    automation_seconds: float = 8.0
    panel_sync_result: SyncResult = "normal"
    first_start_unreachable: bool = False
    idle_seconds: float = 600.0
    armed_refusal: int = -4502  # invention: the code is not known
    panel_locks_after: int = 3

    # User syncs (docs/protocol/total-connect.md#user-sync)
    user_step_seconds: float = 3.0
    user_sync_result: SyncResult = "normal"
    user_rows: UserRows = "until_next_start"
    # A guess: the start is taken, and the code refused when steps are asked for, or by the panel.
    late_code_refusal: Literal["off", "asking", "panel"] = "off"
    # Where the refusal of a start stands if every panel refuses: in the whole answer, or only in the panel's row.
    user_sync_refusal: Literal["envelope", "row"] = "envelope"

    # Event log (docs/protocol/total-connect.md#event-log)
    sync_log: SyncLog = "normal"
    late_log_seconds: float = 45.0
    events_newest_first: bool = True
    events_page_to: Literal["older", "newer"] = "older"
    record_times: RecordTimes = "asked"

    # Status (docs/protocol/total-connect.md#status)
    report_moves_report_time: bool = True
    unchanged_sync_moves_report_time: bool = False
    first_live_read_unreachable: bool = True
    live_read_seconds: float = 0.3
    exit_delay_seconds: float = 30.0
    null_status_zones: int = 0
    null_live_zones: int = 0
    sync_status: int | None = None
    sync_status_supported: bool | None = None

    # Rights and codes
    rights: bool = True
    rights_needed: bool = False
    stored_code_valid: bool = True
    validate_user_true_for: Literal["anyone", "own"] = "anyone"
    prompt_user_code: bool | None = None
    prompt_installer_code: bool | None = None
    user_code_direct_push: bool = False

    # Shape of answers (docs/architecture.md#simulator)
    numbers_as_strings: bool = False
    letter_case: Literal["real", "lower", "upper"] = "real"
    extra_fields: bool = False
    locations_null: bool = False
    # An invention: refused answers repeat session, token and codes in their text.
    refusals_repeat_secrets: bool = False

    def change(self, changes: dict[str, Any]) -> None:
        """Set switches from JSON, all or none. Raises ValueError naming the switch and what it takes."""
        hints = get_type_hints(Switches)
        for name in changes:
            if name not in hints:
                known = ", ".join(sorted(hints))
                raise ValueError(f"there is no switch {name!r}; known: {known}")
        checked = {
            name: _checked(name, hints[name], value) for name, value in changes.items()
        }
        for name, value in checked.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Return every switch and its value."""
        return asdict(self)


def for_profile(profile: Profile) -> Switches:
    """Return the switches a profile starts with."""
    if profile == "soap":
        return Switches(soap="on")
    if profile in ("bare", "hidden"):
        return Switches()
    return Switches(
        job_status_candidate=1,
        user_sync_candidate=1,
        events_candidate=1,
        users_candidate=1,
    )


def _checked(name: str, hint: Any, value: Any) -> Any:
    """Return `value` as the type of the switch, or raise ValueError."""
    hint = getattr(hint, "__value__", hint)  # a `type` alias keeps its meaning there
    if get_origin(hint) is Literal:
        if any(
            value == choice and type(value) is type(choice) for choice in get_args(hint)
        ):
            return value
        raise ValueError(
            f"switch {name!r} takes one of {list(get_args(hint))}, not {value!r}"
        )
    allowed = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if value is None and type(None) in allowed:
        return None
    if (
        float in allowed
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and value >= 0
    ):
        return float(value)
    if any(type(value) is kind for kind in allowed):
        return value
    names = " or ".join(
        "null" if kind is type(None) else kind.__name__ for kind in allowed
    )
    raise ValueError(f"switch {name!r} takes {names}, not {value!r}")
