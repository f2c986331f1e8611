"""Reading the members of a receipt's JSON objects, each of one kind and in range."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from .merkle import HASH_SIZE

LAST_SECOND: Final = 253402300799
"""Of the year 9999, the last that calendars hold."""
_MAX_NUMBER: Final = 2**53 - 1
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_BYTES = re.compile(r"0x(?:[0-9a-f]{2})++", re.ASCII)


class ReceiptError(ValueError):
    """This is not a receipt that this version can read."""


class Members:
    """The members of an object, which has these and no others.

    What is asked for and is something else raises ``ReceiptError``.
    """

    def __init__(self, value: object, what: str, names: Collection[str]) -> None:
        """Take an object; ``what`` is how a message calls it."""
        if not isinstance(value, Mapping):
            raise ReceiptError(f"The {what} is not a JSON object.")
        if missing := set(names) - set(value):
            raise ReceiptError(f"The {what} lacks {', '.join(sorted(missing))}.")
        if set(value) - set(names):
            raise ReceiptError(f"The {what} has members that do not belong there.")
        self._members = value

    def optional[T](self, name: str, read: Callable[[object], T]) -> T | None:
        """Read a member that may be null."""
        value = self._members[name]
        return None if value is None else read(value)

    def objects[T](
        self, name: str, read: Callable[[object], T], most: int, too_many: str
    ) -> list[T]:
        """Read a list of so many at most; ``too_many`` is said of a longer one."""
        value = self._members[name]
        if not isinstance(value, list):
            raise ReceiptError(f"{name!r} in the receipt is not a list.")
        if len(value) > most:
            raise ReceiptError(too_many)
        return [read(item) for item in value]

    def text(self, name: str) -> str:
        """Read a text."""
        value = self._members[name]
        if not isinstance(value, str):
            raise ReceiptError(f"{name!r} in the receipt is not text.")
        return value

    def texts(self, name: str) -> list[str]:
        """Read a list of texts."""
        value = self._members[name]
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise ReceiptError(f"{name!r} in the receipt is not a list of texts.")
        return value

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        """Read a text of a form."""
        text = self.text(name)
        if pattern.fullmatch(text) is None:
            raise ReceiptError(f"{name!r} in the receipt is malformed.")
        return text

    def number(self, name: str, maximum: int = _MAX_NUMBER) -> int:
        """Read an integer from 0."""
        value = self._members[name]
        if type(value) is not int or not 0 <= value <= maximum:
            raise ReceiptError(f"{name!r} in the receipt is not a number in range.")
        return value

    def hash(self, name: str) -> bytes:
        """Read a hash."""
        return _hash(self._members[name])

    def hashes(self, name: str, most: int, too_many: str) -> list[bytes]:
        """Read a list of so many hashes; ``too_many`` is said of a longer one."""
        texts = self.texts(name)
        if len(texts) > most:
            raise ReceiptError(too_many)
        return [_hash(text) for text in texts]


def bytes_of(text: str, most: int) -> bytes:
    """Read bytes, one at least and so many at most."""
    if len(text) > 2 + 2 * most or _BYTES.fullmatch(text) is None:
        raise ReceiptError(
            "Bytes in the receipt are too many, or are not lower-case hexadecimal"
            " digits after 0x."
        )
    return bytes.fromhex(text[2:])


def written(value: bytes) -> str:
    """Write a hash."""
    assert len(value) == HASH_SIZE
    return "0x" + value.hex()


def _hash(value: object) -> bytes:
    if not isinstance(value, str) or _HASH.fullmatch(value) is None:
        raise ReceiptError(
            "A hash in the receipt is not 64 lower-case hexadecimal digits after 0x."
        )
    return bytes.fromhex(value[2:])
