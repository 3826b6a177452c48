"""What is remembered of a time without a usable answer, read back."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.panelsync.client import as_json
from custom_components.panelsync.client.remote.session.outage import Outage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_what_was_stored_is_restored() -> None:
    known = Outage(NOON - timedelta(hours=1), "down")
    assert Outage.restored(as_json(known), NOON) == known


@pytest.mark.parametrize("stored", [None, "x", 5, [], {}, {"since": "then"}])
def test_anything_else_is_no_outage(stored: object) -> None:
    assert Outage.restored(stored, NOON) is None


def test_one_that_began_later_began_now() -> None:
    ahead = Outage(NOON + timedelta(days=365), "down")
    restored = Outage.restored(as_json(ahead), NOON)
    assert restored is not None
    assert restored.since == NOON
