"""The event log of a location, read on from a position, over as many pages as it takes."""

from collections.abc import Collection, Iterable
from typing import Final

from ..models import EventLog, Location
from .api import Exchange
from .decode.event_log import LogPage, log_page
from .decode.fields import Fields
from .parameters import Parameters, parameters
from .route import Purpose, Route

MOST_PAGES: Final = 10
WHOLE_EACH: Final = 15
"""Of so many reads from a position one is for the newest page all the same."""
BEGUN_ANEW_READS: Final = 3
"""How often in a row a log must end below the position: one answer means nothing."""


class LogReader:
    """Reads what is newer than a position, and notices a log that counts anew."""

    def __init__(self, exchange: Exchange) -> None:
        """Begin without a read."""
        self._exchange = exchange
        self._reads = 0
        self._below_position = 0

    async def read(
        self,
        location: Location,
        after: int | None,
        names: Iterable[str],
        codes: Collection[str],
    ) -> EventLog | None:
        """Read log records newer than `after` (None: the newest page).

        `names` are those of the location's zones and partitions; a record that repeats
        one of the `codes` or a secret of the session is left out. None means that no
        route to the log is available.
        """
        pages_of = _Pages(self._exchange, location, names, codes, after)
        # Without a position (None, or 0 for all there is) none can be lost.
        whole = not after or self._reads % WHOLE_EACH == 0
        self._reads += bool(after)
        first = await pages_of.first(None if whole else after)
        if first is None and whole and after is not None:
            first = await pages_of.first(after)
        if first is None:
            return None
        route, page = first
        if after and self._is_begun_anew(route, page, after):
            # Silent, so no record is needed.
            return EventLog((), max(page.ids), begun_anew=True)
        pages = [page] if after is None else await pages_of.follow(route, page, after)
        newer = {
            record.record_id: record
            for page in pages
            for record in page.records
            if after is None or record.record_id > after
        }
        return EventLog(
            tuple(newer[record_id] for record_id in sorted(newer, reverse=True)),
            max([after or 0, *(record_id for page in pages for record_id in page.ids)]),
        )

    def _is_begun_anew(self, route: Route, page: LogPage, after: int) -> bool:
        """Return whether the log ends below the position, and has done so for a while.

        A position only rises: without this a log that counts anew would stay unread.
        """
        if _is_live(route) or not page.ids:
            return False
        is_newest = not page.has_more or page.ids[0] > page.ids[-1]
        below = is_newest and max(page.ids) < after
        self._below_position = self._below_position + 1 if below else 0
        return self._below_position >= BEGUN_ANEW_READS


class _Pages:
    """The pages of one location's log."""

    def __init__(
        self,
        exchange: Exchange,
        location: Location,
        names: Iterable[str],
        codes: Collection[str],
        position: int | None,
    ) -> None:
        self._exchange = exchange
        self._location = location
        self._names = tuple(names)
        self._codes = codes
        self._position = position

    async def first(self, after: int | None) -> tuple[Route, LogPage] | None:
        """Read a page by the first route that gives one: the newest, or after an id."""

        def from_cursor(route: Route) -> Parameters | None:
            if not _is_live(route):
                return self._parameters(route, 0)
            # Newer than an id: without one it would begin at the oldest record.
            return None if after is None else self._parameters(route, after)

        return await self._exchange.read_first(
            Purpose.EVENT_LOG, from_cursor, self._decode
        )

    async def follow(self, route: Route, page: LogPage, after: int) -> list[LogPage]:
        """Read on until `after` is reached, in ten pages at most.

        Which way a log pages and is sorted is not known
        (docs/protocol/total-connect.md#event-records,
        docs/protocol/total-connect.md#what-is-not-known): towards older records is
        tried first; where that brings none, the log is entered at `after` and read
        towards newer ones.
        """
        pages = [page]
        if not page.has_more or not page.ids:
            return pages
        lowest = min(page.ids)
        if _is_live(route) or (lowest <= after and page.ids[0] < page.ids[-1]):
            cursor = max(after, *page.ids)
        else:
            while lowest > after and page.has_more and len(pages) < MOST_PAGES:
                page = await self._more(route, lowest)
                pages.append(page)
                if min(page.ids, default=lowest) >= lowest:
                    break
                lowest = min(page.ids)
            else:
                return pages
            cursor = after
        while len(pages) < MOST_PAGES:
            page = await self._more(route, cursor)
            pages.append(page)
            highest = max(page.ids, default=cursor)
            if highest <= cursor or not page.has_more:
                break
            cursor = highest
        return pages

    async def _more(self, route: Route, cursor: int) -> LogPage:
        fields = await self._exchange.read(route, *self._parameters(route, cursor))
        return self._decode(fields) or LogPage((), (), has_more=False)

    def _parameters(self, route: Route, cursor: int) -> Parameters:
        values = {"LastEventIdReceived": cursor, "after": cursor}
        return parameters(route, self._location, self._exchange.now(), values)

    def _decode(self, fields: Fields) -> LogPage | None:
        secrets = (*self._exchange.session.private, *self._codes)
        page = log_page(
            fields, self._location.name, self._names, secrets, self._position
        )
        for record in () if page is None else page.records:
            if record.mention is None:
                self._exchange.trace.log_text(record.text)
        return page


def _is_live(route: Route) -> bool:
    """Return whether a route reads on from a record; all others begin at the newest."""
    return route.operation == "GetLiveEvents"
