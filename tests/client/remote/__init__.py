"""Tests of the remote client, through its public door."""
