"""The watchers of the fuzzing do notice what was invented."""

from collections.abc import Callable
from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.panelsync.client.local.alarmdecoder.faults import Faults
from custom_components.panelsync.client.local.alarmdecoder.rotation import (
    Key,
    Rotation,
    Sight,
)
from custom_components.panelsync.client.local.alarmdecoder.state import Ad2Settings
from custom_components.panelsync.client.models import ArmingState, ZoneStatus
from custom_components.panelsync.client.remote.decode.event_log import log_page
from custom_components.panelsync.client.remote.decode.fields import Fields
from tests.client.local.samples import LINES
from tests.client.local.site import ADDRESSES, START
from tests.client.local.test_vista_serial import PACKETS, ZONES_1, packet

from . import answers
from .ad2 import AlarmDecoderEar
from .vista import VistaEar

READY = LINES[1] + b"\r\n"


def ad2(heard: bytes = READY, **changes: Any) -> AlarmDecoderEar:
    """Hear, then let the first partition claim something."""
    ear = AlarmDecoderEar(Ad2Settings(ADDRESSES))
    ear.hear(heard, START)
    first, *others = ear.state.partitions
    claimed = replace(first, shown=replace(first.shown, **changes))
    ear.state = replace(ear.state, partitions=(claimed, *others))
    return ear


@pytest.mark.parametrize(
    ("heard", "claim"),
    [
        (b"", {"ready": True}),
        (b"", {"mode": ArmingState.DISARMED}),
        (READY[:40] + b"\r\n", {"mode": ArmingState.DISARMED}),
        (READY, {"ready": False}),
        (READY, {"mode": ArmingState.ARMED_AWAY}),
        (READY, {"sounding": True}),
        (READY, {"fire": True}),
        (READY, {"alarm_memory": True}),
        (READY, {"programming": True}),
        (READY, {"bypassed": True}),
        (READY + b"!SER2SOCK SERIAL_DISCONNECTED\r\n", {"ready": True}),
    ],
)
def test_an_invented_flag_is_noticed(heard: bytes, claim: dict[str, Any]) -> None:
    ad2(heard).check()
    with pytest.raises(AssertionError):
        ad2(heard, **claim).check()


def _zone(ear: AlarmDecoderEar) -> None:
    first, *others = ear.state.partitions
    pages: dict[Key, Sight] = {(77, ZoneStatus.FAULTED): Sight(START)}
    faults = Faults(Rotation(pages), known=True)
    partitions = (replace(first, faults=faults), *others)
    ear.state = replace(ear.state, partitions=partitions)


def _mains(ear: AlarmDecoderEar) -> None:
    ear.state = replace(ear.state, system=replace(ear.state.system, ac_power=True))


def _text(ear: AlarmDecoderEar) -> None:
    ear.state = replace(ear.state, text="ALARM 92 DURESS                 ")


@pytest.mark.parametrize("invent", [_zone, _mains, _text])
def test_an_invented_zone_or_value_is_noticed(
    invent: Callable[[AlarmDecoderEar], None],
) -> None:
    ear = ad2()
    ear.check()
    invent(ear)
    with pytest.raises(AssertionError):
        ear.check()


@pytest.mark.parametrize(
    "claim",
    [
        {"letters": "ADDDDDDD"},
        {"statuses": {22: ZoneStatus.FAULTED}},
        {"statuses": {34: ZoneStatus.FAULTED}},
        {"ac_power": True},
        {"battery_low": False},
        {"programming": True},
        {"remembered": frozenset({1})},
    ],
)
def test_an_invented_state_of_a_vista_is_noticed(claim: dict[str, Any]) -> None:
    ear = VistaEar()
    for data in (next(iter(PACKETS)), ZONES_1):
        ear.hear(data + b"\r\n", START)
    ear.check()
    ear.state = replace(ear.state, **claim)
    with pytest.raises(AssertionError):
        ear.check()


@pytest.mark.parametrize(
    "stream",
    [
        # A sum does not notice another order.
        b'0D"000dz"007A',
        packet("ZS", "1" + "Z" * 64),
        b"08OK109D",
        *(packet("NQ", f"{code:02X}0423102102") for code in range(256)),
        packet("ZS", "1" + "0" * 64) + b"\r\n" + packet("ZS", "1" + "2" * 64),
    ],
)
def test_what_was_said_is_not_taken_for_invented(stream: bytes) -> None:
    ear = VistaEar()
    ear.hear(stream + b"\r\n", START)
    assert ear.codec.counters.packets


LOG = {
    "ResultCode": 0,
    "Events": [{"EventRecordId": 91000042, "Event": "Zone Sync Success"}],
}


@pytest.mark.parametrize(
    "invent",
    [
        lambda fields: log_page(
            Fields({"Events": [{"EventRecordId": 1, "Event": "Zone"}]}), ""
        ),
        lambda fields: log_page(
            Fields({"Events": [{"EventRecordId": 91000042, "Event": "Fire"}]}), ""
        ),
        lambda fields: fields.values["events"][0]["Nothing"],
        lambda fields: "made up",
        lambda fields: 42,
    ],
)
def test_an_invented_answer_is_noticed(
    monkeypatch: pytest.MonkeyPatch, invent: Callable[[Fields], object]
) -> None:
    body = json.dumps(LOG).encode()
    assert answers.read_answer("events.v1", 200, body) is not None
    monkeypatch.setitem(answers.READERS, "events.v1", invent)
    with pytest.raises((AssertionError, KeyError)):
        answers.read_answer("events.v1", 200, body)


def test_a_record_that_must_not_be_told_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = {"Events": [{"EventRecordId": 7, "Event": "Duress Alarm"}]}
    body = json.dumps(log).encode()
    told = answers.read_answer("events.v1", 200, body)
    assert getattr(told, "records", None) == ()
    monkeypatch.setattr(
        "custom_components.panelsync.client.remote.decode.event_log.is_secret",
        lambda *_: False,
    )
    with pytest.raises(AssertionError):
        answers.read_answer("events.v1", 200, body)
