"""Read by every Python that is started by a process under guard, before all else."""

from pathlib import Path
import sys

_ROOT = str(Path(__file__).parents[3])

sys.path.insert(0, _ROOT)
from scripts.loopback import guard  # noqa: E402 - found by the line above

sys.path.remove(_ROOT)
guard()
