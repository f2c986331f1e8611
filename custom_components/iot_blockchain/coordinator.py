"""The coordinator of one log: it records, has it anchored, and tells the entities."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import cast

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from . import issues
from .anchoring.anchorer import Anchorer, ChainParts
from .chain.errors import ChainError
from .chain.journal import Journal, Submission
from .chain.networks import by_chain_id
from .chain.receipts import Receipts
from .const import DOMAIN
from .device.credential import Issuer
from .evidence.exporting import LogExporter
from .intake.recording import Recording
from .intake.sources import Source
from .log.database import StoreError
from .log.receipt import Receipt
from .log.store import LogStore
from .log_status import LogStatus, LogView, next_due, read_view, status_of
from .signing.devices import Devices
from .signing.envelopes import async_get_envelopes
from .source_status import SourceStatuses

_LOGGER = logging.getLogger(__name__)

_REFRESH_SECONDS = 5

type IotBlockchainConfigEntry = ConfigEntry[LogCoordinator]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogParts:
    """What a log is made of, opened and ready.

    ``chain`` is None where no network was chosen yet; ``journal`` is empty then.
    """

    store: LogStore
    journal: Journal
    receipts: Receipts
    issuer: Issuer
    chain: ChainParts | None


class NoChainError(ChainError):
    """The log is recorded, but no network was chosen for it yet."""

    key = "no_chain"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("no network was chosen for this log yet")


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
        self.chain_id = parts.chain.journal.chain_id if parts.chain else None
        self.network = by_chain_id(self.chain_id) if self.chain_id else None
        self.anchorer = (
            Anchorer(
                hass,
                entry,
                parts.store,
                parts.chain,
                look=self._look,
                publish=self._publish,
            )
            if parts.chain
            else None
        )
        self.recording = Recording(
            hass, parts.store, self._recorded, self._urgent, self._recording_trouble
        )
        self.devices = Devices(hass, entry, parts.store, self.recording, parts.issuer)
        self.exporter = LogExporter(
            hass, parts.store, parts.receipts, self._export_moved
        )
        self._sources = SourceStatuses(parts.store.path, self.recording)
        self._tasks: set[asyncio.Task[None]] = set()
        self._refreshing = False
        self._unwritable = False
        self._stopped = False

    @property
    def chain(self) -> ChainParts:
        """What the log is anchored with.

        Raises:
            NoChainError: no network was chosen yet.
        """
        if self.parts.chain is None:
            raise NoChainError
        return self.parts.chain

    async def async_start(self, sources: dict[str, Source]) -> None:
        """Begin to record, and to anchor in the background."""
        if self.anchorer is not None:
            await self.anchorer.async_setup()
        await self.recording.async_start(sources)
        await self.devices.async_start()
        (await async_get_envelopes(self.hass)).add(self.devices)
        self._publish(await self._look())
        if self.anchorer is not None:
            self._start(self.anchorer.async_run())
            # What happened is told from then on.
            self.config_entry.async_on_unload(
                async_at_started(self.hass, self._started)
            )

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        if self.anchorer is not None:
            self.anchorer.wake()

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
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.anchorer is not None:
            await self.anchorer.async_release()
        await self.hass.async_add_executor_job(self._close)

    def _close(self) -> None:
        self.parts.journal.close()
        self.parts.store.close()

    async def async_anchor(self, *, wait: bool) -> Submission | None:
        """Anchor everything recorded so far, whatever the policy says.

        With ``wait``, return the anchor once it is in a block.

        Raises:
            NoChainError: no network was chosen yet.
            ChainError: (with ``wait``) it cannot be anchored now.
            StoreError: the log's file cannot be used.
            TimeoutError: (with ``wait``) it takes too long. Either way it is anchored
                as soon as that is possible.
        """
        if self.anchorer is None:
            raise NoChainError
        await self.recording.async_flush()
        size = self.parts.store.size
        await self.anchorer.async_request(size)
        if wait:
            return await self.anchorer.async_wait(size)
        self._publish(await self._look())
        return None

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
        # What is recorded from here on may be too late for this look.
        self._refreshing = False
        try:
            view = await self._look()
        except StoreError as err:
            _LOGGER.debug("The log's file cannot be read: %s", err)
            return
        self._publish(view)
        if view.due and self.anchorer is not None:
            self.anchorer.wake()

    @callback
    def _urgent(self, size: int) -> None:
        """Anchor at once: the log holds an urgent reading, and remembers that."""
        if self.anchorer is not None:
            self.anchorer.urge(size)

    @callback
    def _export_moved(self) -> None:
        self.async_set_updated_data(replace(self.data, export=self.exporter.percent))

    @callback
    def _recording_trouble(self, error: StoreError | None) -> None:
        issues.set_recording_issue(self.hass, self.config_entry, error)
        self._unwritable = error is not None
        self._recorded()

    @property
    def _problem(self) -> str | None:
        """What keeps readings from being written or anchored."""
        if self._unwritable:
            return "log_unwritable"
        return None if self.anchorer is None else self.anchorer.problem

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
        is_due = None if self.anchorer is None else self.anchorer.is_due
        return read_view(self.parts.store, self.parts.journal, self._sources, is_due)

    @callback
    def _publish(self, view: LogView) -> None:
        self.async_set_updated_data(self._status(view))

    def _status(self, view: LogView) -> LogStatus:
        anchorer = self.anchorer
        return status_of(
            view,
            balance=anchorer.balance if anchorer else None,
            export=self.exporter.percent,
            problem=self._problem,
            connected=anchorer.connected if anchorer else None,
            next_due=next_due(
                view,
                anchorer.parts.policy.age,
                self.data.next_due if self.data else None,
                dt_util.utcnow(),
            )
            if anchorer
            else None,
        )


@callback
def loaded_log(entry: ConfigEntry) -> LogCoordinator:
    """Return what runs a log, in a dialog.

    Raises:
        AbortFlow: it was unloaded, perhaps since the dialog was opened.
    """
    if entry.state is not ConfigEntryState.LOADED:
        raise AbortFlow("not_loaded")
    return cast("IotBlockchainConfigEntry", entry).runtime_data


@callback
def loaded_logs(hass: HomeAssistant) -> list[LogCoordinator]:
    """Return the logs that are loaded."""
    return [
        cast("IotBlockchainConfigEntry", entry).runtime_data
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
    ]
