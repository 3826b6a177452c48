"""The whole truth about a simulated world, as the control interface shows it; codes never."""

from typing import Any

from simulator.service import answers
from simulator.simulation import Simulation
from simulator.world.location import Location
from simulator.world.panel import ALARM, ARMING, DISARMED, DISARMED_STATES, Family, Zone

type Json = dict[str, Any]


def state(simulation: Simulation) -> Json:
    """Return the whole truth."""
    world, accounts = simulation.world, simulation.accounts
    return {
        "profile": simulation.options.profile,
        "seed": simulation.options.seed,
        "speed": simulation.options.speed,
        "now": world.now.isoformat(),
        "user_id": world.ids.numbered("login", 0),
        "switches": simulation.switches.as_dict(),
        "latency": simulation.latency,
        "faults": [
            {"route": rule.route, "fault": rule.fault, "times": rule.times}
            for rule in simulation.faults.rules
        ],
        "overrides": [override.as_dict() for override in simulation.faults.overrides],
        "sign_ins": len(accounts.sign_ins),
        "sessions": sum(not session.ended for session in accounts.sessions.values()),
        "locations": [
            _location(simulation, location) for location in world.locations.values()
        ],
    }


def _location(simulation: Simulation, location: Location) -> Json:
    panel, service, syncs = location.panel, location.service, simulation.world.syncs
    status = answers.connection_status(location, simulation.switches)["SyncStatus"]
    records = [
        {
            "id": record.id,
            "time": record.time.isoformat(),
            "text": record.text,
            "originator": record.originator,
        }
        for record in location.log.records[-100:]
    ]
    known = [
        {
            "name": user.full_name,
            "type": user.user_type,
            "out_of_sync": user.out_of_sync,
            "at_panel": user.full_name in panel.users,
        }
        for user in location.users
    ]
    return {
        "id": location.id,
        "name": location.name,
        "device_id": location.device_id,
        "panel_type": panel.family.panel_type,
        "panel_name": panel.family.name,
        "supports_user_sync": panel.family.user_sync,
        "supports_live_read": panel.family.live_zones,
        "auto_sync": panel.family.auto_sync,
        "automation": panel.has_automation,
        "connected": panel.connected,
        "reports_lost": location.reports_lost,
        "arming": _arming(
            panel.family, {part.id: part.arming for part in panel.partitions.values()}
        ),
        "armed": panel.armed,
        "prompts_user_code": syncs.prompts_user_code(location),
        "prompts_installer_code": syncs.prompts_installer_code(location),
        "zones": [_zone(zone) for zone in panel.zones.values()],
        "partitions": _partitions(panel.partition_names()),
        "users": known,
        "staged_user_changes": location.staged_user_changes,
        "wrong_codes": panel.wrong_codes,
        "locked": panel.locked,
        "service": {
            "zones": [_zone(zone) for zone in service.zones.values()],
            "partitions": _partitions(service.partitions),
            "arming": _arming(panel.family, service.arming),
            "sync_flag": service.sync_flag,
            "configuration_number": service.configuration_number,
            "report_time": service.report_time.isoformat(),
            "sync_status": status,
        },
        "in_sync": location.in_sync,
        "starts": location.starts,
        "runs": [run.as_dict() for run in location.runs],
        "log": records,
    }


def _partitions(names: dict[int, str]) -> list[Json]:
    return [{"id": number, "name": name} for number, name in names.items()]


def _zone(zone: Zone) -> Json:
    return {
        "id": zone.id,
        "name": zone.name,
        "open": zone.open,
        "low_battery": zone.low_battery,
        "trouble": zone.trouble,
        "bypassed": zone.bypassed,
        "alarm": zone.alarm,
    }


def _arming(family: Family, states: dict[int, int]) -> str:
    """Return the word of a location's arming: the first partition that is not disarmed decides."""
    code = next(
        (state for state in states.values() if state not in DISARMED_STATES), DISARMED
    )
    words = {number: f"armed_{name}" for name, number in family.armed.items()}
    words |= {DISARMED: "disarmed", ALARM: "alarm", ARMING: "arming"}
    return words.get(code, "armed")
