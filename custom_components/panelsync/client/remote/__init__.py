"""The Remote Service: its web API, and nothing of the API that could change a panel but a sync."""
