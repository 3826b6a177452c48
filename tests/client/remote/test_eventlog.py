"""What log texts prove, and what must never be told."""

import re
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.models import ActivityType, SyncMention
from custom_components.panelsync.client.outcomes import SyncKind
from custom_components.panelsync.client.remote.decode.event_log import (
    LogPage,
    is_secret,
    log_page,
    own_ids,
)
from custom_components.panelsync.client.remote.decode.event_texts import (
    activity,
    mention,
    without_name,
)
from custom_components.panelsync.client.remote.decode.fields import Fields

pytestmark = pytest.mark.kind("words of the event log")


def page_of(name: str = "Mill House", **row: Any) -> LogPage:
    whole = {"EventRecordId": 7, "Event": "Disarmed", "Originator": "Dana"} | row
    page = log_page(Fields({"Events": [whole]}), name)
    assert page is not None
    return page


def put_in(word: str, text: str, place: int) -> str:
    words = text.split()
    words.insert(place, word)
    return " ".join(words)


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
        ("Zone Sync of all zones and users: complete", "", PANEL_OK),
        ("User codes: synchronization was successful", "", USERS_OK),
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
    found = mention(put_in(word, text, place), "")
    assert found is not None
    assert not found.success


@pytest.mark.parametrize(
    "row",
    [
        {"Event": "Duress Alarm-User 8"},
        {"Originator": "Silent Panic"},
        {"Notice": "Hold Up"},
        {"Notes": "Dwangcode"},
        {"Event": "Event 121-User 8"},
        {"Event": "Alarm", "EventType": 121},
        {"Event": "Alarm", "EventType": 1122},
        {"Event": "Alarm", "EventType": 3146},
    ],
    ids=str,
)
def test_a_call_for_help_is_never_told(row: dict[str, Any]) -> None:
    """The record is dropped whole, whatever gives it away; its id counts.

    What the signs are is told in tests/client/test_silent_alarm.py.
    """
    page = page_of(**row)
    assert (page.ids, page.records) == ((7,), ())


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


