"""Exports: a whole log in a file that a person can take away."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from ..chain.receipts import Receipts
from ..exceptions import failed
from ..log.checkpoint import log_id_of
from ..log.database import StoreError
from ..log.export import export
from ..log.store import LogStore
from .export_files import ExportedFile, exports_folder, write_export

_LOG_ID_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class ExportedLog:
    """A finished export: how many entries it has, and its file."""

    size: int
    file: ExportedFile


class _EndedError(Exception):
    """Nobody waits for the export any more."""


class LogExporter:
    """Exports one log, one time after another. Each export replaces the last."""

    def __init__(
        self,
        hass: HomeAssistant,
        store: LogStore,
        receipts: Receipts,
        on_progress: Callable[[], None],
    ) -> None:
        """Take the log; ``on_progress`` is called when ``percent`` is another."""
        self._hass = hass
        self._store = store
        self._receipts = receipts
        self._on_progress = on_progress
        self._folder = exports_folder(hass)
        self._log_id = log_id_of(store.origin).hex()[:_LOG_ID_DIGITS]
        self._work: asyncio.Future[ExportedLog] | None = None
        self._ended = threading.Event()
        self._cancel_listener: CALLBACK_TYPE = lambda: None
        self.percent: int | None = None

    async def async_setup(self) -> None:
        """Remove what an export that was cut off has left."""
        # Nothing may wait for an export when Home Assistant stops.
        self._cancel_listener = self._hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_STOP, self._end
        )
        await self._hass.async_add_executor_job(self._remove, "part", None)

    @callback
    def _end(self, _event: Event) -> None:
        self._cancel_listener = lambda: None
        self._ended.set()

    async def async_export(self) -> ExportedLog:
        """Export all that is recorded.

        Raises:
            HomeAssistantError: it cannot be done, or is being done already; nothing is
                left of it.
        """
        if self._work is not None:
            raise failed("export_running")
        self._ended = threading.Event()
        self._set(0)
        # Not by Home Assistant's own way, which lets its end wait for the executor.
        work = self._work = self._hass.loop.run_in_executor(
            None, self._run, self._ended
        )
        work.add_done_callback(self._done)
        try:
            # Waiting does not cancel what cannot be cancelled: it is told to end.
            await asyncio.wait([work])
        except asyncio.CancelledError:
            self._ended.set()
            raise
        try:
            return work.result()
        except _EndedError as err:
            raise failed("export_ended") from err
        except StoreError as err:
            raise failed("export_unreadable", error=str(err)) from err
        except OSError as err:
            raise failed("export_unwritable", error=str(err)) from err

    async def async_stop(self) -> None:
        """End an export that is running; nothing is left of it."""
        self._cancel_listener()
        self._ended.set()
        if self._work is not None:
            await asyncio.wait([self._work])

    @callback
    def _done(self, work: asyncio.Future[ExportedLog]) -> None:
        self._work = None
        self._set(None)
        work.exception()  # whoever waited for it has heard, or does not wait any more

    @callback
    def _set(self, percent: int | None) -> None:
        self.percent = percent
        self._on_progress()

    def _run(self, ended: threading.Event) -> ExportedLog:
        """Write the file, in place of the last one. Runs in an executor."""
        checkpoint, note, anchor = self._receipts.whole()
        size = checkpoint.size
        label = checkpoint.origin.partition(".")[0]
        path = self._folder / f"{label}-{self._log_id}-{size}.zip"
        shown = 0

        def write(output: IO[bytes]) -> None:
            nonlocal shown
            with closing(export(self._store, note, output, anchor)) as steps:
                for done in steps:
                    if ended.is_set():
                        raise _EndedError
                    if (percent := 100 * done // size) != shown:
                        shown = percent
                        self._hass.loop.call_soon_threadsafe(self._set, percent)

        exported = write_export(path, write)
        self._remove("zip", path)
        return ExportedLog(size, exported)

    def _remove(self, suffix: str, but: Path | None) -> None:
        for path in self._folder.glob(f"*-{self._log_id}-*.{suffix}"):
            if path != but:
                path.unlink()
