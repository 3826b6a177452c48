"""Reading values back that were stored: exactly what was written, or an error.

What lies on a disk may be damaged or somebody else's, and a wrong type would hurt only
later, far from where it came in. Everything here raises TypeError or ValueError.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any


def _exactly[T](kind: type[T], value: Any) -> T:
    # A bool is an int to `isinstance`.
    if type(value) is not kind:
        raise TypeError(f"Stored {type(value).__name__} instead of {kind.__name__}")
    return value


def read_optional[T](read: Callable[[Any], T], value: Any) -> T | None:
    """Read a value that may be missing."""
    return None if value is None else read(value)


read_text = partial(_exactly, str)
read_integer = partial(_exactly, int)
read_flag = partial(_exactly, bool)


def read_time(value: Any) -> datetime:
    """Read a time with its time zone."""
    read = datetime.fromisoformat(value)
    if read.tzinfo is None:
        raise ValueError("The stored time has no time zone")
    return read
