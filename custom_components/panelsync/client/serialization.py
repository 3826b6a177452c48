"""Dataclasses as values of JSON, and back: exactly what was written, or an error.

What lies on a disk may be damaged or somebody else's, and a wrong type would hurt only
later, far from where it came in. So nothing is converted that does not fit.
"""

from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeAliasType, Union, get_args, get_origin, get_type_hints


def as_json(value: Any) -> dict[str, Any]:
    """Return a dataclass as values of JSON, times as ISO texts."""
    return {name: _plain(inner) for name, inner in asdict(value).items()}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case tuple():
            return [_plain(inner) for inner in value]
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case _:
            return value


def from_json[T](kind: type[T], stored: Any) -> T:
    """Read what `as_json` returned of a dataclass, or a time of it.

    Raises KeyError, TypeError or ValueError where anything is missing or damaged.
    """
    loaded: T = _read(kind, stored)
    return loaded


def from_json_or_none[T](kind: type[T], stored: Any) -> T | None:
    """Read what `as_json` returned; None where anything is missing or damaged."""
    try:
        return from_json(kind, stored)
    except KeyError, TypeError, ValueError:
        return None


def _read(kind: Any, stored: Any) -> Any:
    if isinstance(kind, TypeAliasType):
        return _read(kind.__value__, stored)
    if (origin := get_origin(kind)) is not None:
        return _read_generic(origin, get_args(kind), stored)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(
            **{name: _read(hint, stored[name]) for name, hint in _hints(kind).items()}
        )
    if issubclass(kind, Enum):
        return kind(stored)
    if issubclass(kind, datetime):
        return _read_time(stored)
    return _exactly(kind, stored)


def _read_generic(origin: Any, kinds: tuple[Any, ...], stored: Any) -> Any:
    """Read a value that may be missing, a dictionary or a tuple."""
    if origin is Union:
        return None if stored is None else _read(kinds[0], stored)
    if origin is dict:
        return {
            _read(kinds[0], key): _read(kinds[1], inner)
            for key, inner in _exactly(dict, stored).items()
        }
    # A tuple, which JSON writes as a list.
    if not isinstance(stored, list | tuple):
        raise TypeError(f"Stored {type(stored).__name__} instead of a list")
    if kinds[-1] is ...:
        return tuple(_read(kinds[0], item) for item in stored)
    return tuple(_read(kind, item) for kind, item in zip(kinds, stored, strict=True))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _exactly(kind: type[Any], stored: Any) -> Any:
    # A bool is an int to `isinstance`.
    if type(stored) is not kind:
        raise TypeError(f"Stored {type(stored).__name__} instead of {kind.__name__}")
    return stored


def _read_time(stored: Any) -> datetime:
    read = datetime.fromisoformat(stored)
    if read.tzinfo is None:
        raise ValueError("The stored time has no time zone")
    return read
