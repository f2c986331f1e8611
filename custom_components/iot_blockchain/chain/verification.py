"""The chain's part in checking a receipt."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from ..log import checkpoint
from ..log.note import NoteError, VerifierKey
from ..log.receipt import Anchor
from ..log.verification import Report, Result
from . import address, contract
from .block_proof import IN_BLOCK, check_block
from .client import ChainClient
from .earlier import check_earlier
from .earlier_on_chain import check_earlier_on_chain
from .endpoints import Endpoints
from .errors import ChainError
from .opinion import Opinion, ask_about

ON_CHAIN: Final = "on_chain"
KNOWN_BLOCK: Final = "known_block"
"""The step that only who has the hash of a block from elsewhere can take."""

_OPEN: Final = "It is not known whether the chain holds the anchor"


def check_anchor(report: Report) -> Report:
    """Check, without asking anybody, that the anchor is one of this checkpoint.

    Adds the step ``anchor`` to a report of ``log.verification``, ``in_block`` where the
    receipt carries the anchor's block, and ``earlier`` where it names earlier anchors.
    """
    signed, receipt = report.checkpoint, report.receipt
    if signed is None or receipt is None:
        return report
    anchor = receipt.anchor
    if anchor is None:
        return report.with_step(
            "anchor",
            Result.SKIPPED,
            "Not anchored yet: the log's owner could still replace this log.",
        )
    key = VerifierKey.parse(receipt.key).public_key
    if anchor.contract != contract.ADDRESS:
        problem = f"the contract {anchor.contract} is not LogAnchor"
    elif not address.is_written(anchor.creator):
        problem = f"the creator's address {anchor.creator} is misspelt"
    elif anchor.log != contract.log_id(anchor.creator, key):
        problem = "the log on the chain does not belong to the key that signed"
    elif not _names(signed.origin, anchor.log):
        problem = "the checkpoint is of another log than the anchor"
    elif (anchor.size, anchor.root) != (signed.size, signed.root):
        problem = "the anchor is of another checkpoint than the one that was signed"
    else:
        return check_earlier(
            check_block(
                report.with_step(
                    "anchor", Result.PASSED, f"The receipt names {_place(anchor)}."
                )
            )
        )
    return report.with_step(
        "anchor", Result.FAILED, f"The anchor does not fit: {problem}."
    )


def check_known_block(report: Report, known: Collection[bytes]) -> Report:
    """Compare the anchor's block with those that the reader says the chain holds.

    ``known`` are their hashes. Adds the step ``known_block``, or nothing without any.
    """
    anchor = _anchor_to_ask_for(report)
    if anchor is None or not known:
        return report
    block = f"block {anchor.block_number} of {anchor.chain}"
    if anchor.block_hash not in known:
        result = Result.SKIPPED
        reason = (
            f"You named another block. This receipt is of {block}, and says that its"
            f" hash is 0x{anchor.block_hash.hex()}."
        )
    elif all(step.name != IN_BLOCK for step in report.steps):
        result = Result.SKIPPED
        reason = (
            f"The hash is that of {block}, as you say, but the receipt does not carry"
            " the block: ask a node, or ask the house for the receipt again."
        )
    else:
        result = Result.PASSED
        reason = f"The hash is that of {block}, as you say."
    report = report.with_step(KNOWN_BLOCK, result, reason)
    return replace(report, known_blocks=known)


async def check_on_chain(report: Report, endpoints: Endpoints) -> Report:
    """Ask a chain whether it holds the anchor. Adds the step ``on_chain``.

    The first of the endpoints that answers has the only word. Where it confirms the
    anchor, and there are earlier ones, ``earlier_on_chain`` is added, too.
    """
    anchor = _anchor_to_ask_for(report)
    if anchor is None:
        return report
    if anchor.chain != f"eip155:{endpoints.chain_id}":
        return report.with_step(
            ON_CHAIN,
            Result.SKIPPED,
            f"The anchor is on {anchor.chain}, and only"
            f" eip155:{endpoints.chain_id} can be asked from here.",
        )
    opinion = await _ask(report, anchor, endpoints)
    reason = {
        Result.PASSED: f"The chain holds the anchor. {_grounds([opinion])}",
        Result.FAILED: f"The chain {anchor.chain} does not hold this anchor:"
        f" {opinion.says}.",
        Result.SKIPPED: f"{_OPEN}: {opinion.says}.",
    }
    report = report.with_step(ON_CHAIN, opinion.result, reason[opinion.result])
    return await check_earlier_on_chain(report, {"The endpoint": endpoints})


async def check_with_each(report: Report, clients: Mapping[str, ChainClient]) -> Report:
    """Ask each of these whether the chain holds the anchor. Adds ``on_chain``.

    It passes only where all of them say so; then ``earlier_on_chain`` is added, too,
    where there are earlier anchors. ``clients`` go by the names that the reader knows
    them by. With none, nothing is added.
    """
    anchor = _anchor_to_ask_for(report)
    if anchor is None or not clients:
        return report
    chain_id = int(anchor.chain.removeprefix("eip155:"))
    endpoints = {
        name: Endpoints([client], chain_id) for name, client in clients.items()
    }
    opinions = await asyncio.gather(
        *(_ask(report, anchor, each) for each in endpoints.values())
    )
    said = dict(zip(clients, opinions, strict=True))
    report = report.with_step(ON_CHAIN, *_together(said, anchor.chain))
    return await check_earlier_on_chain(report, endpoints)


def _together(said: Mapping[str, Opinion], chain: str) -> tuple[Result, str]:
    """Make one result, and the reason for it, of what several say."""
    yes, no, unasked = (
        {name: opinion for name, opinion in said.items() if opinion.result is result}
        for result in (Result.PASSED, Result.FAILED, Result.SKIPPED)
    )
    if yes and no:
        reason = (
            f"The endpoints contradict each other. {_quoted(no)}. {', '.join(yes)}: the"
            " chain holds it. One of them is wrong, or behind: ask again, or ask a"
            " third."
        )
        return Result.FAILED, reason
    if no:
        reason = f"The chain {chain} does not hold this anchor. {_quoted(no)}."
        return Result.FAILED, reason
    if unasked:
        reason = f"{_OPEN}. {_quoted(unasked)}."
        if yes:
            reason += " The anchor counts only when all that are named confirm it."
        return Result.SKIPPED, reason
    say = "says" if len(yes) == 1 else "say"
    reason = f"The chain holds the anchor, {say} {' and '.join(yes)}."
    return Result.PASSED, f"{reason} {_grounds(yes.values())}"


def _quoted(said: Mapping[str, Opinion]) -> str:
    return "; ".join(f"{name}: {opinion.says}" for name, opinion in said.items())


def _grounds(opinions: Collection[Opinion]) -> str:
    """Say what the word of those who confirm an anchor rests on."""
    final = (
        "Its block is final."
        if all(opinion.final for opinion in opinions)
        else "Its block is recent: it becomes final within minutes, and can be taken"
        " back until then."
    )
    if not any(opinion.forgot for opinion in opinions):
        return final
    return (
        f"{final} The transaction is forgotten there, but the block is known, and the"
        " receipt itself proves that it holds the anchor."
    )


def _anchor_to_ask_for(report: Report) -> Anchor | None:
    if any(step.result is Result.FAILED for step in report.steps):
        return None
    return report.receipt.anchor if report.receipt else None


async def _ask(report: Report, anchor: Anchor, endpoints: Endpoints) -> Opinion:
    proven = any(
        step.name == IN_BLOCK and step.result is Result.PASSED for step in report.steps
    )
    try:
        client = await endpoints.choose()
        opinion = await ask_about(anchor, client, proven=proven)
        if opinion.result is not Result.PASSED:
            return opinion
        final = await client.final_block_number()
    except ChainError as err:
        return Opinion(Result.SKIPPED, str(err))
    return replace(opinion, final=anchor.block_number <= final)


def _names(origin: str, log: bytes) -> bool:
    try:
        return checkpoint.log_id_of(origin) == log
    except NoteError:
        return False


def _place(anchor: Anchor) -> str:
    return f"anchor {anchor.number} of this log on {anchor.chain}"
