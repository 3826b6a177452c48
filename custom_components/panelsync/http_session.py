"""The HTTP session with which all accounts talk to the service."""

from aiohttp import ClientSession, DummyCookieJar
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_SESSION: HassKey[ClientSession] = HassKey(f"{DOMAIN}_http_session")


@callback
def async_http_session(hass: HomeAssistant) -> ClientSession:
    """Return a session that keeps no cookie.

    With Home Assistant's common one, a cookie of one account would go out with the
    requests of the next, and sign in the wrong person.
    """
    if (session := hass.data.get(_SESSION)) is not None:
        return session
    session = async_create_clientsession(
        hass, auto_cleanup=False, cookie_jar=DummyCookieJar()
    )
    hass.data[_SESSION] = session

    @callback
    def detach(_: Event) -> None:
        session.detach()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, detach)
    return session
