"""The one truth: locations, their panels, the service's copy, the event log, and the world's own time. Simulated.

Knows nothing of HTTP or of wires.
"""
