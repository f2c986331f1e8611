"""Exports: a whole log in a file that a person can take away."""

import asyncio
import hashlib
import os
import re
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from io import BufferedRandom
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .chain.receipts import Receipts
from .const import DOMAIN, LOGS_FOLDER
from .exceptions import failed
from .log.checkpoint import log_id_of
from .log.database import StoreError
from .log.export import MEDIA_TYPE, export
from .log.store import LogStore

_NAME: Final = re.compile(r"[a-z0-9-]+\.zip", re.ASCII)
_LOG_ID_DIGITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedLog:
    """A finished export: its file, and how many entries and bytes it has."""

    path: Path
    size: int
    bytes: int
    sha256: str

    @property
    def url(self) -> str:
        """Where Home Assistant serves it, to those who may have it."""
        return ExportView.url.format(name=self.path.name)


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
        """Write the file under another name until it is whole. Runs in an executor."""
        checkpoint, note, anchor = self._receipts.whole()
        size = checkpoint.size
        label = checkpoint.origin.partition(".")[0]
        path = self._folder / f"{label}-{self._log_id}-{size}.zip"
        unfinished = path.with_suffix(".part")
        self._folder.mkdir(parents=True, exist_ok=True)
        shown = 0
        try:
            with (
                _open_private(unfinished) as output,
                closing(export(self._store, note, output, anchor)) as steps,
            ):
                for done in steps:
                    if ended.is_set():
                        raise _EndedError
                    if (percent := 100 * done // size) != shown:
                        shown = percent
                        self._hass.loop.call_soon_threadsafe(self._set, percent)
                output.flush()
                os.fsync(output.fileno())
                length = output.seek(0, os.SEEK_END)
                output.seek(0)
                digest = hashlib.file_digest(output, "sha256").hexdigest()
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
        self._remove("zip", path)
        return ExportedLog(path=path, size=size, bytes=length, sha256=digest)

    def _remove(self, suffix: str, but: Path | None) -> None:
        for path in self._folder.glob(f"*-{self._log_id}-*.{suffix}"):
            if path != but:
                path.unlink()


class ExportView(HomeAssistantView):
    """Serves exports: to administrators, and by the signed path of the action."""

    url = f"/api/{DOMAIN}/exports/{{name}}"
    name = f"api:{DOMAIN}:exports"

    async def get(self, request: web.Request, name: str) -> web.StreamResponse:
        """Send an export."""
        user = request[KEY_HASS_USER]
        # An automation has no user: its paths are signed in the name of a system user,
        # who cannot sign any, but could have tokens.
        signed_for_all = (
            user.system_generated and hdrs.AUTHORIZATION not in request.headers
        )
        if not user.is_admin and not signed_for_all:
            raise Unauthorized
        hass = request.app[KEY_HASS]
        path = exports_folder(hass) / name
        if _NAME.fullmatch(name) is None or not await hass.async_add_executor_job(
            path.is_file
        ):
            return self.json_message("There is no such export.", HTTPStatus.NOT_FOUND)
        return web.FileResponse(
            path,
            headers={
                hdrs.CONTENT_TYPE: MEDIA_TYPE,
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
                hdrs.CACHE_CONTROL: "no-store",
            },
        )


def exports_folder(hass: HomeAssistant) -> Path:
    """Return the folder that exports are in."""
    return Path(hass.config.path(LOGS_FOLDER, "exports"))


def _open_private(path: Path) -> BufferedRandom:
    """Open a new file that nobody else on this machine may read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
