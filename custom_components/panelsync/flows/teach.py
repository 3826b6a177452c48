"""What an account is taught from a recording of the website.

The recording is read and parsed outside the event loop, and nothing of it is kept but
routes (docs/service-ways.md).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.const import CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    FileSelector,
    FileSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..capabilities import Say, listed
from ..client import (
    Hosts,
    Location,
    Purpose,
    RemoteService,
    Route,
    RouteState,
    dump_learned,
    load_learned,
)
from ..client.remote.learning import (
    LARGEST_RECORDING,
    WANTED,
    Known,
    Lesson,
    Reason,
    Refusal,
    learn,
    share_text,
)
from ..const import CONF_LEARNED, CONF_SERVICE_URL, CONF_WEB_URL

if TYPE_CHECKING:
    from ..runtime import AccountConfigEntry

RECORDING = "recording"
REQUEST = "request"

# Known to every release, and looked for in a recording only where they are gone.
_KNOWN_PURPOSES = (Purpose.START_PANEL, Purpose.STATUS, Purpose.LIVE_ZONES)


def teach_form() -> vol.Schema:
    """Return the form that takes a recording; what was pasted never comes back to it."""
    return vol.Schema(
        {
            vol.Optional(RECORDING): FileSelector(
                FileSelectorConfig(accept=".har,application/json")
            ),
            vol.Optional(REQUEST): TextSelector(TextSelectorConfig(multiline=True)),
        }
    )


def _read(hass: HomeAssistant, file_id: str) -> bytes:
    with process_uploaded_file(hass, file_id) as path, path.open("rb") as file:
        return file.read(LARGEST_RECORDING + 1)


def _learn(
    hass: HomeAssistant, given: Mapping[str, str], known: Known, mark: str
) -> Lesson:
    """Read and learn from all that was given; runs in the executor."""
    lessons: list[Lesson] = []
    if RECORDING in given:
        try:
            lessons.append(learn(_read(hass, given[RECORDING]), known, mark))
        except ValueError, OSError:
            lessons.append(Lesson(refusals=(Refusal(Reason.EMPTY),)))
    if given.get(REQUEST, "").strip():
        lessons.append(learn(given[REQUEST], known, mark))
    found = {route.purpose: route for lesson in lessons for route in lesson.routes}
    refusals = (refusal for lesson in lessons for refusal in lesson.refusals)
    return Lesson(
        tuple(found.values()),
        tuple(refusal for refusal in refusals if refusal.purpose not in found),
    )


class Teacher:
    """What one dialog was taught about one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        service: RemoteService,
        locations: Iterable[Location],
        addresses: Mapping[str, str],
        options: Mapping[str, Any],
    ) -> None:
        """Begin with what the account has learned so far."""
        places = list(locations)
        self._hass = hass
        self._known = Known(
            Hosts(addresses[CONF_WEB_URL], addresses[CONF_SERVICE_URL]),
            {place.location_id: place.panel.device_id for place in places},
            _unavailable(service),
            frozenset({addresses[CONF_USERNAME], *(place.name for place in places)}),
        )
        self._routes = learned_routes(options)
        self._lesson = Lesson()

    async def async_teach(self, given: Mapping[str, str], say: Say) -> str | None:
        """Learn from what was given; return why nothing was learned."""
        mark = f"{int(dt_util.utcnow().timestamp()):x}"
        self._lesson = await self._hass.async_add_executor_job(
            _learn, self._hass, given, self._known, mark
        )
        if self._lesson.routes:
            return None
        return " ".join(refusal_text(refusal, say) for refusal in self._lesson.refusals)

    def placeholders(self, say: Say) -> dict[str, str]:
        """Return what was found, what is missing and what was refused."""
        found = {
            route.purpose: route for route in sorted(self._lesson.routes, key=_in_order)
        }
        missing = [
            purpose
            for purpose in WANTED
            if purpose not in found and purpose not in self._purposes_before
        ]
        return {
            "found": listed(route_text(route, say) for route in found.values()),
            "missing": listed(say(f"learn_missing_{purpose}") for purpose in missing)
            or say("learn_nothing_missing"),
            "refused": listed(
                refusal_text(refusal, say) for refusal in self._lesson.refusals
            )
            or say("learn_nothing_refused"),
        }

    @property
    def _purposes_before(self) -> set[Purpose]:
        return {route.purpose for route in self._routes}

    def options(self) -> dict[str, Any]:
        """Return the options that keep what was learned, now and before."""
        routes = {
            route.purpose: route for route in (*self._routes, *self._lesson.routes)
        }
        return {CONF_LEARNED: dump_learned(routes.values())}


def teacher_of(hass: HomeAssistant, entry: AccountConfigEntry) -> Teacher:
    """Return the teacher of an account that is loaded."""
    coordinator = entry.runtime_data.coordinator
    return Teacher(
        hass,
        coordinator.service,
        coordinator.data.account.locations,
        entry.data,
        entry.options,
    )


def has_recording(given: Mapping[str, str]) -> bool:
    """Return whether a form was sent with anything to learn from."""
    return RECORDING in given or bool(given.get(REQUEST, "").strip())


def _in_order(route: Route) -> int:
    """Show what a press starts first, then how it is followed."""
    order = (*WANTED, *_KNOWN_PURPOSES)
    return order.index(route.purpose)


def _unavailable(service: RemoteService) -> frozenset[Purpose]:
    reports = service.routes()
    return frozenset(
        purpose
        for purpose in _KNOWN_PURPOSES
        if all(
            report.state is RouteState.UNAVAILABLE
            for report in reports
            if report.purpose == purpose
        )
    )


def learned_routes(options: Mapping[str, Any]) -> tuple[Route, ...]:
    """Return what an account has learned."""
    return load_learned(options.get(CONF_LEARNED))


def shared_text(options: Mapping[str, Any]) -> str:
    """Return what was learned as a text that can be given to anybody."""
    return share_text(learned_routes(options))


def without_learned(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options that forget what was learned."""
    return {key: value for key, value in options.items() if key != CONF_LEARNED}


def route_text(route: Route, say: Say) -> str:
    """Return a line for a route that was learned."""
    names = dict.fromkeys((*route.path_fields, *route.fields))
    return say(
        "learned_route",
        purpose=say(f"purpose_{route.purpose}"),
        method=route.method,
        path=route.path.removeprefix("/TC2API.TCResource/"),
        fields=", ".join(say(f"learned_field_{name}") for name in names),
    )


def refusal_text(refusal: Refusal, say: Say) -> str:
    """Return a line for what was not learned, and why."""
    text = say(f"learn_{refusal.reason}", detail=refusal.detail or "?")
    if refusal.purpose is None:
        return text
    return say("summary_line", name=say(f"purpose_{refusal.purpose}"), text=text)
