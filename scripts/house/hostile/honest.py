"""A small log and all that it ever signed: what hostile input pretends to be."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

from custom_components.iot_blockchain.chain import contract, rlp, trie
from custom_components.iot_blockchain.chain.keccak import keccak256
from custom_components.iot_blockchain.log import checkpoint, entry, merkle
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.entry import (
    Act,
    Reading,
    Record,
    SignedReading,
)
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.receipt import Anchor, BlockProof, Receipt

from . import devices

_TIME = datetime(2026, 11, 20, 10, 22, 1, 123456, tzinfo=UTC)
_CREATOR = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
_PRIVATE = bytes(range(32))
_PUBLIC = Signer("x", _PRIVATE).verifier_key.public_key
LOG = contract.log_id(_CREATOR, _PUBLIC)
SIGNER = Signer(checkpoint.origin_of("Home", LOG), _PRIVATE)
KEY = SIGNER.verifier_key


def _entry(number: int, record: Record) -> bytes:
    """Write an entry with a salt that is the same each time.

    What a run has kept is read again by the next one, which must know what was signed.
    """
    data = entry.encode(record)
    salt = urlsafe_b64encode(number.to_bytes(16)).rstrip(b"=")
    return data.replace(json.loads(data)["salt"].encode(), salt)


_RECORDS: Sequence[Record] = (
    *(
        Reading("sensor.fridge", f"{state}.5", _TIME, "°C", "temperature")
        for state in range(9)
    ),
    Act("started", _TIME),
    Act("sources", _TIME, {"sources": {"a": {"title": "x", "on": True}}}),
)
ENTRIES = [_entry(number, record) for number, record in enumerate(_RECORDS)]
LEAVES = [merkle.leaf_hash(data) for data in ENTRIES]
SIZE = len(LEAVES)
SIGNED_ENTRY = _entry(
    99, SignedReading("sensor.a", _TIME, devices.envelopes()[0][1:].decode())
)


@cache
def root(low: int, high: int) -> bytes:
    """Hash the leaves from ``low`` up to ``high``. RFC 9162, section 2.1.1."""
    if high - low == 1:
        return LEAVES[low]
    middle = low + _split(high - low)
    return sha256(b"\x01" + root(low, middle) + root(middle, high)).digest()


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


@cache
def nodes() -> Sequence[bytes]:
    """Every hash that a cheat has at hand."""
    pairs = [(low, high) for high in range(1, SIZE + 1) for low in range(high)]
    return [*dict.fromkeys(root(low, high) for low, high in pairs), bytes(32)]


def range_proof(first: int, stop: int, low: int, high: int) -> list[bytes]:
    """Prove a range as docs/formats.md says it."""
    if high - low == 1:
        return []
    middle = low + _split(high - low)
    if stop <= middle:
        return [*range_proof(first, stop, low, middle), root(middle, high)]
    if first >= middle:
        return [*range_proof(first, stop, middle, high), root(low, middle)]
    return [
        *range_proof(first, middle, low, middle),
        *range_proof(middle, stop, middle, high),
    ]


def signed_checkpoint() -> Checkpoint:
    """Return what the key of the log has signed."""
    return Checkpoint(KEY.name, SIZE, root(0, SIZE))


@cache
def signed_texts() -> Mapping[str, str]:
    """All that the log's key has signed, as notes."""
    texts = (signed_checkpoint().body(), "a\n\nb\n", "\n")
    return {text: SIGNER.sign(text) for text in texts}


_BLOCK_NUMBER, _BLOCK_TIME, _ANCHOR_NUMBER = 17, 1_790_000_000, 3


@cache
def right_block() -> BlockProof:
    """Return a block of twenty transactions, one of which is the anchor."""
    anchored = contract.Anchored(LOG, _ANCHOR_NUMBER, SIZE, root(0, SIZE), _BLOCK_TIME)
    outcomes = {
        trie.key_of(place): b"\2" + rlp.encode([b"\1", b"", bytes(256), events])
        for place in range(20)
        for events in [[contract.event_of(anchored)] if place == 1 else []]
    }
    receipts_root, nodes = trie.prove(outcomes, trie.key_of(1))
    header: list[rlp.Item] = [bytes(32)] * 21
    header[5] = receipts_root
    header[8] = rlp.encode_number(_BLOCK_NUMBER)
    header[11] = rlp.encode_number(_BLOCK_TIME)
    return BlockProof(header=rlp.encode(header), index=1, proof=nodes)


def right_anchor() -> Anchor:
    """Return an anchor that is right in itself."""
    return Anchor(
        chain="eip155:8453",
        contract=contract.ADDRESS,
        creator=_CREATOR,
        log=LOG,
        number=_ANCHOR_NUMBER,
        size=SIZE,
        root=root(0, SIZE),
        block_number=_BLOCK_NUMBER,
        block_hash=keccak256(right_block().header),
        block_time=_BLOCK_TIME,
        transaction=bytes(range(1, 33)),
    )


def right_receipt(
    first: int, stop: int, anchor: Anchor | None, block: BlockProof | None = None
) -> bytes:
    """Write a receipt that verifies, but for the chain."""
    receipt = Receipt(
        first=first,
        entries=ENTRIES[first:stop],
        proof=range_proof(first, stop, 0, SIZE),
        checkpoint=signed_texts()[signed_checkpoint().body()],
        key=str(KEY),
        anchor=anchor,
        block=block,
    )
    return json.dumps(receipt.to_json(), ensure_ascii=False).encode()
