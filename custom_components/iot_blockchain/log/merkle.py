"""The Merkle tree of RFC 9162: hashes, and the verification of proofs.

This module stands alone (only the standard library), so that anybody can read it
in one sitting and run it anywhere. Building proofs is the work of ``tree``.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

HASH_SIZE = 32


class ProofError(ValueError):
    """The proof does not prove what it claims."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry: SHA-256(0x00 ‖ entry). RFC 9162, section 2.1.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an interior node: SHA-256(0x01 ‖ left ‖ right). RFC 9162, section 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Hash a whole tree, given the hashes of its leaves. RFC 9162, section 2.1.2.

    Raises:
        ProofError: a leaf hash is not 32 bytes long.
    """
    stack: list[bytes] = []
    for count, leaf in enumerate(leaf_hashes):
        _require_hashes((leaf,))
        stack.append(leaf)
        # Each trailing one bit of the old count is a complete subtree to merge with.
        bits = count
        while bits & 1:
            right = stack.pop()
            stack[-1] = node_hash(stack[-1], right)
            bits >>= 1
    return fold(stack)


def fold(subtree_roots: Sequence[bytes]) -> bytes:
    """Hash the complete subtrees that make up a tree, largest first, into its root."""
    if not subtree_roots:
        return sha256(b"").digest()
    root = subtree_roots[-1]
    for left in reversed(subtree_roots[:-1]):
        root = node_hash(left, root)
    return root


def split_point(size: int) -> int:
    """Return the largest power of two smaller than ``size``, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf stands at ``index`` in the tree of ``size`` leaves.

    RFC 9162, section 2.1.3.2.

    Raises:
        ProofError: it is not shown. Wrong hash lengths, an index out of range, an
            empty tree, and missing or superfluous elements are all refused.
    """
    if not 0 <= index < size:
        raise ProofError(f"index {index} is outside a tree of {size} leaves")
    _require_hashes((leaf_hash, root))
    _require_hashes(proof)
    fn, sn = index, size - 1
    computed = leaf_hash
    for element in proof:
        if sn == 0:
            raise ProofError("the inclusion proof is longer than the tree is high")
        if fn & 1 or fn == sn:
            computed = node_hash(element, computed)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            computed = node_hash(computed, element)
        fn >>= 1
        sn >>= 1
    if sn != 0:
        raise ProofError("the inclusion proof is too short")
    if computed != root:
        raise ProofError("the inclusion proof leads to another root")


def verify_consistency(  # noqa: C901 - the RFC's algorithm, step by step
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes
) -> None:
    """Check that the tree of ``size2`` leaves begins with the tree of ``size1``.

    RFC 9162, section 2.1.4.2.

    Raises:
        ProofError: it is not shown. An empty first tree proves nothing and is
            refused, as are wrong hash lengths and missing or superfluous elements.
    """
    if not 0 < size1 <= size2:
        raise ProofError(f"a tree of {size2} leaves cannot extend one of {size1}")
    _require_hashes((root1, root2))
    _require_hashes(proof)
    if size1 == size2:
        if proof or root1 != root2:
            raise ProofError("two trees of the same size are not the same tree")
        return
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    elements = iter(proof)
    # A first tree that is complete is itself the first element of the path.
    fr = sr = root1 if fn == 0 else _next(elements)
    for element in elements:
        if sn == 0:
            raise ProofError("the consistency proof is longer than the tree is high")
        if fn & 1 or fn == sn:
            fr = node_hash(element, fr)
            sr = node_hash(element, sr)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, element)
        fn >>= 1
        sn >>= 1
    if sn != 0:
        raise ProofError("the consistency proof is too short")
    if fr != root1:
        raise ProofError("the consistency proof does not contain the first tree")
    if sr != root2:
        raise ProofError("the consistency proof does not lead to the second tree")


def verify_range(
    leaf_hashes: Sequence[bytes],
    first: int,
    size: int,
    proof: Sequence[bytes],
    root: bytes,
) -> None:
    """Check that leaves stand, all and in order, from ``first`` on in a tree.

    The proof generalises RFC 9162's inclusion proof: where only one child of a node
    holds leaves of the range, the other child's hash follows the proof of the first;
    for a range of one leaf this is the inclusion proof, element for element.

    Raises:
        ProofError: it is not shown.
    """
    stop = first + len(leaf_hashes)
    if not 0 <= first < stop <= size:
        raise ProofError(
            f"entries {first} to {stop - 1} are outside a tree of {size} leaves"
        )
    _require_hashes(leaf_hashes)
    _require_hashes(proof)
    _require_hashes((root,))
    elements = iter(proof)

    def subtree(low: int, high: int) -> bytes:
        if high - low == 1:
            return leaf_hashes[low - first]
        middle = low + split_point(high - low)
        if stop <= middle:
            left = subtree(low, middle)
            return node_hash(left, _next(elements))
        if first >= middle:
            right = subtree(middle, high)
            return node_hash(_next(elements), right)
        left = subtree(low, middle)
        return node_hash(left, subtree(middle, high))

    computed = subtree(0, size)
    if next(elements, None) is not None:
        raise ProofError("the proof has superfluous elements")
    if computed != root:
        raise ProofError("the proof leads to another root")


def _next(elements: Iterator[bytes]) -> bytes:
    element = next(elements, None)
    if element is None:
        raise ProofError("the proof is too short")
    return element


def _require_hashes(hashes: Iterable[bytes]) -> None:
    for value in hashes:
        if len(value) != HASH_SIZE:
            raise ProofError(f"a hash has {len(value)} bytes instead of {HASH_SIZE}")
