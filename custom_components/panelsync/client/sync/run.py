"""One run at one location, from press to outcome.

`OpenRun` and `EndedRun` are all that is known of a run and all that is stored of it;
`SyncRun` sends the start, once, and keeps the record. A run never polls: whoever reads
the location hands it snapshots.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
import math
from typing import Final, Protocol

from ..errors import (
    ClientError,
    FeatureMissing,
    RateLimited,
    RouteUnavailable,
    ServiceUnreachable,
    SignInPostponed,
    UnclearAnswer,
)
from ..models import Codes, LiveRead, PanelStatus, StartAnswer
from ..outcomes import Evidence, Outcome, Reason, SyncKind
from .changes import NOTHING_CHANGED, effect, layout
from .judgement import (
    FOLLOW_LIMIT,
    LATE_PROOF_LIMIT,
    Judgement,
    Mark,
    Snapshot,
    gather,
    judge,
)
from .record import EndedRun, OpenRun, RunPhase

USUAL_WAIT: Final = timedelta(minutes=1)
"""How long to wait where the service asked for fewer requests and did not say."""

type SaveRun = Callable[[OpenRun | EndedRun], Awaitable[None]]
type Now = Callable[[], datetime]


class PanelLink(Protocol):
    """What a run sends to a panel; both raise the errors of `errors.py`."""

    async def start(self, kind: SyncKind, codes: Codes) -> StartAnswer:
        """Start a panel or user sync, once (docs/architecture.md#a-start-is-sent-once)."""

    async def read_live(self) -> LiveRead:
        """Request the zones of the panel itself."""


def take_mark(
    now: datetime,
    status: PanelStatus | None,
    newest_record_id: int | None,
    pending: int | None,
) -> Mark:
    """Put down what is true just before a start."""
    return Mark(
        taken=now,
        newest_record_id=newest_record_id,
        configuration_number=None if status is None else status.configuration_number,
        sync_flag=None if status is None else status.sync_flag,
        report_time=None if status is None else status.report_time,
        pending=pending,
        layout=None if status is None else layout(status),
    )


class SyncRun:
    """One run on its way; `record` is all that is known of it.

    What it sends it stores before and after. What it observes the caller stores.
    """

    def __init__(
        self, link: PanelLink, record: OpenRun, save: SaveRun, now: Now
    ) -> None:
        """Begin with a new record, or resume a stored one."""
        self._link = link
        self._save = save
        self._now = now
        self.mark = record.mark
        self.record: OpenRun | EndedRun = record
        self._looked = True

    async def _keep(self, record: OpenRun) -> None:
        self.record = record
        await self._save(record)

    async def _end(
        self,
        record: OpenRun,
        judgement: Judgement,
        error: ClientError | None = None,
        wait: int | None = None,
    ) -> EndedRun:
        ended = record.end(judgement, self._now(), wait)
        if error is not None:
            ended = replace(ended, service_code=error.code, service_text=error.text)
        self.record = ended
        await self._save(ended)
        return ended

    async def _postpone(
        self, record: OpenRun, error: SignInPostponed | RateLimited
    ) -> EndedRun:
        """End a run of which nothing was sent: it has to wait before it may be."""
        wait = (
            error.wait
            if isinstance(error, SignInPostponed)
            else error.retry_after or USUAL_WAIT
        )
        return await self._end(
            replace(record, accepted=None),
            Judgement(Outcome.REFUSED, error.reason),
            wait=math.ceil(wait.total_seconds()),
        )

    async def start(self, codes: Codes) -> None:
        """Store the intent, send the start once, store the answer.

        Afterwards the record is followed, or ended where the service refused. A start
        whose answer was lost is followed too: it may have been accepted. Where `save`
        raises for the intent, nothing was sent.
        """
        await self._save(self.record)
        try:
            answer = await self._link.start(self.record.kind, codes)
        except ClientError as err:
            await self._not_accepted(self._open, err)
        else:
            await self._keep(
                replace(
                    self._open,
                    phase=RunPhase.FOLLOWED,
                    accepted=self._now(),
                    job_id=answer.job_id,
                    route=answer.route,
                    uncertainty=None if answer.code is None else Reason.ANSWER_UNKNOWN,
                    service_code=answer.code,
                    service_text=answer.text,
                )
            )

    @property
    def _open(self) -> OpenRun:
        assert isinstance(self.record, OpenRun)
        return self.record

    async def _not_accepted(self, record: OpenRun, error: ClientError) -> None:
        match error:
            case RouteUnavailable():
                reason = (
                    Reason.NO_USER_SYNC_WAY
                    if record.kind is SyncKind.USERS
                    else Reason.ROUTE_UNAVAILABLE
                )
                await self._end(record, Judgement(Outcome.REFUSED, reason), error)
            case SignInPostponed() | RateLimited():
                await self._postpone(record, error)
            case ServiceUnreachable(sent=True):
                is_unclear = isinstance(error, UnclearAnswer)
                await self._keep(
                    replace(
                        record,
                        phase=RunPhase.FOLLOWED,
                        accepted=self._now(),
                        uncertainty=Reason.ANSWER_UNKNOWN
                        if is_unclear
                        else Reason.ANSWER_LOST,
                        service_code=error.code,
                        service_text=error.text,
                    )
                )
            case _:
                await self._end(record, Judgement(Outcome.FAILED, error.reason), error)

    async def accept_refresh(self) -> None:
        """Store that a refresh was accepted; `refresh` then asks the panel."""
        await self._keep(
            replace(self._open, phase=RunPhase.FOLLOWED, accepted=self._now())
        )

    async def refresh(self) -> EndedRun:
        """Ask the panel itself for its zones and end the run with what came back."""
        record = self._open
        try:
            live = await self._link.read_live()
        except FeatureMissing as err:
            unsupported = Judgement(Outcome.UNCONFIRMED, Reason.LIVE_READ_UNSUPPORTED)
            return await self._end(record, unsupported, err)
        except RouteUnavailable as err:
            gone = Judgement(Outcome.UNCONFIRMED, Reason.ROUTE_UNAVAILABLE)
            return await self._end(record, gone, err)
        except (SignInPostponed, RateLimited) as err:
            return await self._postpone(record, err)
        except ClientError as err:
            return await self._end(record, Judgement(Outcome.FAILED, err.reason), err)
        return await self._end(
            record,
            Judgement(Outcome.SUCCEEDED, Reason.PROVEN, (Evidence.LIVE_READ,))
            if live.zones
            else Judgement(Outcome.UNCONFIRMED, Reason.NO_ZONES),
        )

    async def resume(self) -> None:
        """Resume a stored run that had not ended. Nothing is ever sent again.

        A refresh leaves nothing to look for, so it ends as interrupted at once. All else
        takes at least one look, however late it is.
        """
        self._looked = False
        record = self._open
        if record.kind is SyncKind.REFRESH:
            await self._end(record, Judgement(Outcome.UNCONFIRMED, Reason.INTERRUPTED))
        elif record.phase is RunPhase.INTENT:
            await self._keep(
                replace(record, phase=RunPhase.FOLLOWED, uncertainty=Reason.INTERRUPTED)
            )

    def observe(self, snapshot: Snapshot) -> OpenRun | EndedRun | None:
        """Judge one snapshot; return the record where that changed it."""
        record = self.record
        # Two looks may overlap: the one that comes too late decides nothing.
        if isinstance(record, EndedRun):
            return None
        # Without an answer to our start no job and no steps are ours.
        if record.accepted is None:
            snapshot = replace(snapshot, job=None, steps=None)
        found = gather(record.kind, record.mark, record.found, snapshot)
        # Asked for long before now, or after: then the clock was set back since.
        overdue = (
            self._looked and abs(snapshot.taken - record.requested) >= FOLLOW_LIMIT
        )
        judgement = judge(
            record.kind, record.mark, found, now=snapshot.taken, overdue=overdue
        )
        self._looked = True
        seen = replace(record, found=found)
        # What is seen while the answer to the start is awaited counts, and ends nothing.
        if judgement is None or record.phase is RunPhase.INTENT:
            self.record = seen
            return None if seen == record else seen
        if judgement.reason is Reason.TIME_LIMIT and record.uncertainty is not None:
            judgement = replace(judgement, reason=record.uncertainty)
        changed = effect(record.kind, record.mark, judgement, snapshot)
        self.record = ended = seen.end(judgement, self._now(), changed=changed)
        return ended


# What shows in the same look as what a sync changed.
_SHOWN_WITH_EFFECT: Final = frozenset(
    {
        Evidence.CONFIGURATION_NUMBER,
        Evidence.SYNC_FLAG,
        Evidence.PENDING_CLEARED,
        Evidence.LIVE_READ,
    }
)


def is_effect_unseen(record: EndedRun) -> bool:
    """Return whether a sync is proven by what may come before the service's new copy."""
    return record.outcome is Outcome.SUCCEEDED and _SHOWN_WITH_EFFECT.isdisjoint(
        record.evidence
    )


def with_effect(record: EndedRun, mark: Mark, snapshot: Snapshot) -> EndedRun:
    """Return a proven run with what a later look shows that it changed."""
    seen = effect(record.kind, mark, record.judgement, snapshot)
    return record if seen == NOTHING_CHANGED else replace(record, effect=seen)


def late_proof(record: EndedRun, snapshot: Snapshot) -> EndedRun | None:
    """Return the record with what a late look adds to it, None where that is nothing.

    An outcome is upgraded once, within 24 hours, and only to a proven one; the record
    then says so. All else, a late failure too, is kept beside the outcome, since success
    and failure after one mark prove nothing.
    """
    if (
        not record.awaits_proof
        or abs(snapshot.taken - record.requested) > LATE_PROOF_LIMIT
    ):
        return None
    # Job and steps are asked for while a run is open, so they are not this run's.
    snapshot = replace(snapshot, job=None, steps=None, code_refused=None)
    found = gather(record.kind, record.mark, record.found, snapshot)
    judgement = judge(
        record.kind, record.mark, found, now=snapshot.taken, overdue=False
    )
    if judgement is not None and judgement.outcome is Outcome.SUCCEEDED:
        return replace(
            record,
            found=found,
            judgement=judgement,
            upgraded=True,
            ended=snapshot.taken,
            effect=effect(record.kind, record.mark, judgement, snapshot),
        )
    return None if found == record.found else replace(record, found=found)
