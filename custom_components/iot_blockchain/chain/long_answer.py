"""Reading an answer of many megabytes without holding up everybody else.

Whatever reads JSON keeps all other threads waiting until it is through, the event loop
among them. So a long list is read item by item, with room for others between.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from .rpc import NonsenseError

# An item is looked for in so much text, and in twice as much where it is longer.
_FIRST_LOOK: Final = 16 * 1024
_LONGEST_ITEM: Final = 1024 * 1024
_SPACE = re.compile(r"[ \t\n\r]*+")
_DECODER = json.JSONDecoder()


def items(answer: bytes) -> Iterator[Any]:
    """Read the result of a JSON-RPC answer, which must be a list, item by item.

    Raises:
        NonsenseError: it is none, or holds an item that is longer than a megabyte.
    """
    try:
        reader = _Reader(answer.decode())
    except UnicodeDecodeError:
        raise NonsenseError("not JSON") from None
    reader.require("{")
    while reader.value() != "result":
        reader.require(":")
        reader.value()
        reader.require(",")
    reader.require(":")
    reader.require("[")
    if reader.take("]"):
        return
    yield reader.value()
    while reader.take(","):
        yield reader.value()
    reader.require("]")


class _Reader:
    """Goes through a text, one value after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def take(self, character: str) -> bool:
        """Go on over a character, if it is the next one."""
        self._skip_space()
        if not self._text.startswith(character, self._at):
            return False
        self._at += 1
        return True

    def require(self, character: str) -> None:
        """Go on over a character, which must be the next one."""
        if not self.take(character):
            raise NonsenseError("not the answer that was asked for")

    def value(self) -> Any:  # noqa: ANN401 - JSON
        """Read the next value."""
        self._skip_space()
        size = _FIRST_LOOK
        while True:
            seen = self._text[self._at : self._at + size]
            try:
                value, end = _DECODER.raw_decode(seen)
            except ValueError, RecursionError:
                value, end = None, size
            # A number that reaches to the end may go on.
            if end < len(seen):
                self._at += end
                return value
            if size >= _LONGEST_ITEM or len(seen) < size:
                raise NonsenseError("not JSON, or an item that is too long")
            size *= 2

    def _skip_space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        assert found is not None
        self._at = found.end()
