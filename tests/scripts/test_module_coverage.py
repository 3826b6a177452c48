"""A module that the tests do not reach is named, however good the total is."""

from pathlib import Path
import subprocess
import sys

from coverage import Coverage
import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "module_coverage.py"
WELL = "\n".join(f"a{number} = {number}" for number in range(200))
UNUSED = "def nobody(value: int) -> int:\n    value += 1\n    return value\n"


def answer(folder: Path, **modules: str) -> subprocess.CompletedProcess[str]:
    """Run modules under coverage, then ask what is tested too little."""
    package = folder / "custom_components" / "panelsync"
    package.mkdir(parents=True)
    (folder / ".coveragerc").write_text("[run]\nsource = custom_components/panelsync\n")
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text)
        run = ["-m", "coverage", "run", "-a", str(package / f"{name}.py")]
        subprocess.run([sys.executable, *run], cwd=folder, check=True)
    return subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.shows("test-coverage")
def test_a_module_nobody_tests_is_named(tmp_path: Path) -> None:
    found = answer(tmp_path, well=WELL, poor=UNUSED)
    assert found.returncode == 1, found.stderr
    assert found.stdout.split() == ["33.33", "%", "custom_components/panelsync/poor.py"]
    collected = Coverage(str(tmp_path / ".coverage"))
    collected.load()
    assert collected.report(include=[f"{tmp_path}/*"]) > 95


def test_modules_that_are_reached_are_well(tmp_path: Path) -> None:
    found = answer(tmp_path, well=WELL)
    assert found.returncode == 0, found.stderr
    assert "Each of 1 modules is above 95 %" in found.stdout
