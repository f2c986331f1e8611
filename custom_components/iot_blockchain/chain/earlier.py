"""The anchors before the receipt's own, and what they say of when entries were made.

An entry existed by the time of the first anchor that holds it. The anchor before does
not hold it; that is all it says, for whoever makes a log can keep an entry back.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ..log.merkle import ProofError, verify_consistency
from ..log.receipt import Anchor, EarlierAnchor
from ..log.verification import Report, Result
from .block_proof import problem_of

EARLIER: Final = "earlier"
EARLIER_ON_CHAIN: Final = "earlier_on_chain"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which anchors an entry came into the log, by the times of their blocks.

    ``since`` is of the last anchor without it, None where none is known.
    """

    by: int
    since: int | None


def check_earlier(report: Report) -> Report:
    """Check, without asking anybody, that the log grew from one anchor to the next.

    Adds the step ``earlier``, where the receipt has earlier anchors and nothing failed.
    """
    receipt = report.receipt
    if receipt is None or receipt.anchor is None or not receipt.earlier:
        return report
    if any(step.result is Result.FAILED for step in report.steps):
        return report
    if problem := _problem(receipt.anchor, receipt.earlier):
        reason = f"The earlier anchors do not fit: {problem}."
        return report.with_step(EARLIER, Result.FAILED, reason)
    count = len(receipt.earlier)
    return report.with_step(
        EARLIER,
        Result.PASSED,
        "The receipt names an earlier anchor, of the same log when it was shorter."
        if count == 1
        else f"The receipt names {count} earlier anchors, of the same log when it was"
        " shorter.",
    )


def _problem(anchor: Anchor, earlier: Sequence[EarlierAnchor]) -> str | None:
    for found in earlier:
        number = found.anchor.number
        if _log_of(found.anchor) != _log_of(anchor):
            return f"anchor {number} is of another log"
        try:
            verify_consistency(
                found.anchor.size,
                anchor.size,
                found.consistency,
                found.anchor.root,
                anchor.root,
            )
        except ProofError as err:
            return f"the log was another one at anchor {number}: {err}"
        if found.block and (problem := problem_of(found.anchor, found.block)):
            return f"the block of anchor {number} does not hold it: {problem}"
    for before, after in pairwise([*(found.anchor for found in earlier), anchor]):
        grew = before.number < after.number and before.size < after.size
        earlier_block = (
            before.block_number <= after.block_number
            and before.block_time <= after.block_time
        )
        if not grew or not earlier_block:
            return "they are not in their order"
    return None


def _log_of(anchor: Anchor) -> tuple[str, str, str, bytes]:
    return anchor.chain, anchor.contract, anchor.creator, anchor.log


def confirmed_anchors(report: Report) -> list[Anchor]:
    """Return the anchors of a report whose verdict is ``anchored``, by size.

    Earlier anchors are among them where the chain confirmed them, or where their blocks
    are carried and known.
    """
    receipt = report.receipt
    assert receipt is not None
    assert receipt.anchor is not None
    asked = any(
        step.name == EARLIER_ON_CHAIN and step.result is Result.PASSED
        for step in report.steps
    )
    return [
        *(
            found.anchor
            for found in receipt.earlier
            if asked or (found.block and found.anchor.block_hash in report.known_blocks)
        ),
        receipt.anchor,
    ]


def bounds(report: Report) -> list[Bounds]:
    """Return for each entry between which confirmed anchors it came into the log.

    Of a report whose verdict is ``anchored``.
    """
    receipt = report.receipt
    assert receipt is not None
    anchors = confirmed_anchors(report)
    sizes = [anchor.size for anchor in anchors]
    times = [None, *(anchor.block_time for anchor in anchors)]
    made = []
    for index in range(receipt.first, receipt.first + len(receipt.entries)):
        place = bisect_right(sizes, index)
        made.append(Bounds(anchors[place].block_time, times[place]))
    return made
