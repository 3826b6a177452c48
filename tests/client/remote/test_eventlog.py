"""What log texts prove, and what must never be told."""

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import (
    ActivityType,
    SyncKind,
    SyncMention,
)
from custom_components.panelsync.client.remote.decode.event_log import (
    is_secret,
    log_page,
)
from custom_components.panelsync.client.remote.decode.event_words import (
    activity,
    mention,
    without_name,
)
from custom_components.panelsync.client.remote.decode.fields import Fields

PANEL_OK = SyncMention(SyncKind.PANEL, success=True)
PANEL_BAD = SyncMention(SyncKind.PANEL, success=False)
USERS_OK = SyncMention(SyncKind.USERS, success=True)
USERS_BAD = SyncMention(SyncKind.USERS, success=False)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Zone Sync Success Mill House", "Mill House", PANEL_OK),
        ("Zone Sync Success", "Mill House", PANEL_OK),
        ("zone sync SUCCESS", "", PANEL_OK),
        ("Panel synchronization completed", "", PANEL_OK),
        ("Sync Panel Data Successful", "", PANEL_OK),
        ("User Sync Success Mill House", "Mill House", USERS_OK),
        ("Sync users complete", "", USERS_OK),
        ("Zone Sync for user Dana Success", "", PANEL_OK),
        # Failure words come first.
        ("Zone Sync Unsuccessful", "", PANEL_BAD),
        ("Zone Sync Un-successful", "", PANEL_BAD),
        ("Zone Sync not successful", "", PANEL_BAD),
        ("Zone Sync wasn't a success", "", PANEL_BAD),
        ("Zone Sync couldn\u2019t complete", "", PANEL_BAD),
        ("User Sync Failure", "", USERS_BAD),
        ("User Sync Failed: success rate 10", "", USERS_BAD),
        ("User Sync Incomplete", "", USERS_BAD),
        ("Unable to complete user sync", "", USERS_BAD),
        ("User Sync Errors", "", USERS_BAD),
        # The automation part proves no panel sync, but can spoil one.
        ("Automation Sync Success Mill House", "Mill House", None),
        ("Automation Sync Failed", "", PANEL_BAD),
        # No kind, no sync, no verdict, another language.
        ("Sync Success", "", None),
        ("User added successfully", "", None),
        ("User sync process has been initiated", "", None),
        ("Zone Sync", "", None),
        ("Zones Syncopated", "", None),
        ("Sincronizaci\u00f3n de zona exitosa", "", None),
        ("Synchronisation des utilisateurs r\u00e9ussie", "", None),
        ("Zone Sync Successor", "", None),
        ("", "", None),
        # The location's name decides nothing.
        ("Zone Sync Success Failsworth", "Failsworth", PANEL_OK),
        ("Zone Sync Success Sync House", "Sync House", PANEL_OK),
        ("Zone Sync Success No Errors Lane", "No  Errors Lane", PANEL_OK),
        ("Zone Sync Success Failsworth.", "failsworth", PANEL_OK),
        ("Failsworth: Zone Sync Success", "Failsworth", PANEL_OK),
        ("Disarmed User Sync Success", "User Sync Success", None),
        ("User Sync Success User", "User", USERS_OK),
        ("Zone Sync Success", "S", PANEL_OK),
        ("Zone Sync Failed Success Street", "Success Street", PANEL_BAD),
    ],
)
def test_a_text_proves_what_it_says(
    text: str, name: str, expected: SyncMention | None
) -> None:
    """Whole words, failure first, the kind's word required.

    See docs/protocol/total-connect.md#words-of-the-event-log.
    """
    assert mention(text, name) == expected


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_text_breaks_the_reading(text: str, name: str) -> None:
    """Any text is read, and a success needs its words."""
    found = mention(text, name)
    if found is not None and found.success:
        assert "sync" in text.casefold()
    without_name(text, name)
    activity(None, text, [name])
    is_secret(None, [text], name)


