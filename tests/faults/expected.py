"""What must become of a run under each fault: written by hand, from the rules.

Nothing here is computed from the client. The first rule that fits a cell holds; each
names where its expectation comes from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from custom_components.panelsync.client import Outcome, Reason, SyncKind

from .broken import AFTER, BEFORE, BUSY, GONE, NOT_SENT
from .scene import Cell, Part, Seen, Session


@dataclass(frozen=True, slots=True)
class Expected:
    """How the run ends, and how many starts the service may have looked at."""

    outcome: Outcome
    reason: Reason
    starts: int


PROVEN: Final = Expected(Outcome.SUCCEEDED, Reason.PROVEN, 1)
PROVEN_REFRESH: Final = Expected(Outcome.SUCCEEDED, Reason.PROVEN, 0)
NO_MARKS: Final = Expected(Outcome.FINISHED, Reason.NOTHING_TO_PROVE, 1)
NOT_STARTED: Final = Expected(Outcome.FAILED, Reason.SERVICE_UNREACHABLE, 0)
WAITS: Final = Expected(Outcome.REFUSED, Reason.SIGN_IN_POSTPONED, 0)
LOST_START: Final = Expected(Outcome.UNCONFIRMED, Reason.ANSWER_LOST, 0)
LOST_PROOF: Final = Expected(Outcome.UNCONFIRMED, Reason.TIME_LIMIT, 1)
SAID_NO: Final = Expected(Outcome.FAILED, Reason.SERVICE_REFUSED, 0)
LIMITED: Final = Expected(Outcome.REFUSED, Reason.RATE_LIMITED, 0)
UNCLEAR: Final = Expected(Outcome.UNCONFIRMED, Reason.ANSWER_UNKNOWN, 0)
DEAD_SESSION: Final = Expected(Outcome.FAILED, Reason.SIGN_IN_FAILED, 0)
NO_ROUTE: Final = Expected(Outcome.REFUSED, Reason.ROUTE_UNAVAILABLE, 0)
NO_WAY: Final = Expected(Outcome.REFUSED, Reason.NO_USER_SYNC_WAY, 0)
NO_LIVE_ROUTE: Final = Expected(Outcome.UNCONFIRMED, Reason.ROUTE_UNAVAILABLE, 0)
NO_ZONES: Final = Expected(Outcome.UNCONFIRMED, Reason.NO_ZONES, 0)

CHECKS: Final = "docs/architecture.md#checks-before-a-start"
CODES: Final = "docs/protocol/total-connect.md#result-codes"
FOLLOWING: Final = "docs/architecture.md#following"
GONE_ROUTES: Final = "docs/architecture.md#gone-routes"
JUDGEMENT: Final = "docs/architecture.md#judgement"
OUTCOMES: Final = "docs/architecture.md#outcomes"
QUIRKS: Final = "docs/protocol/total-connect.md#quirks"
RETRIES: Final = "docs/architecture.md#retries"
SENT_ONCE: Final = "docs/architecture.md#a-start-is-sent-once"
SIGNING_IN: Final = "docs/architecture.md#sign-in-discipline"
SOAP: Final = "docs/protocol/total-connect.md#soap"
TOKENS: Final = "docs/protocol/total-connect.md#token-endpoint"
WAYS: Final = "docs/architecture.md#ways-to-start-a-user-sync"

TOKEN: Final = "POST /tc2api.auth/token"
CONFIGURATION: Final = "GET /application.config.json"
ACCOUNT: Final = "GET /tc2api.tcresource/api/v3/authentication/sessiondetails"
PANEL_START: Final = (
    "POST /tc2api.tcresource/api/v1/locations/{id}/devices/security/synchronize"
)
LIKELY_USER_START: Final = "POST /tc2api.tcresource/api/v1/account/users/synchronize"
SOAP_START: Final = "POST /tc21api/tc2.asmx"
LIVE_READ: Final = "GET /tc2api.tcresource/api/v1/locations/{id}/partitions/zones/0"

# Answers in the service's own words that are no yes and name no known trouble.
STRANGE_WORDS: Final = ("401", "500_999", "unknown_code")
# A page or a refusal by an address that is there: asking again at once is no use.
FORBIDDEN: Final = ("403", "html", "redirect")


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a set of cells; None means any."""

    expected: Expected
    source: str
    part: Part | None = None
    places: Iterable[str] | None = None
    faults: Iterable[str] | None = None
    once: bool = False
    session: Session | None = None
    kinds: Iterable[SyncKind] | None = None

    def fits(self, cell: Cell) -> bool:
        return (
            self.part in (None, cell.part)
            and (self.places is None or cell.place in self.places)
            and (self.faults is None or cell.fault in self.faults)
            and not (self.once and cell.lasting)
            and self.session in (None, cell.session)
            and (self.kinds is None or cell.kind in self.kinds)
        )


