"""The verbs at a location: POST /control/locations/{id}/{verb}. No part of the real service."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from simulator.control.verbs import Json, Verb, choice_of, text_of
from simulator.world.location import Kind
from simulator.world.panel import Arming
from simulator.world.result_codes import Refusal
from simulator.world.world import World

_STATES: tuple[Arming, ...] = get_args(Arming.__value__)
_KINDS: tuple[Kind, ...] = get_args(Kind.__value__)


@dataclass(frozen=True, slots=True)
class Site:
    """A location that a verb acts on."""

    world: World
    location_id: int


def _arm(site: Site, body: Json) -> None:
    state = choice_of(body, "state", _STATES, "away")
    delay = body.get("exit_delay", True)
    site.world.arm(site.location_id, state, exit_delay=delay)


def _sensor(site: Site, body: Json) -> Json:
    name = text_of(body, "name")
    return {"zone": site.world.add_sensor(site.location_id, name, body.get("zone"))}


def _stage_user(site: Site, body: Json) -> None:
    site.world.stage_user(
        site.location_id,
        text_of(body, "name"),
        removal=body.get("removal", False),
        person=body.get("person"),
    )


def _app_sync(site: Site, body: Json) -> Json:
    kind = choice_of(body, "kind", _KINDS)
    started = site.world.app_sync(site.location_id, kind)
    if isinstance(started, Refusal):
        return {"refused": started.code, "text": started.text}
    return {"job_id": started.job_id}


def _log(site: Site, body: Json) -> Json:
    when = datetime.fromisoformat(body["time"]) if "time" in body else None
    if when is not None and when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    record_id = site.world.write_log(
        site.location_id,
        body["text"],
        body.get("originator", "Robin Vale"),
        record_id=body.get("id"),
        time=when,
    )
    return {"id": record_id}


VERBS: dict[str, Verb[Site]] = {
    "arm": Verb(_arm, {"state": str, "exit_delay": bool}),
    "disarm": Verb(lambda site, _: site.world.disarm(site.location_id)),
    "alarm": Verb(
        lambda site, body: site.world.alarm(site.location_id, body.get("zone")),
        {"zone": int},
    ),
    "duress": Verb(lambda site, _: site.world.duress(site.location_id)),
    "line": Verb(
        lambda site, body: site.world.set_line(
            site.location_id, connected=body["connected"]
        ),
        {"connected": bool},
        ("connected",),
    ),
    "sensors": Verb(_sensor, {"name": str, "zone": int}, ("name",)),
    "remove-sensor": Verb(
        lambda site, body: site.world.remove_sensor(site.location_id, body["zone"]),
        {"zone": int},
        ("zone",),
    ),
    "rename-zone": Verb(
        lambda site, body: site.world.rename_zone(
            site.location_id, body["zone"], body["name"]
        ),
        {"zone": int, "name": str},
        ("zone", "name"),
    ),
    "partitions": Verb(
        lambda site, body: site.world.add_partition(
            site.location_id,
            body["partition"],
            body.get("zones", []),
            body.get("name", ""),
        ),
        {"partition": int, "zones": list, "name": str},
        ("partition",),
    ),
    "remove-partition": Verb(
        lambda site, body: site.world.remove_partition(
            site.location_id, body["partition"]
        ),
        {"partition": int},
        ("partition",),
    ),
    "rename": Verb(
        lambda site, body: site.world.rename_location(site.location_id, body["name"]),
        {"name": str},
        ("name",),
    ),
    "users": Verb(
        _stage_user, {"name": str, "removal": bool, "person": str}, ("name",)
    ),
    "app-sync": Verb(_app_sync, {"kind": str}, ("kind",)),
    "log": Verb(
        _log, {"text": str, "originator": str, "id": int, "time": str}, ("text",)
    ),
    "remove": Verb(lambda site, _: site.world.remove_location(site.location_id)),
}
