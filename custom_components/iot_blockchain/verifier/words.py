"""What is to be said of a receipt as a whole: what it proves, and what it does not."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ..chain import networks
from ..chain.earlier import bounds
from ..chain.verification import ON_CHAIN
from ..log.entry import ACT, Entry, Trust
from ..log.receipt import Anchor
from ..log.verification import Report, Result, Verdict
from .checks import KNOWN_KEY, chain_name, took_known_block


def sentence(report: Report) -> str:
    """Say in plain words what is proven, and what is not."""
    failed = [step.name for step in report.steps if step.result is Result.FAILED]
    if failed == ["format"]:
        return "This cannot be read as a receipt, and proves nothing."
    if failed or report.receipt is None:
        return f"The step {failed[0]} failed. This file proves nothing."
    anchor = report.receipt.anchor
    return (
        f"Proven: {_proven(report, anchor)}."
        f" Not proven: {'; '.join(_not_proven(report, anchor))}."
    )


def block_time(anchor: Anchor) -> str:
    """Write the time of an anchor's block."""
    return shown_time(anchor.block_time)


def shown_time(seconds: int) -> str:
    """Write a time that is given in seconds since 1970."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _proven(report: Report, anchor: Anchor | None) -> str:
    things = _things(report.entries)
    if anchor is None:
        return f"{things} stood in a log, unchanged, when its key signed it"
    if report.verdict is Verdict.UNCHECKED:
        return f"the receipt is sound in itself, and the log's key signed {things}"
    existed = (
        f"{things} existed, exactly as in the receipt, no later than"
        f" {block_time(anchor)}, the time of a block of {chain_name(anchor.chain)}"
    )
    if took_known_block(report):
        existed = (
            f"given that the block with the hash 0x{anchor.block_hash.hex()} is part of"
            f" {chain_name(anchor.chain)}, as you said, {existed}"
        )
    if len(report.entries) == 1:
        return existed
    if any(found.by < anchor.block_time for found in bounds(report)):
        existed += ", some of them earlier, as stands beside each"
    return f"{existed}, and nothing between them was left out"


def _not_proven(report: Report, anchor: Anchor | None) -> list[str]:
    said = []
    if anchor is None:
        said.append(
            "when that was, for no block is named that holds the log: its owner could"
            " still replace it"
        )
    elif report.verdict is Verdict.UNCHECKED:
        said.append(
            f"that a block of {chain_name(anchor.chain)} has held the log since"
            f" {block_time(anchor)}: {_doubt(report, anchor)}"
        )
    readings = [entry for entry in report.entries if entry.type != ACT]
    if readings:
        said.append("that a sensor was right")
    said.append("the times that the house's clock gave, beyond that of the block")
    if any(entry.trust is Trust.GATEWAY_SIGNED for entry in readings):
        said.append(
            "what was done to readings before they were recorded, where no device"
            " signed them"
        )
    if not any(step.name == KNOWN_KEY for step in report.steps):
        said.append("whose log it is: compare its id with one that the house gave you")
    if anchor is not None and _is_test_network(anchor):
        said.append("anything for long, for this is a test network")
    return said


def _doubt(report: Report, anchor: Anchor) -> str:
    """Say why an anchor that the receipt names does not count."""
    confirmed = any(
        step.name == ON_CHAIN and step.result is Result.PASSED for step in report.steps
    )
    if confirmed:
        if anchor.block_hash in report.known_blocks:
            which = "the receipt does not carry the block that you named"
        else:
            which = "you named another block"
        return f"the chain confirms that, but {which}"
    return "that is a claim until each node that you name confirms it"


def _is_test_network(anchor: Anchor) -> bool:
    network = networks.by_chain_id(int(anchor.chain.removeprefix("eip155:")))
    return network is not None and network.testnet


def _things(entries: Sequence[Entry]) -> str:
    acts = sum(entry.type == ACT for entry in entries)
    readings = len(entries) - acts
    if len(entries) == 1:
        return "this reading" if readings else "this act"
    said = []
    if readings:
        said.append(f"{readings} reading{'s' if readings > 1 else ''}")
    if acts:
        said.append(f"{acts} act{'s' if acts > 1 else ''}")
    return f"these {' and '.join(said)}"
