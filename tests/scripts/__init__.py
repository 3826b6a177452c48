"""Tests of the demo tool's decisions."""
