"""Anchoring a log: what has to be sent next, from deploying the contract onwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ..log.note import Signer
from ..log.store import LogStore
from . import calls, contract
from .account import Payer
from .block_proofs import BlockProofs
from .client import ChainClient
from .deployment import deployment
from .endpoints import Endpoints
from .errors import (
    ChainUnreachableError,
    ContractMissingError,
    LogDivergedError,
    NotOwnerError,
    NotPublisherError,
)
from .fees import Limits
from .journal import ANCHORED, Intent, Journal, Kind, Status, Submission
from .receipts import anchor_of
from .sender import Sender

_LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Policy:
    """When an anchor is due: so many readings wait, or one has waited so long."""

    readings: int
    age: timedelta

    def is_due(self, waiting: int, oldest: datetime | None, now: datetime) -> bool:
        """Say whether an anchor is due.

        A reading from far in the future has waited too: the clock was set back.
        """
        return waiting >= self.readings or (
            oldest is not None and abs(now - oldest) >= self.age
        )


class Anchoring:
    """One log on one chain."""

    def __init__(
        self,
        *,
        store: LogStore,
        signer: Signer,
        journal: Journal,
        endpoints: Endpoints,
        account: Payer,
        creator: str,
        limits: Limits,
        deploy: bool,
        predecessor: bytes | None = None,
    ) -> None:
        """Take the log, its keys and its chain.

        ``creator`` is the account that the log's id was made with. With ``deploy``
        the contract is deployed where it is missing. ``predecessor`` is the log that
        this one continues.
        """
        self._store = store
        self._signer = signer
        self._journal = journal
        self._endpoints = endpoints
        self._client: ChainClient
        self._account = account
        self._creator = creator
        self._deploy = deploy
        self._predecessor = predecessor
        self._lock = asyncio.Lock()
        self._key = signer.verifier_key.public_key
        self.log_id = contract.log_id(creator, self._key)
        self._sender = Sender(endpoints, account, journal, limits, self.log_id)
        self._block_proofs = BlockProofs(
            endpoints,
            journal,
            partial(
                anchor_of, chain_id=journal.chain_id, creator=creator, key=self._key
            ),
        )

    async def follow(self) -> None:
        """Find out what became of what was sent, and send again what is missing.

        Raises:
            ChainError: for now it cannot be found out.
        """
        async with self._step():
            await self._sender.follow()

    async def gather_block_proof(self) -> None:
        """Get the proof of the block of an anchor that became final, if there is one.

        It does not wait for a turn, and nobody needs to wait for it. Nothing is raised.
        """
        await self._block_proofs.gather()

    async def anchor(self) -> None:
        """Take the next step towards an anchor of the log as it is now.

        Steps are to deploy the contract, to create the log, and the anchor itself.
        Nothing is done while one is on its way, nor where nothing is new.

        Raises:
            ChainError: for now it cannot go on; what was recorded is not touched.
        """
        async with self._step():
            await self._sender.require_final_to_last()
            on_its_way = await asyncio.to_thread(
                self._journal.with_status, Status.SUBMITTED
            )
            if not on_its_way and (intent := await self._next_step()):
                await self._sender.submit(intent)

    async def compare(self) -> None:
        """Make sure that the chain and the log hold the same anchors of this log.

        The chain holds more where an old backup was restored, and where a copy runs
        elsewhere; and less where it took back what it had called final.

        Raises:
            FinalReorgedError: it did; what it took back is sent again.
            LogDivergedError: it holds more: this log cannot be anchored any more.
            NotPublisherError: another account anchors this log now.
            ChainError: for now it cannot be found out.
        """
        async with self._step():
            await self._sender.require_final_to_last()
            if not await self._client.has_code(contract.ADDRESS):
                return
            state = await self._client.log_state(self.log_id)
            if state.exists:
                self._require_mine(state)
                await self._previous(state)

    async def state(self) -> contract.LogState:
        """Ask the contract, which must be there, for the state of this log."""
        async with self._step():
            return await self._client.log_state(self.log_id)

    async def hand_over(self, call: bytes) -> None:
        """Send a call of the log's owner, and return when a block holds it.

        Raises:
            NotOwnerError: the owner is another account.
            ChainError: it cannot be sent or followed now.
        """
        async with self._step():
            state = await self._client.log_state(self.log_id)
            if state.owner != self._account.address:
                raise NotOwnerError(f"the log belongs to {state.owner}")
            await self._sender.submit(
                Intent(kind=Kind.HAND_OVER, to=contract.ADDRESS, data=call)
            )
        while await asyncio.to_thread(self._journal.with_status, Status.SUBMITTED):
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            await self.follow()

    @asynccontextmanager
    async def _step(self) -> AsyncIterator[None]:
        """Take a step with one endpoint, and with another one next time if it fails."""
        async with self._lock:
            self._client = await self._endpoints.choose()
            self._sender.use(self._client)
            try:
                yield
            except ChainUnreachableError:
                self._endpoints.give_up(self._client)
                raise

    async def _next_step(self) -> Intent | None:
        if not await self._client.has_code(contract.ADDRESS):
            return await self._deployment()
        state = await self._client.log_state(self.log_id)
        if not state.exists:
            return await self._creation()
        self._require_mine(state)
        return await self._anchor(state)

    def _require_mine(self, state: contract.LogState) -> None:
        if state.closed or state.publisher != self._account.address:
            raise NotPublisherError(
                f"{self._account.address} may not anchor this log",
                address=self._account.address,
            )

    async def _deployment(self) -> Intent:
        if not self._deploy:
            raise ContractMissingError(
                f"the LogAnchor contract is not on chain {self._endpoints.chain_id}",
                contract=contract.ADDRESS,
            )
        return await deployment(self._client, self._endpoints.chain_id)

    async def _creation(self) -> Intent:
        if self._creator != self._account.address:
            raise NotPublisherError(
                f"only {self._creator} can create this log",
                address=self._account.address,
            )
        return Intent(
            kind=Kind.CREATE,
            to=contract.ADDRESS,
            data=calls.create(
                self._key, self._account.address, await self._named_predecessor()
            ),
        )

    async def _named_predecessor(self) -> bytes:
        """Return the log that this one continues, if the contract lets us name it.

        Only its owner may, who may be another account.
        """
        if self._predecessor is None:
            return contract.NO_PREDECESSOR
        state = await self._client.log_state(self._predecessor)
        mine = state.owner == self._account.address
        return self._predecessor if mine else contract.NO_PREDECESSOR

    async def _anchor(self, state: contract.LogState) -> Intent | None:
        previous = await self._previous(state)
        current, _ = await asyncio.to_thread(self._store.sign_checkpoint, self._signer)
        if current.size == state.size:
            return None
        if previous is None:
            time, root, proof = 0, bytes(32), []
        else:
            if previous.intent.root is None or previous.placement is None:
                raise AssertionError("an anchor in the journal has no root or no block")
            time, root = previous.placement.time, previous.intent.root
            proof = await asyncio.to_thread(
                self._store.consistency_proof, state.size, current.size
            )
        return Intent(
            kind=Kind.ANCHOR,
            to=contract.ADDRESS,
            data=calls.anchor(
                self.log_id, current.size, current.root, time, root, proof
            ),
            size=current.size,
            root=current.root,
        )

    async def _previous(self, state: contract.LogState) -> Submission | None:
        """Return the last anchor, which must be the one that the chain knows."""
        previous = await self._last_anchor()
        if _size(previous) < state.size:
            await self._sender.look_again()
            previous = await self._last_anchor()
        if _size(previous) < state.size:
            raise LogDivergedError(
                f"the chain holds an anchor of {state.size} entries that this log has"
                " no record of"
            )
        if _size(previous) > state.size:
            raise ChainUnreachableError("the RPC endpoint lags behind the chain")
        return previous

    async def _last_anchor(self) -> Submission | None:
        return await asyncio.to_thread(self._journal.last_anchor, *ANCHORED)


def _size(anchor: Submission | None) -> int:
    return 0 if anchor is None or anchor.intent.size is None else anchor.intent.size
