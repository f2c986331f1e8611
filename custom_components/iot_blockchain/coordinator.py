"""The coordinator of one log: it drives the anchoring and tells the entities."""

import asyncio
import logging
import math
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from . import issues
from .chain.account import Payer
from .chain.anchoring import Anchoring, Policy
from .chain.endpoints import Endpoints
from .chain.errors import ChainError, ChainUnreachableError, WrongChainError
from .chain.journal import ANCHORED, Journal, Status, Submission
from .chain.networks import CUSTOM_POLL, by_chain_id
from .chain.receipts import Receipts
from .const import CONF_CHAIN_ID, DOMAIN
from .device.credential import Issuer
from .devices import Devices
from .envelopes import async_get_envelopes
from .exporting import LogExporter
from .log.database import StoreError
from .log.receipt import Receipt
from .log.store import LogStore
from .log_status import LogStatus, LogView
from .recording import REQUESTED_SIZE, Recording
from .sources import Source

_LOGGER = logging.getLogger(__name__)

_BALANCE_AGE = timedelta(minutes=5)
_FINALITY_POLLS = 5
_LONGEST_FINALITY_DELAY = 150.0
_REFRESH_SECONDS = 5
_LONGEST_DELAY = 300.0
_MOST_DOUBLINGS = 10
_WAIT_SECONDS = 600
# An endpoint that fails so often in a row is away, and not only for a moment.
_PATIENCE = 3

# Problems that are over as soon as the endpoint, or the file, answers as it should.
_PASSING = (ChainUnreachableError, WrongChainError, StoreError)

type IotBlockchainConfigEntry = ConfigEntry[LogCoordinator]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogParts:
    """What a log is made of, opened and ready."""

    store: LogStore
    journal: Journal
    endpoints: Endpoints
    anchoring: Anchoring
    receipts: Receipts
    account: Payer
    issuer: Issuer
    policy: Policy


def finality_delay(poll: float, look: int) -> float:
    """Return how many seconds to wait after the look of this number, from 1.

    Ever longer: it takes seconds on some networks, a quarter of an hour on others.
    """
    doubled = math.ldexp(poll * _FINALITY_POLLS, min(look - 1, _MOST_DOUBLINGS))
    return min(doubled, _LONGEST_FINALITY_DELAY)


