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
NO_ROUTE: Final = Expected(Outcome.REFUSED, Reason.ROUTE_GONE, 0)
NO_WAY: Final = Expected(Outcome.REFUSED, Reason.NO_USER_SYNC_WAY, 0)
NO_LIVE_ROUTE: Final = Expected(Outcome.UNCONFIRMED, Reason.ROUTE_GONE, 0)
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
    session: Session | None = None
    places: Iterable[str] | None = None
    kinds: Iterable[SyncKind] | None = None
    faults: Iterable[str] | None = None
    lasting: bool | None = None

    def fits(self, cell: Cell) -> bool:
        """Return whether the rule speaks of a cell."""
        return (
            self.part in (None, cell.part)
            and self.session in (None, cell.session)
            and (self.places is None or cell.place in self.places)
            and (self.kinds is None or cell.kind in self.kinds)
            and (self.faults is None or cell.fault in self.faults)
            and self.lasting in (None, cell.lasting)
        )


_STARTS: Final = (PANEL_START, LIKELY_USER_START, SOAP_START)
_SIGNING_IN: Final = (TOKEN, CONFIGURATION)
_REFRESH: Final = (SyncKind.REFRESH,)
_SYNCS: Final = (SyncKind.PANEL, SyncKind.USERS)

RULES: Final = (
    # The set-up: Home Assistant repeats it, so the run comes after it and knows nothing.
    Rule(PROVEN, f"{GONE_ROUTES}: outages are not final", part=Part.SET_UP),
    # A slow answer is an answer (docs/protocol/total-connect.md#quirks).
    Rule(PROVEN_REFRESH, f"{QUIRKS}: allow 60 s", kinds=_REFRESH, faults=("drip",)),
    Rule(PROVEN, f"{QUIRKS}: allow 60 s", faults=("drip",)),
    # The start itself: what was certainly not accepted, see SENT_ONCE; else followed.
    Rule(
        NOT_STARTED,
        f"{SENT_ONCE}: no byte sent",
        part=Part.START,
        places=_STARTS,
        faults=NOT_SENT,
    ),
    Rule(
        PROVEN,
        f"{SENT_ONCE}: a wait of a few seconds is waited",
        part=Part.START,
        places=_STARTS,
        faults=("429",),
        lasting=False,
    ),
    Rule(
        LIMITED,
        f"{SENT_ONCE}: 429 is refused with the time to wait",
        part=Part.START,
        places=_STARTS,
        faults=BUSY,
    ),
    Rule(
        LOST_START,
        f"{SENT_ONCE} and {JUDGEMENT}: not certain, nothing ever proves it",
        part=Part.START,
        places=_STARTS,
        faults=BEFORE,
    ),
    Rule(
        PROVEN,
        f"{SENT_ONCE} and {JUDGEMENT}: the answer was lost, the log proves it",
        part=Part.START,
        places=_STARTS,
        faults=(*AFTER, "missing_section"),
    ),
    Rule(
        NO_ROUTE,
        f"{CHECKS} and {GONE_ROUTES}: gone at once",
        part=Part.START,
        places=(PANEL_START,),
        faults=GONE,
    ),
    Rule(
        NO_WAY,
        f"{WAYS}: the next way at 404, 405, 410, and none is left",
        part=Part.START,
        places=(LIKELY_USER_START, SOAP_START),
        faults=GONE,
    ),
    # The words of JSON on the SOAP address are no answer at all.
    Rule(
        PROVEN,
        f"{SOAP}: SOAP answers XML",
        part=Part.START,
        places=(SOAP_START,),
        faults=("unknown_code",),
    ),
    Rule(
        PROVEN,
        f"{JUDGEMENT}: an unknown code is followed, and the log proves it",
        part=Part.START,
        places=_STARTS,
        faults=("unknown_code",),
    ),
    Rule(
        UNCLEAR,
        f"{JUDGEMENT}: a start answered 401 was sent; a guess costs no sign-in",
        part=Part.START,
        places=(LIKELY_USER_START,),
        faults=("401",),
    ),
    Rule(
        PROVEN,
        f"{SIGNING_IN}: a dead session: one silent fresh sign-in",
        part=Part.START,
        places=_STARTS,
        faults=("401",),
        lasting=False,
    ),
    Rule(
        NO_WAY,
        f"{GONE_ROUTES}: still refused by SOAP while REST works: that route is gone",
        part=Part.START,
        places=(SOAP_START,),
        faults=("401",),
    ),
    Rule(
        DEAD_SESSION,
        f"{SIGNING_IN}: one fresh sign-in, not two",
        part=Part.START,
        places=_STARTS,
        faults=("401",),
    ),
    # Asking the account whether a refused session has ended.
    Rule(
        PROVEN,
        f"{SIGNING_IN}: a dead session: one silent fresh sign-in; in doubt, too",
        part=Part.START,
        places=(ACCOUNT,),
    ),
    # Signing in for a start: whatever goes wrong, the start itself was never sent.
    Rule(
        PROVEN,
        f"{TOKENS}: any other error on refresh: refresh dead, sign in",
        part=Part.START,
        session=Session.EXPIRES,
        places=(TOKEN,),
        faults=STRANGE_WORDS,
        lasting=False,
    ),
    Rule(
        UNCLEAR,
        f"{JUDGEMENT}: a start answered 401 was sent, and no session comes",
        part=Part.START,
        session=Session.ENDS,
        places=_SIGNING_IN,
        kinds=_SYNCS,
    ),
    Rule(
        LIMITED,
        f"{SENT_ONCE}: 429 is refused with the time to wait",
        part=Part.START,
        places=_SIGNING_IN,
        faults=BUSY,
    ),
    Rule(
        SAID_NO,
        f"{SENT_ONCE}: nothing sent; the words of the token address are shown",
        part=Part.START,
        places=(TOKEN,),
        faults=STRANGE_WORDS,
    ),
    Rule(
        NOT_STARTED,
        f"{SENT_ONCE}: no session, so nothing was sent",
        part=Part.START,
        places=_SIGNING_IN,
    ),
    # Signing in for the marks of a run. Sent sign-ins are spaced by five minutes and
    # more, so that the start soon after has no session and is not sent.
    Rule(
        PROVEN,
        f"{RETRIES}: reads may retry; a refresh is no sign-in",
        part=Part.MARK,
        session=Session.EXPIRES,
        places=(TOKEN,),
        lasting=False,
    ),
    Rule(
        NO_MARKS,
        f"{JUDGEMENT}: the job is finished and nothing else is known",
        part=Part.MARK,
        session=Session.EXPIRES,
        places=(TOKEN,),
        faults=NOT_SENT,
    ),
    Rule(
        WAITS,
        f"{OUTCOMES} and {SIGNING_IN}: refreshes and unattended sign-ins are spaced, and what is not sent is refused",
        part=Part.MARK,
        session=Session.EXPIRES,
        places=(TOKEN,),
    ),
    Rule(
        PROVEN,
        f"{RETRIES}: reads may retry; what was not sent is no sign-in",
        part=Part.MARK,
        places=(TOKEN,),
        faults=NOT_SENT,
        lasting=False,
    ),
    Rule(
        NO_MARKS,
        f"{JUDGEMENT}: the job is finished and nothing else is known",
        part=Part.MARK,
        places=(TOKEN,),
        faults=NOT_SENT,
    ),
    Rule(
        WAITS,
        f"{OUTCOMES} and {SIGNING_IN}: unattended sign-ins are spaced, and what is not sent is refused",
        part=Part.MARK,
        places=(TOKEN,),
    ),
    Rule(
        PROVEN,
        f"{RETRIES}: reads may retry",
        part=Part.MARK,
        places=(CONFIGURATION,),
        lasting=False,
    ),
    Rule(
        NO_MARKS,
        f"{JUDGEMENT}: the job is finished and nothing else is known",
        part=Part.MARK,
        places=(CONFIGURATION,),
    ),
    # Signing in while a run is followed: without a session there is nothing to see.
    Rule(
        PROVEN,
        f"{RETRIES}: reads may retry; what was not sent is no sign-in",
        part=Part.FOLLOW,
        kinds=_SYNCS,
        places=(TOKEN,),
        faults=NOT_SENT,
        lasting=False,
    ),
    Rule(
        LOST_PROOF,
        f"{JUDGEMENT} and {SIGNING_IN}: sign-ins are spaced; the time limit says not known",
        part=Part.FOLLOW,
        kinds=_SYNCS,
        places=(TOKEN,),
    ),
    Rule(
        LOST_PROOF,
        f"{JUDGEMENT}: the time limit says not known",
        part=Part.FOLLOW,
        kinds=_SYNCS,
        places=(CONFIGURATION,),
        lasting=True,
    ),
    # The live read of a refresh: a read, so it is tried again
    # (docs/architecture.md#retries).
    Rule(
        NO_LIVE_ROUTE,
        f"{GONE_ROUTES}: 404, 405, 410: gone at once",
        part=Part.LIVE,
        places=(LIVE_READ,),
        faults=GONE,
    ),
    Rule(
        NOT_STARTED,
        f"{RETRIES}: a web page or 403 is not repeated at once; {CODES}: nor is -999",
        part=Part.LIVE,
        places=(LIVE_READ,),
        faults=(*FORBIDDEN, "500_999"),
    ),
    Rule(
        PROVEN_REFRESH,
        f"{RETRIES} and {CODES}: reads may retry",
        part=Part.LIVE,
        places=(LIVE_READ,),
        lasting=False,
    ),
    Rule(
        LIMITED,
        f"{SENT_ONCE}: 429 is refused with the time to wait",
        part=Part.LIVE,
        places=(LIVE_READ,),
        faults=BUSY,
    ),
    Rule(
        NO_ZONES,
        f"{QUIRKS}: success without its section is partial",
        part=Part.LIVE,
        places=(LIVE_READ,),
        faults=("missing_section", "wrong_types"),
    ),
    Rule(
        SAID_NO,
        f"{CODES}: any other code: show code and text",
        part=Part.LIVE,
        places=(LIVE_READ,),
        faults=("unknown_code",),
    ),
    Rule(
        DEAD_SESSION,
        f"{SIGNING_IN}: one fresh sign-in, not two",
        part=Part.LIVE,
        places=(LIVE_READ,),
        faults=("401",),
    ),
    Rule(
        NOT_STARTED,
        f"{JUDGEMENT}: no answer: failed",
        part=Part.LIVE,
        places=(LIVE_READ,),
    ),
    Rule(
        PROVEN_REFRESH,
        f"{TOKENS}: any other error on refresh: refresh dead, sign in; reads may retry",
        part=Part.LIVE,
        session=Session.EXPIRES,
        lasting=False,
    ),
    Rule(
        PROVEN_REFRESH,
        f"{RETRIES}: reads may retry; what was not sent is no sign-in",
        part=Part.LIVE,
        places=(TOKEN,),
        faults=NOT_SENT,
        lasting=False,
    ),
    Rule(
        LIMITED,
        f"{SENT_ONCE}: 429 is refused with the time to wait",
        part=Part.LIVE,
        places=(TOKEN,),
        faults=BUSY,
    ),
    Rule(
        SAID_NO,
        f"{CODES}: show code and text",
        part=Part.LIVE,
        places=(TOKEN,),
        faults=STRANGE_WORDS,
    ),
    Rule(
        NOT_STARTED,
        f"{RETRIES}: a web page or 403 is not repeated at once; {CODES}: nor is -999",
        part=Part.LIVE,
        places=(CONFIGURATION,),
        faults=(*FORBIDDEN, "500_999"),
    ),
    Rule(
        PROVEN_REFRESH,
        f"{RETRIES}: reads may retry",
        part=Part.LIVE,
        places=(CONFIGURATION,),
        lasting=False,
    ),
    Rule(
        LIMITED,
        f"{SENT_ONCE}: 429 is refused with the time to wait",
        part=Part.LIVE,
        places=(CONFIGURATION,),
        faults=BUSY,
    ),
    Rule(
        NOT_STARTED,
        f"{JUDGEMENT}: no answer: failed",
        part=Part.LIVE,
        places=_SIGNING_IN,
    ),
    # Every other read: what one route does not tell, another does.
    Rule(
        PROVEN_REFRESH,
        f"{JUDGEMENT}: the live read has answered; the rest adds nothing",
        kinds=_REFRESH,
    ),
    Rule(
        PROVEN,
        f"{FOLLOWING} and {JUDGEMENT}: followed by what exists; status or log proves it",
        part=Part.MARK,
    ),
    Rule(
        PROVEN,
        f"{FOLLOWING} and {JUDGEMENT}: followed by what exists; status or log proves it",
        part=Part.FOLLOW,
    ),
)

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
