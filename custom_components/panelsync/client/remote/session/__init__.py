"""Signing in, and keeping the session."""
