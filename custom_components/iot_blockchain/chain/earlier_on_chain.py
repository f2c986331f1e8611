"""Asking a chain for the anchors before the receipt's own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import batched

from ..log.receipt import EarlierAnchor
from ..log.verification import Report, Result
from .client import ChainClient
from .earlier import EARLIER_ON_CHAIN
from .endpoints import Endpoints
from .errors import ChainError
from .opinion import Opinion, ask_about

# Anchors that an endpoint is asked for at a time: public ones ask for patience.
_AT_ONCE = 4


async def check_earlier_on_chain(
    report: Report, endpoints: Mapping[str, Endpoints]
) -> Report:
    """Ask each of these whether the chain holds the earlier anchors, too.

    Adds the step ``earlier_on_chain``, where the last step passed and the receipt names
    earlier anchors. It passes where all of them say so, and is skipped where one of
    them does not know: the readings are anchored without it.
    """
    receipt = report.receipt
    if receipt is None or not receipt.earlier:
        return report
    if report.steps[-1].result is not Result.PASSED:
        return report
    opinions = await asyncio.gather(
        *(_ask(receipt.earlier, each) for each in endpoints.values())
    )
    said = dict(zip(endpoints, opinions, strict=True))
    for result, begin in (
        (Result.FAILED, "The chain does not hold all earlier anchors."),
        (Result.SKIPPED, "Not all earlier anchors could be asked for."),
    ):
        quoted = [
            f"{name}: {opinion.says}"
            for name, opinion in said.items()
            if opinion.result is result
        ]
        if quoted:
            reason = f"{begin} {'; '.join(quoted)}."
            return report.with_step(EARLIER_ON_CHAIN, result, reason)
    return report.with_step(
        EARLIER_ON_CHAIN, Result.PASSED, "The chain holds the earlier anchors, too."
    )


async def _ask(earlier: Sequence[EarlierAnchor], endpoints: Endpoints) -> Opinion:
    """Ask for one anchor after the other, until one is not confirmed."""
    try:
        client = await endpoints.choose()
    except ChainError as err:
        return Opinion(Result.SKIPPED, str(err))
    for some in batched(earlier, _AT_ONCE, strict=False):
        opinions = await asyncio.gather(*(_ask_for(found, client) for found in some))
        for opinion in opinions:
            if opinion.result is not Result.PASSED:
                return opinion
    return Opinion(Result.PASSED, "the chain holds them")


async def _ask_for(found: EarlierAnchor, client: ChainClient) -> Opinion:
    # The step ``earlier`` has passed, and so has each block that is carried.
    proven = found.block is not None
    try:
        opinion = await ask_about(found.anchor, client, proven=proven)
    except ChainError as err:
        opinion = Opinion(Result.SKIPPED, str(err))
    return replace(opinion, says=f"anchor {found.anchor.number}: {opinion.says}")
