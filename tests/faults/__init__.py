"""Faults of every kind, against a real local service."""
