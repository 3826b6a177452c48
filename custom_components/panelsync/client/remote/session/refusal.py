"""What the token endpoint means when it grants nothing. Pure."""

import re
from typing import Final

from ...errors import (
    AccountLocked,
    ClientError,
    CredentialsRefused,
    ServiceRefused,
    ServiceUnreachable,
    SignInPage,
    UnexpectedAnswer,
)
from ..decode.fields import Fields
from ..http.request import Response
from ..http.response import CREDENTIAL_CODES, LOCKED_CODES

REFUSAL_TEXTS: Final = ("error_description", "ResultData", "Message")

# Parts of names that such an endpoint may use. All other names may be a person's.
_PARTS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "access account auth authentication captcha challenge code data date"
        " description email enabled error expires factor hint id in is key kind"
        " locked locale message method mfa name number of one otp password phone"
        " reason required result second session state status step steps supported"
        " time token two type uri url user username verification verify",
    )
)
# The names whose number is a code of the service; any other may be a phone's or a user's.
_CODE_NAMES: Final = frozenset(
    {"error", "errorcode", "resultcode", "reason", "reasoncode", "status", "statuscode"}
)
_OAUTH_WORD: Final = re.compile(r"[a-z]{2,20}(_[a-z]{2,20}){0,3}")
MOST_NAMES: Final = 30


def refusal(fields: Fields | None, status: int, text: str) -> ClientError:
    """Return the error of a token endpoint that did not grant.

    See docs/protocol/total-connect.md#token-endpoint.

    The `error` field carries the service's own result code, or an OAuth word.
    """
    named = fields is not None and ("error" in fields or "ResultCode" in fields)
    wants_captcha = fields is not None and asks_for_captcha(fields)
    if fields is None or not (named or wants_captcha or status in (400, 401, 403)):
        # A web page or the like is not the service; above 500 it may be its outage.
        error = UnexpectedAnswer if status < 500 else ServiceUnreachable
        return error(f"The sign-in address answered HTTP {status} {text}".rstrip())
    if wants_captcha:
        return SignInPage(f"The sign-in address asks for a captcha {text}".rstrip())
    code = fields.integer("error")
    if code is None:
        code = fields.integer("ResultCode")
    # The text may have been dropped; what it said counts all the same.
    said = " ".join(fields.text(name) or "" for name in REFUSAL_TEXTS).casefold()
    if code in LOCKED_CODES or "revoked" in said:
        return AccountLocked(text, code=code)
    if code in CREDENTIAL_CODES or fields.text("error") == "invalid_grant":
        return CredentialsRefused(text, code=code)
    return ServiceRefused(text, code=code)


def asks_for_captcha(fields: Fields) -> bool:
    """Return whether an answer speaks of a captcha, in a name or in a text."""
    said = (word for item in fields.values.items() for word in item)
    return any(
        "captcha" in word[:1000].casefold() for word in said if isinstance(word, str)
    )


def page_error(answer: Response) -> ClientError | None:
    """Return the error of a web page in place of an answer; None where there is none.

    A page with a failing status is the outage of a gateway.
    """
    if not answer.is_page or answer.status >= 500:
        return None
    return SignInPage(
        f"The sign-in address answered with a web page (HTTP {answer.status})"
    )


def sketch(fields: Fields, status: int) -> dict[str, object]:
    """Return the names and the codes of a refusal that nobody knows, for diagnostics.

    Texts and names that could be a person's are left out.
    """
    known = [name for name in fields.values if _is_plain(name)][:MOST_NAMES]
    codes: dict[str, int | str] = {}
    for name in known:
        word = fields.get(name)
        is_code = re.sub(r"[_-]", "", name) in _CODE_NAMES
        if is_code and (code := fields.integer(name)) is not None:
            codes[name] = code
        elif name == "error" and isinstance(word, str) and _OAUTH_WORD.fullmatch(word):
            codes[name] = word
    return {
        "status": status,
        "names": known,
        "codes": codes,
        "other_names": len(fields.values) - len(known),
    }


def _is_plain(name: str) -> bool:
    """Return whether a name, in lower case, is made of nothing but known parts."""
    rest = re.sub(r"[_-]", "", name)
    reachable = {0}
    for start in range(len(rest)):
        if start in reachable:
            reachable |= {
                start + len(part) for part in _PARTS if rest.startswith(part, start)
            }
    return bool(rest) and rest.isascii() and len(rest) in reachable
