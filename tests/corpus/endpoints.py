"""What made-up endpoints answer, and what a verifier must make of it.

No node ever said any of this. The receipts are of the corpus: one that carries no
block, and one that does.
"""

from collections.abc import Iterator
from typing import Any

from eth_utils.crypto import keccak

from . import log, made_block
from .case import Json

type Answers = dict[str, tuple[str, str, Json]]

_RECEIPT_ALONE, _RECEIPT_WITH_BLOCK = "good/range", "blocks/good-second"
_LAST_SECOND = 253402300799
_TOPIC = keccak(b"Anchored(bytes32,uint32,uint64,bytes32,uint64)").hex()
_OTHER = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
_RECEIPT, _FINAL, _LATEST = (
    "eth_getTransactionReceipt",
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


def _asked_for(anchor: Json) -> str:
    return f"eth_getBlockByNumber {anchor['block_number']:#x}"


def _block(anchor: Json, later: int = 0) -> Json:
    """Return what an endpoint says of an anchor's block, or of one so many later."""
    return {
        "number": hex(anchor["block_number"] + later),
        "hash": anchor["block_hash"],
        "timestamp": hex(anchor["block_time"]),
        "baseFeePerGas": "0x3b9aca00",
        "transactions": ["0x" + "cd" * 32, anchor["transaction"]],
    }


def _honest(anchor: Json) -> Json:
    """Return what an endpoint answers that holds an anchor, by method."""
    return {
        "eth_chainId": {"result": hex(int(anchor["chain"].removeprefix("eip155:")))},
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
        _asked_for(anchor): {"result": _block(anchor)},
        _FINAL: {"result": _block(anchor, 100)},
        _LATEST: {"result": _block(anchor, 200)},
    }


def cases() -> Iterator[Json]:
    """Return each case: its endpoint, and how the step ``on_chain`` must go."""
    alone = log.receipt(3, 20)["anchor"]
    with_block = made_block.CAPTURED[1]["anchor"]
    for receipt, anchor, answers in (
        (_RECEIPT_ALONE, alone, _answers(alone)),
        (_RECEIPT_ALONE, alone, _forgetful(alone)),
        (_RECEIPT_WITH_BLOCK, with_block, _forgetful_of_what_is_proven(with_block)),
    ):
        for name, (result, about, other) in answers.items():
            verdict = {"passed": "anchored", "failed": "invalid"}
            yield {
                "name": name,
                "about": about,
                "receipt": receipt,
                "answers": _honest(anchor) | other,
                "result": result,
                "verdict": verdict.get(result, "unchecked"),
            }


def _answers(anchor: Json) -> Answers:
    receipt = _honest(anchor)[_RECEIPT]["result"]
    number, asked_for = anchor["block_number"], _asked_for(anchor)
    other_word = "0x" + "ab" * 32

    def with_events(*events: object) -> Json:
        return {_RECEIPT: {"result": receipt | {"logs": list(events)}}}

    def event(**other: Any) -> Json:  # noqa: ANN401 - JSON
        return with_events(_event(anchor, **other))

    def including(**other: Any) -> Json:  # noqa: ANN401 - JSON
        return {_RECEIPT: {"result": receipt | other}}

    def without(*names: str) -> Json:
        left = {name: receipt[name] for name in receipt if name not in names}
        return {_RECEIPT: {"result": left}}

    def block(**other: Any) -> Json:  # noqa: ANN401 - JSON
        return {asked_for: {"result": _block(anchor) | other}}

    refused = {"error": {"code": -32601, "message": "the method is not available"}}
    busy = {"error": {"code": -32005, "message": "limit exceeded"}}
    passed, failed, skipped = "passed", "failed", "skipped"
    mine = _event(anchor)
    return {
        "honest": (passed, "It holds the anchor.", {}),
        "recent": (
            passed,
            "The block is not final yet.",
            {_FINAL: {"result": _block(anchor, -1)}},
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
        "busy-about-final-and-another-root": (
            failed,
            "It asks for patience when it is asked what is final, and need not be.",
            event(root=other_word) | {_FINAL: busy},
        ),
        "no-block": (
            skipped,
            "It does not know the block: it is behind, or has forgotten it.",
            {asked_for: {"result": None}},
        ),
        "no-block-and-another-root": (
            failed,
            "It does not know the block, and another root.",
            event(root=other_word) | {asked_for: {"result": None}},
        ),
        "no-block-and-a-receipt-without-sense": (
            skipped,
            "It does not know the block, and answers without sense.",
            including(logs="x") | {asked_for: {"result": None}},
        ),
        "without-costs": (
            passed,
            "It does not say what the transaction cost.",
            without("gasUsed", "effectiveGasPrice"),
        ),
        "costs-without-sense": (
            passed,
            "What it says of costs is no number.",
            including(gasUsed="0x" + "f" * 60, effectiveGasPrice=None, l1Fee="free"),
        ),
        "base-fee-without-sense": (
            passed,
            "What it says of the price of the block is no number.",
            block(baseFeePerGas="0x" + "f" * 60),
        ),
        "without-a-status": (
            passed,
            "It does not say whether the transaction succeeded. It made the event.",
            without("status"),
        ),
        "status-null": (
            passed,
            "It does not say whether the transaction succeeded. It made the event.",
            including(status=None),
        ),
        "status-failed": (failed, "The transaction failed.", including(status="0x0")),
        "status-without-sense": (
            skipped,
            "It answers without sense.",
            including(status="0x2"),
        ),
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
        "event-with-a-number-beyond-its-type": (
            skipped,
            "An event that the contract does not make.",
            event(number=2**32),
        ),
        "event-of-a-time-that-no-calendar-holds": (
            skipped,
            "An event that the contract does not make.",
            event(block_time=_LAST_SECOND + 1),
        ),
        "block-of-a-time-that-no-calendar-holds": (
            skipped,
            "It answers without sense.",
            block(timestamp=hex(_LAST_SECOND + 1)),
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


def _forgetful(anchor: Json) -> Answers:
    """Endpoints that do not know the transaction, of a receipt without its block."""
    asked_for, block = _asked_for(anchor), _block(anchor)
    other_word = "0x" + "ab" * 32
    unnamed = {name: block[name] for name in block if name != "transactions"}

    def forgotten(block: Json | None) -> Json:
        return {_RECEIPT: {"result": None}, asked_for: {"result": block}}

    return {
        "no-transaction": (
            "failed",
            "Its block has other transactions, and not this one.",
            forgotten(block | {"transactions": [other_word]}),
        ),
        "forgotten": (
            "skipped",
            "It has forgotten the transaction, which its block names.",
            forgotten(block),
        ),
        "forgotten-with-what-the-block-had": (
            "skipped",
            "It has forgotten the transaction, and which ones its block has.",
            forgotten(block | {"transactions": []}),
        ),
        "forgotten-and-unnamed": (
            "skipped",
            "It has forgotten the transaction, and does not say which its block has.",
            forgotten(unnamed),
        ),
        "forgotten-and-named-without-sense": (
            "skipped",
            "It has forgotten the transaction, and answers without sense.",
            forgotten(block | {"transactions": "many"}),
        ),
        "forgotten-in-a-block-with-another-hash": (
            "failed",
            "It has forgotten the transaction, and its block has another hash.",
            forgotten(block | {"hash": other_word}),
        ),
        "forgotten-in-a-block-with-another-time": (
            "failed",
            "It has forgotten the transaction, and its block has another time.",
            forgotten(block | {"timestamp": hex(anchor["block_time"] - 1)}),
        ),
        "forgotten-with-its-block": (
            "skipped",
            "It knows neither the transaction nor the block.",
            forgotten(None),
        ),
    }


def _forgetful_of_what_is_proven(anchor: Json) -> Answers:
    """Endpoints that are asked about a receipt which proves what its block holds."""
    recent = {_FINAL: {"result": _block(anchor, -1)}}
    unproven = _forgetful(anchor)
    passed = {
        "forgotten",
        "forgotten-with-what-the-block-had",
        "forgotten-and-unnamed",
    }
    cases = {
        f"proven-{name}": ("passed" if name in passed else result, about, answers)
        for name, (result, about, answers) in unproven.items()
    }
    return {
        "proven": ("passed", "It holds the anchor.", {}),
        "proven-forgotten-and-recent": (
            "passed",
            "It has forgotten the transaction, and the block is not final yet.",
            unproven["forgotten"][2] | recent,
        ),
    } | cases
