"""The library of Home Assistant's own integration, pointed at a simulator."""

from total_connect_client import client, const


def point_peer_at(url: str) -> None:
    """Change the peer's addresses, and nothing else of it."""
    base = f"{url}/TC2API.TCResource/"
    const.HTTP_API_ENDPOINT_BASE = base
    client.AUTH_CONFIG_ENDPOINT = f"{url}/application.config.json"
    client.AUTH_TOKEN_ENDPOINT = f"{url}/TC2API.Auth/token"
    details = f"{base}api/v3/authentication/sessiondetails"
    client.HTTP_API_SESSION_DETAILS_ENDPOINT = details
