"""Tests of the client, which knows nothing of Home Assistant."""
