"""Adds entries through PanelSync's own config flow, as a person would."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from .home import Home
from .processes import DemoError

_FLOWS = "/api/config/config_entries/flow"
_MOST_STEPS = 90  # listening to a panel is looked at once a second


def fill(
    schema: Sequence[Mapping[str, Any]], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a person would type into a form.

    `schema` is a form as Home Assistant's REST interface describes it; `known`
    are the values by field name. A field that is not known keeps its default, an
    optional one is left out, a section is filled in the same way. Raises
    DemoError for a required field nothing is known of.
    """
    values: dict[str, Any] = {}
    for field in schema:
        name = field["name"]
        if field.get("type") == "expandable":
            values[name] = fill(field["schema"], known)
        elif name in known:
            values[name] = known[name]
        elif "default" in field:
            values[name] = field["default"]
        elif field.get("required"):
            raise DemoError(
                f"The form asks for {name!r}, which the demo does not know."
            )
    return values


async def add_entry(
    home: Home, choice: Literal["account", "panel"], known: Mapping[str, Any]
) -> str:
    """Go through the flow to its end and return the id of the config entry.

    `choice` is what is chosen in the flow's menu. Raises DemoError where a form comes
    back with an error, or the flow aborts.
    """
    step = await home.rest("POST", _FLOWS, {"handler": "panelsync"})
    for _ in range(_MOST_STEPS):
        path = f"{_FLOWS}/{step.get('flow_id')}"
        match step["type"]:
            case "menu":
                step = await home.rest("POST", path, {"next_step_id": choice})
            case "form" if step.get("errors"):
                raise DemoError(f"The form {step['step_id']!r} says: {step['errors']}")
            case "form":
                answer = fill(step["data_schema"] or [], known)
                step = await home.rest("POST", path, answer)
            case "progress":
                await asyncio.sleep(1)
                step = await home.rest("GET", path)
            case "create_entry":
                return str(step["result"]["entry_id"])
            case _:
                raise DemoError(
                    f"The set-up ended early: {step['type']}, {step.get('reason')}"
                )
    raise DemoError("The set-up did not come to an end.")
