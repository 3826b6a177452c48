"""Client for Total Connect 2.0 accounts and for panels: it syncs, reads and judges.

It can do nothing else: it never arms, disarms, bypasses or changes a code, and all that
it can write stands in `remote/routes.py` and `local/commands.py`. It knows nothing of
Home Assistant. What a program needs is here; `README.md` has an example.
"""

from .comparison import Difference, Watch, is_lasting, suspended, watch
from .errors import (
    AccountLocked,
    ClientError,
    CodeRefused,
    CredentialsRefused,
    FeatureMissing,
    PanelUnreachable,
    RateLimited,
    RouteUnavailable,
    ServiceRefused,
    ServiceUnreachable,
    SessionEnded,
    SignInPage,
    SignInPostponed,
    UnexpectedAnswer,
)
from .foreign import clean_text
from .local.activity import happenings
from .local.alarmdecoder.state import Ad2Settings
from .local.base import Callback, LinkPhase, LinkState, PushedLink
from .local.connection import Address
from .local.family import FAMILIES, Capability, Family, LinkSettings, LocalLink
from .local.probe import Found, NotFound, ProbeFailure, may_ask, probe
from .local.status import LocalPartition, LocalStatus, PanelActivity
from .models import (
    Account,
    ActivityType,
    ArmingState,
    Codes,
    EventLog,
    EventRecord,
    JobStatus,
    Location,
    Panel,
    PanelStatus,
    PendingUserChanges,
    Rights,
    RouteReport,
    RouteState,
    ServiceStatus,
    UserSyncSteps,
    UserSyncWay,
    Zone,
    ZoneStatus,
)
from .outcomes import Evidence, Outcome, Reason, SyncKind
from .remote.decode.log_texts import redacted
from .remote.hosts import DEFAULT_HOSTS, Hosts
from .remote.learned_store import dump_learned, learned_from_path, load_learned
from .remote.route import Purpose, Route
from .remote.routes import ROUTES, START_PURPOSE
from .remote.service import RemoteService, allowed_again, counted_together, sign_in_wait
from .remote.session.session import Credentials
from .remote.trace import Trace
from .serialization import as_json, from_json
from .sync.activity import (
    NewRecords,
    log_successes,
    mentions_user_change,
    new_records,
    panel_sync_elsewhere,
)
from .sync.changes import NOTHING_CHANGED, Change, Changed, Effect, Thing
from .sync.judgement import FOLLOW_LIMIT, Judgement, Mark, Snapshot
from .sync.preconditions import Refusal, Situation, find_refusal, is_fresh
from .sync.record import EndedRun, OpenRun, RunPhase
from .sync.run import SyncRun, is_effect_unseen, late_proof, take_mark, with_effect
from .sync.status import (
    COUNTED_KINDS,
    NoZones,
    SyncFacts,
    SyncStatus,
    standing_outcome,
    sync_status,
)

__all__ = [
    "COUNTED_KINDS",
    "DEFAULT_HOSTS",
    "FAMILIES",
    "FOLLOW_LIMIT",
    "NOTHING_CHANGED",
    "ROUTES",
    "START_PURPOSE",
    "Account",
    "AccountLocked",
    "ActivityType",
    "Ad2Settings",
    "Address",
    "ArmingState",
    "Callback",
    "Capability",
    "Change",
    "Changed",
    "ClientError",
    "CodeRefused",
    "Codes",
    "Credentials",
    "CredentialsRefused",
    "Difference",
    "Effect",
    "EndedRun",
    "EventLog",
    "EventRecord",
    "Evidence",
    "Family",
    "FeatureMissing",
    "Found",
    "Hosts",
    "JobStatus",
    "Judgement",
    "LinkPhase",
    "LinkSettings",
    "LinkState",
    "LocalLink",
    "LocalPartition",
    "LocalStatus",
    "Location",
    "Mark",
    "NewRecords",
    "NoZones",
    "NotFound",
    "OpenRun",
    "Outcome",
    "Panel",
    "PanelActivity",
    "PanelStatus",
    "PanelUnreachable",
    "PendingUserChanges",
    "ProbeFailure",
    "Purpose",
    "PushedLink",
    "RateLimited",
    "Reason",
    "Refusal",
    "RemoteService",
    "Rights",
    "Route",
    "RouteReport",
    "RouteState",
    "RouteUnavailable",
    "RunPhase",
    "ServiceRefused",
    "ServiceStatus",
    "ServiceUnreachable",
    "SessionEnded",
    "SignInPage",
    "SignInPostponed",
    "Situation",
    "Snapshot",
    "SyncFacts",
    "SyncKind",
    "SyncRun",
    "SyncStatus",
    "Thing",
    "Trace",
    "UnexpectedAnswer",
    "UserSyncSteps",
    "UserSyncWay",
    "Watch",
    "Zone",
    "ZoneStatus",
    "allowed_again",
    "as_json",
    "clean_text",
    "counted_together",
    "dump_learned",
    "find_refusal",
    "from_json",
    "happenings",
    "is_effect_unseen",
    "is_fresh",
    "is_lasting",
    "late_proof",
    "learned_from_path",
    "load_learned",
    "log_successes",
    "may_ask",
    "mentions_user_change",
    "new_records",
    "panel_sync_elsewhere",
    "probe",
    "redacted",
    "sign_in_wait",
    "standing_outcome",
    "suspended",
    "sync_status",
    "take_mark",
    "watch",
    "with_effect",
]
