"""Diagnostics that can be pasted into a public issue as they are.

Nothing is redacted here: this is a list of what is shown, and no name, address, serial
number, code, token or text of a person is on it. Locations stand under the aliases of
the trace.
"""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .client import (
    EndedRun,
    LocalLink,
    Location,
    OpenRun,
    PanelStatus,
    PushedLink,
    Trace,
    Zone,
    as_json,
    redacted,
)
from .const import (
    CONF_BAUDRATE,
    CONF_FAMILY,
    CONF_REFRESH_ON_MISMATCH,
    CONF_SERVICE_URL,
    CONF_USER_SYNC_WAY,
    CONF_WEB_URL,
)
from .coordinators.location import LocationCoordinator
from .flows.schemas import DEFAULT_ADDRESSES
from .flows.teach import shared_text
from .identifiers import account_identifier, is_device
from .outcome_report import OutcomeReport
from .panel_codes import stored_codes
from .runtime import AccountConfigEntry, AnyConfigEntry, LocalPanelConfigEntry, by_kind
from .storage.store import client_store


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AnyConfigEntry
) -> Mapping[str, Any]:
    """Return everything about an account, or about a local panel."""
    return await by_kind(entry, account=partial(_account, hass), panel=_local_panel)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: AnyConfigEntry, device: AnyDeviceEntry
) -> Mapping[str, Any]:
    """Return what concerns one location, or everything for an account's device."""
    return await by_kind(
        entry, account=partial(_account, hass, device=device), panel=_local_panel
    )


def _not_loaded(entry: AnyConfigEntry) -> dict[str, Any]:
    """Return what is known of an entry that is not loaded."""
    return {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
    }


async def _account(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    device: AnyDeviceEntry | None = None,
) -> dict[str, Any]:
    """Return what concerns the location of a device, else everything."""
    if entry.state is not ConfigEntryState.LOADED:
        stored = await client_store(hass, account_identifier(entry)).async_load() or {}
        return _not_loaded(entry) | {"unknown_refusal": stored.get("unknown_refusal")}
    coordinators = [
        manager.location for manager in entry.runtime_data.locations.values()
    ]
    of_device = [
        coordinator
        for coordinator in coordinators
        if device is not None and is_device(device, coordinator.identifier)
    ]
    account = entry.runtime_data.coordinator
    service, state = account.service, account.data
    locations = {
        service.trace.alias(coordinator.location.location_id): _location(
            entry, coordinator
        )
        for coordinator in of_device or coordinators
    }
    return {
        "account": {
            "locations": len(account.locations),
            "rights": asdict(state.account.rights),
            "user_code_direct_push": state.account.user_code_direct_push,
            "two_step_codes": state.account.two_step_codes,
            "sign_ins_today": service.sign_ins_today,
            "unknown_refusal": service.unknown_refusal,
            "way_to_start_a_user_sync": entry.options.get(CONF_USER_SYNC_WAY),
            "usual_addresses": {
                key: entry.data[key] for key in (CONF_WEB_URL, CONF_SERVICE_URL)
            }
            == DEFAULT_ADDRESSES,
            **_reading(account),
        },
        "service_status": {
            "healthy": sum(line.healthy for line in state.service_status),
            "not_healthy": sum(not line.healthy for line in state.service_status),
        },
        "routes": [as_json(route) for route in service.routes()],
        "learned": shared_text(entry.options).splitlines(),
        "locations": locations,
        **_trace(service.trace, locations),
    }


def _reading(coordinator: DataUpdateCoordinator[Any]) -> dict[str, Any]:
    """Return how reading goes: the sort of the last error, never its words."""
    error = coordinator.last_exception
    interval = coordinator.update_interval
    return {
        "last_read_succeeded": coordinator.last_update_success,
        "last_error": error.translation_key
        if isinstance(error, UpdateFailed)
        else error and type(error).__name__,
        "interval_seconds": None if interval is None else interval.total_seconds(),
    }


def _location(
    entry: AccountConfigEntry, coordinator: LocationCoordinator
) -> dict[str, Any]:
    location, history, data = (
        coordinator.location,
        coordinator.history,
        coordinator.data,
    )
    codes = stored_codes(entry, location.location_id)
    return {
        "panel": _panel(location),
        "kinds": {
            kind: coordinator.link.has_route(kind)
            for kind in sorted(coordinator.link.supported_kinds)
        },
        "codes": {
            "user_code_stored": bool(codes.codes.user_code),
            "installer_code_stored": bool(codes.codes.installer_code),
            "refused": history.code_refused == codes.changed,
        },
        "service_sync_status": _service_sync_status(location),
        "sync_status": None if data is None else data.sync_status,
        "pending_user_changes": coordinator.pending and asdict(coordinator.pending),
        "status": None if data is None else _status(data.status),
        "run_in_progress": history.open_run and _run(history.open_run),
        "last_outcomes": {
            kind: _outcome(coordinator.report(run)) | _run(run)
            for kind, run in history.ended.items()
        },
        "last_seen_success": {
            kind: moment.isoformat() for kind, moment in history.seen_success.items()
        },
        "event_log_read": history.position is not None,
        "panel_changed": history.panel_changed and history.panel_changed.isoformat(),
        **_reading(coordinator),
    }


