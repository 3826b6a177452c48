"""The demo's dashboard: the one that PanelSync brings, chosen as a person would."""

from .home import Home

URL_PATH = "panel-sync"


async def make_dashboard(home: Home) -> str:
    """Add the PanelSync dashboard to a Home Assistant and return its address."""
    await home.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        mode="storage",
        title="PanelSync",
        icon="mdi:shield-sync",
        show_in_sidebar=True,
        require_admin=False,
    )
    await home.command(
        "lovelace/config/save",
        url_path=URL_PATH,
        config={"strategy": {"type": "custom:panelsync"}},
    )
    return f"{home.url}/{URL_PATH}"
