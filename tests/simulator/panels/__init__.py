"""Tests of the panels' local faces."""