@pytest.mark.parametrize("step", [1, -1])
def test_of_a_page_without_end_the_newest_records_count(step: int) -> None:
    """Whichever way it is sorted, and a record that comes again counts once."""
    ids = [*range(1000, 2000)][::step]
    rows = [{"EventRecordId": record_id, "Event": "Open"} for record_id in [*ids, *ids]]
    page = log_page(Fields({"Events": rows}), "Mill House")
    assert page is not None
    assert sorted(page.ids) == [*range(1750, 2000)]
    assert [record.record_id for record in page.records] == list(page.ids)


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Trouble, restore, bypass and test come before an alarm.
        ("Sensor 16: Hallway Smoke Detector Low Battery", ActivityType.TROUBLE),
        ("FIRE TROUBLE 12", ActivityType.TROUBLE),
        ("Fire Alarm Communication Failure", ActivityType.TROUBLE),
        ("Burglary Zone 3 Tamper", ActivityType.TROUBLE),
        ("CO Detector End of Life: replace", ActivityType.TROUBLE),
        ("Medical pendant low battery", ActivityType.TROUBLE),
        ("Smoke Detector Supervision Fault", ActivityType.TROUBLE),
        ("Water Alarm Restored", ActivityType.OTHER),
        ("Fire Restoral Zone 2", ActivityType.OTHER),
        ("Alarm Cancelled by User 2", ActivityType.OTHER),
        ("Alarm silenced", ActivityType.OTHER),
        ("Fire Trouble Restored", ActivityType.OTHER),
        ("Smoke Detector Bypassed", ActivityType.OTHER),
        ("Fire Alarm Test", ActivityType.OTHER),
        ("Walk-Test alarm zone 3", ActivityType.OTHER),
        ("No alarm", ActivityType.OTHER),
        ("False alarm", ActivityType.OTHER),
        ("Alarm memory cleared", ActivityType.OTHER),
        ("Fire Door opened", ActivityType.OTHER),
        ("Alarm hersteld", ActivityType.OTHER),
        ("Alarm zurückgesetzt", ActivityType.OTHER),
        # Nor is what speaks of one in a language that shares the word.
        ("Kein Alarm", ActivityType.OTHER),
        ("Alarm aus", ActivityType.OTHER),
        ("Alarm vorbei", ActivityType.OTHER),
        ("Ende Alarm", ActivityType.OTHER),
        ("Alarm quittiert", ActivityType.OTHER),
        ("Alarm geprüft", ActivityType.OTHER),
        ("Falscher Alarm", ActivityType.OTHER),
        ("Geen alarm", ActivityType.OTHER),
        ("Einde alarm", ActivityType.OTHER),
        ("Alarm verholpen", ActivityType.OTHER),
        ("Alarm uit", ActivityType.OTHER),
        ("Vals alarm", ActivityType.OTHER),
        # What is not known in other languages is unknown.
        ("Einbruchalarm Zone 3", ActivityType.OTHER),
        ("Inbraakalarm zone 3", ActivityType.OTHER),
        ("Alarma de incendio zona 2", ActivityType.OTHER),
        ("Alarma restaurada", ActivityType.OTHER),
        ("Alarme rétablie", ActivityType.OTHER),
        ("Alarme désactivé", ActivityType.OTHER),
        ("Alarme de roubo zona 1", ActivityType.OTHER),
        ("Scharf Benutzer 3", ActivityType.OTHER),
        # Things are called after it, and an alarm ends in many words.
        ("Alarm System Armed Away", ActivityType.ARMED),
        ("Alarm panel online", ActivityType.OTHER),
        ("Alarm off", ActivityType.OTHER),
        ("Alarm stopped", ActivityType.OTHER),
        ("Fire Alarm OK", ActivityType.OTHER),
        ("Alarm RST Zone 3", ActivityType.OTHER),
        ("Bell timeout alarm", ActivityType.OTHER),
        # Nor is what was changed in a list, or said of a thing.
        ("Alarm contact added", ActivityType.OTHER),
        ("Fire zone deleted", ActivityType.OTHER),
        ("Heat turned on", ActivityType.OTHER),
        ("Medical reminder", ActivityType.OTHER),
        # An alarm is one.
        ("Fire Alarm-Zone 12", ActivityType.ALARM),
        ("Burglary Alarm Front Door Open", ActivityType.ALARM),
        ("Zone 3 in alarm", ActivityType.ALARM),
        ("Smoke", ActivityType.ALARM),
        ("Audible Panic", ActivityType.ALARM),
        ("Burglary Alarm, system armed", ActivityType.ALARM),
        # What was not done is not done.
        ("Arming Failed - Zone 3 open", ActivityType.TROUBLE),
        ("Armed Stay failed", ActivityType.TROUBLE),
        ("Not armed: zone 3 open", ActivityType.TROUBLE),
        ("Could not be armed", ActivityType.TROUBLE),
        ("Disarm refused: invalid code", ActivityType.TROUBLE),
        ("Armed Away-P1 with zone 3 bypassed", ActivityType.ARMED),
        ("Armed Stay No Delay", ActivityType.ARMED),
        # What is announced has not happened.
        ("Will be armed at 10 PM", ActivityType.OTHER),
        ("Armed Away scheduled", ActivityType.OTHER),
        ("Disarmed: request pending", ActivityType.OTHER),
        ("Disarmed after alarm", ActivityType.DISARMED),
        # The partition or the zone may hang on it.
        ("Disarmed-P1 Partition 1", ActivityType.DISARMED),
        ("Armed-P2", ActivityType.ARMED),
        ("Alarm-Zone 3", ActivityType.ALARM),
    ],
)
def test_an_alarm_is_what_nothing_speaks_against(
    text: str, expected: ActivityType
) -> None:
    assert activity(None, text, ()) is expected


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        (10201, "Arming Failed - Zone 3 open", ActivityType.TROUBLE),
        (10207, "Alarm restored", ActivityType.OTHER),
        (10212, "Fire trouble", ActivityType.TROUBLE),
        (10212, "Fire", ActivityType.ALARM),
        (10202, "Armed Away, zone 3 bypassed", ActivityType.ARMED),
        (10201, "Will arm at 10 PM", ActivityType.OTHER),
        (10201, "Arming scheduled", ActivityType.OTHER),
    ],
)
def test_words_speak_against_a_number(
    number: int, text: str, expected: ActivityType
) -> None:
    """The number says what it is about, the words how it went."""
    assert activity(number, text, ()) is expected


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("Tamper Fire Station", ["Fire Station"], ActivityType.TROUBLE),
        ("Opened Smoke Room", ["Smoke Room"], ActivityType.OTHER),
        ("Fire Place opened", ["Fire Place"], ActivityType.OTHER),
        ("Alarm-Zone 3 Test Room", ["Test Room"], ActivityType.ALARM),
        ("Burglary Battery Park", ["Battery Park"], ActivityType.ALARM),
        ("Low battery Armed Guard", ["Armed Guard"], ActivityType.TROUBLE),
        ("Zone 2 Sync Room alarm", ["Sync Room"], ActivityType.ALARM),
        # The longest name first, and never all of a text.
        ("Alarm Test Room East", ["Test Room", "Test Room East"], ActivityType.ALARM),
        ("Alarm", ["Alarm"], ActivityType.ALARM),
        ("Disarmed", ["!", "", "Disarmed"], ActivityType.DISARMED),
    ],
)
def test_names_sort_nothing(
    text: str, names: list[str], expected: ActivityType
) -> None:
    assert activity(None, text, names) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Zone Sync initiated successfully",
        "Zone sync will complete at the next check-in",
        "Zone Sync started successfully",
        "Zone Sync request sent successfully",
        "Zone Sync requested: success",
        "Zone Sync queued successfully",
        "Zone Sync successfully scheduled",
        "Zone Sync pending, last success yesterday",
        "Zone Sync in progress: 3 zones complete",
        "Zone Sync accepted successfully",
        "Zone Sync command submitted successfully",
        "Zone Sync to be completed shortly",
        "Zone Sync should be complete soon",
        "Synchronisation des zones non complète",
        "La synchronisation des zones sera complète",
        "Zone Sync required to complete the setup",
        "Zone Sync must be completed",
        "Last successful Zone Sync",
        "Zone Sync 50% complete",
        "Zone Sync 50 percent complete",
        "Zone Sync 3 of 8 complete",
        "Zone Sync 3/8 complete",
        "Zone Sync partially complete",
        "Zone Sync complete?",
        "User Sync process has been initiated",
    ],
)
def test_a_beginning_a_future_and_a_part_prove_nothing(text: str) -> None:
    found = mention(text, "")
    assert found is None
    assert activity(None, text, ()) is ActivityType.SYNC


