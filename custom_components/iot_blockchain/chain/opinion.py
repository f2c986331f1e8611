"""What one who was asked about an anchor has to say."""

from dataclasses import dataclass

from ..log.receipt import Anchor
from ..log.verification import Result
from . import contract
from .client import ChainClient, Inclusion


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one who was asked says of an anchor: ``says`` is the end of a sentence.

    ``forgot``: it knows the block, and no longer what came of the transaction.
    """

    result: Result
    says: str
    final: bool = False
    forgot: bool = False


async def ask_about(anchor: Anchor, client: ChainClient, *, proven: bool) -> Opinion:
    """Ask an endpoint whether the chain holds an anchor.

    ``proven``: the receipt carries the anchor's block, and shows that it holds the
    anchor. Then the block is enough, where the endpoint has forgotten the transaction,
    as many do after weeks or months.

    Raises:
        ChainError: the endpoint does not say, or not with sense.
    """
    inclusion = await client.inclusion(anchor.transaction)
    block = await client.block(anchor.block_number)
    if inclusion and (problem := _problem_with(inclusion, anchor)):
        return Opinion(Result.FAILED, problem)
    if block is None:
        says = f"it does not know block {anchor.block_number}"
        return Opinion(Result.SKIPPED, says)
    if (block.hash, block.time) != (anchor.block_hash, anchor.block_time):
        return Opinion(Result.FAILED, f"block {anchor.block_number} is another one")
    if inclusion is None:
        named = block.transactions
        if named and anchor.transaction not in named:
            return Opinion(Result.FAILED, "the block has no such transaction")
        if not proven:
            says = (
                "it knows the block, and not what came of the transaction, which many"
                " forget: ask one that keeps everything (an archive node)"
            )
            return Opinion(Result.SKIPPED, says)
    return Opinion(Result.PASSED, "the chain holds it", forgot=inclusion is None)


def _problem_with(inclusion: Inclusion, anchor: Anchor) -> str | None:
    """Say what the transaction did instead of making the anchor."""
    if inclusion.status == 0:
        return "the transaction failed"
    expected = contract.Anchored(
        anchor.log, anchor.number, anchor.size, anchor.root, anchor.block_time
    )
    if expected not in inclusion.anchored:
        return "the transaction did not anchor this checkpoint at this time"
    there = inclusion.block_number, inclusion.block_hash
    if there != (anchor.block_number, anchor.block_hash):
        return "the transaction is in another block"
    return None
