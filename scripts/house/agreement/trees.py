"""Trees to make proofs of, and the proofs: by the definitions of RFC 9162 alone."""

import random
from functools import lru_cache
from hashlib import sha256
from typing import Protocol


class Tree(Protocol):
    """Hashes of a tree, by the definition of RFC 9162, section 2.1.1."""

    def root(self, low: int, high: int) -> bytes:
        """Hash the leaves from ``low`` up to ``high``."""


class DifferentLeaves:
    """A tree of some hundred leaves, no two alike."""

    def __init__(self, chance: random.Random, size: int) -> None:
        """Make the leaves."""
        self.size = size
        self._leaves = [chance.randbytes(32) for _ in range(size)]
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, low: int, high: int) -> bytes:
        """Hash the leaves from ``low`` up to ``high``."""
        if high - low == 1:
            return self._leaves[low]
        if (low, high) not in self._known:
            middle = low + _split(high - low)
            self._known[low, high] = node(
                self.root(low, middle), self.root(middle, high)
            )
        return self._known[low, high]


class EqualLeaves:
    """A tree of any size, up to the largest: its leaves are all the same."""

    def __init__(self, chance: random.Random) -> None:
        """Make the leaf."""
        leaf = chance.randbytes(32)

        @lru_cache(maxsize=100_000)
        def root(size: int) -> bytes:
            if size == 1:
                return leaf
            left = _split(size)
            return node(root(left), root(size - left))

        self._root = root

    def root(self, low: int, high: int) -> bytes:
        """Hash the leaves from ``low`` up to ``high``."""
        return self._root(high - low)


def node(left: bytes, right: bytes) -> bytes:
    """Hash an inner node. RFC 9162, section 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


def inclusion(tree: Tree, index: int, size: int) -> list[bytes]:
    """Prove that a leaf is in a tree. RFC 9162, section 2.1.3.1."""
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(tree.root(middle, high))
            high = middle
        else:
            proof.append(tree.root(low, middle))
            low = middle
    return proof[::-1]


def consistency(tree: Tree, size1: int, size2: int) -> list[bytes]:
    """Prove that a tree begins with a smaller one. RFC 9162, section 2.1.4.1."""
    proof: list[bytes] = []
    low, high = 0, size2
    while high != size1:
        middle = low + _split(high - low)
        if size1 <= middle:
            proof.append(tree.root(middle, high))
            high = middle
        else:
            proof.append(tree.root(low, middle))
            low = middle
    if low:
        proof.append(tree.root(low, high))
    return proof[::-1]
