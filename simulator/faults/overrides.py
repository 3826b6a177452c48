"""Any field of any answer replaced by any JSON text, valid or not, or taken out. No part of the real service.

A field is a path of names without regard to case: `SessionDetailsResult.Locations[0].LocationName`, `Events[*].Event`,
`**.ZoneStatus` for that name at any depth; the empty path is the whole answer. A name that is not there is added.
In XML the text is the raw content of the element.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
import json
import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import ParseError, fromstring

from simulator.faults.selecting import Selection
from simulator.service.reply import Reply

type Step = str | int

_STEP = re.compile(r"([^.\[\]]+)|\[(\*|-?\d+)\]")
_MARK = "\ue000{}\ue001"
ANY_DEPTH, EACH = "**", "*"


@dataclass(slots=True, kw_only=True)
class Override(Selection):
    """Fields and the JSON texts that stand in their place; None takes a field out.

    Raises ValueError for a path that is none.
    """

    fields: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could never happen."""
        Selection.__post_init__(self)
        for path in self.fields:
            steps(path)


def steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path. Raises ValueError if it is none."""
    found: list[Step] = []
    place = 0
    while place < len(path):
        if path[place] == "." and place and path[place - 1] != ".":
            place += 1
        match = _STEP.match(path, place)
        if match is None:
            raise ValueError(
                f"{path!r} is no path of a field; see simulator/faults/overrides.py"
            )
        name, index = match.groups()
        found.append(name or (EACH if index == "*" else int(index)))
        place = match.end()
    return tuple(found)


def applied(reply: Reply, overrides: list[Override]) -> Reply:
    """Return the answer with the fields of these overrides in it."""
    texts: list[str] = []
    for override in overrides:
        for path, text in override.fields.items():
            mark = None if text is None else _MARK.format(len(texts))
            if text is not None:
                texts.append(text)
            reply = _marked(reply, steps(path), mark)
    body = reply.body
    for number, text in enumerate(texts):
        mark, raw = _MARK.format(number), text.encode("utf-8", "surrogatepass")
        body = body.replace(json.dumps(mark).encode(), raw)
        body = body.replace(mark.encode(), raw)
    return replace(reply, body=body) if body != reply.body else reply


def _marked(reply: Reply, path: tuple[Step, ...], mark: str | None) -> Reply:
    if "xml" in reply.content_type:
        return _marked_xml(reply, path, mark)
    if reply.payload is None and path:
        return reply
    payload = _put(reply.payload, path, mark)
    return replace(reply, body=json.dumps(payload).encode(), payload=payload)


def _put(value: Any, path: tuple[Step, ...], mark: str | None) -> Any:
    """Return a value with the mark at a path; the value itself stays as it is."""
    if not path:
        return mark
    step, rest = path[0], path[1:]
    if step == ANY_DEPTH:
        return _put_anywhere(value, rest, mark)
    if isinstance(value, list):
        chosen = set(_places(step, len(value)))
        kept = (
            (index, item)
            for index, item in enumerate(value)
            if index not in chosen or rest or mark is not None
        )
        return [
            _put(item, rest, mark) if index in chosen else item for index, item in kept
        ]
    if not isinstance(value, dict) or isinstance(step, int):
        return value
    wanted = step.lower()
    names = [name for name in value if step == EACH or str(name).lower() == wanted] or (
        [] if step == EACH or mark is None else [step]
    )
    changed = dict(value)
    for name in names:
        if not rest and mark is None:
            del changed[name]
        else:
            changed[name] = _put(changed.get(name, {}), rest, mark)
    return changed


def _put_anywhere(value: Any, path: tuple[Step, ...], mark: str | None) -> Any:
    if isinstance(value, list):
        return [_put_anywhere(item, path, mark) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _put_anywhere(item, path, mark) for name, item in value.items()}
    first = path[0] if path else None
    here = any(str(name).lower() == str(first).lower() for name in inner)
    return _put(inner, path, mark) if here else inner


def _places(step: Step, length: int) -> Iterator[int]:
    """Yield the places of a list that a step names."""
    if step == EACH:
        yield from range(length)
    elif isinstance(step, int) and -length <= step < length:
        yield step % length


def _marked_xml(reply: Reply, path: tuple[Step, ...], mark: str | None) -> Reply:
    try:
        root = fromstring(reply.body)
    except ParseError, ValueError:
        return reply
    result = root
    while _local(result) in ("envelope", "body") or _local(result).endswith("response"):
        result = result[0]
    _put_xml(result, path, mark)
    text = tostring(root, encoding="unicode")
    return replace(
        reply, body=f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()
    )


def _put_xml(element: Element, path: tuple[Step, ...], mark: str | None) -> None:
    if not path:
        element.clear()
        element.text = mark
        return
    step, rest = path[0], path[1:]
    if step == ANY_DEPTH:
        found = [
            child
            for parent in element.iter()
            for child in parent
            if rest and _local(child) == str(rest[0]).lower()
        ]
        for child in found:
            _put_xml(child, rest[1:], mark)
        return
    children = list(element)
    if isinstance(step, int) or step == EACH:
        chosen = [children[index] for index in _places(step, len(children))]
    else:
        chosen = [child for child in children if _local(child) == step.lower()]
        if not chosen and mark is not None:
            namespace = element.tag.rpartition("}")[0]
            tag = f"{namespace}}}{step}" if namespace else step
            chosen = [SubElement(element, tag)]
    for child in chosen:
        if not rest and mark is None:
            element.remove(child)
        else:
            _put_xml(child, rest, mark)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()
