# Home Assistant serves `import voluptuous` by probatio since 2026.9, and
# voluptuous itself is no longer installed; this tells mypy the same.
from probatio import *
