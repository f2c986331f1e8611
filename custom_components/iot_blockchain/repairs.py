"""Fixing the issues that a person can end in the user interface."""

from typing import cast

import probatio as vol
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from . import issues
from .coordinator import IotBlockchainConfigEntry
from .log.database import StoreError
from .successor import async_continue_with_successor


class SuccessorFlow(RepairsFlow):
    """Asks whether a new log is to continue one that cannot be continued."""

    def __init__(self, entry: IotBlockchainConfigEntry) -> None:
        """Take the entry of the log."""
        self._entry = entry

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin with the question."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin the new log once the person has agreed."""
        if user_input is not None:
            try:
                await async_continue_with_successor(self.hass, self._entry)
            except StoreError as err:
                return self.async_abort(
                    reason="log_unwritable",
                    description_placeholders={"error": str(err)},
                )
            issues.clear_issues(self.hass, self._entry)
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            description_placeholders={"name": self._entry.title},
        )


async def async_create_fix_flow(
    hass: HomeAssistant,
    _issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that ends an issue."""
    assert data is not None
    entry = hass.config_entries.async_get_known_entry(str(data["entry_id"]))
    return SuccessorFlow(cast("IotBlockchainConfigEntry", entry))
