"""Where things are. Everything the demo writes lies in one ignored folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HASS = ROOT / ".venv" / "bin" / "hass"
HASS_NEXT = ROOT / ".venv-next" / "bin" / "hass"
DATA = ROOT / ".demo"
# Modules the demo's Home Assistant imports and never uses.
ABSENT = Path(__file__).with_name("absent")
COMPONENTS = ROOT / "custom_components"
IMAGES = ROOT / "docs" / "images"
