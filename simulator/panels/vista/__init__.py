"""The panel as its VISTA RS-232 automation port shows it. Simulated."""
