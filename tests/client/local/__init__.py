"""Tests of the local links."""
