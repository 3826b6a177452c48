"""When a sign-in or a refresh may be tried, and what was tried before.

See docs/architecture.md#sign-in-discipline.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from ...errors import AccountLocked, ClientError, CredentialsRefused
from ...serialization import from_json_or_none
from ..decode.fields import Fields
from ..http.response import clean

FIRST_SPACE: Final = timedelta(minutes=5)
LONGEST_SPACE: Final = timedelta(hours=4)
WORKED: Final = timedelta(hours=1)
"""A session that served this long shows that the account is in order."""
DAY: Final = timedelta(days=1)
FLOW_SIGN_INS: Final = 3
FLOW_WINDOW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the password is not sent again until a person asks for it.

    See docs/protocol/total-connect.md#result-codes.

    `code` and `text` are the service's own, as an error of the client keeps them.
    """

    locked: bool
    code: int | None = None
    text: str = ""

    @property
    def error(self) -> ClientError:
        """What to raise, again and again."""
        kind = AccountLocked if self.locked else CredentialsRefused
        return kind(self.text, code=self.code)

    @classmethod
    def restored(cls, stored: object) -> Self | None:
        """Read what is stored of it; None for anything else."""
        if not isinstance(stored, Mapping):
            return None
        values = Fields(stored)
        if (locked := values.flag("locked")) is None:
            return None
        return cls(locked, values.integer("code"), clean(values.get("text"), ()))


@dataclass(frozen=True, slots=True)
class Ledger:
    """The password sign-ins of the last day, oldest first.

    See docs/protocol/total-connect.md#locked-accounts.

    `streak` counts unattended ones since a session last served for an hour. `stop`
    tells that the last one ended all further ones. `failed_refreshes` counts those
    since the last refresh or sign-in that worked, `refreshed` is the last of them.
    """

    times: tuple[datetime, ...] = ()
    streak: int = 0
    stop: Stop | None = None
    failed_refreshes: int = 0
    refreshed: datetime | None = None

    def at(self, now: datetime) -> Self:
        """Count sign-ins "from later" as made now: the clock was ahead when they were.

        What this gives must be kept, or their wait would begin anew with each look.
        """
        if max((*self.times[-1:], self.refreshed or now)) <= now:
            return self
        return replace(
            self,
            times=tuple(min(time, now) for time in self.times),
            refreshed=self.refreshed and min(self.refreshed, now),
        )

    def wait(self, now: datetime) -> timedelta:
        """Return how long an unattended sign-in has to wait: 5 min, doubling."""
        if not self.times:
            return timedelta(0)
        return _left(self.streak, self.times[-1], now)

    def refresh_wait(self, now: datetime) -> timedelta:
        """Return how long a refresh has to wait: as sign-ins do, from the second."""
        if self.refreshed is None:
            return timedelta(0)
        return _left(self.failed_refreshes - 1, self.refreshed, now)

    def refresh_failed(self, now: datetime) -> Self:
        """Note a refresh that reached the service and brought nothing."""
        return replace(self, failed_refreshes=self.failed_refreshes + 1, refreshed=now)

    def granted(self) -> Self:
        """Note that the service gave tokens."""
        if not self.failed_refreshes:
            return self
        return replace(self, failed_refreshes=0, refreshed=None)

    def flow_wait(self, now: datetime) -> timedelta:
        """Return how long a person in a flow has to wait: 3 in 5 minutes."""
        recent = [
            time for time in self.times if timedelta(0) <= now - time < FLOW_WINDOW
        ]
        if len(recent) < FLOW_SIGN_INS:
            return timedelta(0)
        return recent[-FLOW_SIGN_INS] + FLOW_WINDOW - now

    def entered(self, now: datetime, *, unattended: bool) -> Self:
        """Write a sign-in down, before it is sent."""
        recent = tuple(time for time in self.times if now - time < DAY)
        streak = self.streak + unattended
        return replace(self, times=(*recent, now), streak=streak)

    def stopped(self, error: AccountLocked | CredentialsRefused) -> Self:
        """Note what ended all further sign-ins."""
        locked = isinstance(error, AccountLocked)
        return replace(self, stop=Stop(locked, error.code, error.text))

    def allowed(self) -> Self:
        """Note that a person asks for one more: what was refused before is mended."""
        return replace(self, stop=None)

    def joined(self, other: Self) -> Self:
        """Count the sign-ins of another ledger, too; one that is in both counts once."""
        both = Counter(self.times) | Counter(other.times)
        return replace(self, times=tuple(sorted(both.elements())))

    def served(self, now: datetime) -> Self:
        """Note that the session serves; after an hour of it the spacing begins anew."""
        known = self.at(now)
        if known.streak and known.times and now - known.times[-1] >= WORKED:
            return replace(known, streak=0)
        return known

    def in_last_day(self, now: datetime) -> int:
        """Count the sign-ins of the last 24 hours."""
        return sum(now - time < DAY for time in self.times)

    @classmethod
    def restored(cls, stored: object) -> Self:
        """Read what was stored of it; an empty ledger for anything else."""
        if not isinstance(stored, Mapping):
            return cls()
        raw = stored.get("times")
        times = (
            [from_json_or_none(datetime, item) for item in raw]
            if isinstance(raw, list)
            else []
        )
        return cls(
            tuple(sorted(time for time in times if time is not None)),
            _count(stored.get("streak")),
            Stop.restored(stored.get("stop")),
            _count(stored.get("failed_refreshes")),
            from_json_or_none(datetime, stored.get("refreshed")),
        )


def _left(tries: int, last: datetime, now: datetime) -> timedelta:
    """Return what is left of the space after so many tries: 5 min, doubling."""
    if tries <= 0:
        return timedelta(0)
    doublings: int = 2 ** min(tries - 1, 10)
    space = min(FIRST_SPACE * doublings, LONGEST_SPACE)
    # A clock that was set back must not make the wait longer than the space.
    return max(timedelta(0), min(space, space - (now - last)))


def _count(stored: object) -> int:
    return stored if isinstance(stored, int) and stored > 0 else 0
