"""A real Home Assistant with PanelSync, against the simulated service.

`scripts/demo` runs it for a person, `scripts/demo --check` without one, and
`scripts/screenshot` takes the pictures of the documentation.
"""
