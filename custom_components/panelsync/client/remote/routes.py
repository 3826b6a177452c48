"""The one table of everything this client can send to the Remote Service.

`rest.py` and `soap.py` send entries of this table and nothing else. A route's
`constants` go out as they stand here; a caller fills only `fields`. So what is a
constant (`StatusOnly`, `grant_type`) cannot be expressed otherwise by anybody, and
what is not listed at all (`forceImport`) cannot be sent.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from ..models import Certainty
from ..outcomes import SyncKind
from .route import Constant, Host, Kind, Purpose, Route, Shape

REST: Final = "/TC2API.TCResource/api/"
SOAP: Final = "/TC21api/tc2.asmx"
SOAP_NAMESPACE: Final = "https://services.alarmnet.com/TC2/"

# The website's own page size; the service allows 100, live reads 250
# (docs/protocol/total-connect.md#event-log-calls).
PAGE: Final = 50
# A live read takes 3-4 s, a start may wait for the panel
# (docs/protocol/total-connect.md#refresh, docs/protocol/total-connect.md#quirks).
LONG: Final = 60.0

_SESSION: Final = {"SessionID": Kind.SECRET}
_DEVICES: Final = {"DeviceList": Kind.DEVICES}

_EVENTS_SHORT: Final[dict[str, Constant]] = {"FilterClass": 1, "MaxRecords": PAGE}
# docs/protocol/total-connect.md#event-log-calls: the names of GetEventsEx; formats 0
# and 1 give 24-hour dates.
_EVENTS_FULL: Final[dict[str, Constant]] = {
    "FilterClass": 1,
    "MaxRecords": PAGE,
    "EventTypeFilterList": (),
    "ShowHidden": False,
    "ShowLocked": False,
    "StartDateTime": "",
    "EndDateTime": "",
    "DateFormat": 0,
    "TimeFormat": 1,
    "SortOrder": 0,
}
_CURSOR: Final = {"LastEventIdReceived": Kind.NUMBER}


def _user_sync(key: str, *, status_only: bool) -> tuple[Route, ...]:
    """Return the ways of a user sync, all with this one value of StatusOnly."""
    purpose = Purpose.USER_SYNC_STEPS if status_only else Purpose.START_USERS
    constants: dict[str, Constant] = {"StatusOnly": status_only, "AdditionalInput": ""}
    soap = Route(
        f"{key}.soap",
        purpose,
        Shape.SOAP_ENVELOPE,
        SOAP,
        Certainty.DOCUMENTED,
        fields=_SESSION | _DEVICES,
        constants=constants,
        operation="SynchronizePanelUser",
        deadline=LONG,
    )
    likely = partial(
        Route,
        purpose=purpose,
        shape=Shape.JSON,
        certainty=Certainty.GUESSED,
        constants=constants | {"userCodeDirectPush": False},
        deadline=LONG,
    )
    # docs/protocol/total-connect.md#likely-routes, in its order; none was ever seen to
    # work.
    return (
        soap,
        likely(
            key=f"{key}.account",
            path=f"{REST}v1/account/users/synchronize",
            fields=_DEVICES,
        ),
        likely(
            key=f"{key}.device",
            path=f"{REST}v1/locations/{{location}}/devices/{{device}}/users/synchronize",
            fields={"DeviceList": Kind.CODES_ONLY},
        ),
        likely(
            key=f"{key}.operation",
            path=f"{REST}v1/account/users/synchronizePanelUser",
            fields=_DEVICES,
        ),
    )


TABLE: Final[tuple[Route, ...]] = (
    Route(
        "app_config",
        Purpose.APP_CONFIG,
        Shape.GET,
        "/application.config.json",
        Certainty.PROVEN,
        host=Host.WEB,
        remembered=False,
    ),
    Route(
        "token.password",
        Purpose.SIGN_IN,
        Shape.FORM,
        "/TC2API.Auth/token",
        Certainty.PROVEN,
        fields={
            "client_id": Kind.WORD,
            "username": Kind.SECRET,
            "password": Kind.SECRET,
        },
        constants={"grant_type": "password"},
        remembered=False,
    ),
    Route(
        "token.refresh",
        Purpose.SIGN_IN,
        Shape.FORM,
        "/TC2API.Auth/token",
        Certainty.PROVEN,
        fields={"client_id": Kind.WORD, "refresh_token": Kind.SECRET},
        constants={"grant_type": "refresh_token"},
        remembered=False,
    ),
    Route(
        "logout",
        Purpose.SIGN_OUT,
        Shape.FORM,
        f"{REST}v3/authentication/logout",
        Certainty.PROVEN,
        remembered=False,
    ),
    Route(
        "session_details",
        Purpose.ACCOUNT,
        Shape.GET,
        f"{REST}v3/authentication/sessiondetails",
        Certainty.PROVEN,
        fields={"appId": Kind.WORD, "appVersion": Kind.WORD},
        remembered=False,
    ),
    Route(
        "dashboard",
        Purpose.SERVICE_STATUS,
        Shape.GET,
        f"{REST}Dashboard",
        Certainty.OBSERVED,
    ),
    Route(
        "validate_user",
        Purpose.CODE_CHECK,
        Shape.FORM,
        f"{REST}v1/account/users/current/validateUser/locations/{{location}}",
        Certainty.PROVEN,
        fields={"userCode": Kind.CODE},
        remembered=False,
    ),
    # Never with the delta parameters: what they leave out is not known
    # (docs/protocol/total-connect.md#report-time-and-configuration-number).
    Route(
        "full_status.v3",
        Purpose.STATUS,
        Shape.GET,
        f"{REST}v3/locations/{{location}}/partitions/fullStatus",
        Certainty.PROVEN,
    ),
    Route(
        "full_status.v1",
        Purpose.STATUS,
        Shape.GET,
        f"{REST}v1/locations/{{location}}/partitions/fullStatus",
        Certainty.DOCUMENTED,
        remembered=False,
    ),
    Route(
        "zones",
        Purpose.LIVE_ZONES,
        Shape.GET,
        f"{REST}v1/locations/{{location}}/partitions/zones/0",
        Certainty.PROVEN,
        deadline=LONG,
    ),
    Route(
        "events.v1",
        Purpose.EVENT_LOG,
        Shape.JSON,
        f"{REST}v1/locations/{{location}}/devices/0/Events",
        Certainty.OBSERVED,
        fields=_CURSOR,
        constants=_EVENTS_FULL,
    ),
    Route(
        "events.v1_short",
        Purpose.EVENT_LOG,
        Shape.JSON,
        f"{REST}v1/locations/{{location}}/devices/0/Events",
        Certainty.GUESSED,
        fields=_CURSOR,
        constants=_EVENTS_SHORT,
    ),
    Route(
        "events.v1_empty",
        Purpose.EVENT_LOG,
        Shape.JSON,
        f"{REST}v1/locations/{{location}}/devices/0/Events",
        Certainty.GUESSED,
    ),
    Route(
        "events.v2",
        Purpose.EVENT_LOG,
        Shape.JSON,
        f"{REST}v2/locations/{{location}}/devices/0/Events",
        Certainty.GUESSED,
        fields=_CURSOR,
        constants=_EVENTS_FULL | {"PartitionID": ()},
    ),
    Route(
        "events.soap_live",
        Purpose.EVENT_LOG,
        Shape.SOAP_FORM,
        f"{SOAP}/GetLiveEvents",
        Certainty.DOCUMENTED,
        fields=_SESSION | _CURSOR | {"LocationId": Kind.NUMBER},
        constants={"MaxRecords": 250, "DateFormat": 0, "TimeFormat": 1},
        operation="GetLiveEvents",
    ),
    Route(
        "events.soap",
        Purpose.EVENT_LOG,
        Shape.SOAP_FORM,
        f"{SOAP}/GetEvents",
        Certainty.DOCUMENTED,
        fields=_SESSION | _CURSOR | {"LocationId": Kind.NUMBER},
        constants={
            "FilterClass": 1,
            "DeviceId": 0,
            "MaxRecords": PAGE,
            "EventTypeFilter": 0,
            "ShowHidden": False,
            "StartDateTime": "",
            "EndDateTime": "",
            "DateFormat": 0,
            "TimeFormat": 1,
            "SortOrder": 0,
        },
        operation="GetEvents",
    ),
    Route(
        "job.path",
        Purpose.JOB_STATUS,
        Shape.GET,
        f"{REST}v1/locations/{{location}}/devices/security/synchronize/{{job}}",
        Certainty.GUESSED,
    ),
    Route(
        "job.query",
        Purpose.JOB_STATUS,
        Shape.GET,
        f"{REST}v1/locations/{{location}}/devices/security/synchronize",
        Certainty.GUESSED,
        fields={"jobId": Kind.WORD},
    ),
    Route(
        "job.operation",
        Purpose.JOB_STATUS,
        Shape.GET,
        f"{REST}v1/locations/{{location}}/devices/security/syncJobStatus/{{job}}",
        Certainty.GUESSED,
    ),
    Route(
        "job.path_status",
        Purpose.JOB_STATUS,
        Shape.GET,
        f"{REST}v1/locations/{{location}}/devices/security/synchronize/{{job}}/status",
        Certainty.GUESSED,
    ),
    Route(
        "job.soap",
        Purpose.JOB_STATUS,
        Shape.SOAP_FORM,
        f"{SOAP}/GetSyncJobStatus",
        Certainty.PROVEN,
        fields=_SESSION | {"JobID": Kind.WORD, "LocationID": Kind.NUMBER},
        operation="GetSyncJobStatus",
    ),
    Route(
        "users.account",
        Purpose.PENDING_CHANGES,
        Shape.GET,
        f"{REST}v1/account/users",
        Certainty.GUESSED,
        fields={"LocationID": Kind.NUMBER},
        constants={"AdditionalInput": ""},
    ),
    Route(
        "users.account_location",
        Purpose.PENDING_CHANGES,
        Shape.GET,
        f"{REST}v1/account/users/locations/{{location}}",
        Certainty.GUESSED,
    ),
    Route(
        "users.location",
        Purpose.PENDING_CHANGES,
        Shape.GET,
        f"{REST}v1/locations/{{location}}/users",
        Certainty.GUESSED,
    ),
    Route(
        "users.soap",
        Purpose.PENDING_CHANGES,
        Shape.SOAP_FORM,
        f"{SOAP}/GetUsersEx",
        Certainty.DOCUMENTED,
        fields=_SESSION | {"LocationID": Kind.NUMBER},
        constants={"AdditionalInput": ""},
        operation="GetUsersEx",
    ),
    Route(
        "soap",
        Purpose.SOAP_PROBE,
        Shape.SOAP_FORM,
        f"{SOAP}/KeepAlive",
        Certainty.DOCUMENTED,
        fields=_SESSION,
        operation="KeepAlive",
    ),
    # docs/protocol/total-connect.md#starting-a-panel-sync: form-encoded, the only body
    # ever seen accepted.
    Route(
        "start_panel",
        Purpose.START_PANEL,
        Shape.FORM,
        f"{REST}v1/locations/{{location}}/devices/security/synchronize",
        Certainty.DOCUMENTED,
        fields={"userCode": Kind.CODE, "installerCode": Kind.CODE},
        optional=frozenset({"installerCode"}),
        deadline=LONG,
    ),
    *_user_sync("start_users", status_only=False),
    *_user_sync("user_sync_steps", status_only=True),
)

ROUTES: Final[Mapping[str, Route]] = MappingProxyType(
    {route.key: route for route in TABLE}
)

ACCOUNT: Final = ROUTES["session_details"]
SOAP_PROBE: Final = ROUTES["soap"]
LIKELY_WAYS: Final = (
    "start_users.account",
    "start_users.device",
    "start_users.operation",
)
SOAP_WAY: Final = "start_users.soap"


class RouteTable:
    """The routes of one account: before those of the table the ones it was taught."""

    def __init__(self, learned: Iterable[Route] = ()) -> None:
        """Take the learned routes, one for a purpose."""
        self.learned = {route.purpose: route for route in learned}
        self.routes = (*self.learned.values(), *TABLE)
        self._keys = frozenset(route.key for route in self.routes)

    def __contains__(self, key: object) -> bool:
        """Return whether a route of this key stands in the table."""
        return key in self._keys

    def routes_for(self, purpose: Purpose) -> tuple[Route, ...]:
        """Return the routes of a purpose in the order in which they are tried."""
        return tuple(route for route in self.routes if route.purpose is purpose)


def steps_route(start: Route) -> Route:
    """Return the route that reads the steps of a user sync started by `start`."""
    return ROUTES[start.key.replace("start_users", "user_sync_steps", 1)]


START_PURPOSE: Final[Mapping[SyncKind, Purpose]] = MappingProxyType(
    {
        SyncKind.PANEL: Purpose.START_PANEL,
        SyncKind.USERS: Purpose.START_USERS,
        SyncKind.REFRESH: Purpose.LIVE_ZONES,
    }
)
