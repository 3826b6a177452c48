"""What REST and SOAP of the simulated service do alike: the event log and the syncs.

See docs/protocol/total-connect.md#event-log, docs/protocol/total-connect.md#panel-sync and
docs/protocol/total-connect.md#user-sync.
"""

from typing import Any, Literal

from simulator.service import answers
from simulator.service.answers import Json
from simulator.service.calls import Call, lowered, whole_number
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
    page_to: Literal["older", "newer"] | None = None,
    most: int = 100,
) -> Json:
    """Return a page of the event log: at most `most` records; order and, by default, side as switched.

    See docs/protocol/total-connect.md#event-log-calls and docs/protocol/total-connect.md#event-records.
    """
    limit = min(max(call.number("maxrecords") or most, 1), most)
    # Sign-ins stand in the admin log, probably the other filter class (docs/protocol/total-connect.md#event-log-calls).
    log = world.audit if call.number("filterclass") == AUDIT else location.log
    records, more = log.select(
        last_id=call.number("lasteventidreceived"),
        page_to=page_to or world.switches.events_page_to,
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


def start_panel(world: World, location: Location, call: Call) -> Json:
    """Start a panel sync with the codes of a call."""
    started = world.syncs.start_panel(
        location, call.text("usercode"), call.text("installercode"), call.person
    )
    if isinstance(started, Refusal):
        return answers.refused(started, JobID=None)
    return {"JobID": started.job_id, **answers.ok()}


def job_status(world: World, location: Location, job_id: str) -> Json:
    """Return the states of a job of this location."""
    found = world.syncs.job(job_id)
    if found is None or found[0] is not location:
        return answers.refused(Refusal(INVALID_PARAMETER))
    return answers.job_status(found[1])


def row(location_id: Any, device_id: Any, code: Any) -> Json:
    """Return one panel as a `DeviceList` names it."""
    return {
        "LocationID": location_id,
        "DeviceID": device_id,
        "AuthorizingCode": code,
    }


def user_sync(world: World, call: Call, device_list: Any, *, status_only: bool) -> Json:
    """Start or ask a user sync for several panels. The whole is refused if every panel is (invention)."""
    rows: list[Json] = []
    refusals: list[Refusal] = []
    listed = device_list if isinstance(device_list, list) else []
    for device in (lowered(item) for item in listed if isinstance(item, dict)):
        location = world.locations.get(whole_number(device.get("locationid")))
        device_id = whole_number(device.get("deviceid"))
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
            code = str(device.get("authorizingcode") or "")
            started = world.syncs.start_users(location, code, call.person)
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
