"""Reading what an endpoint answers: types, lengths and ranges, or nothing at all.

The forms are those of the Ethereum JSON-RPC API: quantities and data are texts of
hexadecimal digits after 0x.
"""

import re
from collections.abc import Mapping
from typing import Any

from ..log.members import LAST_SECOND
from .rpc import NonsenseError

MAX_NUMBER = 2**63 - 1
"""What SQLite can hold: in wei, nine of the chain's coins."""

MAX_AMOUNT = 2**256 - 1
"""What the chain can hold."""

_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}", re.ASCII)
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*+", re.ASCII)


def quantity(value: object, most: int = MAX_NUMBER) -> int:
    """Read a number.

    Raises:
        NonsenseError: here and below, it is something else, or out of range.
    """
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise NonsenseError("not a number")
    if (number := int(value, 16)) > most:
        raise NonsenseError("a number out of range")
    return number


def time(value: object) -> int:
    """Read seconds since 1970, up to the last that calendars hold."""
    return quantity(value, LAST_SECOND)


def data(value: object, size: int | None = None) -> bytes:
    """Read bytes, ``size`` of them where it is given."""
    if not isinstance(value, str) or not _DATA.fullmatch(value):
        raise NonsenseError("not bytes")
    found = bytes.fromhex(value.removeprefix("0x"))
    if size is not None and len(found) != size:
        raise NonsenseError(f"{len(found)} bytes instead of {size}")
    return found


def word(value: object) -> bytes:
    """Read a hash, or whatever else has 32 bytes."""
    return data(value, 32)


def members(value: object) -> Mapping[str, Any]:
    """Read an object."""
    if not isinstance(value, dict):
        raise NonsenseError("not an object")
    return value


def items(value: object, most: int | None = None) -> list[Any]:
    """Read a list, of at most so many items where that is given."""
    if not isinstance(value, list):
        raise NonsenseError("not a list")
    if most is not None and len(value) > most:
        raise NonsenseError(f"{len(value)} items instead of {most} at most")
    return value
