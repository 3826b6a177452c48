"""The verbs of the whole stand-in: POST /control/{verb}. No part of the real service."""

import json

from simulator.control.verbs import NUMBER, Json, Verb, text_of
from simulator.simulation import Simulation

_ANY_TIMES = (int, type(None))


def _latency(simulation: Simulation, body: Json) -> Json:
    seconds = body["seconds"]
    if not 0 <= seconds <= 600:
        raise ValueError(f"seconds is {seconds!r}; give a number from 0 to 600")
    simulation.latency = float(seconds)
    return {"seconds": simulation.latency}


def _fault(simulation: Simulation, body: Json) -> None:
    text_of(body, "route")
    simulation.faults.add(**body)


def _override(simulation: Simulation, body: Json) -> None:
    """Take JSON texts; a text may be as broken as it is wanted, and null takes the field out."""
    for path, text in body["fields"].items():
        if not isinstance(text, str | None):
            shown = json.dumps(text)
            raise TypeError(f"{path} is {shown}; give JSON as a text, or null")
    text_of(body, "route")
    simulation.faults.override(**body)


def _expire(simulation: Simulation, _: Json) -> Json:
    return {"expired": simulation.accounts.expire_tokens(simulation.world.now)}


VERBS: dict[str, Verb[Simulation]] = {
    "locations": Verb(
        lambda simulation, body: {
            "id": simulation.world.add_location(text_of(body, "name"))
        },
        {"name": str},
        ("name",),
    ),
    "latency": Verb(_latency, {"seconds": NUMBER}, ("seconds",)),
    "faults": Verb(
        _fault,
        {
            "route": str,
            "fault": str,
            "times": _ANY_TIMES,
            "location_id": int,
            "after": bool,
            "seconds": NUMBER,
            "retry_after": str,
            "status": int,
            "content_type": str,
            "headers": dict,
            "body": str,
        },
        ("route", "fault"),
    ),
    "faults/release": Verb(lambda simulation, _: simulation.faults.release()),
    "overrides": Verb(
        _override,
        {"route": str, "fields": dict, "times": _ANY_TIMES, "location_id": int},
        ("route", "fields"),
    ),
    "logs/begin-anew": Verb(
        lambda simulation, body: simulation.world.begin_logs_anew(
            body.get("first_id", 1)
        ),
        {"first_id": int},
    ),
    "sessions/end": Verb(
        lambda simulation, _: {"ended": simulation.accounts.end_sessions()}
    ),
    "tokens/expire": Verb(_expire),
    "tokens/forget": Verb(
        lambda simulation, _: {"forgotten": simulation.accounts.forget_refresh_tokens()}
    ),
    "accounts/password": Verb(
        lambda simulation, body: simulation.accounts.change_password(body["password"]),
        {"password": str},
        ("password",),
    ),
    "accounts/renew-key": Verb(lambda simulation, _: simulation.accounts.renew_key()),
    "accounts/rename": Verb(
        lambda simulation, body: simulation.accounts.rename(body["user"], body["name"]),
        {"user": str, "name": str},
        ("user", "name"),
    ),
}
