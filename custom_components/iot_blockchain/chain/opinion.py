"""What one who was asked about an anchor has to say."""

from dataclasses import dataclass

from ..log.receipt import Anchor
from ..log.verification import Result
from . import contract
from .client import Block, Inclusion


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one who was asked says of an anchor: ``says`` is the end of a sentence."""

    result: Result
    says: str
    final: bool = False


def problem_of(
    anchor: Anchor, inclusion: Inclusion | None, block: Block | None
) -> str | None:
    """Say what the chain holds instead of the anchor."""
    expected = contract.Anchored(
        anchor.log, anchor.number, anchor.size, anchor.root, anchor.block_time
    )
    if inclusion is None or block is None:
        return "it has no such transaction"
    if expected not in inclusion.anchored:
        return "the transaction did not anchor this checkpoint at this time"
    if (inclusion.block_number, inclusion.block_hash) != (
        anchor.block_number,
        anchor.block_hash,
    ) or (block.hash, block.time) != (anchor.block_hash, anchor.block_time):
        return "the transaction is in another block"
    return None
