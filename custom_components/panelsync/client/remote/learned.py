"""What a learned route is: the one check that each must pass.

A route that was learned from a recording passes `validate` wherever it comes from: when it
is built, when it is read back from a store, and each time a request is written. What
the check does not let through cannot be sent.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Final

from ..models import Certainty
from .learned_rules import (
    DATE_FORMATS,
    FIELDS,
    LEARNED,
    NotLearned,
    forbidden_word,
    leaves,
    status_only,
    validate_constant,
    validate_method,
    validate_path,
    validate_steps,
)
from .route import (
    FIELD_IN_PATH,
    PATH_KINDS,
    SECRET_KINDS,
    Host,
    Kind,
    Purpose,
    Route,
    Shape,
    Slot,
    Template,
    Tree,
)
from .routes import LONG

MOST_FIELDS: Final = 60
DEEPEST: Final = 6

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")
_INDEXED: Final = re.compile(
    r"[A-Za-z_]\w{0,59}(?:\.\w{1,60}|\[\w{0,40}\]){0,6}", re.ASCII
)
_KEY: Final = re.compile(r"[a-z_]+\.learned_[0-9a-f]{1,16}")


def validate(route: Route) -> Route:
    """Return a learned route that may be sent; raises NotLearned for any other."""
    template = route.template
    if (
        template is None
        or route.certainty is not Certainty.LEARNED
        or route.host is not Host.SERVICE
        or route.purpose not in LEARNED
        or route.constants
        or route.operation
        or not _KEY.fullmatch(route.key)
        or (route.shape is Shape.GET) is not (template.body is None)
        or route.shape not in (Shape.GET, Shape.FORM, Shape.JSON)
        or (route.method == "GET" and template.body is not None)
    ):
        raise NotLearned("shape")
    validate_method(route.purpose, route.method)
    validate_path(route.purpose, route.method, route.path)
    if not _is_flat(template.query):
        raise NotLearned("shape")
    _validate_tree(route.purpose, template.query, in_address=True)
    if template.body is not None:
        if route.shape is Shape.FORM and not _is_flat(template.body):
            raise NotLearned("shape")
        _validate_tree(route.purpose, template.body, in_address=False)
    _validate_carried(route, template)
    _validate_flags(route, template)
    return route


def _validate_carried(route: Route, template: Template) -> None:
    """Look at what goes into a request: nothing unknown, and what says what it is about."""
    in_path = set(FIELD_IN_PATH.findall(route.path))
    in_template = {slot.field for slot in slots(template)}
    carried = in_path | in_template
    if (
        not in_path <= PATH_KINDS.keys()
        or not carried <= LEARNED[route.purpose]
        or dict(route.fields) != {name: FIELDS[name] for name in in_template}
    ):
        raise NotLearned("shape")
    if route.purpose is Purpose.JOB_STATUS:
        if "job" not in carried:
            raise NotLearned("no_job")
    elif not carried & {"location", "device"}:
        raise NotLearned("no_place")


def _is_flat(body: Tree) -> bool:
    return isinstance(body, Mapping) and not any(
        isinstance(value, Mapping | tuple) for value in body.values()
    )


def slots(template: Template) -> Iterator[Slot]:
    """Yield every slot of a template."""
    for part in (template.query, template.body):
        if part is not None:
            for _, leaf in leaves(part):
                if isinstance(leaf, Slot):
                    yield leaf


def _validate_tree(
    purpose: Purpose, tree: Tree, *, in_address: bool, name: str = "", depth: int = 0
) -> None:
    """Look at every name and every leaf; raises NotLearned."""
    if depth > DEEPEST:
        raise NotLearned("too_deep")
    if isinstance(tree, Mapping | tuple) and len(tree) > MOST_FIELDS:
        raise NotLearned("too_many_fields")
    if not _wraps(tree):
        _validate_leaf(purpose, name, tree, in_address=in_address)
    elif isinstance(tree, Mapping):
        for inner_name, inner in tree.items():
            if not (_NAME.fullmatch(inner_name) or _INDEXED.fullmatch(inner_name)):
                raise NotLearned("field", inner_name)
            if _wraps(inner) and (word := forbidden_word(inner_name)):
                raise NotLearned("forbidden_word", word)
            _validate_tree(
                purpose, inner, in_address=in_address, name=inner_name, depth=depth + 1
            )
    elif isinstance(tree, tuple):
        for inner in tree:
            _validate_tree(
                purpose, inner, in_address=in_address, name=name, depth=depth + 1
            )


def _wraps(value: Tree) -> bool:
    """Return whether a value holds named fields or slots, and is no plain list."""
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, tuple) and any(
        isinstance(inner, Mapping | tuple | Slot) for inner in value
    )


def _validate_leaf(
    purpose: Purpose, name: str, leaf: Tree, *, in_address: bool
) -> None:
    if not isinstance(leaf, Slot):
        validate_constant(name, leaf)
        return
    if leaf.field not in LEARNED[purpose]:
        raise NotLearned("field", name)
    if in_address and FIELDS[leaf.field] in SECRET_KINDS:
        raise NotLearned("secret_in_address", name)
    forms = {"", "text"}
    if FIELDS[leaf.field] is Kind.MOMENT:
        forms = set(DATE_FORMATS)
    elif FIELDS[leaf.field] is Kind.CODE:
        forms = {"", "blank", "number"}
    elif FIELDS[leaf.field] is Kind.WORD:
        forms = {"", "number"}
    if leaf.form not in forms:
        raise NotLearned("field", name)


def _validate_flags(route: Route, template: Template) -> None:
    """`StatusOnly` says what the purpose demands: a poll must not start anything."""
    parts: tuple[Tree, ...] = (template.query, template.body)
    said = status_only(part for part in parts if part is not None)
    if route.purpose is Purpose.START_USERS:
        if said is True:
            raise NotLearned("only_reads")
    elif route.purpose is Purpose.USER_SYNC_STEPS:
        if said is False or (said is None and route.method != "GET"):
            raise NotLearned("status_only")
        if route.method == "GET":
            validate_steps(route.path)
    elif said is not None:
        raise NotLearned("status_only")


def route_of(
    purpose: Purpose,
    method: str,
    path: str,
    template: Template,
    shape: Shape,
    mark: str,
) -> Route:
    """Make a learned route; `mark` tells this lesson from an earlier one.

    Raises NotLearned.
    """
    try:
        return validate(
            Route(
                f"{purpose.value}.learned_{mark}",
                purpose,
                shape,
                path,
                Certainty.LEARNED,
                fields={s.field: FIELDS[s.field] for s in slots(template)},
                deadline=LONG,
                verb=method,
                template=template,
            )
        )
    except (KeyError, TypeError) as error:
        raise NotLearned("shape") from error
