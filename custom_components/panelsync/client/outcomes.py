"""The three syncs, how a run of one ends, and why."""

from enum import StrEnum


class SyncKind(StrEnum):
    """The three things a person can ask for."""

    USERS = "users"
    PANEL = "panel"
    REFRESH = "refresh"


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FINISHED = "finished"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    REFUSED = "refused"


class Evidence(StrEnum):
    """What an outcome rests on."""

    JOB_STATE = "job_state"
    USER_SYNC_STEPS = "user_sync_steps"
    PENDING_CLEARED = "pending_cleared"
    LOG_RECORD = "log_record"
    CONFIGURATION_NUMBER = "configuration_number"
    SYNC_FLAG = "sync_flag"
    LIVE_READ = "live_read"


class Reason(StrEnum):
    """Why a run was refused or ended as it did; each is a translation key."""

    # Refused: nothing was sent.
    NOT_SUPPORTED = "not_supported"
    ALREADY_RUNNING = "already_running"
    COOLING_DOWN = "cooling_down"
    PANEL_ARMED = "panel_armed"
    CODE_MISSING = "code_missing"
    CODE_REFUSED_BEFORE = "code_refused_before"
    ROUTE_UNAVAILABLE = "route_gone"
    NO_USER_SYNC_WAY = "no_user_sync_way"
    NOT_ADMINISTRATOR = "not_administrator"
    NOT_RECORDED = "not_recorded"
    NOT_LOADED = "not_loaded"
    SIGN_IN_POSTPONED = "sign_in_postponed"
    RATE_LIMITED = "rate_limited"
    # Ended.
    PROVEN = "proven"
    NOTHING_TO_PROVE = "nothing_to_prove"
    CODE_REFUSED = "code_refused"
    PANEL_UNREACHABLE = "panel_unreachable"
    FEATURE_MISSING = "feature_missing"
    SERVICE_REFUSED = "service_refused"
    SERVICE_UNREACHABLE = "service_unreachable"
    NOT_UNDERSTOOD = "not_understood"
    SIGN_IN_FAILED = "sign_in_failed"
    ACCOUNT_LOCKED = "account_locked"
    JOB_FAILED = "job_failed"
    LOG_FAILURE = "log_failure"
    LIVE_READ_UNSUPPORTED = "live_read_unsupported"
    NO_ZONES = "no_zones"
    CONTRADICTION = "contradiction"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    ANSWER_LOST = "answer_lost"
    ANSWER_UNKNOWN = "answer_unknown"
    CHANGES_STILL_PENDING = "changes_still_pending"
    SYNC_STILL_REQUIRED = "sync_still_required"
    ZONES_NOT_SYNCED = "zones_not_synced"


CODE_REFUSED_CODES = frozenset({-4106, -4114})
"""A code is wrong or not stored; it is never sent again until changed.

See docs/protocol/total-connect.md#result-codes.
"""
