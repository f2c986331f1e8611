"""The options of a log: when to anchor, what that may cost, and when it is final."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import probatio as vol
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers import selector

from ..chain.client import FINAL_DEPTH
from ..const import (
    CONF_ANCHOR_AGE,
    CONF_ANCHOR_READINGS,
    CONF_CONFIRMATIONS,
    CONF_CURRENCY,
    CONF_DAILY_AUDIT,
    CONF_DAILY_BUDGET,
    CONF_MAX_FEE,
    DEFAULT_ANCHOR_AGE,
    DEFAULT_ANCHOR_READINGS,
)
from ..durations import DurationField, duration_of, is_too_long
from ..opening import limits_of

_SHORTEST_AGE = timedelta(seconds=10)


class LogOptionsFlow(OptionsFlow):
    """Changes when a log is anchored."""

    async def async_step_init(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the options."""
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := _errors(user_input)):
            return self.async_create_entry(data=user_input)
        fields: dict[Any, Any] = {
            vol.Required(
                CONF_ANCHOR_READINGS, default=DEFAULT_ANCHOR_READINGS
            ): _number(minimum=1, step=1),
            vol.Required(CONF_ANCHOR_AGE, default=DEFAULT_ANCHOR_AGE): DurationField(
                selector.DurationSelectorConfig(enable_day=True)
            ),
        }
        fields[vol.Required(CONF_DAILY_AUDIT, default=False)] = (
            selector.BooleanSelector()
        )
        if (currency := self.config_entry.data.get(CONF_CURRENCY)) is not None:
            # Without a network, there is no coin to name a limit in.
            fields[vol.Optional(CONF_MAX_FEE)] = _number(unit="gwei")
            fields[vol.Optional(CONF_DAILY_BUDGET)] = _number(unit=currency)
            fields[vol.Required(CONF_CONFIRMATIONS, default=FINAL_DEPTH)] = _number(
                minimum=1, step=1
            )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(fields), user_input or self.config_entry.options
            ),
            errors=errors,
        )


def _errors(entered: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if is_too_long(entered[CONF_ANCHOR_AGE]):
        errors[CONF_ANCHOR_AGE] = "too_long"
    elif duration_of(entered[CONF_ANCHOR_AGE]) < _SHORTEST_AGE:
        errors[CONF_ANCHOR_AGE] = "too_short"
    limits = limits_of(entered)
    if limits.max_fee == 0:
        errors[CONF_MAX_FEE] = "zero_limit"
    if limits.daily_budget == 0:
        errors[CONF_DAILY_BUDGET] = "zero_limit"
    return errors


def _number(
    *, minimum: float = 0, step: float | None = None, unit: str | None = None
) -> selector.NumberSelector:
    config = selector.NumberSelectorConfig(
        min=minimum, step=step or "any", mode=selector.NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return selector.NumberSelector(config)
