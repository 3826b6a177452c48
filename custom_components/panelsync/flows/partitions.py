"""Which keypad addresses belong to which partition: the form, and what is stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.helpers.selector import (
    ObjectSelector,
    ObjectSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import CONF_ADVANCED, CONF_PARTITIONS
from .schemas import FormError

MOST_PARTITIONS = 8
# Keypads of a VISTA have the addresses 0 to 31
# (docs/protocol/alarmdecoder.md#partitions).
HIGHEST_ADDRESS = 31

_PARTITION = "partition"
_KEYPADS = "keypads"


def numbers(first: int, last: int, *, multiple: bool) -> SelectSelector:
    """Return a list to pick numbers from."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[str(number) for number in range(first, last + 1)],
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


PARTITIONS = ObjectSelector(
    ObjectSelectorConfig(
        fields={
            _PARTITION: {
                "required": True,
                "selector": numbers(1, MOST_PARTITIONS, multiple=False),
            },
            _KEYPADS: {
                "required": True,
                "selector": numbers(0, HIGHEST_ADDRESS, multiple=True),
            },
        },
        multiple=True,
        label_field=_PARTITION,
        description_field=_KEYPADS,
        translation_key=CONF_PARTITIONS,
    )
)
"""One row a partition; it admits no number that a panel cannot have."""


def read_partitions(
    rows: Sequence[Mapping[str, Any]] | Mapping[str, Any],
) -> dict[str, list[int]] | FormError:
    """Return what is stored of the form's rows, or why they cannot be.

    The selector takes a single row for a list of one. The frontend shows the error of a
    field at its section.
    """
    partitions: dict[str, list[int]] = {}
    owners: dict[int, str] = {}
    for row in [rows] if isinstance(rows, Mapping) else rows:
        partition = row[_PARTITION]
        keypads = sorted({int(keypad) for keypad in row[_KEYPADS]})
        shown = {_PARTITION: partition}
        if partition in partitions:
            return FormError("partition_twice", shown, CONF_ADVANCED)
        if not keypads:
            return FormError("partition_without_keypads", shown, CONF_ADVANCED)
        for keypad in keypads:
            if keypad in owners:
                shown |= {"keypad": str(keypad), "other": owners[keypad]}
                return FormError("keypad_twice", shown, CONF_ADVANCED)
            owners[keypad] = partition
        partitions[partition] = keypads
    return partitions


def partition_rows(partitions: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Return the form's rows of what is stored."""
    return [
        {_PARTITION: partition, _KEYPADS: [str(keypad) for keypad in keypads]}
        for partition, keypads in partitions.items()
    ]
