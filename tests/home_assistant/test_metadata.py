"""What the files describe is what Home Assistant gets."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.panelsync.const import DOMAIN


async def test_home_assistant_reads_the_manifest(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert integration.config_flow
    assert integration.version == integration.manifest["version"]
    assert integration.has_translations
    assert not integration.is_built_in
    assert not integration.overwrites_built_in


async def test_every_action_takes_the_fields_that_are_described(
    hass: HomeAssistant,
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    registered = hass.services.async_services_for_domain(DOMAIN)
    assert set(described) == set(registered)
    for name, told in described.items():
        taken = fields(registered[name].schema, targeted="target" in told)
        assert set(told["fields"]) == set(taken), name
        for field, shown in told["fields"].items():
            required = isinstance(taken[field], vol.Required)
            assert shown.get("required", False) == required, f"{name} {field}"
            assert default(taken[field]) in (shown.get("default"), []), field


def fields(schema: Any, *, targeted: bool) -> dict[str, Any]:
    """Return the fields that an action takes beside its target."""
    # With a target the fields are the first of several checks.
    first = schema if isinstance(schema, vol.Schema) else schema.validators[0]
    return {
        str(marker): marker
        for marker in first.schema
        if not targeted or str(marker) not in cv.ENTITY_SERVICE_FIELDS
    }


def default(marker: Any) -> Any:
    """Return what a field holds that is left out; None where that is nothing."""
    return marker.default() if callable(getattr(marker, "default", None)) else None


async def test_a_line_in_yaml_is_refused(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await async_setup_component(hass, DOMAIN, {DOMAIN: {"username": "dana"}})
    assert "does not support YAML setup" in caplog.text
