"""Who may start a sync, and who may see how it stands: the one place that asks.

An automation has no user and passes (docs/architecture.md#checks-before-a-start).
"""

from collections.abc import Iterable

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser

from ..client import SyncKind
from ..coordinators.location import LocationCoordinator
from ..identifiers import find_entity, status_entity
from ..messages import BUTTON_KEYS


async def async_may_start(
    hass: HomeAssistant, kind: SyncKind, context: Context | None
) -> bool:
    """Return whether a sync of this kind may start: users need an administrator."""
    if kind is not SyncKind.USERS or context is None or context.user_id is None:
        return True
    user = await hass.auth.async_get_user(context.user_id)
    return user is not None and user.is_admin


async def async_check_control(
    hass: HomeAssistant,
    locations: Iterable[LocationCoordinator],
    kind: SyncKind,
    context: Context,
) -> None:
    """Raise Unauthorized unless the person may press the buttons of these locations.

    A user sync is refused by location, with words of its own.
    """
    if context.user_id is None or kind is SyncKind.USERS:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context)
    for location in locations:
        entity_id = find_entity(
            hass, BUTTON_DOMAIN, location.identifier, BUTTON_KEYS[kind]
        )
        # Without a button there is no such sync, and the press is refused for that.
        if entity_id is not None and not user.permissions.check_entity(
            entity_id, POLICY_CONTROL
        ):
            raise Unauthorized(
                context=context, entity_id=entity_id, permission=POLICY_CONTROL
            )


async def async_readable(
    hass: HomeAssistant, locations: list[LocationCoordinator], context: Context
) -> list[LocationCoordinator]:
    """Return the locations whose status the person may see; nobody sees them all."""
    if context.user_id is None:
        return locations
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        return []
    return [
        location
        for location in locations
        if (entity_id := status_entity(hass, location.identifier)) is not None
        and user.permissions.check_entity(entity_id, POLICY_READ)
    ]
