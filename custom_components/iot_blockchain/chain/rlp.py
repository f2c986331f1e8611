"""RLP, in which Ethereum writes headers and receipts (Yellow Paper, appendix B).

An item is bytes, or a list of items. There is exactly one way to write it, and every
other one is refused.
"""

from collections.abc import Sequence
from typing import Final

type Item = bytes | Sequence[Item]

_TEXT, _LIST = 0x80, 0xC0
# Up to so many bytes, the length stands in the first byte.
_SHORT: Final = 55
# A receipt is a list of events, each a list with a list of topics.
_MAX_DEPTH: Final = 4


class RlpError(ValueError):
    """The bytes are not an item, or not as it is written."""


def encode(item: Item) -> bytes:
    """Write an item."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < _TEXT:
            return item
        return _head(len(item), _TEXT) + item
    content = b"".join(map(encode, item))
    return _head(len(content), _LIST) + content


def encode_number(number: int) -> bytes:
    """Return a number as the bytes of an item: big-endian, with no zeros in front."""
    return number.to_bytes((number.bit_length() + 7) // 8)


def decode(data: bytes) -> Item:
    """Read bytes that hold one item and nothing more.

    Raises:
        RlpError: here and below, they hold something else.
    """
    item, end = _decode(data, 0, len(data), 0)
    if end != len(data):
        raise RlpError("more follows after its end")
    return item


def as_bytes(item: Item, size: int | None = None) -> bytes:
    """Take an item that must be bytes, ``size`` of them where it is given."""
    if not isinstance(item, bytes) or (size is not None and len(item) != size):
        raise RlpError("an item of another kind or length")
    return item


def as_list(item: Item, least: int, most: int) -> Sequence[Item]:
    """Take an item that must be a list of so many items."""
    if isinstance(item, bytes) or not least <= len(item) <= most:
        raise RlpError("an item of another kind, or a list of another length")
    return item


def as_number(item: Item, most: int) -> int:
    """Take an item that must be a number."""
    data = as_bytes(item)
    if data[:1] == b"\0" or int.from_bytes(data) > most:
        raise RlpError("a number out of range, or with zeros in front")
    return int.from_bytes(data)


def _head(length: int, kind: int) -> bytes:
    if length <= _SHORT:
        return bytes([kind + length])
    written = encode_number(length)
    return bytes([kind + _SHORT + len(written)]) + written


def _decode(data: bytes, at: int, end: int, depth: int) -> tuple[Item, int]:
    """Read the item at a place, which ends by ``end``; return it and where it ends."""
    if at >= end:
        raise RlpError("it ends too early")
    first = data[at]
    if first < _TEXT:
        return data[at : at + 1], at + 1
    kind = _LIST if first >= _LIST else _TEXT
    start, stop = _bounds(data, at + 1, end, first - kind)
    if kind == _TEXT:
        if stop - start == 1 and data[start] < _TEXT:
            raise RlpError("a byte that stands for itself has a length before it")
        return data[start:stop], stop
    if depth == _MAX_DEPTH:
        raise RlpError("it is nested too deeply")
    items = []
    while start < stop:
        item, start = _decode(data, start, stop, depth + 1)
        items.append(item)
    return items, stop


def _bounds(data: bytes, at: int, end: int, length: int) -> tuple[int, int]:
    """Return where the content begins and ends, by a length or the length of one."""
    if length > _SHORT:
        start = at + length - _SHORT
        written = data[at : min(start, end)]
        length = int.from_bytes(written)
        if written[:1] == b"\0" or length <= _SHORT:
            raise RlpError("a length is written in a longer way than it needs")
        at = start
    if at + length > end:
        raise RlpError("it ends too early")
    return at, at + length