def _panel(location: Location) -> dict[str, Any]:
    panel = location.panel
    return {
        "type": panel.panel_type,
        "variant": panel.panel_variant,
        "prompts_user_code": panel.prompts_user_code,
        "prompts_installer_code": panel.prompts_installer_code,
        "auto_sync": location.auto_sync,
        "sync_status_supported": location.sync_status_supported,
        "user_management_disabled": location.user_management_disabled,
    }


def _service_sync_status(location: Location) -> dict[str, Any] | None:
    reported = location.service_status
    if reported is None:
        return None
    return {
        "connection_status": reported.connection_status,
        "sync_status": reported.sync_status,
        "message": redacted(reported.message or ""),
    }


def _status(status: PanelStatus) -> dict[str, Any]:
    return {
        "read_at": status.read_at.isoformat(),
        "report_time": status.report_time and status.report_time.isoformat(),
        "arming": status.arming,
        "arming_code": status.arming_code,
        "partitions": [
            {"arming": partition.arming, "arming_code": partition.arming_code}
            for partition in status.partitions
        ],
        "zones": _zones(status.zones),
        "sync_flag": status.sync_flag,
        "configuration_number": status.configuration_number,
        "ac_loss": status.ac_loss,
        "low_battery": status.low_battery,
        "battery_missing": status.battery_missing,
        "cover_tampered": status.cover_tampered,
    }


def _zones(zones: tuple[Zone, ...] | None) -> dict[str, int] | None:
    """Return how many zones show each status."""
    if zones is None:
        return None
    found = [int(zone.status) for zone in zones]
    return {str(status): found.count(status) for status in sorted(set(found))}


# What of an outcome's report is shown, of what it rests on, and of its mark: no id, no
# person, no name of a zone and no word of the service.
_REPORT_SHOWS = (
    *("outcome", "reason", "evidence", "upgraded", "ended", "report_time", "duration"),
    "made_live",
)
_RUN_SHOWS = (
    *("kind", "requested", "accepted", "phase", "uncertainty", "route", "found"),
    *("wait", "service_code"),
)
_MARK_SHOWS = ("taken", "configuration_number", "sync_flag", "report_time", "pending")


def _outcome(report: OutcomeReport) -> dict[str, Any]:
    plain = report.as_dict()
    return {
        **{key: plain[key] for key in _REPORT_SHOWS},
        "changes_seen": len(report.effect.changes) + report.effect.more,
    }


def _run(record: OpenRun | EndedRun) -> dict[str, Any]:
    plain = as_json(record)
    return {
        **{key: plain[key] for key in _RUN_SHOWS if key in plain},
        "mark": {key: plain["mark"][key] for key in _MARK_SHOWS},
        "has_job": record.job_id is not None,
        "pressed_by_a_person": record.requester is not None,
    }


def _trace(trace: Trace, locations: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exchanges that concern these locations, or no location."""
    return {
        "unknown": {
            "result_codes": [as_json(code) for code in trace.unknown_codes],
            "log_texts": list(trace.unrecognized_texts),
        },
        "exchanges": [
            as_json(exchange)
            for exchange in trace.exchanges
            if exchange.location is None or exchange.location in locations
        ],
        "answers": trace.answers,
    }


async def _local_panel(entry: LocalPanelConfigEntry) -> dict[str, Any]:
    if entry.state is not ConfigEntryState.LOADED:
        return _not_loaded(entry)
    panel = entry.runtime_data
    status = panel.link.state.status
    return {
        "link": {
            "family": entry.data[CONF_FAMILY],
            "baudrate": entry.data[CONF_BAUDRATE],
            "phase": panel.data.phase,
            "last_message": status.last_message and status.last_message.isoformat(),
            **_heard(panel.link),
        },
        "serves_a_location": panel.serves is not None,
        "location_loaded": panel.location is not None,
        "refresh_on_mismatch": entry.options.get(CONF_REFRESH_ON_MISMATCH),
        "status": {
            "arming": status.arming,
            "partitions": len(status.partitions),
            "zones_not_well": len(status.zones),
            "ac_power": status.ac_power,
            "battery_low": status.battery_low,
            "communication_failure": status.communication_failure,
            "downloading": status.downloading,
            "programming": status.programming,
            "programming_left": status.programming_left
            and status.programming_left.isoformat(),
        },
        "compared": {
            "mismatch": panel.watched.mismatch,
            "differences": [
                asdict(difference) for difference in panel.watched.differences
            ],
        },
    }


def _heard(link: LocalLink) -> dict[str, Any]:
    """Return what a wire has carried, and its last lines as `scripts/replay` plays them."""
    if not isinstance(link, PushedLink):
        return {}
    return {"heard": link.heard(), "last_lines": link.recording.lines}
