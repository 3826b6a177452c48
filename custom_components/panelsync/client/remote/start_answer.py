"""What the service's answer to a start means. Pure."""

from ..errors import CodeRefused, ServiceRefused
from ..models import StartAnswer, UserSyncSteps
from ..outcomes import CODE_REFUSED_CODES
from .decode import answers as decode
from .decode.fields import Fields
from .http.response import (
    ACCEPTED_CODES,
    ITEM_CODES,
    KNOWN_CODES,
    business_error,
    raise_for_own_code,
)
from .route import Route


def start_answer(
    route: Route,
    reply: Fields,
    device_id: int,
    job_id: str | None = None,
    *,
    heeds_item: bool = True,
) -> StartAnswer:
    """Return the answer to a start; raise what its result means where it failed.

    What it says of this panel counts before what it says of the whole, but for a
    refused code: that is believed wherever it stands.
    """
    failure = _failure(reply)
    if isinstance(failure, CodeRefused):
        raise failure
    results = decode.item_results(reply, device_id) if heeds_item else []
    for code, text in results:
        if code in ACCEPTED_CODES:
            continue
        error = ServiceRefused(text, code=code)
        if code in ITEM_CODES:
            raise business_error(code, text) or error
        failure = failure or error
    if failure is None:
        return StartAnswer(route.key, job_id)
    if failure.code in KNOWN_CODES and not results:
        raise failure
    return StartAnswer(route.key, job_id, failure.code, failure.text)


def _failure(reply: Fields) -> ServiceRefused | None:
    """Return what an answer as a whole failed with, None where it did not."""
    try:
        raise_for_own_code(reply)
    except ServiceRefused as error:
        return error
    return None


def is_of_the_last_sync(row: UserSyncSteps | None, shown: UserSyncSteps | None) -> bool:
    """Return whether the row in the answer to a start is one of the sync before.

    A sync that has just started has made no step. Where no earlier row was seen, a
    refused code is believed all the same: sent again, it could lock the panel.
    """
    if row is None or not row.current:
        return False
    if shown is None:
        return row.result_code not in CODE_REFUSED_CODES
    return row == shown
