"""Measurements of PanelSync beside the library of Home Assistant's own integration."""
