"""What one row of the route table says: a request without the values of an account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from itertools import chain
import re
from types import MappingProxyType
from typing import Final

from ..models import Certainty

type Constant = bool | int | str | tuple[()]


class Host(Enum):
    """Which of the two hosts serves a route."""

    WEB = "web"
    SERVICE = "service"


class Purpose(StrEnum):
    """What a route is for."""

    APP_CONFIG = "app_config"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    ACCOUNT = "account"
    SERVICE_STATUS = "service_status"
    CODE_CHECK = "code_check"
    STATUS = "status"
    LIVE_ZONES = "live_zones"
    EVENT_LOG = "event_log"
    JOB_STATUS = "job_status"
    PENDING_CHANGES = "pending_changes"
    SOAP_PROBE = "soap_probe"
    START_PANEL = "start_panel"
    START_USERS = "start_users"
    USER_SYNC_STEPS = "user_sync_steps"


class Shape(Enum):
    """How a request is written down."""

    GET = "get"
    FORM = "form"
    JSON = "json"
    SOAP_FORM = "soap_form"
    SOAP_ENVELOPE = "soap_envelope"


class Kind(Enum):
    """What a caller may put into a field or into the path."""

    NUMBER = "number"
    WORD = "word"
    CODE = "code"
    SECRET = "secret"
    DEVICES = "devices"  # a `DeviceAuthorization`, written as the list of one device
    CODES_ONLY = "codes_only"  # the same without its ids, which stand in the path
    MOMENT = "moment"


# A text must match the whole pattern.
PATTERNS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.NUMBER: r"[0-9]{1,20}",
        Kind.WORD: r"[A-Za-z0-9._-]{1,100}",
        Kind.CODE: r"-1|[0-9]{1,12}",
        Kind.SECRET: r"[\x21-\x7e]{1,20000}",
        Kind.MOMENT: r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}",
    }
)


# Found by trying routes in turn: such a route works only if its answer makes sense.
SEARCHED: Final = frozenset(
    {Purpose.STATUS, Purpose.EVENT_LOG, Purpose.JOB_STATUS, Purpose.PENDING_CHANGES}
)


# A `Retry-After` from one of these holds back the sign-in, and so the whole account.
SIGN_IN_PURPOSES: Final = frozenset({Purpose.APP_CONFIG, Purpose.SIGN_IN})


PATH_KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {"location": Kind.NUMBER, "device": Kind.NUMBER, "job": Kind.WORD}
)
"""All that may stand in a path as `{name}`: no secret."""
FIELD_IN_PATH: Final = re.compile(r"\{([a-z]+)\}")


SECRET_KINDS: Final = frozenset({Kind.CODE, Kind.SECRET, Kind.DEVICES, Kind.CODES_ONLY})


@dataclass(frozen=True, slots=True)
class DeviceAuthorization:
    """One panel and the code that may sync its users.

    See docs/protocol/total-connect.md#starting-a-user-sync.
    """

    location_id: int
    device_id: int
    code: str = field(repr=False)


type Value = str | int | DeviceAuthorization

NOTHING: Final[Mapping[str, Value]] = MappingProxyType({})


def location_of(*values: Mapping[str, Value]) -> int | None:
    """Return the id of the location that a request is about, None without one."""
    for name, value in chain.from_iterable(found.items() for found in values):
        if isinstance(value, DeviceAuthorization):
            return value.location_id
        if name.casefold() in ("location", "locationid") and isinstance(value, int):
            return value
    return None


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value of this account goes in a learned request, by the field's name.

    `form` says how it is written where that is not plain: a number as a `text`, a code or
    job as a `number`, no code as a `blank`, a moment by its format.
    """

    field: str
    form: str = ""


type Leaf = bool | int | str | Slot | None


type Tree = Leaf | Mapping[str, Tree] | tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """The query and the body of a learned request."""

    query: Mapping[str, Leaf] = MappingProxyType({})
    body: Mapping[str, Tree] | tuple[Tree, ...] | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One way to do one thing.

    `remembered` says whether a missing route is noted as unavailable. It is False for what
    nothing works without: there a 404 is an outage of the service. A learned route has
    its verb and its template from a recording, and its fields are what goes in there.
    """

    key: str
    purpose: Purpose
    shape: Shape
    path: str
    certainty: Certainty
    host: Host = Host.SERVICE
    fields: Mapping[str, Kind] = MappingProxyType({})
    constants: Mapping[str, Constant] = MappingProxyType({})
    optional: frozenset[str] = frozenset()
    operation: str = ""
    deadline: float = 30.0
    remembered: bool = True
    verb: str = ""
    template: Template | None = None

    @property
    def path_fields(self) -> dict[str, Kind]:
        """What a caller fills into the path, in its order."""
        return {name: PATH_KINDS[name] for name in FIELD_IN_PATH.findall(self.path)}

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.verb or ("GET" if self.shape is Shape.GET else "POST")

    @property
    def is_soap(self) -> bool:
        """Whether the route goes through the SOAP address."""
        return self.shape in (Shape.SOAP_FORM, Shape.SOAP_ENVELOPE)

    @property
    def is_start(self) -> bool:
        """Whether the route changes anything at a panel."""
        return self.purpose in (Purpose.START_PANEL, Purpose.START_USERS)

    def secrets(self, fields: Mapping[str, Value]) -> tuple[str, ...]:
        """What of a request's fields must never stand in a text."""
        return tuple(
            value.code if isinstance(value, DeviceAuthorization) else str(value)
            for name, value in fields.items()
            if self.fields[name] in SECRET_KINDS
        )