@pytest.mark.parametrize(
    "text",
    [
        "Zone Sync 100% complete",
        "Zone Sync complete: 8 of 8",
        "Zone Sync Success 12 zones",
        "Zone Sync Success at 10:30",
    ],
)
def test_a_whole_is_no_part(text: str) -> None:
    """All of all, and numbers that count something else."""
    assert mention(text, "") == PANEL_OK


@pytest.mark.parametrize(
    "text",
    [
        "Zone Sync handshake complete",
        "Zone Sync connection success",
        "Zone Sync settings saved successfully",
        "Zone Sync log cleared successfully",
        "Zone Sync skipped successfully",
        "Zone Sync disabled successfully",
        "Zone Sync postponed successfully",
        "Zone Sync dispatched successfully",
        "Zone Sync upload complete, applying",
        "Zone Sync yet to complete",
        "Zone Sync about to complete",
        "Zone Sync half complete",
        "Zone Sync un successful",
        "User Sync preference updated successfully",
        "Test Zone Sync Success",
        "Zone 3 Sync Success",
        "User 8 Sync Success",
        "Zone Sync Success = false",
        "Zone Sync Success revoked",
        "Zone Sync Success rolled back",
        "Zone Sync Success (simulated)",
        "Zone Sync Success setting changed",
        "Zone Sync Success in 5 minutes",
        "Zone Sync Success tomorrow",
        "Zone Sync complete with warnings",
        "Zone Sync Success but zones lost",
    ],
)
def test_the_success_of_something_else_proves_nothing(text: str) -> None:
    """Words between a sync and a success say whose it is, words behind whether it stays."""
    assert mention(text, "") is None


@given(st.from_regex(r"[b-df-hj-np-rtv-xz]{3,9}ful", fullmatch=True), st.integers(0, 2))
def test_an_unknown_word_before_the_success_proves_nothing(
    word: str, place: int
) -> None:
    """Nobody can know what succeeded."""
    assert mention(put_in(word, "Zone Sync Success", place), "") is None


