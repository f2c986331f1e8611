"""Triggers: what happens to a log starts an automation."""

import asyncio
import logging
from typing import Any, ClassVar, cast, override

import probatio as vol
from homeassistant.const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_ENTITY_ID,
    CONF_OPTIONS,
    CONF_TARGET,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .anchoring.happenings import AnchorMoved, Happening, Kind, listen
from .const import CONF_LOG_ID, DOMAIN
from .log import history
from .log.database import StoreError
from .log_option import LOG_OPTION, validated
from .logs import log_path

CONF_FINAL = "final"

_LOGGER = logging.getLogger(__name__)


class LogTrigger(Trigger):
    """Fires when something of some kind happens to a log: to one, or to any."""

    kinds: ClassVar[frozenset[Kind]]
    description: ClassVar[str]
    schema: ClassVar = vol.Schema(
        {vol.Optional(CONF_OPTIONS, default=dict): LOG_OPTION}
    )

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Validate the options; a log that is named must be one."""
        return validated(hass, cls.schema, config)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the options."""
        super().__init__(hass, config)
        self._options = config.options or {}

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen from now on."""

        @callback
        def hear(entry_id: str | None, happening: Happening) -> None:
            if happening.kind in self.kinds:
                self._fire(entry_id, happening, run_action)

        return listen(self._hass, hear, self._options.get(ATTR_CONFIG_ENTRY_ID))

    @callback
    def _fire(
        self,
        entry_id: str | None,
        happening: Happening,
        run_action: TriggerActionRunner,
    ) -> None:
        run_action(self._payload(entry_id, happening), self.description)

    def _payload(self, entry_id: str | None, happening: Happening) -> dict[str, Any]:
        entry = entry_id and self._hass.config_entries.async_get_entry(entry_id)
        return {
            ATTR_CONFIG_ENTRY_ID: entry_id,
            "log": entry.title if entry else None,
            "kind": happening.kind.value,
            **happening.details,
        }


class ReadingAnchoredTrigger(LogTrigger):
    """Fires when a block holds readings, or, if that is wanted, when it is final.

    Without a target once for an anchor; with one, once for each of the target's
    entities of which the anchor is the first one to hold readings.
    """

    kinds = frozenset({Kind.ANCHORED, Kind.FINAL})
    description = "reading anchored"
    schema = vol.Schema(
        {
            vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Optional(CONF_OPTIONS, default=dict): {
                **LOG_OPTION,
                vol.Optional(CONF_FINAL, default=False): cv.boolean,
            },
        }
    )

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the target and the options."""
        super().__init__(hass, config)
        self._kind = Kind.FINAL if self._options[CONF_FINAL] else Kind.ANCHORED
        target = TargetSelection(config.target or {})
        self._target = target if target.has_any_target else None
        self._tasks: set[asyncio.Task[None]] = set()
        # One anchor after the other, in their order.
        self._lock = asyncio.Lock()

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen from now on."""
        cancel_listener = await super().async_attach_runner(run_action)

        @callback
        def cancel() -> None:
            cancel_listener()
            for task in self._tasks:
                task.cancel()

        return cancel

    @override
    @callback
    def _fire(
        self,
        entry_id: str | None,
        happening: Happening,
        run_action: TriggerActionRunner,
    ) -> None:
        if happening.kind is not self._kind:
            return
        if self._target is None or entry_id is None:
            super()._fire(entry_id, happening, run_action)
            return
        task = self._hass.async_create_background_task(
            self._fire_for_entities(
                self._target, entry_id, cast("AnchorMoved", happening), run_action
            ),
            f"{DOMAIN} trigger",
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fire_for_entities(
        self,
        target: TargetSelection,
        entry_id: str,
        anchor: AnchorMoved,
        run_action: TriggerActionRunner,
    ) -> None:
        payload = self._payload(entry_id, anchor)
        entry = self._hass.config_entries.async_get_known_entry(entry_id)
        try:
            async with self._lock:
                anchored = await self._hass.async_add_executor_job(
                    history.stretches,
                    log_path(self._hass, entry.data[CONF_LOG_ID]),
                    anchor.first,
                    anchor.size,
                )
        except StoreError as err:
            _LOGGER.warning("Which readings were anchored cannot be read: %s", err)
            return
        selected = async_extract_referenced_entity_ids(
            self._hass, target, expand_group=False
        )
        for entity in sorted(
            anchored.keys() & (selected.referenced | selected.indirectly_referenced)
        ):
            readings = anchored[entity]
            run_action(
                {
                    **payload,
                    ATTR_ENTITY_ID: entity,
                    "readings": readings.readings,
                    "index": readings.last,
                },
                f"reading of {entity} anchored",
            )


class AnchorFailedTrigger(LogTrigger):
    """Fires when readings cannot be anchored, or the budget keeps them from it."""

    kinds = frozenset({Kind.FAILED, Kind.BUDGET_REACHED})
    description = "readings cannot be anchored"


class BalanceLowTrigger(LogTrigger):
    """Fires when an account can pay for a few anchors only."""

    kinds = frozenset({Kind.BALANCE_LOW})
    description = "the balance is low"


class VerificationFailedTrigger(LogTrigger):
    """Fires when something is not as the log says."""

    kinds = frozenset({Kind.VERIFICATION_FAILED})
    description = "a verification failed"


_TRIGGERS: dict[str, type[Trigger]] = {
    "reading_anchored": ReadingAnchoredTrigger,
    "anchor_failed": AnchorFailedTrigger,
    "balance_low": BalanceLowTrigger,
    "verification_failed": VerificationFailedTrigger,
}


async def async_get_triggers(_hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return _TRIGGERS
