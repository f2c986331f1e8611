"""Proving that a block holds a transaction, from what an endpoint says of the block.

Nothing here is believed: who uses the proof compares it with the hash of the block.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..log.receipt import BlockProof
from . import address, answers, long_answer, rlp, trie
from .rpc import NonsenseError

_BLOOM: Final = 256
_NONCE: Final = 8
_LEGACY: Final = 0
_MAX_TYPE: Final = 0x7F
_MAX_EVENTS: Final = 65_536
_MAX_TOPICS: Final = 4
_DEPOSIT: Final = 0x7E


def prove(block: Mapping[str, Any], outcomes: bytes, transaction: bytes) -> BlockProof:
    """Prove that a transaction is in a block. This takes time: it is for an executor.

    ``block`` is what ``eth_getBlockByHash`` says, and ``outcomes`` the whole answer to
    ``eth_getBlockReceipts``.

    Raises:
        NonsenseError: it does not hold the transaction, or is not as other chains'.
    """
    index = None
    values: dict[bytes, bytes] = {}
    for place, item in enumerate(long_answer.items(outcomes)):
        outcome = answers.members(item)
        values[trie.key_of(place)] = _encode_outcome(outcome)
        if answers.word(outcome.get("transactionHash")) == transaction:
            index = place
    if index is None:
        raise NonsenseError("a block without the transaction that it holds")
    root, nodes = trie.prove(values, trie.key_of(index))
    if root != answers.word(block.get("receiptsRoot")):
        raise NonsenseError("receipts that are not those of the block")
    return BlockProof(header=_encode_header(block), index=index, proof=nodes)


def _number(value: object) -> bytes:
    return rlp.encode_number(answers.quantity(value, answers.MAX_AMOUNT))


def _address(value: object) -> bytes:
    return answers.data(value, address.SIZE)


def _bloom(value: object) -> bytes:
    return answers.data(value, _BLOOM)


def _nonce(value: object) -> bytes:
    return answers.data(value, _NONCE)


# The members of a header in their order: Yellow Paper, section 4.4.
_HEADER: Mapping[str, Callable[[object], bytes]] = {
    "parentHash": answers.word,
    "sha3Uncles": answers.word,
    "miner": _address,
    "stateRoot": answers.word,
    "transactionsRoot": answers.word,
    "receiptsRoot": answers.word,
    "logsBloom": _bloom,
    "difficulty": _number,
    "number": _number,
    "gasLimit": _number,
    "gasUsed": _number,
    "timestamp": _number,
    "extraData": answers.data,
    "mixHash": answers.word,
    "nonce": _nonce,
}
# What came later, in the same order: EIP-1559, EIP-4895, EIP-4844 (two), EIP-4788 and
# EIP-7685. A block from before, or of a network without them, has only the first ones.
_LATER: Mapping[str, Callable[[object], bytes]] = {
    "baseFeePerGas": _number,
    "withdrawalsRoot": answers.word,
    "blobGasUsed": _number,
    "excessBlobGas": _number,
    "parentBeaconBlockRoot": answers.word,
    "requestsHash": answers.word,
}


def _encode_header(block: Mapping[str, Any]) -> bytes:
    members = [read(block.get(name)) for name, read in _HEADER.items()]
    for name, read in _LATER.items():
        if (value := block.get(name)) is None:
            break
        members.append(read(value))
    return rlp.encode(members)


def _encode_outcome(outcome: Mapping[str, Any]) -> bytes:
    """Write what came of a transaction as the block's trie holds it (EIP-2718)."""
    kind = answers.quantity(outcome.get("type", hex(_LEGACY)), _MAX_TYPE)
    members: list[rlp.Item] = [
        _number(outcome.get("status")),
        _number(outcome.get("cumulativeGasUsed")),
        _bloom(outcome.get("logsBloom")),
        [_event(item) for item in answers.items(outcome.get("logs"), _MAX_EVENTS)],
    ]
    # What the OP stack brings from Ethereum, since its upgrade Canyon.
    if kind == _DEPOSIT and (version := outcome.get("depositReceiptVersion")):
        members += [_number(outcome.get("depositNonce")), _number(version)]
    written = rlp.encode(members)
    return written if kind == _LEGACY else bytes([kind]) + written


def _event(value: object) -> rlp.Item:
    event = answers.members(value)
    topics = answers.items(event.get("topics"), _MAX_TOPICS)
    return [
        _address(event.get("address")),
        [answers.word(topic) for topic in topics],
        answers.data(event.get("data")),
    ]
