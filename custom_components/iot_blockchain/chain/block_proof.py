"""Whether a block holds an anchor, from what the receipt itself carries.

That this block is part of the chain, only a node can say, or who knows its hash.
"""

from dataclasses import dataclass
from typing import Final

from ..log.members import LAST_SECOND
from ..log.receipt import Anchor, BlockProof
from ..log.verification import Report, Result
from . import contract, rlp, trie
from .contract import Anchored
from .keccak import keccak256

IN_BLOCK: Final = "in_block"

# A header's members, from the first: Yellow Paper, section 4.4. Later ones, which
# networks add as they like, are passed over.
_RECEIPTS_ROOT, _NUMBER, _TIME, _LEAST_MEMBERS, _MOST_MEMBERS = 5, 8, 11, 15, 64
_HASH: Final = 32
_MAX_NUMBER: Final = 2**53 - 1
# A receipt's members: status, gas, bloom filter, events. Deposits on the OP stack
# have two more.
_EVENTS, _LEAST_OUTCOME, _MOST_OUTCOME = 3, 4, 16
_SUCCEEDED: Final = b"\x01"
_LIST: Final = 0xC0


@dataclass(frozen=True, slots=True)
class Header:
    """What a block's header says of it. ``time`` in seconds since 1970."""

    receipts_root: bytes
    number: int
    time: int

    @classmethod
    def decode(cls, data: bytes) -> Header:
        """Read a header.

        Raises:
            RlpError: it is none.
        """
        members = rlp.as_list(rlp.decode(data), _LEAST_MEMBERS, _MOST_MEMBERS)
        for member in members:
            rlp.as_bytes(member)
        return cls(
            rlp.as_bytes(members[_RECEIPTS_ROOT], _HASH),
            rlp.as_number(members[_NUMBER], _MAX_NUMBER),
            rlp.as_number(members[_TIME], LAST_SECOND),
        )


def check_block(report: Report) -> Report:
    """Check that the block which the receipt carries holds the anchor.

    Adds the step ``in_block`` to a report, where the receipt carries a block and no
    step failed before.
    """
    receipt = report.receipt
    if receipt is None or receipt.anchor is None or receipt.block is None:
        return report
    if any(step.result is Result.FAILED for step in report.steps):
        return report
    if problem := problem_of(receipt.anchor, receipt.block):
        reason = f"The block does not hold this anchor: {problem}."
        return report.with_step(IN_BLOCK, Result.FAILED, reason)
    return report.with_step(
        IN_BLOCK,
        Result.PASSED,
        f"The block 0x{receipt.anchor.block_hash.hex()} holds this anchor.",
    )


def problem_of(anchor: Anchor, block: BlockProof) -> str | None:
    """Say why a block does not show that it holds an anchor: a part of a sentence."""
    if keccak256(block.header) != anchor.block_hash:
        return "its header is that of another block"
    try:
        header = Header.decode(block.header)
    except rlp.RlpError as err:
        return f"its header cannot be read: {err}"
    if (header.number, header.time) != (anchor.block_number, anchor.block_time):
        return "its header names another number or another time"
    try:
        outcome = trie.verify(
            header.receipts_root, trie.key_of(block.index), block.proof
        )
    except trie.TrieError as err:
        return str(err)
    return _problem_with(outcome, anchor)


def _problem_with(outcome: bytes, anchor: Anchor) -> str | None:
    """Say what is wrong with the chain's own receipt of the transaction (EIP-2718)."""
    typed = outcome[:1] < bytes([_LIST])
    try:
        members = rlp.as_list(
            rlp.decode(outcome[1:] if typed else outcome),
            _LEAST_OUTCOME,
            _MOST_OUTCOME,
        )
        events = rlp.as_list(members[_EVENTS], 0, len(outcome))
    except rlp.RlpError as err:
        return f"what came of the transaction cannot be read: {err}"
    if members[0] != _SUCCEEDED:
        return "the transaction failed"
    expected = contract.event_of(
        Anchored(anchor.log, anchor.number, anchor.size, anchor.root, anchor.block_time)
    )
    if expected not in events:
        return "the transaction did not anchor this checkpoint at this time"
    return None
