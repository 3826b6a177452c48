"""What PanelSync would show and tell of a recorded log, line by line."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from custom_components.panelsync.client import (
    LocalPartition,
    LocalStatus,
    PanelActivity,
)
from custom_components.panelsync.client.local.alarmdecoder import state as ad2
from custom_components.panelsync.client.local.alarmdecoder.codec import (
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.vista import state as vista
from custom_components.panelsync.client.local.vista.codec import VistaSerialCodec

from .log import Heard, read_log

_START = datetime(2000, 1, 1, tzinfo=UTC)
# A log may give any year; a date behind 9999 there is not.
_LONGEST = timedelta(days=365 * 7000)
_NOT_SHOWN = {"number", "keypads", "exit_seconds", "exit_until"}


class Player:
    """Both families, each with its own state; it knows nothing of Home Assistant."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._ad2, self._vista = ad2.start(ad2.Ad2Settings()), vista.VistaState()
        self._lines, self._packets = AlarmDecoderCodec(), VistaSerialCodec()

    def hear(self, heard: Heard) -> tuple[LocalStatus, tuple[PanelActivity, ...], int]:
        """Return what is shown and told after a line, and how much of it was taken."""
        now = _START + min(heard.at, _LONGEST)
        told: list[PanelActivity] = []
        data = heard.data + b"\r\n"
        taken = 0
        if heard.is_packet:
            for packet in self._packets.feed(data):
                self._vista, activity = vista.apply(self._vista, packet, now)
                told += activity
                taken += 1
            return self._vista.status(), tuple(told), taken
        for message in self._lines.feed(data):
            self._ad2, activity = ad2.apply(self._ad2, message, now)
            told += activity
            taken += 1
        return self._ad2.status(), tuple(told), taken


def replay(content: str) -> Iterator[str]:
    """Play a log; gives one line for each line that showed or told something new."""
    player, shown, began, count = Player(), dict[str, str](), timedelta(0), 0
    refused = 0
    for heard in read_log(content):
        if heard.anew:
            player, shown, began = Player(), {}, heard.at
        status, told, taken = player.hear(heard)
        count, refused = count + 1, refused + (not taken)
        now = describe(status)
        news = [
            f"{name}: {value}"
            for name, value in now.items()
            if shown.get(name) != value
        ]
        news += [f"{name}: -" for name in shown if name not in now]
        news += [f"tells {activity.type}: {_said(activity)}" for activity in told]
        shown = now
        if news:
            seconds = (heard.at - began).total_seconds()
            yield f"line {heard.number} ({seconds:.1f} s)  " + "; ".join(news)
    yield f"{count} lines and packets played, {refused} of them not understood"


def describe(status: LocalStatus) -> dict[str, str]:
    """Return what is shown, by name; what is not known is left out."""
    found: dict[str, str] = {}
    for partition in status.partitions:
        of = f"partition {partition.number}" if partition.number else "partition"
        if partition.keypads:
            of += f" ({_numbers(partition.keypads)})"
        for field in fields(LocalPartition):
            value = getattr(partition, field.name)
            if field.name not in _NOT_SHOWN and value is not None:
                found[f"{of} {field.name}"] = str(value)
    if status.open_zones is not None:
        found["open zones"] = _numbers(status.open_zones) or "none"
    if status.zones:
        found["zones"] = ", ".join(
            f"{zone} {status.name}" for zone, status in status.zones.items()
        )
    for name in (
        "ac_power",
        "battery_low",
        "communication_failure",
        "programming_left",
    ):
        if (value := getattr(status, name)) is not None:
            found[name] = str(value)
    return found


def _numbers(numbers: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _said(activity: PanelActivity) -> str:
    of = {
        "partition": activity.partition,
        "zone": activity.zone,
        "user": activity.user,
    }
    known = ", ".join(f"{name} {number}" for name, number in of.items() if number)
    return f"{activity.text} ({known})" if known else activity.text
