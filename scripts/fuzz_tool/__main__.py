"""Each target for its seconds; crashers are kept, and the fuzzing goes on after them."""

from dataclasses import dataclass
from pathlib import Path
import re
import subprocess
import sys
import time

from tests.fuzzing.targets import TARGETS, Target

WORK = Path(".cache/fuzz")
DEFAULT_SECONDS = 60
MOST_CRASHERS = 20
RSS_MEGABYTES = 1024
"""A process that needs more counts as a crasher: memory has a bound."""
SECONDS_PER_INPUT = 10


@dataclass
class Result:
    """What came of one target."""

    inputs: int = 0
    seconds: float = 0
    crashers: tuple[Path, ...] = ()


def fuzz(name: str, target: Target, seconds: int) -> Result:
    """Fuzz one target for so many seconds, the start of the process not counted."""
    corpus, seeds, crashers = (
        WORK / name / part for part in ("corpus", "seeds", "crashers")
    )
    for folder in (corpus, seeds, crashers):
        folder.mkdir(parents=True, exist_ok=True)
    for old in [*seeds.iterdir(), *crashers.iterdir()]:
        old.unlink()
    for number, seed in enumerate(target.seeds()):
        (seeds / f"{number:03}").write_bytes(seed)
    result = Result()
    while (left := round(seconds - result.seconds)) > 0:
        command = [
            *(sys.executable, "-m", "scripts.fuzz_tool.one", name),
            f"-max_total_time={left}",
            f"-max_len={target.longest}",
            f"-rss_limit_mb={RSS_MEGABYTES}",
            f"-timeout={SECONDS_PER_INPUT}",
            f"-artifact_prefix={crashers}/",
            "-print_final_stats=1",
            *(str(corpus), str(seeds)),
        ]
        began = time.monotonic()
        log = WORK / name / "log"
        with log.open("w") as output:
            code = subprocess.run(
                command, stdout=output, stderr=subprocess.STDOUT, check=False
            ).returncode
        text = log.read_text(errors="replace")
        inputs = _inputs(text)
        if not inputs:
            raise SystemExit(f"fuzz: {name} did not start, see {log}")
        result.inputs += inputs
        result.seconds += _seconds(text) or time.monotonic() - began
        result.crashers = tuple(sorted(crashers.iterdir()))
        if code == 0 or len(result.crashers) >= MOST_CRASHERS:
            break
    return result


def _inputs(log: str) -> int:
    """Give how many inputs libFuzzer says it ran."""
    final = re.findall(r"number_of_executed_units:\s*(\d+)", log)
    return int((final or re.findall(r"^#(\d+)\s", log, re.MULTILINE) or ["0"])[-1])


def _seconds(log: str) -> float | None:
    """Give how long libFuzzer says it ran; None where it met a crasher."""
    found = re.search(r"^Done \d+ runs in (\d+) second", log, re.MULTILINE)
    return float(found[1]) if found else None


def main() -> int:
    """Fuzz what is named, or everything."""
    words = sys.argv[1:]
    seconds = int(words.pop(0)) if words and words[0].isdecimal() else DEFAULT_SECONDS
    if unknown := set(words) - TARGETS.keys():
        print(f"fuzz: no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
        return 2
    found = 0
    print(f"{'target':<14}{'inputs':>12}{'seconds':>10}{'crashers':>10}", flush=True)
    for name in words or TARGETS:
        result = fuzz(name, TARGETS[name], seconds)
        found += len(result.crashers)
        print(
            f"{name:<14}{result.inputs:>12}{result.seconds:>10.0f}"
            f"{len(result.crashers):>10}",
            flush=True,
        )
        for crasher in result.crashers:
            print(f"  {crasher}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
