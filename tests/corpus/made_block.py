"""Blocks, real ones and others, put together with another implementation of RLP.

Nothing here is taken from the code under test.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

from tests.unit.chain import reference_trie

from . import log
from .case import Json

type Item = Any

CAPTURED: list[Json] = json.loads(
    Path(__file__).with_name("blocks.json").read_text(encoding="utf-8")
)
"""The anchors that a real chain holds, each with its block. See ``capture``."""

TOPIC = keccak(b"Anchored(bytes32,uint32,uint64,bytes32,uint64)")
_ROOT, _NUMBER, _TIME = 5, 8, 11


def unhex(text: str) -> bytes:
    """Read bytes."""
    return bytes.fromhex(text.removeprefix("0x"))


def receipt(captured: Json, first: int, stop: int) -> Json:
    """Make a receipt of some entries with an anchor and a block that are real."""
    entries = log.ENTRIES[: captured["anchor"]["size"]]
    return log.receipt(first, stop, entries) | {
        "format": "iot-blockchain-receipt/3",
        "anchor": captured["anchor"],
        "credentials": [],
        "block": captured["block"],
        "earlier": [],
    }


def members(captured: Json) -> list[Item]:
    """Return the members of a header."""
    decoded: list[Item] = rlp.decode(unhex(captured["block"]["header"]))
    return decoded


def with_header(captured: Json, header: Item, **block: Any) -> Json:  # noqa: ANN401 - JSON
    """Return an anchor whose block has this header, given as an item or as bytes.

    The anchor claims the hash that the header has: no chain holds such a block.
    """
    written = header if isinstance(header, bytes) else rlp.encode(header)
    anchor = captured["anchor"] | {"block_hash": f"0x{keccak(written).hex()}"}
    made = captured["block"] | {"header": f"0x{written.hex()}"} | block
    return {"anchor": anchor, "block": made}


def with_nodes(
    captured: Json, nodes: Sequence[bytes], *, index: int = 0, root: bytes | None = None
) -> Json:
    """Return an anchor whose block has a trie with these nodes."""
    header = members(captured)
    header[_ROOT] = keccak(nodes[0]) if root is None else root
    return with_header(
        captured, header, index=index, proof=[f"0x{node.hex()}" for node in nodes]
    )


def leaf(path: Sequence[int], value: bytes) -> bytes:
    """Write a leaf."""
    return bytes(rlp.encode([reference_trie.hex_prefix(tuple(path), 1), value]))


def extension(path: Sequence[int], below: bytes) -> bytes:
    """Write an extension above a node."""
    return bytes(rlp.encode([reference_trie.hex_prefix(tuple(path), 0), keccak(below)]))


def branch(nibble: int, below: Item, value: bytes = b"") -> bytes:
    """Write a branch with one child: a node, or whatever stands there instead."""
    items: list[Item] = [b""] * 16 + [value]
    items[nibble] = keccak(below) if isinstance(below, bytes) else below
    return bytes(rlp.encode(items))


def with_outcome(captured: Json, outcome: bytes) -> Json:
    """Return an anchor whose block holds one transaction with this outcome."""
    return with_nodes(captured, [leaf((8, 0), outcome)])


def event(anchor: Json, **other: Any) -> list[Item]:  # noqa: ANN401 - JSON
    """Return the event that says an anchor was made."""
    claimed = anchor | other
    numbers = (claimed["number"], claimed["size"], int(claimed["root"], 16))
    words = [number.to_bytes(32) for number in (*numbers, claimed["block_time"])]
    return [unhex(log.CONTRACT), [TOPIC, unhex(claimed["log"])], b"".join(words)]


def outcome(
    *events: Item,
    kind: bytes = b"\x02",
    status: bytes = b"\x01",
    more: Sequence[Item] = (),
) -> bytes:
    """Write what came of a transaction, of a type."""
    return kind + bytes(rlp.encode([status, b"\x52\x08", bytes(256), [*events], *more]))
