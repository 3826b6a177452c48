"""Addresses as people may see them, and the pauses between two tries."""

from hypothesis import given, strategies as st
import pytest

from custom_components.panelsync.client.local.connection import Address, Backoff


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
        ("COM3", "COM3"),
        ("socket://192.0.2.7:10000", "socket://192.0.2.7:10000"),
        ("socket://[::1]:10000", "socket://[::1]:10000"),
        ("socket://me:secret@host:1/", "socket://host:1/"),
        ("esphome://host:6053/?key=secret", "esphome://host:6053/"),
        ("esphome://host:6053#secret", "esphome://host:6053"),
        # What no library can take apart is shown all the same.
        ("socket://[::1", "socket://[::1"),
        ("socket://me:secret@[::1?key=secret", "socket://[::1"),
        ("socket://", "socket://"),
        ("", ""),
    ],
)
def test_an_address_without_what_may_be_secret(url: str, public: str) -> None:
    assert Address(url, 115200).public == public


@given(st.text())
def test_every_address_can_be_shown(rest: str) -> None:
    assert Address(f"socket://{rest}", 115200).public.startswith("socket://")


def test_pauses_double_up_to_the_longest_and_begin_anew() -> None:
    drawn: list[float] = []

    def draw(least: float, most: float) -> float:
        # Full jitter: from nothing to the ceiling.
        drawn.append(least)
        return most / 2

    backoff = Backoff(1, 60, draw)
    pauses = [backoff.next() for _ in range(8)]
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30])
    backoff.reset()
    assert backoff.next() == pytest.approx(0.5)
    backoff.failures = 10_000
    assert backoff.next() == pytest.approx(30)
    assert max(drawn) == min(drawn) == 0
