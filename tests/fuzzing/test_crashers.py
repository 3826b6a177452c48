"""What fuzzing found once never comes back; and the seeds pass, so that they lead on.

A crasher is a file `crashers/<target>/<what it was>`, as `scripts/fuzz` leaves it.
"""

from pathlib import Path

import pytest

from .targets import TARGETS

CRASHERS = sorted((Path(__file__).parent / "crashers").glob("*/*"))


@pytest.mark.parametrize("file", CRASHERS, ids=lambda file: file.name)
def test_crasher(file: Path) -> None:
    TARGETS[file.parent.name].run(file.read_bytes())


@pytest.mark.parametrize("name", ["alarmdecoder", "vista", "sign-in"])
def test_seeds(name: str) -> None:
    target = TARGETS[name]
    for seed in target.seeds():
        assert len(seed) <= target.longest
        target.run(seed)


@pytest.mark.usefixtures("socket_enabled")
def test_answers_of_the_service() -> None:
    target = TARGETS["answer"]
    for seed in target.seeds():
        assert len(seed) <= target.longest
        target.run(seed)