@pytest.mark.parametrize(
    "text",
    [
        "Zone Sync Success, no errors",
        "Zone Sync completed without errors",
        "Zone Sync complete: 0 failures",
        "Zone Sync Success (errors: 0)",
        "Zone Sync completed with 0 errors",
        "Zone Sync Success, 0 failed",
    ],
)
def test_a_failure_that_did_not_happen_is_none(text: str) -> None:
    """A sync that went well must not end as failed."""
    assert mention(text, "") == PANEL_OK


@pytest.mark.parametrize(
    "text",
    [
        "Panel Sync completed with error: no response from panel",
        "Zone Sync Success, error: no answer",
        "User Sync completed, failure: none of the codes was taken",
        "Zone Sync done, errors = 0 of 8 zones",
        "Zone Sync Success, zone 0 failed",
        "Panel Sync completed, partition 0 error",
    ],
)
def test_a_failure_that_is_explained_or_named_happened(text: str) -> None:
    """A count of none has nothing after it; what begins like one may be no count."""
    found = mention(text, "")
    assert found is not None
    assert not found.success


@given(
    st.sampled_from(["Zone Sync Success", "User Sync Complete", "Zone Sync Failed"]),
    st.sampled_from(
        [
            "initiated",
            "started",
            "requested",
            "sent",
            "queued",
            "scheduled",
            "pending",
            "will",
            "waiting",
        ]
    ),
    st.integers(0, 3),
)
def test_one_word_of_a_beginning_is_enough(text: str, word: str, place: int) -> None:
    assert mention(put_in(word, text, place), "") is None


def test_the_location_name_vetoes_nothing() -> None:
    assert mention("Zone Sync Success Will Pending", "Will Pending") == PANEL_OK


def test_a_huge_text_costs_no_more_than_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """30 kB of "!" at a location of that name: only what is kept is worked on."""
    longest = 0
    sub = re.sub

    def counted(pattern: str, put: str, text: str, **flags: int) -> str:
        nonlocal longest
        longest = max(longest, len(text))
        return sub(pattern, put, text, **flags)

    monkeypatch.setattr(re, "sub", counted)
    row = {"EventRecordId": 7, "Event": "! " * 15_000, "Originator": "!" * 30_000}
    page = log_page(Fields({"Events": [row] * 50}), "!", ["!", "! !"])
    assert page is not None
    assert 0 < longest <= 500


@pytest.mark.parametrize("originator", ["Liz Wang", "Ben Stiller", "Bob Zwanziger"])
@pytest.mark.parametrize("text", ["Zone Sync Success Mill House", "Disarmed"])
def test_people_are_not_swallowed(originator: str, text: str) -> None:
    """Their syncs are proof as anybody's."""
    page = page_of("Household Upstairs", Event=text, Originator=originator)
    assert page.records[0].originator == originator


@pytest.mark.parametrize(
    ("ids", "own"),
    [
        ([], ()),
        ([5], (5,)),
        ([2**63 - 1], (2**63 - 1,)),
        ([2**63 - 1, 91000042, 91000041], (91000042, 91000041)),
        ([91000041, 91000042, 2**62], (91000041, 91000042)),
        ([2**63 - 1, 2**63 - 2, 91000042], (91000042,)),
        # A jump that a year of other locations' records can make.
        ([91_000_000_042, 41_000_000_000], (91_000_000_042, 41_000_000_000)),
        ([5, 4_000_000_000], (5, 4_000_000_000)),
        # More than a few are another way of counting.
        (
            [2**60 + n for n in range(4)] + [91000042],
            (*(2**60 + n for n in range(4)), 91000042),
        ),
    ],
)
def test_a_stray_id_is_none_of_the_log(ids: list[int], own: tuple[int, ...]) -> None:
    """One far above the others would hide every record that follows."""
    assert own_ids(ids) == own


@given(st.lists(st.integers(1, 2**63 - 1), max_size=60))
def test_only_a_few_ids_are_left_out(ids: list[int]) -> None:
    """And never the lowest, nor all."""
    own = own_ids(ids)
    assert len(set(ids)) - len(set(own)) <= 3
    assert not ids or min(ids) in own
