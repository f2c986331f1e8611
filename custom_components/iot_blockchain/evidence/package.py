"""Evidence: one file with all that a stranger needs to check a period."""

import asyncio
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..coordinator import LogCoordinator
from ..exceptions import failed, invalid
from ..log.checkpoint import log_id_of
from ..log.receipt import MAX_BYTES
from ..log_status import AnchorStatus
from .evidence_texts import Evidence
from .export_files import ExportedFile, exports_folder, write_export
from .range_receipt import Period, Proven, async_prove

MOST_ENTRIES: Final = 100_000

_KEPT: Final = 5
_LOG_ID_DIGITS: Final = 16
_VERIFIER: Final = Path(__file__).parents[1] / "www" / "verify.html"

# One at a time: each can take up some hundred megabytes of memory.
_LOCK: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_evidence")


async def async_export_evidence(
    coordinator: LogCoordinator, entities: Collection[str], period: Period
) -> dict[str, Any]:
    """Write the evidence of a period, and return what the action answers.

    Raises:
        ServiceValidationError: it holds no reading of these entities then, or more than
            ``MOST_ENTRIES`` entries.
        HomeAssistantError: the log cannot be read, or the file not be written.
    """
    hass = coordinator.hass
    async with hass.data.setdefault(_LOCK, asyncio.Lock()):
        proven = await async_prove(coordinator, entities, period, MOST_ENTRIES)
        try:
            exported = await hass.async_add_executor_job(
                _write, exports_folder(hass), coordinator, proven, period
            )
        except OSError as err:
            raise failed("evidence_unwritable", error=str(err)) from err
    return {
        "status": proven.status or AnchorStatus.PENDING,
        "readings": len(proven.readings),
        "entries": len(proven.entries),
        "waiting": proven.waiting,
        **exported.answer(hass),
    }


def _write(
    folder: Path, coordinator: LogCoordinator, proven: Proven, period: Period
) -> ExportedFile:
    """Write the file. Runs in an executor."""
    receipt = orjson.dumps(proven.receipt.to_json(), option=orjson.OPT_INDENT_2)
    if len(receipt) > MAX_BYTES:
        raise invalid("period_too_long", most=str(len(proven.entries) // 2))
    origin = coordinator.parts.store.origin
    log_id = log_id_of(origin).hex()[:_LOG_ID_DIGITS]
    # No name of this form is one of a whole log's export, and the other way round.
    kind = f"{origin.partition('.')[0]}-evidence"
    first, count = proven.receipt.first, len(proven.entries)
    for left in folder.glob(f"*-evidence-*-{log_id}.part"):
        left.unlink()
    exported = write_export(
        folder / f"{kind}-{first}-{first + count - 1}-{log_id}.zip",
        partial(_fill, receipt, Evidence.of(coordinator, proven, period)),
    )
    kept = sorted(
        folder.glob(f"*-evidence-*-{log_id}.zip"),
        key=lambda path: path.stat().st_mtime,
    )
    for old in kept[:-_KEPT]:
        old.unlink()
    return exported


def _fill(receipt: bytes, evidence: Evidence, output: IO[bytes]) -> None:
    with ZipFile(output, "w") as archive:
        for name, data in (
            ("README.txt", evidence.explanation()),
            ("receipt.json", receipt),
            ("readings.csv", evidence.readings()),
            ("gaps.csv", evidence.gaps()),
            ("anchors.csv", evidence.anchors()),
            ("verify.html", _VERIFIER.read_bytes()),
        ):
            # Without the time of day: the same evidence is the same file each time.
            archive.writestr(ZipInfo(name), data, ZIP_DEFLATED)
