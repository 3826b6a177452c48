"""The repository as texts in memory."""

from collections.abc import Mapping
from functools import cache
import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
INTEGRATION = "custom_components/panelsync"
# What the rules look into; a folder stands for all that is in it.
LOOKED_INTO = (
    ".ci",
    ".github",
    "blueprints",
    "custom_components",
    "docs",
    "scripts",
    "tests",
    "LICENSE",
    "README.md",
    "hacs.json",
    "pyproject.toml",
)


class Tree:
    """Files by their path from the root; one that is not there is empty."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Hold these files."""
        self._texts = dict(texts)

    def __contains__(self, path: str) -> bool:
        """Return whether there is such a file."""
        return path in self._texts

    def paths(self, folder: str, suffix: str = "") -> list[str]:
        """Return the files of a folder and of those in it."""
        return sorted(
            path
            for path in self._texts
            if path.startswith(f"{folder}/") and path.endswith(suffix)
        )

    def text(self, path: str) -> str:
        """Return what is in a file."""
        return self._texts.get(path, "")

    def data(self, path: str) -> Any:
        """Return what a JSON or YAML file holds."""
        read = json.loads if path.endswith(".json") else yaml.safe_load
        return read(self.text(path) or "{}")


@cache
def whole_tree() -> Tree:
    """Return the working tree."""
    files = [
        file
        for place in LOOKED_INTO
        for file in (
            (ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place]
        )
        if file.is_file() and "__pycache__" not in file.parts
    ]
    return Tree(
        {
            file.relative_to(ROOT).as_posix(): file.read_text(errors="replace")
            for file in files
        }
    )
