"""Which of the entities a trigger or condition is aimed at are ours."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


def own_entities(
    hass: HomeAssistant, entity_ids: Iterable[str], platform: str, key: str
) -> set[str]:
    """Return the entities that are PanelSync's own of one key.

    An area or device also holds entities of other integrations, and of ours with other
    meanings, whose states may be spelt the same.
    """
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if split_entity_id(entity_id)[0] == platform
        and (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key == key
    }
