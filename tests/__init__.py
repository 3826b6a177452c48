"""Tests of PanelSync, its simulator and its tools."""
