"""Conditions: whether readings are anchored, and whether anchoring goes on."""

from collections.abc import Iterator
from typing import Any, Unpack, override

import probatio as vol
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    Condition,
    ConditionCheckParams,
    ConditionConfig,
)
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinator import IotBlockchainConfigEntry, LogCoordinator
from .log_option import LOG_OPTION, validated
from .trigger import CONF_FINAL

_IS_ANCHORED_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Optional(CONF_OPTIONS, default=dict): {
            **LOG_OPTION,
            vol.Optional(ATTR_BEHAVIOR, default=BEHAVIOR_ALL): vol.In(
                [BEHAVIOR_ALL, BEHAVIOR_ANY]
            ),
            vol.Optional(CONF_FINAL, default=False): cv.boolean,
        },
    }
)
_IS_HEALTHY_SCHEMA = vol.Schema({vol.Optional(CONF_OPTIONS, default=dict): LOG_OPTION})


class LogCondition(Condition):
    """A condition of one log, or of all."""

    schema: vol.Schema

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Validate the options; a log that is named must be one."""
        return validated(hass, cls.schema, config)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the options."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}

    @callback
    def _entries(self) -> Iterator[IotBlockchainConfigEntry]:
        """Go through the config entries of the logs that are meant."""
        entry_id = self._options.get(ATTR_CONFIG_ENTRY_ID)
        for entry in self._hass.config_entries.async_entries(
            DOMAIN, include_disabled=False
        ):
            if entry_id in {None, entry.entry_id}:
                yield entry


class IsAnchoredCondition(LogCondition):
    """Tests if a block holds the last readings of entities.

    It does if it does in every log that is meant and has readings of the entity.
    """

    schema = _IS_ANCHORED_SCHEMA

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the target and the options."""
        super().__init__(hass, config)
        self._target = TargetSelection(config.target or {})

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        selected = async_extract_referenced_entity_ids(
            self._hass, self._target, expand_group=False
        )
        entities = selected.referenced | selected.indirectly_referenced
        anchored = [self._is_anchored(entity) for entity in entities]
        any_of_them = self._options[ATTR_BEHAVIOR] == BEHAVIOR_ANY
        return any(anchored) if any_of_them else bool(anchored) and all(anchored)

    @callback
    def _is_anchored(self, entity: str) -> bool:
        found = [
            anchored
            for entry in self._entries()
            if entry.state is ConfigEntryState.LOADED
            and (anchored := self._is_anchored_in(entry.runtime_data, entity))
            is not None
        ]
        return bool(found) and all(found)

    @callback
    def _is_anchored_in(self, log: LogCoordinator, entity: str) -> bool | None:
        """Return None where the log has no reading of the entity."""
        if log.recording.is_waiting(entity):
            return False
        index = log.parts.store.last_reading(entity)
        status = log.data
        size = status.final if self._options[CONF_FINAL] else status.anchored
        return None if index is None else index < size


class IsAnchoringHealthyCondition(LogCondition):
    """Tests if readings are recorded, and nothing keeps them from being anchored."""

    schema = _IS_HEALTHY_SCHEMA

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        healthy = [
            entry.state is ConfigEntryState.LOADED
            and entry.runtime_data.anchorer is not None
            and entry.runtime_data.data.problem is None
            for entry in self._entries()
        ]
        return bool(healthy) and all(healthy)


_CONDITIONS: dict[str, type[Condition]] = {
    "is_anchored": IsAnchoredCondition,
    "is_anchoring_healthy": IsAnchoringHealthyCondition,
}


async def async_get_conditions(_hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return _CONDITIONS
