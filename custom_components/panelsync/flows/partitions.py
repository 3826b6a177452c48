"""Which keypad addresses belong to which partition, as a person writes it."""

from collections.abc import Mapping, Sequence
import re

MOST_PARTITIONS = 8
# Keypads of a VISTA have the addresses 0 to 31
# (docs/protocol/alarmdecoder.md#partitions).
HIGHEST_ADDRESS = 31

_ONE = re.compile(r"([0-9]+)\s*[:=]\s*([0-9]+(?:\s*[, ]\s*[0-9]+)*)")


def parse_partitions(text: str) -> dict[str, list[int]]:
    """Read "1: 16, 17; 2: 18"; an empty text gives nothing.

    Raises ValueError where the text is something else, a partition or an address does
    not exist, or an address stands twice.
    """
    partitions: dict[str, list[int]] = {}
    taken: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(";"))):
        if (match := _ONE.fullmatch(part)) is None:
            raise ValueError(part)
        number = int(match[1])
        addresses = [int(address) for address in re.findall(r"\d+", match[2])]
        if not 1 <= number <= MOST_PARTITIONS or str(number) in partitions:
            raise ValueError(part)
        if max(addresses) > HIGHEST_ADDRESS or taken & set(addresses):
            raise ValueError(part)
        if len(set(addresses)) != len(addresses):
            raise ValueError(part)
        taken.update(addresses)
        partitions[str(number)] = sorted(addresses)
    return partitions


def write_partitions(partitions: Mapping[str, Sequence[int]]) -> str:
    """Write what `parse_partitions` reads."""
    return "; ".join(
        f"{number}: {', '.join(map(str, addresses))}"
        for number, addresses in partitions.items()
    )
