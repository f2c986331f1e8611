"""The trie of the Yellow Paper, appendix D, written down from its formulas.

Nothing here is taken from the code under test. It is slow, and makes no proofs.
"""

from collections.abc import Mapping

import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

type Nibbles = tuple[int, ...]
type Pairs = dict[Nibbles, bytes]


def nibbles_of(key: bytes) -> Nibbles:
    """Split each byte of a key in two."""
    return tuple(half for byte in key for half in (byte >> 4, byte & 15))


def hex_prefix(path: Nibbles, flag: int) -> bytes:
    """HP, formula 200."""
    padded = (2 * flag + 1, *path) if len(path) % 2 else (2 * flag, 0, *path)
    pairs = zip(padded[::2], padded[1::2], strict=True)
    return bytes(16 * high + low for high, low in pairs)


def root_of(values: Mapping[bytes, bytes]) -> bytes:
    """TRIE, formula 203."""
    return keccak(rlp.encode(_c({nibbles_of(k): v for k, v in values.items()}, 0)))


def _n(pairs: Pairs, at: int) -> object:
    """Formula 204."""
    if not pairs:
        return b""
    node = _c(pairs, at)
    written = rlp.encode(node)
    return node if len(written) < 32 else keccak(written)


def _c(pairs: Pairs, at: int) -> object:
    """Formula 205."""
    (path, value), *others = pairs.items()
    if not others:
        return [hex_prefix(path[at:], 1), value]
    common = at
    while all(other[: common + 1] == path[: common + 1] for other in pairs):
        common += 1
    if common != at:
        return [hex_prefix(path[at:common], 0), _n(pairs, common)]
    branches = [
        _n({p: v for p, v in pairs.items() if len(p) > at and p[at] == nibble}, at + 1)
        for nibble in range(16)
    ]
    return [*branches, b"".join(v for p, v in pairs.items() if len(p) == at)]
