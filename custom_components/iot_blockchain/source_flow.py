"""Adding and changing a source: what a log records."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_TARGET
from homeassistant.helpers import selector
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from .const import CONF_REPORTS
from .recording import recordable_entities

_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): selector.TextSelector(),
        vol.Required(CONF_TARGET): selector.TargetSelector(),
        vol.Required(CONF_REPORTS, default=False): selector.BooleanSelector(),
    }
)


class SourceFlow(ConfigSubentryFlow):
    """Asks which entities to record, and which of their states."""

    async def async_step_user(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a source."""
        return self._step("user", user_input, {})

    async def async_step_reconfigure(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a source. What it recorded stays as it is."""
        subentry = self._get_reconfigure_subentry()
        return self._step(
            "reconfigure", user_input, {CONF_NAME: subentry.title, **subentry.data}
        )

    def _step(
        self,
        step_id: str,
        user_input: Mapping[str, Any] | None,
        suggested: Mapping[str, Any],
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            if self._selects_something(user_input[CONF_TARGET]):
                return self._finish(user_input)
            errors[CONF_TARGET] = "no_entities"
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, user_input or suggested
            ),
            errors=errors,
        )

    def _selects_something(self, target: Mapping[str, Any]) -> bool:
        selected = async_extract_referenced_entity_ids(
            self.hass,
            TargetSelection(dict(target)),
            expand_group=False,
            primary_entities_only=True,
        )
        return bool(
            recordable_entities(self.hass)(
                selected.referenced | selected.indirectly_referenced
            )
        )

    def _finish(self, user_input: Mapping[str, Any]) -> SubentryFlowResult:
        data = dict(user_input)
        title = data.pop(CONF_NAME)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=title,
                data=data,
            )
        return self.async_create_entry(title=title, data=data)
