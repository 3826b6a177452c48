"""Client for Total Connect 2.0 accounts: it syncs, reads and judges, and can do nothing else.

This package knows nothing of Home Assistant. It never arms, disarms, bypasses or
changes a code: everything it can write stands in `remote/routes.py`.
"""
