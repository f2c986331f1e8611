"""Sending to the chain: one nonce at a time, on disk first, followed until final."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from .account import Payer
from .client import ChainClient, Inclusion
from .endpoints import Endpoints
from .errors import (
    AccountEmptyError,
    BudgetReachedError,
    ChainUnreachableError,
    FinalReorgedError,
    RevertedError,
)
from .fees import Fees, Limits, market_fees, raised
from .journal import Attempt, Intent, Journal, Kind, Placement, Status, Submission

_BUMP_AFTER = timedelta(minutes=3)
# So many blocks without it say that it offers too little. A chain that stands still
# says nothing.
_BUMP_AFTER_BLOCKS = 3
# Endpoints behind a load balancer lag behind one another for a while.
_LOST_AFTER = timedelta(minutes=2)
_GAS_MARGIN_NUMERATOR, _GAS_MARGIN_DENOMINATOR = 5, 4
_DAY = timedelta(days=1)
_UNFINISHED = (Status.SUBMITTED, Status.CONFIRMED)
_NO_FUNDS = "insufficient funds"


def _now() -> datetime:
    return datetime.now(UTC)


class Sender:
    """Sends from one account to one chain; callers must take turns."""

    def __init__(
        self,
        endpoints: Endpoints,
        account: Payer,
        journal: Journal,
        limits: Limits,
        log: bytes,
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        """Take what to send with, and the id of the log; nothing is sent yet."""
        self._endpoints = endpoints
        self._client: ChainClient
        self._account = account
        self._journal = journal
        self._limits = limits
        self._log = log
        self._now = now
        self._hopeless_since: dict[int, datetime] = {}
        # the last block when an attempt became overdue
        self._overdue_since: dict[bytes, int] = {}

    def use(self, client: ChainClient) -> None:
        """Take the endpoint for all that follows, until told another one."""
        self._client = client

    async def submit(self, intent: Intent) -> None:
        """Send something new.

        Raises:
            ChainError: it was not sent, or it is not known whether it arrived; in the
                latter case it stands in the journal and ``follow`` sends it again.
        """
        gas = (
            await self._client.estimate_gas(
                self._account.address, intent.to, intent.data
            )
            * _GAS_MARGIN_NUMERATOR
            // _GAS_MARGIN_DENOMINATOR
        )
        fees = await market_fees(self._client, self._limits)
        await self._require_affordable(gas, fees)
        nonce = max(
            await self._client.transaction_count(self._account.address),
            *(
                submission.nonce + 1
                for submission in await self._with_status(*_UNFINISHED)
                if submission.sender == self._account.address
            ),
            0,
        )
        attempt = await self._sign(intent, nonce, gas, fees)
        await asyncio.to_thread(
            self._journal.add,
            intent,
            attempt,
            sender=self._account.address,
            nonce=nonce,
            gas=gas,
        )
        await self._send(attempt)

    async def _send(self, attempt: Attempt) -> None:
        try:
            await self._client.send(attempt.transaction.raw)
        except RevertedError as err:
            # Layer 2 networks charge more than gas, and only the node knows how much.
            if _NO_FUNDS in str(err).lower():
                raise self._empty(str(err)) from err
            raise

    async def follow(self) -> None:
        """Bring the journal up to date with the chain, and resend what is missing."""
        if not await self._with_status(*_UNFINISHED):
            return
        final = await self._client.final_block_number()
        for submission in await self._with_status(*_UNFINISHED, Status.FAILED):
            # What failed used up a nonce. A reorg can take it back together with what
            # was sent after it, which then waits for that nonce.
            if submission.status is Status.FAILED and _is_settled(submission, final):
                continue
            if not await self._place(submission, final):
                await self._pursue(submission)

    async def look_again(self) -> None:
        """Look for transactions that were given up: a reorg can have placed them."""
        final = await self._client.final_block_number()
        for submission in await self._with_status(Status.REPLACED, Status.FAILED):
            await self._place(submission, final)

    async def require_final_to_last(self) -> None:
        """Make sure that what was final still stands.

        What does not is sent again.

        Raises:
            FinalReorgedError: the network took back what it had called final.
        """
        lost: list[Submission] = []
        last = await asyncio.to_thread(self._journal.last_final)
        while last is not None and await self._is_gone(last):
            lost.append(last)
            last = await asyncio.to_thread(self._journal.last_final, last)
        for submission in lost:
            await asyncio.to_thread(self._journal.update, submission, Status.SUBMITTED)
        if lost:
            raise FinalReorgedError(
                f"{len(lost)} transactions that were final are gone",
                count=str(len(lost)),
            )

    async def _is_gone(self, submission: Submission) -> bool:
        """Tell whether the block that held a submission is another one now."""
        assert submission.placement is not None
        inclusion = await self._client.inclusion(submission.hash)
        if inclusion and inclusion.block_hash == submission.placement.block_hash:
            return False
        block = await self._client.block(submission.placement.block_number)
        # No such block: this endpoint lags behind the one that was asked before. And
        # that it has forgotten a transaction whose block stands is no reorg.
        return block is not None and block.hash != submission.placement.block_hash

    async def _place(self, submission: Submission, final: int) -> bool:
        """Write down the block that a submission is in; say whether it is in one."""
        for attempt in await asyncio.to_thread(self._journal.attempts, submission):
            transaction = attempt.transaction.hash
            inclusion = await self._client.inclusion(transaction)
            if inclusion is None:
                continue
            if not inclusion.succeeded:
                status = Status.FAILED
            elif inclusion.block_number <= final and await self._endpoints.agree(
                self._client, transaction, inclusion
            ):
                status = Status.FINAL
            else:
                status = Status.CONFIRMED
            placement = submission.placement
            if placement is None or placement.block_hash != inclusion.block_hash:
                block = await self._client.block(inclusion.block_number)
                if block is None or block.hash != inclusion.block_hash:
                    return True  # in the middle of a reorg: look again next time
                placement = Placement(
                    transaction=transaction,
                    block_number=block.number,
                    block_hash=block.hash,
                    time=block.time,
                    cost=inclusion.cost,
                    number=self._number(submission, inclusion),
                )
            elif status is submission.status:
                return True
            await asyncio.to_thread(self._journal.update, submission, status, placement)
            return True
        return False

    def _number(self, submission: Submission, inclusion: Inclusion) -> int | None:
        """Return the number of an anchor, and None for what is none.

        Raises:
            ChainUnreachableError: the anchor succeeded without anchoring anything,
                which the contract does not do: the endpoint is broken, or lies.
        """
        intent = submission.intent
        if intent.kind is not Kind.ANCHOR or not inclusion.succeeded:
            return None
        for event in inclusion.anchored:
            if (event.log, event.size, event.root) == (
                self._log,
                intent.size,
                intent.root,
            ):
                return event.number
        raise ChainUnreachableError(
            "the RPC endpoint answers without sense (an anchor that anchored nothing)"
        )

    async def _pursue(self, submission: Submission) -> None:
        """Get a submission that is in no block into one."""
        if submission.placement is not None:
            head = await self._client.latest_block()
            if head.number < submission.placement.block_number:
                return  # this endpoint lags behind the one that was asked before
            await asyncio.to_thread(self._journal.update, submission, Status.SUBMITTED)
        if await self._gave_up(submission):
            return
        last, *_ = await asyncio.to_thread(self._journal.attempts, submission)
        # either way: a clock that was set back must not hold it up
        age = abs(self._now().timestamp() - last.sent)
        # An account that is no longer this log's offers nothing more.
        mine = submission.sender == self._account.address
        overdue = mine and age > _BUMP_AFTER.total_seconds()
        priced_out = False
        if not await self._client.knows(last.transaction.hash):
            try:
                await self._resend(submission, last)
            except RevertedError:
                # Some nodes take nothing that the next block could not hold.
                priced_out = await self._client.base_fee() > last.max_fee
                if not (overdue or priced_out):
                    raise
        if (mine and priced_out) or (overdue and await self._is_left_out(last)):
            await self._bump(submission, last)

    async def _is_left_out(self, attempt: Attempt) -> bool:
        """Say whether blocks are made without an attempt that is overdue."""
        head = (await self._client.latest_block()).number
        since = self._overdue_since.setdefault(attempt.transaction.hash, head)
        return head >= since + _BUMP_AFTER_BLOCKS

    async def _gave_up(self, submission: Submission) -> bool:
        """Give up on a submission whose nonce is used, or whose turn never comes.

        The same is then sent anew, with the nonce whose turn it is. That is safe: the
        contract takes only one of them, whichever comes first.
        """
        count = await self._client.transaction_count(submission.sender)
        if count == submission.nonce or await self._is_led_up_to(submission, count):
            self._hopeless_since.pop(submission.id, None)
            return False
        since = self._hopeless_since.setdefault(submission.id, self._now())
        if abs(self._now() - since) < _LOST_AFTER:
            return True
        del self._hopeless_since[submission.id]
        await asyncio.to_thread(self._journal.update, submission, Status.REPLACED)
        return True

    async def _is_led_up_to(self, submission: Submission, count: int) -> bool:
        """Say whether something else of this journal takes a nonce in between.

        It is on its way there, too, or this endpoint lags behind.
        """
        final = await asyncio.to_thread(self._journal.last_final)
        return any(
            other.sender == submission.sender
            and count <= other.nonce < submission.nonce
            for other in (
                *await self._with_status(*_UNFINISHED),
                *([] if final is None else [final]),
            )
        )

    async def _with_status(self, *statuses: Status) -> Sequence[Submission]:
        return await asyncio.to_thread(self._journal.with_status, *statuses)

    async def _resend(self, submission: Submission, attempt: Attempt) -> None:
        try:
            await self._send(attempt)
        except RevertedError:
            count = await self._client.transaction_count(submission.sender)
            if count <= submission.nonce:
                raise

    async def _bump(self, submission: Submission, last: Attempt) -> None:
        """Offer a higher fee for the same effect, within the limits."""
        market = await market_fees(self._client, self._limits)
        fees = raised(Fees(last.max_fee, last.priority_fee), market, self._limits)
        if fees is None:
            return
        await self._require_affordable(submission.gas, fees)
        attempt = await self._sign(
            submission.intent, submission.nonce, submission.gas, fees
        )
        await asyncio.to_thread(self._journal.add_attempt, submission, attempt)
        await self._resend(submission, attempt)

    async def _sign(self, intent: Intent, nonce: int, gas: int, fees: Fees) -> Attempt:
        transaction = await self._account.sign_transaction(
            {
                "type": 2,
                "chainId": self._endpoints.chain_id,
                "nonce": nonce,
                "to": intent.to,
                "value": 0,
                "data": intent.data,
                "gas": gas,
                "maxFeePerGas": fees.max_fee,
                "maxPriorityFeePerGas": fees.priority_fee,
            }
        )
        return Attempt(
            transaction=transaction,
            max_fee=fees.max_fee,
            priority_fee=fees.priority_fee,
            sent=int(self._now().timestamp()),
        )

    async def _require_affordable(self, gas: int, fees: Fees) -> None:
        cost = gas * fees.max_fee
        if (budget := self._limits.daily_budget) is not None:
            spent = await asyncio.to_thread(
                self._journal.spent_since, self._now() - _DAY
            )
            if spent + cost > budget:
                raise BudgetReachedError(
                    f"{spent} wei of {budget} are spent today; {cost} more may be due"
                )
        if await self._client.balance(self._account.address) < cost:
            raise self._empty(f"it cannot pay up to {cost} wei")

    def _empty(self, why: str) -> AccountEmptyError:
        address = self._account.address
        return AccountEmptyError(f"the account {address}: {why}", address=address)


def _is_settled(submission: Submission, final: int) -> bool:
    """Say whether a submission is in a block that is final, or in none."""
    placement = submission.placement
    return placement is None or placement.block_number <= final
