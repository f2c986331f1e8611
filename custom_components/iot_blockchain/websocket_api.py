"""What the panel and the card ask for.

Readings are private: all commands are for administrators, but for the one that says how
far the last reading of an entity is, to those who may see the entity.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import probatio as vol
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .coordinator import LogCoordinator, loaded_logs
from .evidence.range_receipt import Period
from .exceptions import failed, invalid
from .log import ranges
from .log.database import StoreError
from .panel.panel_data import (
    MOST_ANCHORS,
    MOST_READINGS,
    anchors_described,
    latest_described,
    log_described,
    readings_described,
    status_described,
)

type Message = dict[str, Any]

_MOST_ENTITIES: Final = 10_000
_INDEX: Final = vol.All(int, vol.Range(min=0, max=2**53))


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (_logs, _status, _entities, _readings, _anchors, _latest):
        async_register_command(hass, command)


@require_admin
@websocket_command({vol.Required("type"): f"{DOMAIN}/logs"})
@callback
def _logs(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """List the logs that are loaded."""
    connection.send_result(
        msg["id"], [log_described(coordinator) for coordinator in loaded_logs(hass)]
    )


@require_admin
@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe_status",
        vol.Required("entry_id"): cv.string,
    }
)
@async_response
async def _status(
    hass: HomeAssistant, connection: ActiveConnection, msg: Message
) -> None:
    """Tell where a log stands, now and whenever that changes, also after a reload."""
    entry = hass.config_entries.async_get_entry(msg["entry_id"])
    if entry is None or entry.domain != DOMAIN:
        raise invalid("log_not_loaded")
    stand = _Stand(hass, entry.entry_id, partial(connection.send_event, msg["id"]))
    connection.send_result(msg["id"])
    connection.subscriptions[msg["id"]] = stand.listen()


class _Stand:
    """Tells somebody where a log stands, whenever it is loaded."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, tell: Callable[[Any], None]
    ) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._tell = tell
        self._lock = asyncio.Lock()
        self._coordinator: LogCoordinator | None = None
        self._cancel: CALLBACK_TYPE = lambda: None

    @callback
    def listen(self) -> CALLBACK_TYPE:
        """Tell it now, and whenever it changes, until what is returned is called."""
        cancel = async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
        )
        self._follow()

        @callback
        def stop() -> None:
            cancel()
            self._cancel()
            self._coordinator = None

        return stop

    @callback
    def _entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.entry_id == self._entry_id:
            self._follow()

    @callback
    def _follow(self) -> None:
        """Listen to the log as it is loaded now: each time that is another one."""
        coordinator = _find(self._hass, self._entry_id)
        if coordinator is self._coordinator:
            return
        self._cancel()
        self._cancel = lambda: None
        self._coordinator = coordinator
        if coordinator is not None:
            self._cancel = coordinator.async_add_listener(self._changed)
            self._changed()

    @callback
    def _changed(self) -> None:
        if (coordinator := self._coordinator) is not None:
            coordinator.config_entry.async_create_background_task(
                self._hass, self._async_tell(coordinator), f"{DOMAIN} panel"
            )

    async def _async_tell(self, coordinator: LogCoordinator) -> None:
        async with self._lock:
            try:
                described = await self._hass.async_add_executor_job(
                    status_described, coordinator, coordinator.data
                )
            except StoreError:
                return  # an issue says so, and the log's entities
            if coordinator is self._coordinator:
                self._tell(described)


@require_admin
@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/entities",
        vol.Required("entry_id"): cv.string,
    }
)
@async_response
async def _entities(
    hass: HomeAssistant, connection: ActiveConnection, msg: Message
) -> None:
    """List the entities that a log has readings of."""
    path = _coordinator(hass, msg).parts.store.path
    found = await _read(hass, partial(ranges.entities, path))
    connection.send_result(msg["id"], found[:_MOST_ENTITIES])


@require_admin
@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/readings",
        vol.Required("entry_id"): cv.string,
        vol.Required("entity_id"): cv.string,
        vol.Required("start"): cv.datetime,
        vol.Required("end"): cv.datetime,
        vol.Optional("before"): _INDEX,
        vol.Optional("limit", default=MOST_READINGS): vol.All(
            int, vol.Range(min=1, max=MOST_READINGS)
        ),
    }
)
@async_response
async def _readings(
    hass: HomeAssistant, connection: ActiveConnection, msg: Message
) -> None:
    """List readings of an entity in a period."""
    coordinator = _coordinator(hass, msg)
    await coordinator.recording.async_flush()
    found = await _read(
        hass,
        partial(
            readings_described,
            coordinator,
            msg["entity_id"],
            Period.between(msg["start"], msg["end"]),
            before=msg.get("before"),
            most=msg["limit"],
        ),
    )
    connection.send_result(msg["id"], found)


@require_admin
@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/anchors",
        vol.Required("entry_id"): cv.string,
        vol.Optional("before"): _INDEX,
        vol.Optional("limit", default=20): vol.All(
            int, vol.Range(min=1, max=MOST_ANCHORS)
        ),
    }
)
@async_response
async def _anchors(
    hass: HomeAssistant, connection: ActiveConnection, msg: Message
) -> None:
    """List anchors of a log, the last first."""
    coordinator = _coordinator(hass, msg)
    found = await _read(
        hass, partial(anchors_described, coordinator, msg.get("before"), msg["limit"])
    )
    connection.send_result(msg["id"], found)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/latest_reading",
        vol.Required("entity_id"): cv.entity_id,
    }
)
@async_response
async def _latest(
    hass: HomeAssistant, connection: ActiveConnection, msg: Message
) -> None:
    """Say how far the last reading of an entity is, in the first log that has one."""
    entity = msg["entity_id"]
    if not connection.user.permissions.check_entity(entity, POLICY_READ):
        raise Unauthorized(entity_id=entity, permission=POLICY_READ)
    for coordinator in loaded_logs(hass):
        found = await _read(hass, partial(latest_described, coordinator, entity))
        if found is not None:
            log = log_described(coordinator)
            chain = log["chain"] and log["chain"]["name"]
            connection.send_result(
                msg["id"],
                {
                    **found,
                    "entry_id": log["entry_id"],
                    "log": log["title"],
                    "chain": chain,
                },
            )
            return
    connection.send_result(msg["id"])


async def _read[T](hass: HomeAssistant, read: Callable[[], T]) -> T:
    try:
        return await hass.async_add_executor_job(read)
    except StoreError as err:
        raise failed("log_unreadable_now", error=str(err)) from err


def _coordinator(hass: HomeAssistant, msg: Message) -> LogCoordinator:
    if (found := _find(hass, msg["entry_id"])) is None:
        raise invalid("log_not_loaded")
    return found


def _find(hass: HomeAssistant, entry_id: str) -> LogCoordinator | None:
    return next(
        (
            coordinator
            for coordinator in loaded_logs(hass)
            if coordinator.config_entry.entry_id == entry_id
        ),
        None,
    )
