"""Learned routes as values of JSON: what an account keeps of a recording, and no more."""

from collections.abc import Iterable, Mapping
import re
from typing import Any, Final

from .learned import route_of
from .learned_rules import NotLearned
from .route import Purpose, Route, Shape, Slot, Template, Tree


def dump_learned(routes: Iterable[Route]) -> list[dict[str, Any]]:
    """Return learned routes as values of JSON."""
    return [
        {
            "purpose": route.purpose.value,
            "mark": route.key.rpartition("_")[2],
            "method": route.method,
            "path": route.path,
            "shape": route.shape.value,
            "query": _stored(route.template.query),
            "body": None
            if route.template.body is None
            else _stored(route.template.body),
        }
        for route in routes
        if route.template is not None
    ]


_SLOT: Final = "$"


def _stored(tree: Tree) -> Any:
    match tree:
        case Slot():
            return {_SLOT: [tree.field, tree.form]}
        case Mapping():
            return {name: _stored(value) for name, value in tree.items()}
        case tuple():
            return [_stored(value) for value in tree]
        case _:
            return tree


def load_learned(raw: object) -> tuple[Route, ...]:
    """Read what `dump_learned` gave; whatever would not be learned today is left out."""
    routes: dict[Purpose, Route] = {}
    for item in raw if isinstance(raw, list | tuple) else ():
        try:
            query, body = _restored(item["query"]), _restored(item["body"])
            if not isinstance(query, Mapping) or isinstance(body, str | int | Slot):
                continue
            route = route_of(
                Purpose(item["purpose"]),
                str(item["method"]),
                str(item["path"]),
                Template(query, body),  # type: ignore[arg-type]  # validate() looks at each leaf
                Shape(item["shape"]),
                str(item["mark"]),
            )
        except KeyError, TypeError, ValueError, RecursionError:
            continue
        routes[route.purpose] = route
    return tuple(routes.values())


def _restored(raw: Any) -> Tree:
    match raw:
        case {"$": [str() as name, str() as form]}:
            return Slot(name, form)
        case Mapping():
            return {str(name): _restored(value) for name, value in raw.items()}
        case list() | tuple():
            return tuple(_restored(value) for value in raw)
        case None | bool() | int() | str():
            return raw
        case _:
            raise ValueError("not a template")


_ROW: Final[Mapping[str, Tree]] = {
    "LocationID": Slot("location"),
    "DeviceID": Slot("device"),
    "AuthorizingCode": Slot("code"),
}


def learned_from_path(path: str, mark: str) -> tuple[Route, ...]:
    """Make routes of the path that a person once pasted from the vendor's help page.

    It got the body of the likely ways, which it keeps; () where no route comes of it.
    """
    trimmed = path.strip().strip("/")
    base = "TC2API.TCResource/"
    if trimmed.casefold().startswith(base.casefold()):
        trimmed = trimmed[len(base) :]
    if not trimmed.casefold().startswith("api/"):
        return ()
    filled = re.sub(
        r"\{location[A-Za-z]*\}", "{location}", trimmed, flags=re.IGNORECASE
    )
    filled = re.sub(r"\{device[A-Za-z]*\}", "{device}", filled, flags=re.IGNORECASE)
    try:
        return tuple(
            route_of(
                purpose,
                "POST",
                f"/{base}{filled}",
                Template(
                    body={
                        "DeviceList": (_ROW,),
                        "StatusOnly": purpose is Purpose.USER_SYNC_STEPS,
                        "AdditionalInput": "",
                        "userCodeDirectPush": False,
                    }
                ),
                Shape.JSON,
                mark,
            )
            for purpose in (Purpose.START_USERS, Purpose.USER_SYNC_STEPS)
        )
    except NotLearned:
        return ()
