"""Requests and responses: how they are written, sent and understood."""
