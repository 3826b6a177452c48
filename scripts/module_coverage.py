"""Name the modules of the integration of which the tests reach too little.

Reads what `coverage` has collected. A total hides a module that nobody tests, so each
one must be above the limit of the quality scale by itself.
"""

import json
from pathlib import Path
import sys

from coverage import Coverage

LIMIT = 95
REPORT = Path(".cache/coverage.json")


def main() -> int:
    """Print the modules below the limit; return 1 where there are any."""
    collected = Coverage()
    collected.load()
    REPORT.parent.mkdir(exist_ok=True)
    collected.json_report(
        include=["custom_components/panelsync/*"], outfile=str(REPORT)
    )
    files = json.loads(REPORT.read_text())["files"]
    reached = {path: file["summary"]["percent_covered"] for path, file in files.items()}
    too_little = {path: share for path, share in reached.items() if share <= LIMIT}
    for path, share in sorted(too_little.items()):
        print(f"{share:6.2f} %  {path}")
    if not too_little:
        least = min(reached, key=lambda path: reached[path])
        print(f"Each of {len(reached)} modules is above {LIMIT} %; ", end="")
        print(f"least: {reached[least]:.2f} %, {least}")
    return 1 if too_little else 0


if __name__ == "__main__":
    sys.exit(main())
