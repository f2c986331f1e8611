"""Gathering the proofs that blocks hold anchors, while endpoints still know the blocks.

A proof belongs to one block. So it is gathered once the block is final: before that the
network can still take the block back, and the proof would be of no use. It is extra:
where an endpoint cannot give it, receipts are made without it, and anchoring goes on.
"""

import asyncio
from collections.abc import Callable

from ..log.database import StoreError
from ..log.receipt import Anchor, BlockProof
from .block_proof import problem_of
from .client import ChainClient
from .endpoints import Endpoints
from .errors import ChainError
from .journal import Journal, Submission
from .proving import prove
from .rpc import NonsenseError


class BlockProofs:
    """The block proofs of one log."""

    def __init__(
        self,
        endpoints: Endpoints,
        journal: Journal,
        anchor_of: Callable[[Submission], Anchor],
    ) -> None:
        """Take whom to ask, and where anchors and proofs are written down."""
        self._endpoints = endpoints
        self._journal = journal
        self._anchor_of = anchor_of
        self._busy = False

    async def gather(self) -> None:
        """Get the proof of one anchor that is final and has none, and write it down.

        Where that fails it is tried again, a few times and not soon. Nothing is raised
        and nothing is done where another call is still at it.
        """
        if self._busy:
            return
        self._busy = True
        try:
            await self._gather()
        except ChainError, StoreError:
            pass  # tried again next time
        finally:
            self._busy = False

    async def _gather(self) -> None:
        anchor = await asyncio.to_thread(self._journal.anchor_without_block)
        if anchor is None:
            return
        found = None
        async for client in self._endpoints.each():
            found = await self._ask(client, self._anchor_of(anchor))
            if found is not None:
                break
        await asyncio.to_thread(self._journal.keep_block, anchor, found)

    async def _ask(self, client: ChainClient, anchor: Anchor) -> BlockProof | None:
        """Get the proof from an endpoint, None where it is of no use."""
        try:
            block = await client.header(anchor.block_hash)
            outcomes = await client.outcomes(anchor.block_number)
            found = await asyncio.to_thread(prove, block, outcomes, anchor.transaction)
            problem = await asyncio.to_thread(problem_of, anchor, found)
        except ChainError, NonsenseError:
            return None
        return None if problem else found
