"""Which texts Home Assistant is asked for while a test runs, and which of them are missing.

Noted where every text passes: what a flow shows, what a repair is called, what an error
says, what is read from the loaded translations, what voice answers. Those of entities, services, triggers,
conditions and the system page are held to what is there by `test_texts.py`.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
import json
from pathlib import Path
import re
import string
from typing import Any, Final, override
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntriesFlowManager, OptionsFlowManager
from homeassistant.data_entry_flow import FlowManager, FlowResultType, section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.issue_registry import IssueRegistry, async_get
from homeassistant.helpers.translation import _TranslationCache

from custom_components.panelsync.const import DOMAIN
from custom_components.panelsync.voice.language import Speech, read_speeches

_ENGLISH: Final = (
    Path(__file__).parents[1] / f"custom_components/{DOMAIN}/translations/en.json"
)
NOTED: Final = (
    "common",
    "config",
    "exceptions",
    "issues",
    "options",
    "selector",
    "voice",
)


def flat(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield each text with its place."""
    if isinstance(tree, str):
        yield ".".join(path), tree
        return
    for key, value in tree.items():
        yield from flat(value, (*path, key))


TEXTS: Final = dict(
    flat(
        json.loads(_ENGLISH.read_text()) | {"voice": read_speeches()["en"].answers},
    )
)


def placeholders(text: str) -> set[str]:
    """Return the placeholders of a text."""
    return {
        name for _, name, _, _ in string.Formatter().parse(text) if name is not None
    }


def of_any_repair(place: str) -> str:
    """Return a place in the flow of one repair as that in the flow of any: they share steps."""
    return re.sub(r"^issues\.\w+\.fix_flow\.", "issues.*.fix_flow.", place)


def unused(asked: set[str], texts: Mapping[str, str] = TEXTS) -> list[str]:
    """Return the places of all texts that nobody asked for."""
    known = {of_any_repair(place) for place in asked}
    # A repair asks for codes as the set-up does, with the same errors.
    known |= {
        place.replace("config.error.", "issues.*.fix_flow.error.", 1)
        for place in asked
        if place.startswith("config.error.")
    }
    return [
        place
        for place in texts
        if place.partition(".")[0] in NOTED and of_any_repair(place) not in known
    ]


class AskedTexts:
    """What was asked for, and what could not be given."""

    def __init__(self, texts: Mapping[str, str] = TEXTS) -> None:
        """Begin with nothing asked for."""
        self._texts = texts
        self.places: set[str] = set()
        self.faults: list[str] = []

    def ask(
        self, place: str, values: Mapping[str, Any] | None = None, *, must: bool = True
    ) -> None:
        """Note a place, and what is wrong with the text there: `must` it be, is it filled?"""
        text = self._texts.get(place)
        if text is None:
            if must:
                self.faults.append(f"{place} has no text")
            return
        self.places.add(place)
        if unfilled := placeholders(text) - set(values or {}):
            self.faults.append(f"{place} is not told its {', '.join(sorted(unfilled))}")

    def result(self, prefix: str, result: Mapping[str, Any]) -> None:
        """Note what a flow shows."""
        values = result.get("description_placeholders")
        step = f"{prefix}.step.{result.get('step_id')}"
        match result["type"]:
            case FlowResultType.FORM:
                self.ask(f"{step}.title", values)
                for part in ("description", "submit"):
                    self.ask(f"{step}.{part}", values, must=False)
                self._fields(step, result["data_schema"], values)
                for error in (result["errors"] or {}).values():
                    self.ask(f"{prefix}.error.{error}", values)
            case FlowResultType.MENU:
                self.ask(f"{step}.title", values)
                self.ask(f"{step}.description", values, must=False)
                for choice in result["menu_options"]:
                    self.ask(f"{step}.menu_options.{choice}", values)
                    place = f"{step}.menu_option_descriptions.{choice}"
                    self.ask(place, values, must=False)
            case FlowResultType.ABORT if result.get("translation_domain") is None:
                self.ask(f"{prefix}.abort.{result['reason']}", values)
            case FlowResultType.SHOW_PROGRESS:
                self.ask(f"{prefix}.progress.{result['progress_action']}", values)
            case FlowResultType.CREATE_ENTRY:
                what = result.get("description") or "default"
                self.ask(f"{prefix}.create_entry.{what}", values, must=False)

    def _fields(self, step: str, schema: Any, values: Mapping[str, Any] | None) -> None:
        for field, shown in (schema.schema if schema else {}).items():
            if isinstance(shown, section):
                for part in ("name", "description"):
                    place = f"{step}.sections.{field}.{part}"
                    self.ask(place, values, must=part == "name")
                self._fields(f"{step}.sections.{field}", shown.schema, values)
                continue
            self.ask(f"{step}.data.{field}", values)
            self.ask(f"{step}.data_description.{field}", values)
            self._selector(getattr(shown, "config", {}))

    def _selector(self, config: Mapping[str, Any]) -> None:
        if (key := config.get("translation_key")) is None:
            return
        for option in config.get("options", ()):
            self.ask(f"selector.{key}.options.{option}")
        for field, told in config.get("fields", {}).items():
            self.ask(f"selector.{key}.fields.{field}.name")
            self.ask(f"selector.{key}.fields.{field}.description", must=False)
            self._selector(getattr(told["selector"], "config", {}))


