"""Rubbish for the decoders: no exception leaves, and nothing is invented.

See docs/architecture.md#input-from-outside.

Real answers of the simulated service are mutated at random, byte by byte and value by
value; the seed is fixed, so that a failure comes again. What must hold is written once,
in tests/fuzzing, for these and for `scripts/fuzz`.
"""

from collections.abc import Iterator
import json
import random
from typing import Any

from hypothesis import given, strategies as st

from tests.client.makers import json_values
from tests.fuzzing.answers import (
    GRANTED,
    READERS,
    STORED,
    TOKEN,
    read_answer,
    read_sign_in,
    read_store,
    read_token,
    samples,
)

from .report import WHOLE, Report

INPUTS = 400_000 if WHOLE else 15_000
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**70, -(2**70), 1e308, "", " ", "NaN", "-1", "1e5", "\x00",
    "\ud800", "9" * 400, [], {}, [[]], {"a": {}}, [None], "2026-13-45T99:99:99",
)  # fmt: skip


def spoil_bytes(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes, cut, or repeat a piece."""
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(spoilt) + 1)
        match chance.randrange(4):
            case 0:
                spoilt[at:at] = bytes(chance.choices(range(256), k=3))
            case 1:
                del spoilt[at : at + chance.randint(1, 20)]
            case 2:
                spoilt[at:at] = spoilt[at : at + 40]
            case _ if at < len(spoilt):
                spoilt[at] = chance.choice(b'"{}[],:<>&;0-\\\x00\xff')
            case _:
                del spoilt[chance.randrange(len(spoilt) + 1) :]
    return bytes(spoilt)


def spoil_value(value: Any, chance: random.Random) -> Any:
    """Put something odd somewhere into a value."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        return value | {key: spoil_value(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], spoil_value(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD)


def mutants(data: bytes, chance: random.Random, count: int) -> Iterator[bytes]:
    value = json.loads(data) if data[:1] == b"{" else None
    for _ in range(count):
        if value is not None and chance.random() < 0.6:
            odd = spoil_value(value, chance)
            yield json.dumps(odd).encode("utf-8", "surrogatepass")
        else:
            yield spoil_bytes(data, chance)


async def test_no_answer_breaks_the_reading(record_property: Report) -> None:
    chance, tried = random.Random(20), 0
    for key, data in (await samples()).items():
        # What was not spoilt can be read: the sample is one.
        assert read_answer(key, 200, data) is not None
        for body in mutants(data, chance, INPUTS // len(READERS)):
            tried += 1
            read_answer(key, chance.choice((200, 200, 200, 400, 500)), body)
    record_property("inputs", tried)


def test_no_token_or_store_breaks_the_reading(record_property: Report) -> None:
    chance = random.Random(21)
    assert read_token(TOKEN.encode()) == "a-b"
    assert read_sign_in(200, GRANTED) is not None
    assert read_store(STORED) is not None
    for _ in range(INPUTS // 10):
        read_token(spoil_bytes(TOKEN.encode(), chance))
        read_store(spoil_value(STORED, chance))
    for body in mutants(GRANTED, chance, INPUTS // 10):
        read_sign_in(chance.choice((200, 400, 401, 403, 500)), body)
    record_property("inputs", 3 * (INPUTS // 10))


@given(st.binary(max_size=400), st.sampled_from(sorted(READERS)))
def test_any_bytes_at_all(body: bytes, key: str) -> None:
    read_answer(key, 200, body)
    read_token(body)
    read_sign_in(400, body)


_LIKELY = ("ResultCode", "Zones", "Events", "EventRecordId", "1", "2026-01-01")


@given(
    st.dictionaries(st.sampled_from(_LIKELY), json_values(_LIKELY, _LIKELY, most=20)),
    st.sampled_from(sorted(READERS)),
)
def test_any_json_at_all(value: Any, key: str) -> None:
    read_answer(key, 200, json.dumps(value).encode())
    read_store(value)
