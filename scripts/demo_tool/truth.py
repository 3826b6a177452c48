"""Which outcomes the simulator's truth allows. Pure: two states in, a judgement out.

This is written from the rules of an honest outcome, not from PanelSync's code:
a proof must be there to be seen before anything may be called succeeded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

type State = Mapping[str, Any]  # one location, or the switches, of /control/state

_SUCCESS_TEXTS = {"panel": "Zone Sync Success", "users": "User Sync Success"}


@dataclass(frozen=True, slots=True)
class Expected:
    """What may come of one press, and why.

    `reasons` are the only reasons allowed; empty means any, but `needs_reason`
    wants one. `button` is False where the location must not have the button.
    """

    outcomes: frozenset[str]
    why: str
    reasons: frozenset[str] = frozenset()
    needs_reason: bool = False
    button: bool = True

    @property
    def text(self) -> str:
        """The outcomes in words."""
        return " or ".join(sorted(self.outcomes)) if self.button else "no button"


def allowed(kind: str, switches: State, before: State, after: State) -> Expected:
    """Return what may come of a press of `kind` at one location.

    `before` and `after` are the location's truth just before the press and when
    the outcome was known.
    """
    if kind == "users" and not before["supports_user_sync"]:
        return Expected(frozenset(), "the panel has no user sync", button=False)
    if kind == "users" and not _has_user_sync_way(switches):
        return _refused("the service has no way to start it", "no_user_sync_way")
    if kind == "panel" and before["armed"]:
        return _refused("the panel is armed", "panel_armed")
    if not before["connected"]:
        return Expected(
            frozenset({"failed", "unconfirmed"}),
            "the panel is offline",
            needs_reason=True,
        )
    if kind == "refresh":
        return _refresh(before)
    return _sync(kind, switches, before, after)


def violation(kind: str, outcome: str, before: State, after: State) -> str | None:
    """Return what the service received that does not fit the outcome, or None.

    A refused press sends no start at all. A user sync is sent once. A panel sync
    may be sent once more after an answer that nothing was begun
    (docs/architecture.md#a-start-is-sent-once).
    """
    if kind == "refresh":
        return None
    sent = after["starts"][kind] - before["starts"][kind]
    if outcome == "refused" and sent:
        return f"the press was refused, yet {sent} starts were sent"
    if sent > (2 if kind == "panel" else 1):
        return f"{sent} starts were sent for one press"
    if (begun := len(new_runs(kind, before, after))) > 1:
        return f"{begun} syncs were begun by one press"
    return None


def new_runs(kind: str, before: State, after: State) -> list[State]:
    """Return the syncs of a kind that were not there before."""
    known = {run["job_id"] for run in before["runs"]}
    return [
        run
        for run in after["runs"]
        if run["kind"] == kind and run["job_id"] not in known
    ]


def can_prove_without_change(switches: State) -> bool:
    """Return whether a panel sync that changes nothing can be distinguished from none."""
    return _reads_log(switches) or _reads_jobs(switches)


def _refused(why: str, reason: str) -> Expected:
    return Expected(frozenset({"refused"}), why, frozenset({reason}))


def _refresh(before: State) -> Expected:
    if not before["supports_live_read"]:
        return Expected(
            frozenset({"unconfirmed"}), "this panel cannot be asked", needs_reason=True
        )
    return Expected(frozenset({"succeeded"}), "the panel answers")


def _sync(kind: str, switches: State, before: State, after: State) -> Expected:
    runs = new_runs(kind, before, after)
    if not runs:
        return Expected(
            frozenset({"failed", "unconfirmed"}),
            "the service started nothing",
            needs_reason=True,
        )
    result = runs[-1]["result"]
    if result == "failed":
        return Expected(frozenset({"failed", "unconfirmed"}), "the sync failed")
    if result == "done" and _proven(kind, switches, before, after):
        return Expected(frozenset({"succeeded"}), "done, and the proof is there")
    if _reads_jobs(switches) or kind == "users":
        return Expected(
            frozenset({"finished", "unconfirmed"}),
            f"ended ({result}), and nothing proves it",
        )
    return Expected(
        frozenset({"unconfirmed"}), f"ended ({result}), and nothing proves it"
    )


def _proven(kind: str, switches: State, before: State, after: State) -> bool:
    """Return whether the service shows anything that only a sync leaves behind."""
    if _reads_log(switches) and _logged(kind, before, after):
        return True
    if kind == "panel":
        old, new = before["service"], after["service"]
        return bool(
            new["configuration_number"] > old["configuration_number"]
            or (old["sync_flag"] and not new["sync_flag"])
        )
    return bool(before["staged_user_changes"] and not after["staged_user_changes"])


def _logged(kind: str, before: State, after: State) -> bool:
    newest = max((record["id"] for record in before["log"]), default=0)
    return any(
        record["id"] > newest and record["text"].startswith(_SUCCESS_TEXTS[kind])
        for record in after["log"]
    )


def _has_user_sync_way(switches: State) -> bool:
    return _has_way(switches, "user_sync_candidate")


def _reads_log(switches: State) -> bool:
    return _has_way(switches, "events_candidate")


def _reads_jobs(switches: State) -> bool:
    return _has_way(switches, "job_status_candidate")


def _has_way(switches: State, likely: str) -> bool:
    """Return whether SOAP, a likely way or one that was taught leads there."""
    return bool(switches["soap"] == "on" or switches[likely] or switches.get("taught"))
