"""RFC 8785 (JSON Canonicalization Scheme), for the values that entries are made of.

Entries hold strings, integers, booleans, null and objects of them. Without floats,
what RFC 8785 asks for beyond ordinary JSON is the order of the members (UTF-16 code
units), no white space, and one way to escape a string.
"""

from collections.abc import Mapping
from typing import cast

import orjson

type Value = str | int | bool | Mapping[str, Value] | None
"""What an entry may hold; no floats, no arrays."""

_MAX_INTEGER = 2**53 - 1


class CanonicalError(ValueError):
    """The bytes or the value are not what an entry may hold."""


def encode(value: Value) -> bytes:
    """Serialise a value.

    Raises:
        CanonicalError: it holds a float, an array, an integer beyond 2**53 - 1 or a
            string that is not Unicode (a lone surrogate), or is nested too deeply.
    """
    try:
        return orjson.dumps(_ordered(value), option=orjson.OPT_STRICT_INTEGER)
    except (orjson.JSONEncodeError, RecursionError) as err:
        raise CanonicalError(str(err)) from err


def decode(data: bytes) -> Value:
    """Parse bytes, which must be exactly what ``encode`` makes of their meaning.

    Requiring the canonical form refuses duplicate members, floats, and any second
    way to write the same entry.

    Raises:
        CanonicalError: they are not canonical JSON.
    """
    try:
        value = cast("Value", orjson.loads(data))
    except orjson.JSONDecodeError as err:
        raise CanonicalError(f"not JSON: {err}") from err
    if encode(value) != data:
        raise CanonicalError("the JSON is not in canonical form (RFC 8785)")
    return value


def _ordered(value: object) -> Value:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            raise CanonicalError(f"the integer {value} is too large")
        return value
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16_units)}
    raise CanonicalError(f"a {type(value).__name__} cannot stand in an entry")


def _utf16_units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")
