"""Makes the locations of a world from its seed. Everything here is invented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from simulator.options import SimulatorOptions
from simulator.world.event_log import EventLog, sync_text
from simulator.world.ids import Ids
from simulator.world.location import Location, Run, ServiceCopy, ServiceUser, UserRow
from simulator.world.panel import (
    DISARMED,
    LYNX_PLUS,
    LYNX_TOUCH,
    LYRIC,
    PRO_A7,
    VISTA_21IP,
    VISTA_LTEM,
    Family,
    Panel,
    Partition,
    Zone,
)

NAMED = ("Mill House", "Lake Cabin", "Harbour Shop", "Hill Farm")

_FIRST = (
    "Amber", "Birch", "Cedar", "Dune", "Elm", "Fern", "Gorse", "Heron", "Ivy", "Juniper", "Kestrel", "Linden",
)  # fmt: skip
_SECOND = (
    "Cottage", "Depot", "Gallery", "Lodge", "Mews", "Office", "Quay", "Studio", "Villa", "Works", "Barn", "Court",
)  # fmt: skip
_ZONES = (
    ("Front  Door", 1, 0),
    ("Back  Door", 1, 0),
    ("Kitchen  Window", 3, 0),
    ("Hall  Motion", 4, 1),
    ("Cellar  Smoke", 9, 4),
    ("Garage  Door", 1, 0),
    ("Study  Window", 3, 0),
    ("Landing  Motion", 4, 1),
    ("Boiler  CO", 14, 6),
    ("Stairs  Smoke", 9, 4),
)
_PEOPLE = (
    "Alex Moor", "Billie Hart", "Casey Lund", "Devon Pike", "Emery Vance", "Frankie Dole", "Gale Ost", "Harper Quill",
)  # fmt: skip
_FAMILIES = (VISTA_LTEM, PRO_A7, LYNX_TOUCH, VISTA_21IP, LYRIC)


@dataclass(frozen=True, slots=True)
class _Plan:
    family: Family
    zones: int
    staged: int
    automation: bool = False
    reports_openings: bool = True


def make_location(
    options: SimulatorOptions,
    ids: Ids,
    index: int,
    name: str | None,
    now: datetime,
    next_record: Callable[[], int],
) -> Location:
    """Build the index-th location; the first four are the demo's, later ones come from the seed."""
    random = Random(f"{options.seed}/{options.profile}/location/{index}")
    plan = _plan(options, index, random)
    name = name or (
        NAMED[index] if index < len(NAMED) else _invented_name(index, random)
    )
    panel = _panel(options, plan, random)
    panel.prompts_installer_code = options.profile == "old" and index == 1
    written = now - timedelta(minutes=random.randint(5, 50))
    service = ServiceCopy(
        zones=panel.copy_zones(),
        partitions=panel.partition_names(),
        arming={
            partition.id: partition.arming for partition in panel.partitions.values()
        },
        report_time=written,
        configuration_number=random.randint(3, 90),
    )
    location = Location(
        id=ids.numbered("location", index),
        name=name,
        device_id=ids.numbered("device", index),
        automation_device_id=ids.numbered("automation", index),
        panel=panel,
        service=service,
        users=_users(options, ids, plan, index, now, random),
        log=EventLog(next_record),
        offset_hours=random.choice((-5.0, -6.0, -7.0, -8.0)),
        last_contact=written,
    )
    _write_history(location, ids, index, now, random)
    return location


def _plan(options: SimulatorOptions, index: int, random: Random) -> _Plan:
    if index < len(NAMED):
        plan = (
            _Plan(VISTA_LTEM, 6, 2, automation=True),
            _Plan(VISTA_21IP, 5, 0),
            _Plan(VISTA_LTEM, 7, 1),
            _Plan(PRO_A7, 4, 1),
        )[index]
    else:
        family = random.choice(_FAMILIES)
        plan = _Plan(
            family,
            random.randint(3, 10),
            index % 3,
            random.random() < 0.4,
            random.random() < 0.8,
        )
    if options.profile == "old":
        return _Plan(LYNX_PLUS, plan.zones, 0, plan.automation)
    return plan


