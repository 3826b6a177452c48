"""The life of panel syncs and user syncs at the service. Simulated.

See docs/protocol/total-connect.md#panel-sync and docs/protocol/total-connect.md#user-sync.

Inventions: the order in which a start is checked, the codes of a second start and of an armed panel, state 3 for a
failed job, the number of steps of a user sync and every progress text.
"""

from simulator.switches import Switches
from simulator.world.event_log import Part, sync_text
from simulator.world.ids import Ids
from simulator.world.location import Kind, Location, Run, UserRow
from simulator.world.result_codes import (
    ALREADY_RUNNING,
    NO_STORED_CODE,
    NOT_ALLOWED,
    NOT_SUPPORTED,
    OFFLINE_ANSWERS,
    UNREACHABLE,
    WRONG_CODE,
    Refusal,
)
from simulator.world.timeline import Timeline

# 1 and 2 are known, 3 is a guess (docs/protocol/total-connect.md#job-state).
RUNNING, COMPLETE, FAILED = 1, 2, 3
# "The code stored for this user" (docs/protocol/total-connect.md#general-rules); empty
# is a guess.
STORED_CODE = ("-1", "")


class Syncs:
    """Starts syncs and lets them go on in the world's time."""

    def __init__(
        self, timeline: Timeline, switches: Switches, ids: Ids, other_person: str
    ) -> None:
        """Work on one timeline; `other_person` originates what the log switch calls foreign."""
        self._timeline = timeline
        self._switches = switches
        self._ids = ids
        self._other_person = other_person
        self.first_job = 0  # a copy of a world gives its jobs other ids
        self.jobs: dict[str, tuple[Location, Run]] = {}

    def job(self, job_id: str) -> tuple[Location, Run] | None:
        """Return the location and run of a job id."""
        return self.jobs.get(job_id.lower())

    # Starting

    def start_panel(
        self, location: Location, user_code: str, installer_code: str, originator: str
    ) -> Run | Refusal:
        """Start a panel sync, or say with which code the service declines."""
        location.starts["panel"] += 1
        if refusal := self.may_not(location) or self.unreachable(location):
            return refusal
        panel = location.panel
        if panel.armed:
            # docs/protocol/total-connect.md#when-a-panel-sync-is-refused
            return Refusal(self._switches.armed_refusal)
        if not user_code:
            # "Optional", but calls fail without it (docs/protocol/total-connect.md#general-rules).
            return Refusal(NO_STORED_CODE)
        if refusal := self.wrong_code(location, user_code):
            return refusal
        if (
            self.prompts_installer_code(location)
            and installer_code != panel.installer_code
        ):
            return self._count_wrong_code(location)
        if location.running("panel"):
            return Refusal(ALREADY_RUNNING)
        run = self._begin(location, "panel", originator)
        run.zone_state = RUNNING
        self._timeline.after(
            self._switches.panel_sync_seconds,
            lambda: self._zone_part_done(location, run),
        )
        return run

    def start_users(
        self, location: Location, code: str, originator: str
    ) -> Run | Refusal:
        """Start a user sync, or say with which code the service declines."""
        location.starts["users"] += 1
        if not location.panel.family.user_sync:
            return Refusal(NOT_SUPPORTED)
        if refusal := self.may_not(location) or self.unreachable(location):
            return refusal
        if location.panel.armed and not location.panel.family.users_while_armed:
            # Assumed for all but VISTA (docs/protocol/total-connect.md#panel-families).
            return Refusal(self._switches.armed_refusal)
        if refusal := self.wrong_code(location, code):
            return refusal
        if location.running("users"):
            return Refusal(ALREADY_RUNNING)
        run = self._begin(location, "users", originator)
        run.user_state = RUNNING
        fresh = UserRow(
            total=2 + 2 * location.staged_user_changes,
            current=0,
            text="Connecting to panel",
        )
        if self._switches.user_rows != "linger" or location.user_row is None:
            location.user_row = fresh
        self._timeline.after(
            self._switches.user_step_seconds,
            lambda: self._user_step(location, run, fresh),
        )
        return run

    def may_not(self, location: Location) -> Refusal | None:
        """Return the refusal of a person without the right, where rights are looked at."""
        if self._switches.rights_needed and not self._switches.rights:
            return Refusal(NOT_ALLOWED)
        return None

    def unreachable(self, location: Location) -> Refusal | None:
        """Return what the service answers while it cannot reach the panel.

        See docs/architecture.md#simulator.
        """
        if not location.panel.connected:
            code = OFFLINE_ANSWERS[location.unreachable_answers % len(OFFLINE_ANSWERS)]
            location.unreachable_answers += 1
            return Refusal(code)
        now = self._timeline.now
        idle = (now - location.last_contact).total_seconds() * self._timeline.speed
        location.last_contact = now
        if (
            self._switches.first_start_unreachable
            and idle >= self._switches.idle_seconds
        ):
            return Refusal(UNREACHABLE)
        return None

    def wrong_code(self, location: Location, code: str) -> Refusal | None:
        """Check a user code at the panel; wrong ones are counted and lock it."""
        panel = location.panel
        if code in STORED_CODE:
            typed_needed = self.prompts_user_code(location)
            return (
                Refusal(NO_STORED_CODE)
                if typed_needed or not self._switches.stored_code_valid
                else None
            )
        if panel.locked or code != panel.user_code:
            return self._count_wrong_code(location)
        panel.wrong_codes = 0
        return None

    def prompts_installer_code(self, location: Location) -> bool:
        """Return whether this panel wants the installer code (flag `PromptForInstallerCode`)."""
        switch = self._switches.prompt_installer_code
        return location.panel.prompts_installer_code if switch is None else switch

    def prompts_user_code(self, location: Location) -> bool:
        """Return whether this panel wants a typed user code (flag `PromptForUserCode`)."""
        return bool(self._switches.prompt_user_code)

    def _count_wrong_code(self, location: Location) -> Refusal:
        panel = location.panel
        panel.wrong_codes += 1
        panel.locked = panel.wrong_codes >= self._switches.panel_locks_after
        return Refusal(WRONG_CODE)

    def _begin(self, location: Location, kind: Kind, originator: str) -> Run:
        run = Run(
            kind,
            self._ids.guid("job", self.first_job + len(self.jobs)),
            originator,
            self._timeline.now,
        )
        location.runs.append(run)
        self.jobs[run.job_id] = (location, run)
        return run

    # Panel syncs

    def _zone_part_done(self, location: Location, run: Run) -> None:
        """End the first part: the panel's configuration reaches the service, or not."""
        if not location.panel.connected or self._switches.panel_sync_result == "failed":
            run.zone_state = FAILED
            self._end(run, FAILED, "failed")
            self._log(location, run, "zone", failed=True)
            return
        run.zone_state = COMPLETE
        nothing = self._switches.panel_sync_result == "nothing"
        if not nothing:
            self.copy_configuration(location)
            self._log(location, run, "zone")
        if location.panel.has_automation:
            run.automation_state = RUNNING
            seconds = self._switches.automation_seconds
            self._timeline.after(
                seconds,
                lambda: self._automation_part_done(location, run, nothing=nothing),
            )
        else:
            self._end(run, COMPLETE, "nothing" if nothing else "done")

    def _automation_part_done(
        self, location: Location, run: Run, *, nothing: bool
    ) -> None:
        run.automation_state = COMPLETE
        self._end(run, COMPLETE, "nothing" if nothing else "done")
        if not nothing:
            self._log(location, run, "automation")

    def copy_configuration(self, location: Location) -> None:
        """Make the service's copy equal to the panel; only a difference moves number and report time."""
        service, panel = location.service, location.panel
        changed = not location.in_sync
        service.sync_flag = False
        if changed:
            service.zones = panel.copy_zones()
            service.partitions = panel.partition_names()
            service.arming = {
                number: partition.arming
                for number, partition in panel.partitions.items()
            }
            service.configuration_number += 1
        if changed or self._switches.unchanged_sync_moves_report_time:
            service.report_time = self._timeline.now

    # User syncs

    def _user_step(self, location: Location, run: Run, row: UserRow) -> None:
        """Take one step; every second one publishes a staged change."""
        refused = self._switches.late_code_refusal == "panel"
        failed = self._switches.user_sync_result == "failed"
        if not location.panel.connected or failed or refused:
            row.code = WRONG_CODE if refused else UNREACHABLE
            row.text = "Failed"
            location.user_row = row
            run.user_state = FAILED
            self._end(run, FAILED, "failed")
            self._log(location, run, "user", failed=True)
            return
        nothing = self._switches.user_sync_result == "nothing"
        row.current += 1
        row.text = f"Step {row.current} of {row.total}"
        if not nothing and row.current % 2 == 1 and row.current < row.total:
            _publish_one(location)
        if row.current < row.total:
            self._timeline.after(
                self._switches.user_step_seconds,
                lambda: self._user_step(location, run, row),
            )
            return
        row.text = "Complete"
        run.user_state = COMPLETE
        self._end(run, COMPLETE, "nothing" if nothing else "done")
        if self._switches.user_rows == "cleared":
            location.user_row = None
        elif not (nothing and self._switches.user_rows == "linger"):
            location.user_row = row
        if not nothing:
            while location.staged_user_changes:  # staged while it ran
                _publish_one(location)
            self._log(location, run, "user")

    # Ending

    def _end(self, run: Run, state: int, result: str) -> None:
        run.job_state, run.result, run.finished = state, result, self._timeline.now

    def _log(
        self, location: Location, run: Run, part: Part, *, failed: bool = False
    ) -> None:
        """Write the entry of one part in the switched wording, now, late or never."""
        wording = self._switches.sync_log
        if wording == "missing":
            return
        originator = {"foreign": self._other_person, "automatic": "System"}.get(
            wording, run.originator
        )
        text = sync_text(part, "failed" if failed else wording, location.name)

        def write() -> None:
            location.log.write(self._timeline.now, text, originator)

        if wording == "late":
            self._timeline.after(self._switches.late_log_seconds, write)
        else:
            write()


def _publish_one(location: Location) -> None:
    """Let one staged user change reach the panel."""
    for user in location.users:
        if user.out_of_sync:
            user.out_of_sync -= 1
            name = user.full_name
            if user.urgent:
                location.panel.users = [
                    known for known in location.panel.users if known != name
                ]
                user.urgent = False
                location.users.remove(user)
            elif name not in location.panel.users:
                location.panel.users.append(name)
            return