_START, _MARK, _FOLLOW, _LIVE = Part.START, Part.MARK, Part.FOLLOW, Part.LIVE
_EXPIRES, _ENDS = Session.EXPIRES, Session.ENDS
_STARTS: Final = (PANEL_START, LIKELY_USER_START, SOAP_START)
_SIGNING_IN: Final = (TOKEN, CONFIGURATION)
_REFRESH: Final = (SyncKind.REFRESH,)
_SYNCS: Final = (SyncKind.PANEL, SyncKind.USERS)

RULES: Final = (
    # The set-up: Home Assistant repeats it, so the run comes after it and knows nothing.
    Rule(PROVEN, f"{GONE_ROUTES}: outages are not final", Part.SET_UP),
    # A slow answer is an answer.
    Rule(PROVEN_REFRESH, f"{QUIRKS}: allow 60 s", faults=("drip",), kinds=_REFRESH),
    Rule(PROVEN, f"{QUIRKS}: allow 60 s", faults=("drip",)),
    # The start itself: what was certainly not accepted, see SENT_ONCE; else followed.
    Rule(NOT_STARTED, f"{SENT_ONCE}: no byte sent", _START, _STARTS, NOT_SENT),
    Rule(PROVEN, f"{SENT_ONCE}: a wait of a few seconds is waited", _START, _STARTS, ("429",), once=True),
    Rule(LIMITED, f"{SENT_ONCE}: 429 is refused with the time to wait", _START, _STARTS, BUSY),
    Rule(LOST_START, f"{SENT_ONCE} and {JUDGEMENT}: not certain, nothing ever proves it", _START, _STARTS, BEFORE),
    Rule(PROVEN, f"{SENT_ONCE} and {JUDGEMENT}: the answer was lost, the log proves it", _START, _STARTS, (*AFTER, "missing_section")),
    Rule(NO_ROUTE, f"{CHECKS} and {GONE_ROUTES}: gone at once", _START, (PANEL_START,), GONE),
    Rule(NO_WAY, f"{WAYS}: the next way at 404, 405, 410, and none is left", _START, (LIKELY_USER_START, SOAP_START), GONE),
    # The words of JSON on the SOAP address are no answer at all.
    Rule(PROVEN, f"{SOAP}: SOAP answers XML", _START, (SOAP_START,), ("unknown_code",)),
    Rule(PROVEN, f"{JUDGEMENT}: an unknown code is followed, and the log proves it", _START, _STARTS, ("unknown_code",)),
    Rule(UNCLEAR, f"{JUDGEMENT}: a start answered 401 was sent; a guess costs no sign-in", _START, (LIKELY_USER_START,), ("401",)),
    Rule(PROVEN, f"{SIGNING_IN}: a dead session: one silent fresh sign-in", _START, _STARTS, ("401",), once=True),
    Rule(NO_WAY, f"{GONE_ROUTES}: still refused by SOAP while REST works: that route is gone", _START, (SOAP_START,), ("401",)),
    Rule(DEAD_SESSION, f"{SIGNING_IN}: one fresh sign-in, not two", _START, _STARTS, ("401",)),
    # Asking the account whether a refused session has ended.
    Rule(PROVEN, f"{SIGNING_IN}: a dead session: one silent fresh sign-in; in doubt, too", _START, (ACCOUNT,)),
    # Signing in for a start: whatever goes wrong, the start itself was never sent.
    Rule(PROVEN, f"{TOKENS}: any other error on refresh: refresh dead, sign in", _START, (TOKEN,), STRANGE_WORDS, once=True, session=_EXPIRES),
    Rule(UNCLEAR, f"{JUDGEMENT}: a start answered 401 was sent, and no session comes", _START, _SIGNING_IN, session=_ENDS, kinds=_SYNCS),
    Rule(LIMITED, f"{SENT_ONCE}: 429 is refused with the time to wait", _START, _SIGNING_IN, BUSY),
    Rule(SAID_NO, f"{SENT_ONCE}: nothing sent; the words of the token address are shown", _START, (TOKEN,), STRANGE_WORDS),
    Rule(NOT_STARTED, f"{SENT_ONCE}: no session, so nothing was sent", _START, _SIGNING_IN),
    # Signing in for the marks of a run. Sent sign-ins are spaced by five minutes and
    # more, so that the start soon after has no session and is not sent.
    Rule(PROVEN, f"{RETRIES}: reads may retry; a refresh is no sign-in", _MARK, (TOKEN,), once=True, session=_EXPIRES),
    Rule(PROVEN, f"{RETRIES}: reads may retry; what was not sent is no sign-in", _MARK, (TOKEN,), NOT_SENT, once=True),
    Rule(NO_MARKS, f"{JUDGEMENT}: the job is finished and nothing else is known", _MARK, (TOKEN,), NOT_SENT),
    Rule(WAITS, f"{OUTCOMES} and {SIGNING_IN}: refreshes and unattended sign-ins are spaced, and what is not sent is refused", _MARK, (TOKEN,)),
    Rule(PROVEN, f"{RETRIES}: reads may retry", _MARK, (CONFIGURATION,), once=True),
    Rule(NO_MARKS, f"{JUDGEMENT}: the job is finished and nothing else is known", _MARK, (CONFIGURATION,)),
    # Signing in while a run is followed: without a session there is nothing to see.
    Rule(PROVEN, f"{RETRIES}: reads may retry; what was not sent is no sign-in", _FOLLOW, (TOKEN,), NOT_SENT, once=True, kinds=_SYNCS),
    Rule(LOST_PROOF, f"{JUDGEMENT} and {SIGNING_IN}: sign-ins are spaced; the time limit says not known", _FOLLOW, (TOKEN,), kinds=_SYNCS),
    Rule(PROVEN, f"{RETRIES}: reads may retry", _FOLLOW, (CONFIGURATION,), once=True, kinds=_SYNCS),
    Rule(LOST_PROOF, f"{JUDGEMENT}: the time limit says not known", _FOLLOW, (CONFIGURATION,), kinds=_SYNCS),
    # The live read of a refresh: a read, so it is tried again, and so is signing in for it.
    Rule(NO_LIVE_ROUTE, f"{GONE_ROUTES}: 404, 405, 410: gone at once", _LIVE, (LIVE_READ,), GONE),
    Rule(NOT_STARTED, f"{RETRIES}: a web page or 403 is not repeated at once; {CODES}: nor is -999", _LIVE, (LIVE_READ, CONFIGURATION), (*FORBIDDEN, "500_999")),
    Rule(PROVEN_REFRESH, f"{RETRIES} and {CODES}: reads may retry", _LIVE, (LIVE_READ, CONFIGURATION), once=True),
    Rule(PROVEN_REFRESH, f"{TOKENS}: any other error on refresh: refresh dead, sign in; reads may retry", _LIVE, (TOKEN,), once=True, session=_EXPIRES),
    Rule(PROVEN_REFRESH, f"{RETRIES}: reads may retry; what was not sent is no sign-in", _LIVE, (TOKEN,), NOT_SENT, once=True),
    Rule(LIMITED, f"{SENT_ONCE}: 429 is refused with the time to wait", _LIVE, (LIVE_READ, *_SIGNING_IN), BUSY),
    Rule(NO_ZONES, f"{QUIRKS}: success without its section is partial", _LIVE, (LIVE_READ,), ("missing_section", "wrong_types")),
    Rule(SAID_NO, f"{CODES}: any other code: show code and text", _LIVE, (LIVE_READ,), ("unknown_code",)),
    Rule(DEAD_SESSION, f"{SIGNING_IN}: one fresh sign-in, not two", _LIVE, (LIVE_READ,), ("401",)),
    Rule(SAID_NO, f"{CODES}: show code and text", _LIVE, (TOKEN,), STRANGE_WORDS),
    Rule(NOT_STARTED, f"{JUDGEMENT}: no answer: failed", _LIVE, (LIVE_READ, *_SIGNING_IN)),
    # Every other read: what one route does not tell, another does.
    Rule(PROVEN_REFRESH, f"{JUDGEMENT}: the live read has answered; the rest adds nothing", kinds=_REFRESH),
    Rule(PROVEN, f"{FOLLOWING} and {JUDGEMENT}: followed by what exists; status or log proves it", _MARK),
    Rule(PROVEN, f"{FOLLOWING} and {JUDGEMENT}: followed by what exists; status or log proves it", _FOLLOW),
)  # fmt: skip

