"""Requests as they come in and are recorded. Stand-in only."""
