"""Syncs in Home Assistant: started once, followed, and announced."""
