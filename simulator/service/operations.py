"""What REST and SOAP of the simulated service do alike: the event log and the user sync.

See docs/protocol/total-connect.md#user-sync and docs/protocol/total-connect.md#event-log.
"""

from typing import Literal

from simulator.service import answers
from simulator.service.answers import Json
from simulator.service.calls import Call
from simulator.world.event_log import AUDIT, as_answer
from simulator.world.location import Location
from simulator.world.result_codes import (
    INVALID_PARAMETER,
    LOCATION_NOT_VALID,
    NOT_SUPPORTED,
    WRONG_CODE,
    Refusal,
)
from simulator.world.world import World


def events(
    world: World,
    location: Location,
    call: Call,
    *,
    page_to: Literal["older", "newer"],
    most: int = 100,
) -> Json:
    """Return a page of the event log: at most `most` records, newest first unless switched.

    See docs/protocol/total-connect.md#event-log-calls and docs/protocol/total-connect.md#event-records.
    """
    limit = min(max(call.number("maxrecords") or most, 1), most)
    # Sign-ins stand in the admin log, probably the other filter class (docs/protocol/total-connect.md#event-log-calls).
    log = world.audit if call.number("filterclass") == AUDIT else location.log
    records, more = log.select(
        last_id=call.number("lasteventidreceived"),
        page_to=page_to,
        limit=limit,
        newest_first=world.switches.events_newest_first,
    )
    rows = [
        as_answer(
            record,
            device_id=location.device_id,
            offset_hours=location.offset_hours,
            date_format=call.number("dateformat"),
            time_format=call.number("timeformat"),
            form=world.switches.record_times,
        )
        for record in records
    ]
    return answers.ok(Events=rows, HasMore=more)


def user_sync(
    world: World, devices: list[tuple[int, int, str]], *, status_only: bool, person: str
) -> Json:
    """Start or ask a user sync for several panels. The whole is refused if every panel is (invention)."""
    rows: list[Json] = []
    refusals: list[Refusal] = []
    for location_id, device_id, code in devices:
        location = world.locations.get(location_id)
        if location is None or location.device_id != device_id:
            return answers.refused(
                Refusal(LOCATION_NOT_VALID), SynchronizationStatus=None
            )
        refusal = None
        if not location.panel.family.user_sync:
            refusal = Refusal(NOT_SUPPORTED)
        elif status_only and world.switches.late_code_refusal == "asking":
            refusal = Refusal(WRONG_CODE)
        elif not status_only:
            started = world.syncs.start_users(location, code, person)
            refusal = started if isinstance(started, Refusal) else None
        if refusal is not None:
            refusals.append(refusal)
        rows.append(answers.user_sync_row(location, refusal))
    if not rows:
        return answers.refused(Refusal(INVALID_PARAMETER), SynchronizationStatus=None)
    everywhere = len(refusals) == len(rows)
    if everywhere and world.switches.user_sync_refusal == "envelope":
        return answers.refused(refusals[0], SynchronizationStatus=rows)
    return answers.ok(SynchronizationStatus=rows)
