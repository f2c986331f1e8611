"""Files that a person can take away: where they are, and who may have them."""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from io import BufferedRandom
from pathlib import Path
from typing import IO, Any, Final

from aiohttp import hdrs, web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import DOMAIN, LOGS_FOLDER
from ..permission import request_may_see

MEDIA_TYPE: Final = "application/zip"

_NAME: Final = re.compile(r"[a-z0-9-]+\.zip", re.ASCII)
_DOWNLOAD_TIME: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A finished file, and how many bytes it has."""

    path: Path
    bytes: int
    sha256: str

    @callback
    def answer(self, hass: HomeAssistant) -> dict[str, Any]:
        """Return what an action answers, with a link that works for an hour."""
        url = ExportView.url.format(name=self.path.name)
        return {
            "path": str(self.path),
            "bytes": self.bytes,
            "sha256": self.sha256,
            "download": async_sign_path(hass, url, _DOWNLOAD_TIME),
        }


def exports_folder(hass: HomeAssistant) -> Path:
    """Return the folder that exports are in."""
    return Path(hass.config.path(LOGS_FOLDER, "exports"))


def write_export(path: Path, write: Callable[[IO[bytes]], None]) -> ExportedFile:
    """Write a file under another name until it is whole. For an executor.

    Whatever ``write`` raises, nothing is left of it.

    Raises:
        OSError: it cannot be written.
    """
    unfinished = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _open_private(unfinished) as output:
            write(output)
            output.flush()
            os.fsync(output.fileno())
            length = output.seek(0, os.SEEK_END)
            output.seek(0)
            digest = hashlib.file_digest(output, "sha256").hexdigest()
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return ExportedFile(path=path, bytes=length, sha256=digest)


class ExportView(HomeAssistantView):
    """Serves exports: to administrators, and by the signed path of the action."""

    url = f"/api/{DOMAIN}/exports/{{name}}"
    name = f"api:{DOMAIN}:exports"

    async def get(self, request: web.Request, name: str) -> web.StreamResponse:
        """Send an export."""
        if not request_may_see(request, None):
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


def _open_private(path: Path) -> BufferedRandom:
    """Open a new file that nobody else on this machine may read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
