"""Client for Total Connect 2.0 accounts and for panels: it syncs, reads and judges.

It can do nothing else: it never arms, disarms, bypasses or changes a code, and all that
it can write stands in `remote/routes.py` and `local/commands.py`. It knows nothing of
Home Assistant. What a program needs is here; `README.md` has an example.
"""

from .comparison import Watch, compare, watch
from .errors import (
    AccountLocked,
    ClientError,
    CodeRefused,
    CredentialsRefused,
    FeatureMissing,
    PanelUnreachable,
    RateLimited,
    RouteGone,
    ServiceRefused,
    ServiceUnreachable,
    SignInPostponed,
)
from .local.base import LinkPhase, LinkState
from .local.connection import Address
from .local.family import FAMILIES, Family, LinkSettings
from .local.probe import Found, NotFound, probe
from .local.status import LocalStatus, PanelActivity
from .models import (
    Account,
    ArmingState,
    Codes,
    EventLog,
    EventRecord,
    Evidence,
    Location,
    Outcome,
    PanelStatus,
    Reason,
    SyncKind,
    UserSyncWay,
    Zone,
    ZoneStatus,
)
from .remote.service import Credentials, Hosts, RemoteService
from .sync.judgement import Judgement, Mark, Snapshot, gather, judge
from .sync.run import EndedRun, OpenRun, SyncRun, take_mark

__all__ = [
    "FAMILIES",
    "Account",
    "AccountLocked",
    "Address",
    "ArmingState",
    "ClientError",
    "CodeRefused",
    "Codes",
    "Credentials",
    "CredentialsRefused",
    "EndedRun",
    "EventLog",
    "EventRecord",
    "Evidence",
    "Family",
    "FeatureMissing",
    "Found",
    "Hosts",
    "Judgement",
    "LinkPhase",
    "LinkSettings",
    "LinkState",
    "LocalStatus",
    "Location",
    "Mark",
    "NotFound",
    "OpenRun",
    "Outcome",
    "PanelActivity",
    "PanelStatus",
    "PanelUnreachable",
    "RateLimited",
    "Reason",
    "RemoteService",
    "RouteGone",
    "ServiceRefused",
    "ServiceUnreachable",
    "SignInPostponed",
    "Snapshot",
    "SyncKind",
    "SyncRun",
    "UserSyncWay",
    "Watch",
    "Zone",
    "ZoneStatus",
    "compare",
    "gather",
    "judge",
    "probe",
    "take_mark",
    "watch",
]
