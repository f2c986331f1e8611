"""What drives the anchoring of one log, for as long as it is loaded."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .. import issues
from ..chain.account import Payer
from ..chain.anchoring import Anchoring, Policy
from ..chain.endpoints import Endpoints
from ..chain.errors import (
    AccessDeniedError,
    ChainError,
    ChainUnreachableError,
    SignerDeniedError,
    UnexpectedError,
    WrongChainError,
)
from ..chain.journal import Journal, Status, Submission
from ..chain.networks import CUSTOM_POLL, by_chain_id
from ..const import DOMAIN
from ..intake.log_writer import REQUESTED_SIZE
from ..log.database import StoreError
from ..log.store import LogStore
from ..log_status import LogView
from .teller import Teller, key_of

_LOGGER = logging.getLogger(__name__)

_BALANCE_AGE = timedelta(minutes=5)
_COMPARISON_AGE = timedelta(hours=1)
_FINALITY_POLLS = 5
_LONGEST_FINALITY_DELAY = 150.0
_LONGEST_DELAY = 300.0
_MOST_DOUBLINGS = 10
_WAIT_SECONDS = 600
# An endpoint that fails so often in a row, or for so many seconds, is away, and not
# only for a moment.
_PATIENCE = 3
_PATIENCE_SECONDS = 30.0

# Problems that are over as soon as the endpoint, or the file, answers as it should.
_PASSING = (ChainUnreachableError, UnexpectedError, WrongChainError, StoreError)
# Problems that a person ends by entering a new access key.
_DENIALS = (AccessDeniedError, SignerDeniedError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainParts:
    """What a log is anchored with, opened and ready."""

    journal: Journal
    endpoints: Endpoints
    anchoring: Anchoring
    account: Payer
    policy: Policy


def finality_delay(poll: float, look: int) -> float:
    """Return how many seconds to wait after the look of this number, from 1.

    Ever longer: it takes seconds on some networks, a quarter of an hour on others.
    """
    doubled = math.ldexp(poll * _FINALITY_POLLS, min(look - 1, _MOST_DOUBLINGS))
    return min(doubled, _LONGEST_FINALITY_DELAY)


class Anchorer:
    """Anchors one log when it is due, and follows each anchor until it is final."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: LogStore,
        parts: ChainParts,
        *,
        look: Callable[[], Awaitable[LogView]],
        publish: Callable[[LogView], None],
    ) -> None:
        """Take the log and its chain; nothing runs yet.

        ``look`` reads where the log and its anchors stand, ``publish`` tells that to
        the entities.
        """
        self._hass = hass
        self._entry = entry
        self._store = store
        self.parts = parts
        self._look = look
        self._publish = publish
        self._teller = Teller(hass, entry, store, parts.journal)
        network = by_chain_id(parts.journal.chain_id)
        self._poll = network.poll if network else CUSTOM_POLL
        self._wake = asyncio.Event()
        self._stepped = asyncio.Condition()
        self._stopped = False
        self._requested_size = 0
        self._failures = 0
        # when the present try began, when the first did that failed, and how long ago
        # that was at the last failure
        self._try_began = self._failing_since = self._failed_for = 0.0
        self._comparison_time: datetime | None = None
        # what was not final when the chain was last looked at, and how often it was
        self._awaited: Sequence[Status] = ()
        self._looks = 0
        self._problem: ChainError | StoreError | None = None
        self._balance_time: datetime | None = None
        self.balance: int | None = None
        """What the account holds, in wei; None while nobody could be asked."""
        self.connected: bool | None = None
        """Whether the network answers, None while that is not known."""

    async def async_setup(self) -> None:
        """Recall what was asked for, and what was told, perhaps before a restart."""
        await self._teller.async_setup()
        kept = await self._hass.async_add_executor_job(self._store.recall)
        self._requested_size = int(kept.get(REQUESTED_SIZE, 0))

    async def async_run(self) -> None:
        """Anchor when it is due, until cancelled.

        It is safe to cancel this at any time: what was to be sent is on the disk, and
        is sent again.
        """
        while True:
            self._wake.clear()
            self._try_began = self._hass.loop.time()
            try:
                delay = self._delay(await self._step())
            except Exception as err:  # noqa: BLE001 - nobody else would go on
                self._fail(err)
                delay = self._delay_after_failures()
            async with self._stepped:
                self._stepped.notify_all()
            self._gather_block_proof()
            await self._teller.async_tell(
                self._problem, self.balance, sure=self._problem_lasts()
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()

    async def async_release(self) -> None:
        """Let nobody wait for an anchor any more: nothing runs now."""
        self._stopped = True
        async with self._stepped:
            self._stepped.notify_all()

    def is_due(self, anchored_size: int, waiting: int, oldest: datetime | None) -> bool:
        """Say whether an anchor is due, by the policy or because somebody asked."""
        return self._requested_size > anchored_size or self.parts.policy.is_due(
            waiting, oldest, dt_util.utcnow()
        )

    @callback
    def wake(self) -> None:
        """Look at the chain now, if nothing keeps the log from being anchored."""
        if not self._failures:
            self._wake.set()

    @callback
    def look_again(self) -> None:
        """Look at the chain and the balance now: somebody has mended something."""
        self._failures = 0
        self._balance_time = None
        self._wake.set()

    @callback
    def urge(self, size: int) -> None:
        """Anchor up to this size at once. The log remembers it already."""
        self._requested_size = max(self._requested_size, size)
        self.wake()

    async def async_request(self, size: int) -> None:
        """Anchor up to this size at once, whatever the policy says.

        Raises:
            StoreError: the log's file cannot be used.
        """
        await self._hass.async_add_executor_job(self._remember, size)
        self._requested_size = size
        self._failures = 0
        self._problem = None
        self._wake.set()

    def _remember(self, size: int) -> None:
        self._store.append([], {REQUESTED_SIZE: str(size)})

    async def async_wait(self, size: int) -> Submission:
        """Return the anchor of so many entries once it is in a block.

        Raises:
            ChainError: it cannot be anchored now.
            StoreError: the log's file cannot be used.
            TimeoutError: it takes too long. Either way it is anchored as soon as that
                is possible.
        """
        async with asyncio.timeout(_WAIT_SECONDS), self._stepped:
            while not self._stopped:
                anchor = await self._hass.async_add_executor_job(
                    self.parts.journal.anchor_covering, size - 1
                )
                if anchor is not None:
                    return anchor
                self._raise_what_lasts()
                await self._stepped.wait()
        raise ChainUnreachableError("this log was unloaded meanwhile")

    def _raise_what_lasts(self) -> None:
        """Raise the problem that whoever waits should be told, and not wait on."""
        if self._problem is not None and self._problem_lasts():
            raise self._problem

    @property
    def problem(self) -> str | None:
        """The key of what keeps the log from being anchored, once that is sure."""
        if self._problem is None or not self._problem_lasts():
            return None
        return key_of(self._problem)

    def _problem_lasts(self) -> bool:
        """Say whether it is sure that the problem is not over in a moment."""
        away = isinstance(self._problem, ChainUnreachableError)
        return (
            not away
            or self._failures >= _PATIENCE
            or (self._failures > 0 and self._failed_for >= _PATIENCE_SECONDS)
        )

    @callback
    def _gather_block_proof(self) -> None:
        """Ask for what makes receipts good without the chain. Nothing waits for it."""
        self._entry.async_create_background_task(
            self._hass,
            self.parts.anchoring.gather_block_proof(),
            f"{DOMAIN} {self._entry.title} block proof",
        )

    async def _step(self) -> LogView:
        """Do what there is to do with the chain, and tell the entities."""
        view = await self._look()
        try:
            if _is_old(self._balance_time, _BALANCE_AGE):
                await self._refresh_balance()
            if view.unfinished:
                await self.parts.anchoring.follow()
                # The anchor that was on its way may be all that was due.
                view = await self._look()
            compares = Status.SUBMITTED not in view.unfinished and _is_old(
                self._comparison_time, _COMPARISON_AGE
            )
            if compares:
                # Not only once an anchor is due: that can be in a month, and until
                # then receipts would be handed out for a log, or a block, that is no
                # more. But what is on its way may reach the chain at any moment.
                await self.parts.anchoring.compare()
                self._comparison_time = dt_util.utcnow()
            if view.due:
                await self.parts.anchoring.anchor()
                await self._refresh_balance()
        except StoreError:
            raise
        except Exception as err:  # noqa: BLE001 - the entities must say so, too
            self._fail(err)
        else:
            self._failures = 0
            passing = isinstance(self._problem, _PASSING)
            if compares or view.due or view.unfinished or passing:
                self._set_problem(None)
        view = await self._look()
        self._publish(view)
        return view

    def _delay(self, view: LogView) -> float:
        """Return how many seconds to rest before looking at the chain again."""
        if self._failures:
            return self._delay_after_failures()
        if view.due or Status.SUBMITTED in view.unfinished:
            return self._poll
        if view.unfinished:
            return self._until_news(view)
        if view.oldest is None:
            return _LONGEST_DELAY
        until_due = view.oldest + self.parts.policy.age - dt_util.utcnow()
        return min(max(until_due.total_seconds(), 1), _LONGEST_DELAY)

    def _until_news(self, view: LogView) -> float:
        """Return when to look again whether an anchor is final."""
        if view.unfinished != self._awaited:
            self._awaited, self._looks = view.unfinished, 0
        self._looks += 1
        return finality_delay(self._poll, self._looks)

    def _delay_after_failures(self) -> float:
        doublings = min(self._failures, _MOST_DOUBLINGS)
        return min(math.ldexp(self._poll, doublings), _LONGEST_DELAY)

    async def _refresh_balance(self) -> None:
        self.balance = None
        client = await self.parts.endpoints.choose()
        self.balance = await client.balance(self.parts.account.address)
        self._balance_time = dt_util.utcnow()

    @callback
    def _fail(self, err: Exception) -> None:
        """Take down what went wrong. What nobody expected is logged whole, once."""
        if not self._failures:
            self._failing_since = self._try_began
        self._failed_for = self._hass.loop.time() - self._failing_since
        self._failures += 1
        if isinstance(err, ChainError):
            self._set_problem(err)
        elif isinstance(err, StoreError):
            self._set_problem(StoreError(str(err)))
        else:
            if not isinstance(self._problem, UnexpectedError):
                _LOGGER.error("Anchoring %s failed", self._entry.title, exc_info=err)
            self._set_problem(UnexpectedError(type(err).__name__))
        if isinstance(err, _DENIALS) and self._failures >= _PATIENCE:
            self._entry.async_start_reauth(self._hass)

    @callback
    def _set_problem(self, problem: ChainError | StoreError | None) -> None:
        known = self._problem is not None and type(problem) is type(self._problem)
        if problem is not None and not known:
            _LOGGER.warning(
                "%s cannot be anchored for now: %s", self._entry.title, problem
            )
        elif problem is None and self._problem is not None:
            _LOGGER.info("%s can be anchored again", self._entry.title)
            if isinstance(self._problem, _DENIALS):
                self._withdraw_reauth()
        self._problem = problem
        if isinstance(problem, (ChainUnreachableError, WrongChainError)):
            if self._problem_lasts():
                self.connected = False
        elif not isinstance(problem, StoreError):
            self.connected = True
        issues.set_chain_issue(
            self._hass,
            self._entry,
            problem if isinstance(problem, ChainError) else None,
        )

    @callback
    def _withdraw_reauth(self) -> None:
        """Ask nobody for a new access key any more: the old one works again."""
        flows = self._entry.async_get_active_flows(self._hass, {SOURCE_REAUTH})
        for flow in list(flows):
            self._hass.config_entries.flow.async_abort(flow["flow_id"])


def _is_old(time: datetime | None, age: timedelta) -> bool:
    """Say whether something was never done, or so long ago."""
    return time is None or abs(dt_util.utcnow() - time) >= age