@given(
    st.sampled_from(["Zone Sync Success", "User Sync Success"]),
    st.sampled_from(
        ["not", "failed", "Unable", "ERROR 12", "incomplete", "unsuccessful"]
    ),
    st.integers(0, 3),
)
def test_one_failure_word_is_enough(text: str, word: str, place: int) -> None:
    """Wherever it stands, a failure word outweighs success."""
    words = text.split()
    words.insert(place, word)
    found = mention(" ".join(words), "")
    assert found is not None
    assert not found.success


@pytest.mark.parametrize(
    "text",
    [
        "Duress",
        "DURESS CODE USED",
        "Du-ress by user 48",
        "D\u00fcress",
        "\uff24uress",
        "Du\u200bress",
        "Duresse",
        "Hold Up",
        "hold-up alarm",
        "HOLDUP",
        "Hold_Up Partition 1",
        "Silent Panic",
        "Panic (silent)",
        "Panic",
        "24 hour silent",
        "Ambush",
        "Coacci\u00f3n",
        "Coacao",
        "Atraco",
        "P\u00e1nico silencioso",
        "Contrainte",
        "Agression",
        "Panique silencieuse",
        "\u00dcberfall",
        "N\u00f6tigung",
        "Rapina",
    ],
)
@pytest.mark.parametrize("field", ["Event", "Originator", "Notice", "Notes"])
def test_a_call_for_help_is_never_told(text: str, field: str) -> None:
    """The record is dropped whole, in whichever field the word stands; its id counts."""
    row = {"EventRecordId": 7, "Event": "Disarmed", "Originator": "Dana"} | {
        field: text
    }
    page = log_page(Fields({"Events": [row]}), "Mill House")
    assert page is not None
    assert page.ids == (7,)
    assert page.records == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Armed Stay", "Mill House"),
        ("Audible Panic", "Mill House"),
        ("Zone Sync Success Holdup Hill", "Holdup Hill"),
        ("User added", "Up"),
    ],
)
def test_an_ordinary_record_is_told(text: str, name: str) -> None:
    """A word of the location's name at the end hides nothing."""
    assert not is_secret(None, [text], name)


def test_a_location_name_hides_no_call_for_help() -> None:
    """Only the name at the end is cut, and only where it is itself such a word."""
    assert is_secret(None, ["Hold Up Holdup Hill"], "Holdup Hill")
    assert is_secret(None, ["Hold Up"], "Up")
    assert is_secret(None, ["Duress Duress"], "Duress")


@pytest.mark.parametrize(
    ("event_type", "text", "expected"),
    [
        (10200, "Disarmed-P1 Partition 1", ActivityType.DISARMED),
        (10203, "whatever", ActivityType.ARMED),
        (10207, "Burglary", ActivityType.ALARM),
        (10307, "Arming", ActivityType.OTHER),
        (0, "Zone Sync Success", ActivityType.SYNC),
        (None, "Disarmed", ActivityType.DISARMED),
        (None, "Armed Home-P2", ActivityType.ARMED),
        (99, "Fire Alarm", ActivityType.ALARM),
        (99, "Low battery sensor 4", ActivityType.TROUBLE),
        (99, "Doorbell", ActivityType.OTHER),
        (99, "Doorbell Alarm Road", ActivityType.OTHER),
    ],
)
def test_records_are_sorted(
    event_type: int | None, text: str, expected: ActivityType
) -> None:
    """Numbers of arming first, then words, the location's name left out."""
    assert activity(event_type, text, ["Alarm Road"]) is expected


def test_a_page_is_read_with_tolerance() -> None:
    """Text numbers, other letter case, rubbish between, and no list at all."""
    page = log_page(
        Fields(
            {
                "EVENTS": [
                    {"eventrecordid": "91000042", "event": " Zone  Sync Success "},
                    {"Event": "no id"},
                    {"EventRecordId": -5},
                    "rubbish",
                    None,
                ],
                "hasmore": "true",
            }
        ),
        "Mill House",
    )
    assert page is not None
    assert page.ids == (91000042,)
    assert page.has_more
    assert page.records[0].text == "Zone Sync Success"
    assert page.records[0].mention == PANEL_OK
    assert page.records[0].time is None
    assert log_page(Fields({"ResultCode": 0}), "") is None
