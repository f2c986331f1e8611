"""What made-up endpoints answer, and what a verifier must make of it.

No node ever said any of this. The receipt is one of the corpus.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from eth_utils.crypto import keccak

from . import log
from .case import Json

RECEIPT = "good/range"
_TOPIC = keccak(b"Anchored(bytes32,uint32,uint64,bytes32,uint64)").hex()
_OTHER = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
_RECEIPT, _BLOCK, _FINAL, _LATEST = (
    "eth_getTransactionReceipt",
    f"eth_getBlockByNumber {log.BLOCK_NUMBER:#x}",
    "eth_getBlockByNumber finalized",
    "eth_getBlockByNumber latest",
)


def _word(number: int) -> str:
    return f"{number:064x}"


def _event(anchor: Json, **other: Any) -> Json:  # noqa: ANN401 - JSON
    claimed = anchor | other
    return {
        "address": log.CONTRACT.lower(),
        "topics": [f"0x{_TOPIC.removeprefix('0x')}", claimed["log"]],
        "data": "0x"
        + _word(claimed["number"])
        + _word(claimed["size"])
        + claimed["root"][2:]
        + _word(claimed["block_time"]),
        "logIndex": "0x0",
    }


def _block(number: int) -> Json:
    return {
        "number": hex(number),
        "hash": f"0x{sha256(b'block').hexdigest()}",
        "timestamp": hex(log.BLOCK_TIME),
        "baseFeePerGas": "0x3b9aca00",
        "transactions": [],
    }


def honest() -> Json:
    """Return what an endpoint answers that holds the anchor, by method."""
    anchor = log.receipt(3, 20)["anchor"]
    return {
        "eth_chainId": {"result": hex(84532)},
        _RECEIPT: {
            "result": {
                "transactionHash": anchor["transaction"],
                "blockNumber": hex(anchor["block_number"]),
                "blockHash": anchor["block_hash"],
                "status": "0x1",
                "gasUsed": "0xea60",
                "effectiveGasPrice": "0x3b9aca00",
                "logs": [_event(anchor)],
            }
        },
        _BLOCK: {"result": _block(anchor["block_number"])},
        _FINAL: {"result": _block(anchor["block_number"] + 100)},
        _LATEST: {"result": _block(anchor["block_number"] + 200)},
    }


def cases() -> Iterator[Json]:
    """Return each case: its endpoint, and how the step ``on_chain`` must go."""
    for name, (result, about, answers) in _answers().items():
        verdict = {"passed": "anchored", "failed": "invalid", "skipped": "unchecked"}
        yield {
            "name": name,
            "about": about,
            "receipt": RECEIPT,
            "answers": honest() | answers,
            "result": result,
            "verdict": verdict[result],
        }


def _answers() -> dict[str, tuple[str, str, Json]]:
    anchor = log.receipt(3, 20)["anchor"]
    receipt = honest()[_RECEIPT]["result"]
    number = anchor["block_number"]
    other_word = "0x" + "ab" * 32

    def with_events(*events: object) -> Json:
        return {_RECEIPT: {"result": receipt | {"logs": list(events)}}}

    def event(**other: Any) -> Json:  # noqa: ANN401 - JSON
        return with_events(_event(anchor, **other))

    def including(**other: Any) -> Json:  # noqa: ANN401 - JSON
        return {_RECEIPT: {"result": receipt | other}}

    def block(**other: Any) -> Json:  # noqa: ANN401 - JSON
        return {_BLOCK: {"result": _block(number) | other}}

    refused = {"error": {"code": -32601, "message": "the method is not available"}}
    busy = {"error": {"code": -32005, "message": "limit exceeded"}}
    passed, failed, skipped = "passed", "failed", "skipped"
    mine = _event(anchor)
    return {
        "honest": (passed, "It holds the anchor.", {}),
        "recent": (
            passed,
            "The block is not final yet.",
            {_FINAL: {"result": _block(number - 1)}},
        ),
        "no-word-for-final": (
            passed,
            "The network has no word for final.",
            {_FINAL: {"error": {"code": -32602, "message": "unknown block"}}},
        ),
        "no-final-block": (
            passed,
            "Nothing is final yet.",
            {_FINAL: {"result": None}},
        ),
        "among-others": (
            passed,
            "The transaction made other events too.",
            with_events(
                mine | {"address": _OTHER}, _event(anchor, log=other_word), mine
            ),
        ),
        "another-chain": (
            skipped,
            "It serves another chain.",
            {"eth_chainId": {"result": "0x1"}},
        ),
        "chain-of-no-number": (
            skipped,
            "It answers without sense.",
            {"eth_chainId": {"result": "base"}},
        ),
        "chain-null": (
            skipped,
            "It answers without sense.",
            {"eth_chainId": {"result": None}},
        ),
        "refuses": (skipped, "It refuses to answer.", {_RECEIPT: refused}),
        "busy": (skipped, "It asks for patience.", {_RECEIPT: busy}),
        "busy-about-final": (
            skipped,
            "It asks for patience when it is asked what is final.",
            {_FINAL: busy},
        ),
        "no-transaction": (
            failed,
            "It has no such transaction.",
            {_RECEIPT: {"result": None}},
        ),
        "no-block": (failed, "It has no such block.", {_BLOCK: {"result": None}}),
        "no-events": (failed, "The transaction made no event.", with_events()),
        "another-contract": (
            failed,
            "Another contract said so.",
            with_events(mine | {"address": _OTHER}),
        ),
        "another-event": (
            failed,
            "The contract said something else.",
            with_events(mine | {"topics": [other_word, anchor["log"]]}),
        ),
        "another-log": (failed, "Another log.", event(log=other_word)),
        "another-number": (failed, "Another number.", event(number=4)),
        "another-size": (failed, "Another size.", event(size=anchor["size"] + 1)),
        "another-root": (failed, "Another root.", event(root=other_word)),
        "another-time": (
            failed,
            "Another time.",
            event(block_time=log.BLOCK_TIME + 1),
        ),
        "in-another-block": (
            failed,
            "The transaction is in another block.",
            including(blockNumber=hex(number + 1)),
        ),
        "in-a-block-with-another-hash": (
            failed,
            "The transaction is in another block.",
            including(blockHash=other_word),
        ),
        "block-with-another-hash": (
            failed,
            "The block of that number has another hash.",
            block(hash=other_word),
        ),
        "block-with-another-time": (
            failed,
            "The block has another time.",
            block(timestamp=hex(log.BLOCK_TIME - 1)),
        ),
        "another-block": (
            skipped,
            "It answers with another block.",
            block(number=hex(number + 1)),
        ),
        "receipt-of-another-transaction": (
            skipped,
            "It answers with the receipt of another transaction.",
            including(transactionHash=other_word),
        ),
        "events-null": (skipped, "It answers without sense.", including(logs=None)),
        "too-many-events": (
            skipped,
            "It answers with more than any transaction makes.",
            with_events(*[mine] * 257),
        ),
        "event-without-data": (
            skipped,
            "An event that the contract does not make.",
            with_events(mine | {"data": "0x"}),
        ),
        "event-with-more-topics": (
            skipped,
            "An event that the contract does not make.",
            with_events(mine | {"topics": [*mine["topics"], other_word]}),
        ),
        "event-with-huge-number": (
            skipped,
            "An event that the contract does not make.",
            event(number=2**255),
        ),
        "receipt-is-text": (
            skipped,
            "It answers without sense.",
            {_RECEIPT: {"result": "trust me"}},
        ),
        "neither-result-nor-error": (
            skipped,
            "It answers without sense.",
            {_RECEIPT: {}},
        ),
    }
