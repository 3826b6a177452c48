"""What a request to one location is filled with. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ..models import Location
from .route import NOTHING, Route, Value

LOG_SPAN: Final = timedelta(days=7)
"""How far a log is read back whose route takes a span of time."""
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S"

type Parameters = tuple[Mapping[str, Value], Mapping[str, Value]]
"""The values of a route's path fields, and those of its fields."""


def parameters(
    route: Route, location: Location, now: datetime, more: Mapping[str, Value] = NOTHING
) -> Parameters:
    """Return path fields and fields of a route; those without a value left out."""
    values: dict[str, Value] = {
        "location": location.location_id,
        "LocationID": location.location_id,
        "LocationId": location.location_id,
        "device": location.panel.device_id,
        **more,
    }
    if route.template is not None:
        now = now.astimezone(UTC)
        values["since"] = f"{now - LOG_SPAN:{_MOMENT}}"
        values["until"] = f"{now + timedelta(days=1):{_MOMENT}}"
    return (
        {name: values[name] for name in route.path_fields},
        {name: values[name] for name in route.fields if name in values},
    )
