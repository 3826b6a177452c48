"""What a read of a location adds to its history, and what is announced of that."""

from homeassistant.core import HomeAssistant, callback

from ..announcements import (
    Announcement,
    LocationRead,
    PanelSyncNoticed,
    RecordsRead,
    async_announce,
)
from ..client import log_successes, mentions_user_change, new_records
from ..coordinators.location import LocationCoordinator
from ..storage.history import History


@callback
def async_advance(
    hass: HomeAssistant,
    location: LocationCoordinator,
    store: History,
    read: LocationRead,
) -> None:
    """Move on in the event log, and announce its new records once that is stored."""
    history, log, snapshot = location.history, read.log, read.snapshot
    position = history.position
    history.seen_success = log_successes(
        history.seen_success, log, position, snapshot.taken, read.log_read_before
    )
    if mentions_user_change(log, position):
        location.async_request_pending()
    news: list[Announcement] = []
    records = new_records(log, position, snapshot.taken, read.log_read_before)
    if records.fresh or records.old:
        news.append(RecordsRead(records))
    advanced = log is not None and (
        position is None or log.newest_id > position or log.begun_anew
    )
    if log is not None and advanced:
        history.position = log.newest_id
    status = snapshot.status
    if status is not None and log is None and history.notice_panel_sync(status):
        news.append(PanelSyncNoticed())
    number = None if status is None else status.configuration_number
    renumbered = number not in (None, history.configuration_number)
    if renumbered:
        history.configuration_number = number

    async def store_and_announce() -> None:
        await store.async_save()
        for announcement in news:
            async_announce(hass, location.identifier, announcement)

    if news or advanced or renumbered:
        location.config_entry.async_create_task(hass, store_and_announce())
