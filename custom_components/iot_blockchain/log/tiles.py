"""Tiles: the tree of a log in pieces that are written once (C2SP tlog-tiles)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .tree import LEVEL_WIDTH, Frontier

ENTRIES = "entries"
"""What stands in place of a level in the path of a bundle of entries."""

_LENGTH_BYTES = 2
MAX_ENTRY_BYTES = (1 << 8 * _LENGTH_BYTES) - 1


def path(level: int | str, number: int, width: int = LEVEL_WIDTH) -> str:
    """Name a tile, or a bundle of entries. C2SP tlog-tiles, "Merkle Tree".

    ``width`` is how many hashes, or entries, it holds.
    """
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *groups, last = (digits[start : start + 3] for start in range(0, len(digits), 3))
    folders = "".join(f"x{group}/" for group in groups)
    partial = "" if width == LEVEL_WIDTH else f".p/{width}"
    return f"tile/{level}/{folders}{last}{partial}"


def bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries, each behind its length. C2SP tlog-tiles, "Log entries".

    They must not be longer than ``MAX_ENTRY_BYTES``.
    """
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries)


@dataclass(slots=True)
class _Level:
    """The hashes of one level that make no whole tile yet."""

    number: int = 0
    hashes: list[bytes] = field(default_factory=list)


class Tiles:
    """The tiles of a growing tree. A few hundred hashes are all that it remembers."""

    def __init__(self) -> None:
        """Begin with an empty tree."""
        self._frontier = Frontier()
        self._levels: list[_Level] = []

    def append(self, leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
        """Grow by leaf hashes, and return the paths and bytes of tiles now whole."""
        for number, hashes in [(0, leaves), *self._frontier.append(leaves)]:
            if number == len(self._levels):
                self._levels.append(_Level())
            level = self._levels[number]
            level.hashes += hashes
            while len(level.hashes) >= LEVEL_WIDTH:
                tile = level.hashes[:LEVEL_WIDTH]
                del level.hashes[:LEVEL_WIDTH]
                yield path(number, level.number), b"".join(tile)
                level.number += 1

    def partial(self) -> Iterator[tuple[str, bytes]]:
        """Return the tiles at the right edge. C2SP tlog-tiles, "Partial Tiles"."""
        for number, level in enumerate(self._levels):
            if level.hashes:
                hashes = b"".join(level.hashes)
                yield path(number, level.number, len(level.hashes)), hashes

    def root(self) -> bytes:
        """Hash the whole tree."""
        return self._frontier.root()
