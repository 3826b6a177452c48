"""Where things are. Everything the demo writes lies in one ignored folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / ".demo"
COMPONENTS = ROOT / "custom_components"
IMAGES = ROOT / "docs" / "images"
