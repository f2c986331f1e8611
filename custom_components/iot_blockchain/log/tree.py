"""Building the roots and proofs of an RFC 9162 tree out of stored subtree roots.

What is stored is the root of every complete subtree of 256**level leaves (level 0:
the leaf hashes), as in the tiles of C2SP tlog-tiles. Every other node is hashed when
it is needed, from at most 255 stored ones, so a proof in a log of any size reads a
few rows at each of a few levels.
"""

from collections.abc import Sequence
from typing import Protocol

from .merkle import fold, node_hash, split_point

LEVEL_HEIGHT = 8
LEVEL_WIDTH = 1 << LEVEL_HEIGHT


class SubtreeReader(Protocol):
    """Where the stored subtree roots are read from."""

    def subtree_roots(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Return the roots numbered ``start`` up to ``stop`` at ``level``."""


class Frontier:
    """The right edge of a growing tree: all that appending needs to remember."""

    def __init__(self, levels: Sequence[Sequence[bytes]] = ()) -> None:
        """Begin with the stored roots that are not yet part of one a level higher.

        ``levels[n]`` holds those of level n, fewer than 256 of them.
        """
        self._levels = [list(level) for level in levels]

    def copy(self) -> Frontier:
        """Return a frontier that can grow without changing this one."""
        return Frontier(self._levels)

    def append(self, leaves: Sequence[bytes]) -> list[tuple[int, list[bytes]]]:
        """Grow by leaf hashes, and return the roots that became complete.

        The roots come as (level, roots in order), for level 1 upwards.
        """
        completed: list[tuple[int, list[bytes]]] = []
        level = 0
        new = list(leaves)
        while new:
            if level == len(self._levels):
                self._levels.append([])
            pending = self._levels[level] + new
            whole = len(pending) - len(pending) % LEVEL_WIDTH
            self._levels[level] = pending[whole:]
            new = [
                _perfect_root(pending[start : start + LEVEL_WIDTH])
                for start in range(0, whole, LEVEL_WIDTH)
            ]
            level += 1
            if new:
                completed.append((level, new))
        return completed

    def root(self) -> bytes:
        """Hash the whole tree."""
        subtrees: list[bytes] = []
        for level in reversed(self._levels):
            start = 0
            for height in reversed(range(LEVEL_HEIGHT)):
                if len(level) & (1 << height):
                    subtrees.append(_perfect_root(level[start : start + (1 << height)]))
                    start += 1 << height
        return fold(subtrees)


def root(reader: SubtreeReader, size: int) -> bytes:
    """Hash the tree as it was at ``size`` leaves."""
    return _range_root(reader, 0, size)


def range_proof(reader: SubtreeReader, first: int, stop: int, size: int) -> list[bytes]:
    """Prove the leaves ``first`` up to ``stop``, for ``merkle.verify_range``.

    For one leaf this is the inclusion proof of RFC 9162, section 2.1.3.1.
    """
    if not 0 <= first < stop <= size:
        raise ValueError(f"entries {first} to {stop - 1} are outside a log of {size}")
    proof: list[bytes] = []

    def visit(low: int, high: int) -> None:
        if high - low == 1:
            return
        middle = low + split_point(high - low)
        if stop <= middle:
            visit(low, middle)
            proof.append(_range_root(reader, middle, high))
        elif first >= middle:
            visit(middle, high)
            proof.append(_range_root(reader, low, middle))
        else:
            visit(low, middle)
            visit(middle, high)

    visit(0, size)
    return proof


def consistency_proof(reader: SubtreeReader, size1: int, size2: int) -> list[bytes]:
    """Prove that the tree at ``size2`` extends that at ``size1``.

    RFC 9162, section 2.1.4.1.
    """
    if not 0 < size1 <= size2:
        raise ValueError(f"there is no proof from {size1} to {size2} entries")
    proof: list[bytes] = []
    low, high = 0, size2
    whole = True  # the first tree is [0, high): its root is known to the verifier
    while size1 != high:
        middle = low + split_point(high - low)
        if size1 <= middle:
            proof.append(_range_root(reader, middle, high))
            high = middle
        else:
            proof.append(_range_root(reader, low, middle))
            low = middle
            whole = False
    if not whole:
        proof.append(_range_root(reader, low, high))
    proof.reverse()
    return proof


def _range_root(reader: SubtreeReader, low: int, high: int) -> bytes:
    """Hash the subtree over leaves [low, high), of which ``low`` is its alignment."""
    subtrees: list[bytes] = []
    while low < high:
        height = (high - low).bit_length() - 1
        subtrees.append(_complete_root(reader, height, low >> height))
        low += 1 << height
    return fold(subtrees)


def _complete_root(reader: SubtreeReader, height: int, number: int) -> bytes:
    level, above = divmod(height, LEVEL_HEIGHT)
    return _perfect_root(
        reader.subtree_roots(level, number << above, (number + 1) << above)
    )


def _perfect_root(roots: Sequence[bytes]) -> bytes:
    """Hash a power of two of sibling roots into the root above them all."""
    while len(roots) > 1:
        roots = [node_hash(roots[n], roots[n + 1]) for n in range(0, len(roots), 2)]
    return roots[0]