class _Read(dict[str, str]):
    """Loaded translations that note which of ours are read."""

    def __init__(self, texts: Mapping[str, str], noted: AskedTexts) -> None:
        super().__init__(texts)
        self._noted = noted

    @override
    def __getitem__(self, key: str) -> str:
        domain, _, place = key.removeprefix("component.").partition(".")
        if domain == DOMAIN:
            # Who reads a text fills it in, and `format` itself misses what is not given.
            text = self.get(key, "")
            self._noted.ask(place, dict.fromkeys(placeholders(text)))
        return super().__getitem__(key)


def _prefix(manager: FlowManager[Any, Any, Any], flow: Any) -> str | None:
    """Return where the texts of a flow stand, None if it is not one of ours."""
    match manager:
        case ConfigEntriesFlowManager():
            return "config" if flow.handler == DOMAIN else None
        case OptionsFlowManager():
            entry = manager.hass.config_entries.async_get_entry(flow.handler)
            return "options" if entry and entry.domain == DOMAIN else None
    issue = async_get(manager.hass).async_get_issue(
        flow.handler, flow.context.get("issue_id", "")
    )
    if flow.handler != DOMAIN or issue is None:
        return None
    return f"issues.{issue.translation_key}.fix_flow"


def _noting(asked: AskedTexts) -> dict[tuple[type, str], Any]:
    """Return what stands at each door."""
    stepped: Any = FlowManager._async_handle_step
    repaired, failed = IssueRegistry.async_get_or_create, HomeAssistantError.__init__
    cached, said = _TranslationCache.get_cached, Speech.say
    prefixes: dict[str, str | None] = {}

    async def step(self: Any, flow: Any, *others: Any) -> Any:
        # A repair that is done is no issue any more when its flow ends.
        prefix = prefixes.setdefault(flow.flow_id, _prefix(self, flow))
        result = await stepped(self, flow, *others)
        if prefix is not None:
            asked.result(prefix, result)
        return result

    def repair(self: IssueRegistry, domain: str, issue_id: str, **named: Any) -> Any:
        if domain == DOMAIN:
            place = f"issues.{named['translation_key']}"
            values = named.get("translation_placeholders")
            asked.ask(f"{place}.title", values)
            if not named["is_fixable"]:
                asked.ask(f"{place}.description", values)
        return repaired(self, domain, issue_id, **named)

    def fail(self: HomeAssistantError, *others: Any, **named: Any) -> None:
        if named.get("translation_domain") == DOMAIN:
            place = f"exceptions.{named['translation_key']}.message"
            asked.ask(place, named.get("translation_placeholders"))
        failed(self, *others, **named)

    def say(self: Speech, key: str, **named: object) -> str:
        asked.ask(f"voice.{key}", named)
        return said(self, key, **named)

    def get(self: _TranslationCache, *others: Any) -> dict[str, str]:
        return _Read(cached(self, *others), asked)

    return {
        (FlowManager, "_async_handle_step"): step,
        (IssueRegistry, "async_get_or_create"): repair,
        (HomeAssistantError, "__init__"): fail,
        (_TranslationCache, "get_cached"): get,
        (Speech, "say"): say,
    }


@contextmanager
def noting() -> Iterator[AskedTexts]:
    """Note every text that is asked for until the end of the block."""
    asked = AskedTexts()
    with ExitStack() as patches:
        for (owner, name), new in _noting(asked).items():
            patches.enter_context(patch.object(owner, name, new))
        yield asked
