"""The dashboard that Home Assistant lists under *Add dashboard*."""

from pathlib import Path

from homeassistant.components import frontend
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant

_FILE = Path(__file__).with_name("panelsync-dashboard.js")
_URL = f"/panelsync/{_FILE.name}"


async def async_setup_dashboard(hass: HomeAssistant) -> None:
    """Serve the strategy and have each page load it once.

    A Home Assistant without its front end has no dashboards, and needs none of this.
    """
    if frontend.DOMAIN not in hass.config.components:
        return
    # Browsers ask whether their copy is current, so an update shows at once.
    await hass.http.async_register_static_paths(
        [StaticPathConfig(_URL, str(_FILE), cache_headers=False)]
    )
    frontend.add_extra_js_url(hass, _URL)
