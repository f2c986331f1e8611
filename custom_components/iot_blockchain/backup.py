"""What a backup holds of the logs: each as it was at one moment, whole.

While a backup copies the files, readings are recorded and anchored as always.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGS_FOLDER
from .coordinator import loaded_logs
from .exceptions import failed
from .log.database import StoreError
from .log.hold import BusyError, Hold

_LOGGER = logging.getLogger(__name__)

# To begin, within the time that others who make backups wait for everybody.
_PATIENCE: Final = 10.0
# Whoever began a backup may be gone. A log's `-wal` grows until then, and is read as a
# whole at the next start.
_LONGEST: Final = 6 * 3600.0


@dataclass(slots=True)
class _Backup:
    """A backup that is being made."""

    holds: Sequence[Hold]
    cancel_timer: CALLBACK_TYPE


_BACKUP: HassKey[_Backup] = HassKey(f"{DOMAIN}_backup")


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Leave the files of the logs alone, with all in them that was recorded so far.

    Raises:
        HomeAssistantError: a file is in use all the time, so a copy may be broken.
    """
    await _release(hass)
    for log in loaded_logs(hass):
        await log.recording.async_flush()
    try:
        holds = await hass.async_add_executor_job(
            _hold_all, Path(hass.config.path(LOGS_FOLDER))
        )
    except BusyError as err:
        raise failed("backup_log_busy") from err

    @callback
    def give_up(_now: datetime) -> None:
        _LOGGER.error(
            "A backup has not ended within hours: what it holds of the logs is perhaps"
            " not whole"
        )
        hass.async_create_task(_release(hass))

    hass.data[_BACKUP] = _Backup(holds, async_call_later(hass, _LONGEST, give_up))


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the files of the logs be written again.

    Raises:
        HomeAssistantError: they were written while the backup was made.
    """
    if not await _release(hass):
        raise failed("backup_not_whole")


async def _release(hass: HomeAssistant) -> bool:
    """Release what is held; say whether it was."""
    backup = hass.data.pop(_BACKUP, None)
    if backup is None:
        return False
    backup.cancel_timer()
    await hass.async_add_executor_job(_release_all, backup.holds)
    return True


def _hold_all(folder: Path) -> list[Hold]:
    """Hold all logs, those too that no config entry uses now."""
    holds: list[Hold] = []
    for path in sorted(folder.glob("*.db")):
        try:
            holds.append(Hold(path, _PATIENCE))
        except BusyError:
            _release_all(holds)
            raise
        except StoreError as err:
            # A log that is damaged is no reason to go without any backup.
            _LOGGER.warning("A backup copies %s as it is: %s", path.name, err)
    return holds


def _release_all(holds: Sequence[Hold]) -> None:
    for hold in holds:
        hold.release()
