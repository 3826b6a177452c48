"""A verb of the control interface: what it does and what it takes. Its mistakes have clear words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import json
from typing import Any

from aiohttp import web

type Json = dict[str, Any]
type Types = type | tuple[type, ...]

NUMBER: Types = (int, float)


@dataclass(frozen=True, slots=True)
class Verb[Subject]:
    """What a verb does to a subject and takes; the fields of `needs` must be there."""

    act: Callable[[Subject, Json], Json | None]
    takes: Mapping[str, Types] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    async def play(self, subject: Subject, request: web.Request) -> web.Response:
        """Do it with the body of a request; an answer with `refused` in it is a conflict.

        Raises KeyError, TypeError and ValueError with what is wrong.
        """
        answer = (
            self.act(subject, await read_body(request, self.takes, self.needs)) or {}
        )
        return web.json_response(answer, status=409 if "refused" in answer else 200)


async def read_json(request: web.Request) -> Json:
    """Return the JSON object of a request. Raises TypeError and ValueError."""
    raw = await request.read()
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise ValueError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


async def read_body(
    request: web.Request, takes: Mapping[str, Types], needs: tuple[str, ...] = ()
) -> Json:
    """Return the fields of a request. Raises KeyError, TypeError and ValueError with what is wrong."""
    body = await read_json(request)
    for name in needs:
        if name not in body:
            raise KeyError(name)
    for name, value in body.items():
        if name not in takes:
            raise ValueError(f"there is no field {name!r}; known: {', '.join(takes)}")
        wanted = takes[name]
        kinds = wanted if isinstance(wanted, tuple) else (wanted,)
        if not isinstance(value, kinds) or (
            isinstance(value, bool) and bool not in kinds
        ):
            raise TypeError(f"{name} is {value!r}, which is not of its type")
    return body


def text_of(body: Json, name: str) -> str:
    """Return a field that must hold more than blanks. Raises KeyError and ValueError."""
    text: str = body[name]
    if not text.strip():
        raise ValueError(f"{name} must be a text that is not empty")
    return text


def choice_of[Choice: str | int](
    given: Mapping[str, Any],
    name: str,
    choices: tuple[Choice, ...],
    default: Choice | None = None,
) -> Choice:
    """Return a field that takes one of a few values. Raises ValueError naming them."""
    value = given.get(name, default)
    for choice in choices:
        if value == choice:
            return choice
    known = ", ".join(map(str, choices))
    raise ValueError(f"{name} is {value!r}; use one of {known}")