def _invented_name(index: int, random: Random) -> str:
    number = index // (len(_FIRST) * len(_SECOND))
    first, second = (
        _FIRST[index % len(_FIRST)],
        _SECOND[index // len(_FIRST) % len(_SECOND)],
    )
    return f"{first} {second}" + (f" {number + 1}" if number else "")


def _panel(options: SimulatorOptions, plan: _Plan, random: Random) -> Panel:
    zones = {
        number + 1: Zone(
            number + 1,
            name,
            type_id,
            device_type,
            1,
            f"{random.randint(0, 0xFFFFFF):06X}",
        )
        for number, (name, type_id, device_type) in enumerate(_ZONES[: plan.zones])
    }
    return Panel(
        family=plan.family,
        zones=zones,
        partitions={1: Partition(1, "", DISARMED)},
        users=[],
        user_code=options.user_code,
        installer_code=options.installer_code,
        has_automation=plan.automation,
        reports_openings=plan.reports_openings,
        others={_other_code(options, random): "Billie Hart"},
    )


def _other_code(options: SimulatorOptions, random: Random) -> str:
    """Return another person's code, never one of the two known ones."""
    code = random.randint(1000, 9999)
    while str(code) in (options.user_code, options.installer_code):
        code += 1
    return str(code)


def _users(
    options: SimulatorOptions,
    ids: Ids,
    plan: _Plan,
    index: int,
    now: datetime,
    random: Random,
) -> list[ServiceUser]:
    """Return the users of the website: the account's own person and some who exist on the panel only."""
    first, last = full_name(options.user).split(" ", 1)
    changed = now - timedelta(days=random.randint(2, 60))
    users = [
        ServiceUser(ids.numbered("login", 0), options.user, first, last, 1, changed)
    ]
    people = random.sample(_PEOPLE, 3)
    for number, person in enumerate(people):
        given, family = person.split(" ")
        user_id = ids.scattered("panel user", index, number)
        staged = 1 if number < plan.staged else 0
        users.append(ServiceUser(user_id, "", given, family, 2, changed, staged))
    return users


def _write_history(
    location: Location, ids: Ids, index: int, now: datetime, random: Random
) -> None:
    """Fill the log with the days before now, the last syncs among them."""
    person = location.users[0].full_name
    location.panel.users = [
        user.full_name for user in location.users if not user.out_of_sync
    ]
    for day in range(3, 0, -1):
        morning = now - timedelta(days=day, minutes=random.randint(0, 300))
        away = location.panel.family.armed["away"]
        location.log.write(
            morning, "Armed Away-P1 Partition 1", person, event_type=away, filter_type=1
        )
        evening = morning + timedelta(hours=8)
        location.log.write(
            evening,
            "Disarmed-P1 Partition 1",
            person,
            event_type=DISARMED,
            filter_type=1,
        )
    synced = now - timedelta(hours=9, minutes=random.randint(0, 50))
    job = ids.guid("old job", index)
    started = synced - timedelta(seconds=15)
    location.runs.append(
        Run("panel", job, person, started, synced, "done", job_state=2, zone_state=2)
    )
    location.log.write(synced, sync_text("zone", "normal", location.name), person)
    if location.panel.family.user_sync:
        # The finished row of that sync is what a status-only question still finds
        # (docs/protocol/total-connect.md#steps-of-a-user-sync).
        location.user_row = UserRow(total=4, current=4, text="Complete")
        location.log.write(
            synced + timedelta(minutes=1),
            sync_text("user", "normal", location.name),
            person,
        )


def full_name(user: str) -> str:
    """Return the person behind a sign-in name: `dana.keller` is Dana Keller."""
    words = [
        word.capitalize()
        for word in user.split("@", maxsplit=1)[0].replace("_", ".").split(".")
        if word
    ]
    return (
        " ".join(words) if len(words) > 1 else f"{words[0] if words else 'Dana'} Keller"
    )
