"""RFC 9162 word for word, slow and simple: what the log's tree is compared with.

Nothing here is taken from the code under test.
"""

from collections.abc import Sequence
from hashlib import sha256


def k_of(size: int) -> int:
    """Find the largest power of two smaller than ``size`` by trying."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def hash_leaf(entry: bytes) -> bytes:
    """Section 2.1.1: HASH(0x00 || d[0])."""
    return sha256(bytes([0]) + entry).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Section 2.1.1: HASH(0x01 || left || right)."""
    return sha256(bytes([1]) + left + right).digest()


def mth(leaves: Sequence[bytes]) -> bytes:
    """Section 2.1.1: MTH(D[n]), over leaf hashes."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = k_of(len(leaves))
    return hash_children(mth(leaves[:k]), mth(leaves[k:]))


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.3.1: PATH(m, D[n])."""
    if len(leaves) == 1:
        return []
    k = k_of(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.4.1: PROOF(m, D[n])."""
    return subproof(m, leaves, complete=True)


def subproof(m: int, leaves: Sequence[bytes], *, complete: bool) -> list[bytes]:
    """Section 2.1.4.1: SUBPROOF(m, D[n], b)."""
    if m == len(leaves):
        return [] if complete else [mth(leaves)]
    k = k_of(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], complete=complete), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], complete=False), mth(leaves[:k])]


def range_path(first: int, stop: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Prove a range, as docs/formats.md says it."""
    if len(leaves) == 1:
        return []
    k = k_of(len(leaves))
    if stop <= k:
        return [*range_path(first, stop, leaves[:k]), mth(leaves[k:])]
    if first >= k:
        return [*range_path(first - k, stop - k, leaves[k:]), mth(leaves[:k])]
    return [
        *range_path(first, k, leaves[:k]),
        *range_path(0, stop - k, leaves[k:]),
    ]
