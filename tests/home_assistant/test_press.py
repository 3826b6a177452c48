"""A press, through every layer, to its outcome."""

from .conftest import StartHome
from .home import HEALTHY, Home


async def test_sync_panel_is_proven(home: Home) -> None:
    await home.press("sync_panel", HEALTHY)
    assert home.state("sensor", "sync_status", HEALTHY).state == "syncing"
    await home.wait(60)
    event = home.state("event", "sync", HEALTHY)
    assert event.attributes["event_type"] == "succeeded"
    assert event.attributes["kind"] == "panel"
    assert "log_record" in event.attributes["evidence"]
    assert home.state("sensor", "sync_status", HEALTHY).state == "in_sync"
