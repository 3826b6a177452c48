"""What is seen of each entity from how its platform describes it."""

import ast
from collections.abc import Callable

from .bronze import TEXTS
from .silver import PLATFORMS
from .tree import INTEGRATION, Tree, keywords, name_of

ICONS = f"{INTEGRATION}/icons.json"

# What a person wants on a dashboard and in automations; all else is diagnostic.
MAIN = {
    "activity",
    "arming_state",
    "last_panel_sync",
    "last_user_sync",
    "open_zones",
    "pending_user_changes",
    "ready",
    "status_mismatch",
    "sync",
    "sync_panel",
    "sync_panel_all",
    "sync_status",
    "sync_users",
    "sync_users_all",
}
# No device class of Home Assistant says what these say.
NO_CLASS = {"ready", "programming"}
OFF_AT_FIRST = {"keypad_text", "sync_progress"}

type Description = dict[str, ast.expr]


def descriptions(tree: Tree, platform: str) -> dict[str, Description]:
    """Return how a platform describes its entities; a key in two tables has both."""
    found: dict[str, Description] = {}
    for node in ast.walk(tree.code(f"{INTEGRATION}/{platform}.py")):
        if isinstance(node, ast.Call) and name_of(node.func).endswith("Description"):
            given = keywords(node)
            key = ast.literal_eval(given["key"])
            where = found[key] = found.get(key, {})
            # What one of the two lacks, none of them has.
            for word in set(where) - set(given) if where else ():
                del where[word]
            where.update(given)
    return found


def each_entity(
    tree: Tree, holds: Callable[[str, str, Description], bool], *platforms: str
) -> bool:
    """Tell whether something holds for each entity of these platforms, or of all."""
    return all(
        (found := descriptions(tree, platform))
        and all(holds(platform, key, given) for key, given in found.items())
        for platform in platforms or PLATFORMS
    )


def has_category(platform: str, key: str, given: Description) -> bool:
    """Tell whether an entity has the category it should have."""
    category = given.get("entity_category")
    if key in MAIN:
        return category is None
    return category is not None and ast.unparse(category) == "EntityCategory.DIAGNOSTIC"


def has_device_class(platform: str, key: str, given: Description) -> bool:
    """Tell whether an entity has the device class it can have."""
    told = name_of(given["device_class"]) if "device_class" in given else ""
    if platform == "binary_sensor":
        return bool(told) != (key in NO_CLASS)
    if key.startswith("last_"):
        return told == "TIMESTAMP"
    return (told == "ENUM") == ("options" in given)


def has_right_default(platform: str, key: str, given: Description) -> bool:
    """Tell whether an entity is off at first where it is noisy or for experts."""
    default = given.get("entity_registry_enabled_default")
    return (default is not None and ast.unparse(default) == "False") == (
        key in OFF_AT_FIRST
    )


def names_are_translated(tree: Tree) -> bool:
    """Tell whether each entity has a translation key that has a name."""
    names = tree.data(TEXTS).get("entity", {})

    def holds(platform: str, key: str, given: Description) -> bool:
        if "translation_key" not in given or "name" in given:
            return False
        known = names.get(platform, {}).get(ast.literal_eval(given["translation_key"]))
        return bool(known and known.get("name"))

    return each_entity(tree, holds)


def icons_are_translated(tree: Tree) -> bool:
    """Tell whether each name of an entity has an icon, and none is fixed in code."""
    names, icons = (
        tree.data(TEXTS).get("entity", {}),
        tree.data(ICONS).get("entity", {}),
    )
    fixed = [
        path
        for path, module in tree.own_modules()
        for node in ast.walk(module)
        if (isinstance(node, ast.keyword) and node.arg == "icon")
        or (isinstance(node, ast.expr) and name_of(node) == "_attr_icon")
    ]
    return (
        not fixed
        and bool(names)
        and all(
            icons.get(platform, {}).get(key, {}).get("default")
            for platform, keys in names.items()
            for key in keys
        )
    )