# Without these there is no account: their trouble at set-up is told, and it is repeated.
NEEDED_AT_SET_UP: Final = (
    TOKEN,
    CONFIGURATION,
    ACCOUNT,
    "GET /tc2api.tcresource/api/v3/locations/{id}/partitions/fullstatus",
)
# Never said of a fault on the wire: they stop everything until a person acts
# (docs/protocol/total-connect.md#locked-accounts).
NEVER_SAID: Final = ("CredentialsRefused", "AccountLocked")


def rule_for(cell: Cell) -> Rule:
    """Give the rule of a cell. Raises LookupError where nobody wrote one."""
    for rule in RULES:
        if rule.fits(cell):
            return rule
    raise LookupError(f"No expectation is written for {cell}")


def misses(cell: Cell, seen: Seen) -> list[str]:
    """Give everything in which a cell is not as it must be."""
    expected = rule_for(cell).expected
    found: list[str] = []
    told = (seen.outcome, seen.reason, seen.starts)
    wanted = (expected.outcome, expected.reason, expected.starts)
    if told != wanted:
        found.append(f"ended {told}, not {wanted}")
    if not seen.faults_met:
        found.append("the fault was never met")
    if seen.forbidden:
        found.append("something was sent that no sync client may send")
    if seen.bystander_starts:
        found.append("another location was started")
    if seen.bystander_errors and "{id}" in cell.place:
        found.append(f"another location suffered: {seen.bystander_errors}")
    if seen.recovered:
        found.append(f"an hour later: {seen.recovered}")
    if seen.set_up_error in NEVER_SAID:
        found.append(f"the set-up said {seen.set_up_error}")
    if seen.set_up_error and not (
        cell.place in NEEDED_AT_SET_UP or cell.fault == "401"
    ):
        found.append(f"the set-up failed: {seen.set_up_error}")
    if seen.sign_ins > sign_ins_allowed(cell):
        found.append(f"{seen.sign_ins} sign-ins")
    return found


def sign_ins_allowed(cell: Cell) -> int:
    """Give how many password grants a cell may cost, the first included.

    See docs/protocol/total-connect.md#locked-accounts.

    One for the account, one for each session that ended, and one for each that was
    lost with its answer.
    """
    if cell.place in (TOKEN, CONFIGURATION):
        return 3
    ended = cell.fault == "401" or cell.session is Session.ENDS
    return 2 if ended else 1
