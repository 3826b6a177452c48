"""Numbers and GUIDs of a world, all derived from (seed, profile).

Stand-in only. Sizes as known: 32-bit ids, 11-digit event records
(docs/protocol/total-connect.md#event-records).
"""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from simulator.options import Profile

_BLOCK = 1000
_BLOCKS = 2_000_000


@dataclass(frozen=True, slots=True)
class Ids:
    """The id space of one world; two worlds of other seeds or profiles do not meet."""

    seed: int
    profile: Profile

    def _digest(self, kind: str) -> int:
        return int.from_bytes(
            sha256(f"{self.seed}/{self.profile}/{kind}".encode()).digest()
        )

    def numbered(self, kind: str, index: int) -> int:
        """Return the id of the index-th thing of a kind: one block of a thousand per world."""
        return 100_000_000 + self._digest(kind) % _BLOCKS * _BLOCK + index

    def scattered(self, kind: str, *path: int) -> int:
        """Return an id for a thing below another one, spread over the whole 31-bit range."""
        return 100_000_000 + self._digest(f"{kind}/{path}") % 2_000_000_000

    def first_record(self) -> int:
        """Return where the event record ids of this world begin: 11 digits."""
        return 10_000_000_000 + self._digest("records") % 80_000 * 1_000_000

    def guid(self, kind: str, index: int) -> str:
        """Return the GUID of the index-th thing of a kind."""
        return str(UUID(int=self._digest(f"{kind}/{index}") >> 128, version=4))