class LogCoordinator(DataUpdateCoordinator[LogStatus]):
    """One log: recording, anchoring, and what is to be said of both."""

    config_entry: IotBlockchainConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: IotBlockchainConfigEntry, parts: LogParts
    ) -> None:
        """Take the opened parts; nothing runs yet."""
        super().__init__(
            hass, _LOGGER, config_entry=entry, name=entry.title, always_update=False
        )
        self.parts = parts
        self.chain_id: int = entry.data[CONF_CHAIN_ID]
        self.network = by_chain_id(self.chain_id)
        self.recording = Recording(
            hass, parts.store, self._recorded, self._urgent, self._recording_trouble
        )
        self.devices = Devices(hass, entry, parts.store, self.recording, parts.issuer)
        self.exporter = LogExporter(
            hass, parts.store, parts.receipts, self._export_moved
        )
        self._poll = self.network.poll if self.network else CUSTOM_POLL
        self._wake = asyncio.Event()
        self._stepped = asyncio.Condition()
        self._requested_size = 0
        self._failures = 0
        self._compared = False
        # what was not final when the chain was last looked at, and how often it was
        self._awaited: Sequence[Status] = ()
        self._looks = 0
        self._problem: ChainError | StoreError | None = None
        self._balance: int | None = None
        self._balance_time: datetime | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._refreshing = False
        self._stopped = False

    async def async_start(self, sources: dict[str, Source]) -> None:
        """Begin to record, and to anchor in the background."""
        self._requested_size = await self.hass.async_add_executor_job(self._recall)
        await self.recording.async_start(sources)
        await self.devices.async_start()
        (await async_get_envelopes(self.hass)).add(self.devices)
        self._publish(await self._look())
        self._start(self._run())

    def _recall(self) -> int:
        """Return the size that somebody asked to anchor, perhaps before a restart."""
        return int(self.parts.store.recall().get(REQUESTED_SIZE, 0))

    def _remember(self, size: int) -> None:
        self.parts.store.append([], {REQUESTED_SIZE: str(size)})

    @callback
    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self.config_entry.async_create_background_task(
            self.hass, work, f"{DOMAIN} {self.config_entry.title}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def async_stop(self) -> None:
        """Stop to record, write what is left, and close the log's file."""
        if self._stopped:
            return
        self._stopped = True
        (await async_get_envelopes(self.hass)).remove(self.devices)
        try:
            await self.devices.async_stop()
            await self.recording.async_stop()
        except StoreError as err:
            _LOGGER.error("The last readings could not be written: %s", err)  # noqa: TRY400 - expected, and said in one line
        await self.exporter.async_stop()
        # Whatever a task is at, it is safe to stop there: what was to be sent is on
        # the disk, and is sent again.
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        async with self._stepped:
            self._stepped.notify_all()
        await self.hass.async_add_executor_job(self._close)

    def _close(self) -> None:
        self.parts.journal.close()
        self.parts.store.close()

    async def async_anchor(self, *, wait: bool) -> Submission | None:
        """Anchor everything recorded so far, whatever the policy says.

        With ``wait``, return the anchor once it is in a block.

        Raises:
            ChainError: (with ``wait``) it cannot be anchored now.
            StoreError: the log's file cannot be used.
            TimeoutError: (with ``wait``) it takes too long. Either way it is anchored
                as soon as that is possible.
        """
        await self.recording.async_flush()
        size = self.parts.store.size
        await self.hass.async_add_executor_job(self._remember, size)
        self._requested_size = size
        self._failures = 0
        self._problem = None
        self._wake.set()
        if not wait:
            self._publish(await self._look())
            return None
        async with asyncio.timeout(_WAIT_SECONDS), self._stepped:
            while not self._stopped:
                anchor = await self.hass.async_add_executor_job(
                    self.parts.journal.anchor_covering, size - 1
                )
                if anchor is not None:
                    return anchor
                self._raise_what_lasts()
                await self._stepped.wait()
        raise ChainUnreachableError("this log was unloaded meanwhile")

    def _raise_what_lasts(self) -> None:
        """Raise the problem that whoever waits should be told, and not wait on."""
        problem = self._problem
        away = isinstance(problem, ChainUnreachableError)
        if problem is not None and (not away or self._failures >= _PATIENCE):
            raise problem

    async def async_receipt(self, first: int, stop: int) -> Receipt:
        """Make a receipt.

        Raises:
            StoreError: the log does not hold these entries.
        """
        await self.recording.async_flush()
        receipt = await self.hass.async_add_executor_job(
            self.parts.receipts.make, first, stop
        )
        credentials = await self.devices.async_credentials(receipt.entries)
        return replace(receipt, credentials=credentials) if credentials else receipt

    @callback
    def _recorded(self) -> None:
        """Tell the entities soon: each time they are told is a row in a database."""
        if not self._refreshing:
            self._refreshing = True
            self._start(self._refresh())

    async def _refresh(self) -> None:
        await asyncio.sleep(_REFRESH_SECONDS)
        try:
            view = await self._look()
        except StoreError as err:
            _LOGGER.debug("The log's file cannot be read: %s", err)
            return
        finally:
            self._refreshing = False
        self._publish(view)
        if view.due and not self._failures:
            self._wake.set()

    @callback
    def _urgent(self, size: int) -> None:
        """Anchor at once: the log holds an urgent reading, and remembers that."""
        self._requested_size = max(self._requested_size, size)
        if not self._failures:
            self._wake.set()

    @callback
    def _export_moved(self) -> None:
        self.async_set_updated_data(replace(self.data, export=self.exporter.percent))

    @callback
    def _recording_trouble(self, error: StoreError | None) -> None:
        issues.set_recording_issue(self.hass, self.config_entry, error)

    async def _run(self) -> None:
        """Anchor when it is due, for as long as the entry is loaded."""
        while True:
            self._wake.clear()
            try:
                delay = self._delay(await self._step())
            except StoreError as err:
                self._failures += 1
                self._set_problem(StoreError(str(err)))
                delay = self._delay_after_failures()
            async with self._stepped:
                self._stepped.notify_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()

    async def _step(self) -> LogView:
        """Do what there is to do with the chain, and tell the entities."""
        view = await self._look()
        try:
            if self._balance_is_old():
                await self._refresh_balance()
            if view.unfinished:
                await self.parts.anchoring.follow()
                # The anchor that was on its way may be all that was due.
                view = await self._look()
            if not self._compared and Status.SUBMITTED not in view.unfinished:
                # Not only once an anchor is due: that can be in a month, and until
                # then receipts would be handed out for a log that is no more. But an
                # anchor that is on its way may reach the chain at any moment.
                await self.parts.anchoring.compare()
                self._compared = True
                self._set_problem(None)
            if view.due:
                await self.parts.anchoring.anchor()
                await self._refresh_balance()
        except ChainError as err:
            self._failures += 1
            self._set_problem(err)
        else:
            self._failures = 0
            if view.due or view.unfinished or isinstance(self._problem, _PASSING):
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

    def _balance_is_old(self) -> bool:
        return (
            self._balance_time is None
            or abs(dt_util.utcnow() - self._balance_time) >= _BALANCE_AGE
        )

    async def _refresh_balance(self) -> None:
        self._balance = None
        client = await self.parts.endpoints.choose()
        self._balance = await client.balance(self.parts.account.address)
        self._balance_time = dt_util.utcnow()

    @callback
    def _set_problem(self, problem: ChainError | StoreError | None) -> None:
        known = self._problem is not None and type(problem) is type(self._problem)
        if problem is not None and not known:
            _LOGGER.warning(
                "%s cannot be anchored for now: %s", self.config_entry.title, problem
            )
        elif problem is None and self._problem is not None:
            _LOGGER.info("%s can be anchored again", self.config_entry.title)
        self._problem = problem
        issues.set_chain_issue(
            self.hass,
            self.config_entry,
            problem if isinstance(problem, ChainError) else None,
        )

    async def _async_update_data(self) -> LogStatus:
        """Look when somebody asks for it (homeassistant.update_entity)."""
        try:
            return self._status(await self._look())
        except StoreError as err:
            raise UpdateFailed(str(err)) from err

    async def _look(self) -> LogView:
        return await self.hass.async_add_executor_job(self._read)

    def _read(self) -> LogView:
        """Read where the log and its anchors stand. Runs in an executor."""
        store, journal = self.parts.store, self.parts.journal
        anchor = journal.last_anchor(*ANCHORED)
        anchored_size = journal.anchored_size()
        waiting = store.counts_from(anchored_size).readings
        oldest = store.time_of_first_reading_from(anchored_size)
        return LogView(
            recorded=store.counts.readings,
            waiting=waiting,
            oldest=oldest,
            anchor=anchor,
            last=journal.last(),
            unfinished=[
                submission.status
                for submission in journal.with_status(
                    Status.SUBMITTED, Status.CONFIRMED
                )
            ],
            due=self._requested_size > anchored_size
            or self.parts.policy.is_due(waiting, oldest, dt_util.utcnow()),
        )

    @callback
    def _publish(self, view: LogView) -> None:
        self.async_set_updated_data(self._status(view))

    def _status(self, view: LogView) -> LogStatus:
        placement = view.anchor.placement if view.anchor else None
        return LogStatus(
            recorded=view.recorded,
            waiting=view.waiting,
            anchor_status=view.anchor_status,
            last_anchored=datetime.fromtimestamp(placement.time, UTC)
            if placement
            else None,
            last_transaction=view.last,
            balance=self._balance,
            export=self.exporter.percent,
        )
