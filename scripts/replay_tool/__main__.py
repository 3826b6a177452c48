"""Plays the files it is given."""

from pathlib import Path
import sys

from .log import as_text
from .player import replay


def main(files: list[str]) -> int:
    """Play each file. Returns 2 where there is none, 1 where one cannot be read."""
    if not files:
        print("usage: scripts/replay FILE...", file=sys.stderr)
        return 2
    failed = 0
    for file in files:
        try:
            content = as_text(Path(file).read_bytes())
        except OSError as error:
            print(f"{file}: {error.strerror}", file=sys.stderr)
            failed = 1
            continue
        print(f"== {file}")
        for line in replay(content):
            print(line)
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
