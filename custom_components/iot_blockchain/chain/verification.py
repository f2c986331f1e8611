"""The chain's part in checking a receipt."""

from dataclasses import replace

from eth_utils.address import is_checksum_address

from ..log import checkpoint
from ..log.note import NoteError, VerifierKey
from ..log.receipt import Anchor
from ..log.verification import Report, Result, Step
from . import contract
from .endpoints import Endpoints
from .errors import ChainError


def check_anchor(report: Report) -> Report:
    """Check, without asking anybody, that the anchor is one of this checkpoint.

    Adds the step ``anchor`` to a report of ``log.verification``.
    """
    signed, receipt = report.checkpoint, report.receipt
    if signed is None or receipt is None:
        return report
    anchor = receipt.anchor
    if anchor is None:
        return _with_step(
            report,
            "anchor",
            Result.SKIPPED,
            "Not anchored yet: the log's owner could still replace this log.",
        )
    key = VerifierKey.parse(receipt.key).public_key
    if anchor.contract != contract.ADDRESS:
        problem = f"the contract {anchor.contract} is not LogAnchor"
    elif not is_checksum_address(anchor.creator):
        problem = f"the creator's address {anchor.creator} is misspelt"
    elif anchor.log != contract.log_id(anchor.creator, key):
        problem = "the log on the chain does not belong to the key that signed"
    elif not _names(signed.origin, anchor.log):
        problem = "the checkpoint is of another log than the anchor"
    elif (anchor.size, anchor.root) != (signed.size, signed.root):
        problem = "the anchor is of another checkpoint than the one that was signed"
    else:
        return _with_step(
            report, "anchor", Result.PASSED, f"The receipt names {_place(anchor)}."
        )
    return _with_step(
        report, "anchor", Result.FAILED, f"The anchor does not fit: {problem}."
    )


async def check_on_chain(report: Report, endpoints: Endpoints) -> Report:
    """Ask a chain whether it holds the anchor. Adds the step ``on_chain``."""
    anchor = report.receipt.anchor if report.receipt else None
    if anchor is None or any(step.result is Result.FAILED for step in report.steps):
        return report
    if anchor.chain != f"eip155:{endpoints.chain_id}":
        return _with_step(
            report,
            "on_chain",
            Result.SKIPPED,
            f"The anchor is on {anchor.chain}, and only"
            f" eip155:{endpoints.chain_id} can be asked from here.",
        )
    try:
        client = await endpoints.choose()
        inclusion = await client.inclusion(anchor.transaction)
        block = await client.block(anchor.block_number)
        final = await client.final_block_number()
    except ChainError as err:
        return _with_step(
            report, "on_chain", Result.SKIPPED, f"The chain could not be asked: {err}."
        )
    expected = contract.Anchored(
        anchor.log, anchor.number, anchor.size, anchor.root, anchor.block_time
    )
    if inclusion is None or block is None:
        problem = "it has no such transaction"
    elif expected not in inclusion.anchored:
        problem = "the transaction did not anchor this checkpoint at this time"
    elif (inclusion.block_number, inclusion.block_hash) != (
        anchor.block_number,
        anchor.block_hash,
    ) or (block.hash, block.time) != (anchor.block_hash, anchor.block_time):
        problem = "the transaction is in another block"
    else:
        finality = (
            "final"
            if anchor.block_number <= final
            else "recent: it becomes final within minutes"
        )
        return _with_step(
            report,
            "on_chain",
            Result.PASSED,
            f"The chain holds the anchor. Its block is {finality}.",
        )
    return _with_step(
        report,
        "on_chain",
        Result.FAILED,
        f"The chain {anchor.chain} does not hold this anchor: {problem}.",
    )


def _names(origin: str, log: bytes) -> bool:
    try:
        return checkpoint.log_id_of(origin) == log
    except NoteError:
        return False


def _place(anchor: Anchor) -> str:
    return f"anchor {anchor.number} of this log on {anchor.chain}"


def _with_step(report: Report, name: str, result: Result, reason: str) -> Report:
    return replace(report, steps=(*report.steps, Step(name, result, reason)))
