"""The trie of a block's receipts (Yellow Paper, appendix D): its root and its proofs.

Its keys are the RLP of indexes, none of which begins another, and its values are
receipts, each longer than a hash. So no branch has a value of its own, and no node
stands inside another: what has either is refused.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from . import rlp
from .keccak import keccak256

_HASH: Final = 32
_BRANCH: Final = 17
_SHORTCUT: Final = 2
# The flags before the nibbles of a shortcut (appendix C).
_ODD, _LEAF = 1, 2


class TrieError(ValueError):
    """The nodes do not lead from the root to a value."""


def key_of(index: int) -> bytes:
    """Return the key of a transaction's receipt, by its place in the block."""
    return rlp.encode(rlp.encode_number(index))


def verify(root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes:
    """Follow a proof, the node of the root first, and return the value of the key.

    Raises:
        TrieError: it does not lead there, or has superfluous nodes.
    """
    wanted, left = root, key.hex()
    for place, node in enumerate(nodes, 1):
        if keccak256(node) != wanted:
            raise TrieError("a node of the proof belongs to another tree")
        try:
            wanted, left, ended = _step(node, left)
        except rlp.RlpError as err:
            raise TrieError(f"a node of the proof cannot be read: {err}") from err
        if ended:
            if place < len(nodes):
                raise TrieError("the proof has superfluous nodes")
            return wanted
    raise TrieError("the proof is too short")


def prove(values: Mapping[bytes, bytes], key: bytes) -> tuple[bytes, list[bytes]]:
    """Return the root of a trie, and the proof of one of its keys."""
    proof: list[bytes] = []
    pairs = sorted((path.hex(), value) for path, value in values.items())
    root = _hash(pairs, 0, key.hex(), proof)
    return root, proof[::-1]


def _step(node: bytes, left: str) -> tuple[bytes, str, bool]:
    """Go on from a node: return a hash or the value, the rest of the key, the end."""
    items = [
        rlp.as_bytes(item) for item in rlp.as_list(rlp.decode(node), _SHORTCUT, _BRANCH)
    ]
    if len(items) == _BRANCH:
        if items[-1] or not left:
            raise TrieError("a branch of the proof ends there")
        return rlp.as_bytes(items[int(left[0], 16)], _HASH), left[1:], False
    if len(items) != _SHORTCUT:
        raise TrieError("a node of the proof is of no kind that there is")
    path, leaf = _read_path(items[0])
    if leaf:
        if path != left:
            raise TrieError("the proof leads to another key")
        return items[1], "", True
    if not path or not left.startswith(path):
        raise TrieError("the proof leads to another key")
    return rlp.as_bytes(items[1], _HASH), left.removeprefix(path), False


def _read_path(data: bytes) -> tuple[str, bool]:
    """Read the nibbles of a shortcut, and whether they end at a leaf."""
    digits = data.hex()
    flags = int(digits[:1] or "f", 16)
    odd, leaf = flags & _ODD, bool(flags & _LEAF)
    if flags > _ODD + _LEAF or (not odd and digits[1] != "0"):
        raise TrieError("a path of the proof is not written as it must be")
    return digits[1 if odd else 2 :], leaf


def _write_path(path: str, *, leaf: bool) -> bytes:
    odd = len(path) % 2
    flags = _ODD * odd + _LEAF * leaf
    return bytes.fromhex(f"{flags}{'' if odd else '0'}{path}")


def _hash(
    pairs: Sequence[tuple[str, bytes]], depth: int, key: str | None, proof: list[bytes]
) -> bytes:
    """Hash the node above some values; collect those above the key, the lowest first.

    ``pairs`` are sorted, and their paths are the same up to ``depth``.
    """
    first, value = pairs[0]
    shared = depth
    if len(pairs) == 1:
        items = [_write_path(first[depth:], leaf=True), value]
    else:
        last = pairs[-1][0]
        while first[shared] == last[shared]:
            shared += 1
        items = [b""] * _BRANCH
        for nibble, group in groupby(pairs, lambda pair: pair[0][shared]):
            below = list(group)
            on_path = key is not None and key[shared] == nibble
            items[int(nibble, 16)] = _hash(
                below, shared + 1, key if on_path else None, proof
            )
    node = rlp.encode(items)
    if key is not None:
        proof.append(node)
    if shared > depth:
        path = _write_path(first[depth:shared], leaf=False)
        node = rlp.encode([path, keccak256(node)])
        if key is not None:
            proof.append(node)
    return keccak256(node)
