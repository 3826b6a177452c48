"""The pauses between two tries."""

import pytest

from custom_components.panelsync.client.local.transport import Backoff


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
