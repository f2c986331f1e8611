"""Adding and changing a source: what a log records."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, cast

import probatio as vol
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import (
    ATTR_ATTRIBUTION,
    ATTR_DEVICE_CLASS,
    ATTR_ENTITY_ID,
    ATTR_ENTITY_PICTURE,
    ATTR_FRIENDLY_NAME,
    ATTR_ICON,
    ATTR_SUPPORTED_FEATURES,
    ATTR_UNIT_OF_MEASUREMENT,
    CONF_ENTITIES,
    CONF_NAME,
    CONF_TARGET,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv, selector

from ..const import (
    CONF_ATTRIBUTES,
    CONF_CURRENCY,
    CONF_DEADBAND,
    CONF_EXCLUDED,
    CONF_INTERVAL,
    CONF_REPORTS,
    CONF_URGENT,
)
from ..coordinator import IotBlockchainConfigEntry
from ..durations import DurationField, duration_of, is_too_long
from ..intake.forecast import Forecast, async_forecast
from ..intake.sources import Source, entity_of, is_known, kept_ids, selected_entities
from ..markdown import plain

CONF_LESS = "less"

_MOST_NAMES = 10
_EXACT_BELOW = 10

# These stand in every reading, or change without meaning anything.
_NOT_CHOSEN = frozenset(
    {
        ATTR_ATTRIBUTION,
        ATTR_DEVICE_CLASS,
        ATTR_ENTITY_PICTURE,
        ATTR_FRIENDLY_NAME,
        ATTR_ICON,
        ATTR_SUPPORTED_FEATURES,
        ATTR_UNIT_OF_MEASUREMENT,
    }
)


def _attributes(hass: HomeAssistant) -> list[str]:
    """Return the names of the attributes that there are now."""
    found = {name for state in hass.states.async_all() for name in state.attributes}
    return sorted(found - _NOT_CHOSEN)


def _schema(attributes: list[str]) -> vol.Schema:
    """Return the form, which offers these attributes."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): selector.TextSelector(),
            vol.Required(CONF_TARGET): selector.TargetSelector(),
            vol.Optional(CONF_EXCLUDED, default=list): selector.EntitySelector(
                selector.EntitySelectorConfig(multiple=True)
            ),
            vol.Optional(CONF_ATTRIBUTES, default=list): selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=attributes,
                    multiple=True,
                    custom_value=True,
                    mode=selector.SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Required(CONF_REPORTS, default=False): selector.BooleanSelector(),
            vol.Required(CONF_URGENT, default=False): selector.BooleanSelector(),
            vol.Optional(CONF_LESS, default=dict): section(
                vol.Schema(
                    {
                        vol.Optional(CONF_INTERVAL): DurationField(),
                        vol.Optional(CONF_DEADBAND): selector.NumberSelector(
                            selector.NumberSelectorConfig(
                                min=0, step="any", mode=selector.NumberSelectorMode.BOX
                            )
                        ),
                    }
                ),
                {"collapsed": True},
            ),
        }
    )


class SourceFlow(ConfigSubentryFlow):
    """Asks which entities to record, and which of their states."""

    _name: str
    _data: dict[str, Any]

    async def async_step_user(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a source."""
        return await self._step("user", user_input, {})

    async def async_step_reconfigure(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a source. What it recorded stays as it is."""
        subentry = self._get_reconfigure_subentry()
        data = subentry.data
        named = [entity_of(self.hass, kept) for kept in data[CONF_ENTITIES]]
        suggested = {
            CONF_NAME: subentry.title,
            CONF_TARGET: {
                **data[CONF_TARGET],
                **({ATTR_ENTITY_ID: named} if named else {}),
            },
            CONF_EXCLUDED: [entity_of(self.hass, kept) for kept in data[CONF_EXCLUDED]],
            CONF_ATTRIBUTES: data.get(CONF_ATTRIBUTES, []),
            CONF_REPORTS: data[CONF_REPORTS],
            CONF_URGENT: data[CONF_URGENT],
            CONF_LESS: {
                key: data[key] for key in (CONF_INTERVAL, CONF_DEADBAND) if key in data
            },
        }
        return await self._step("reconfigure", user_input, suggested)

    async def async_step_confirm(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Save what was shown."""
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=self._name,
                data=self._data,
            )
        return self.async_create_entry(title=self._name, data=self._data)

    # What is not known, or costs nothing, is said in words of its own.
    async_step_confirm_free = async_step_confirm
    async_step_confirm_no_price = async_step_confirm
    async_step_confirm_no_history = async_step_confirm
    async_step_confirm_no_chain = async_step_confirm

    async def _step(
        self,
        step_id: str,
        user_input: Mapping[str, Any] | None,
        suggested: Mapping[str, Any],
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        unknown: dict[str, list[str]] = {}
        if user_input is not None:
            self._name = user_input[CONF_NAME].strip()
            self._data = self._read(user_input)
            unknown = self._unknown()
            if not (errors := self._errors(unknown)):
                return await self._show_forecast()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                _schema(_attributes(self.hass)), user_input or suggested
            ),
            errors=errors,
            description_placeholders={
                CONF_ENTITIES: ", ".join(chain.from_iterable(unknown.values()))
            },
            last_step=False,
        )

    def _read(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of the subentry that the form stands for."""
        target = dict(user_input[CONF_TARGET])
        named = cv.ensure_list(target.pop(ATTR_ENTITY_ID, None))
        data = {
            CONF_TARGET: target,
            CONF_ENTITIES: kept_ids(self.hass, named),
            CONF_EXCLUDED: kept_ids(self.hass, user_input[CONF_EXCLUDED]),
            CONF_REPORTS: user_input[CONF_REPORTS],
            CONF_URGENT: user_input[CONF_URGENT],
        }
        if user_input[CONF_ATTRIBUTES]:
            data[CONF_ATTRIBUTES] = user_input[CONF_ATTRIBUTES]
        less = user_input[CONF_LESS]
        if duration_of(less.get(CONF_INTERVAL, {})):
            data[CONF_INTERVAL] = less[CONF_INTERVAL]
        if less.get(CONF_DEADBAND):
            data[CONF_DEADBAND] = less[CONF_DEADBAND]
        return data

    def _unknown(self) -> dict[str, list[str]]:
        """Return what Home Assistant does not have, by the field that names it.

        What the source names already may only be away for a while.
        """
        before: set[str] = set()
        if self.source == SOURCE_RECONFIGURE:
            data = self._get_reconfigure_subentry().data
            kept = (*data[CONF_ENTITIES], *data[CONF_EXCLUDED])
            before = {entity_of(self.hass, each) for each in kept}
        fields = {CONF_TARGET: CONF_ENTITIES, CONF_EXCLUDED: CONF_EXCLUDED}
        found = {
            field: [
                each
                for each in self._data[kept_in]
                if each not in before and not is_known(self.hass, each)
            ]
            for field, kept_in in fields.items()
        }
        return {field: entities for field, entities in found.items() if entities}

    def _errors(self, unknown: Iterable[str]) -> dict[str, str]:
        errors: dict[str, str] = {}
        if not self._name:
            errors[CONF_NAME] = "no_name"
        everything = replace(self._source(), excluded=())
        if not selected_entities(self.hass, everything):
            errors[CONF_TARGET] = "no_entities"
        elif not selected_entities(self.hass, self._source()):
            errors[CONF_EXCLUDED] = "all_excluded"
        for field in unknown:
            errors[field] = "unknown_entity"
        if CONF_DEADBAND in self._data and self._data[CONF_REPORTS]:
            # The field of the smallest change may be folded away.
            errors[CONF_REPORTS] = "reports_and_deadband"
        if is_too_long(self._data.get(CONF_INTERVAL, {})):
            # Over the whole section, for the same reason.
            errors[CONF_LESS] = "interval_too_long"
        return errors

    def _source(self) -> Source:
        return Source.from_data(self._name, self._data)

    async def _show_forecast(self) -> SubentryFlowResult:
        entry = cast("IotBlockchainConfigEntry", self._get_entry())
        entities = sorted(selected_entities(self.hass, self._source()))
        forecast = await async_forecast(self.hass, entry, self._source(), entities)
        return self.async_show_form(
            step_id=_step_of(forecast),
            data_schema=vol.Schema({}),
            description_placeholders={
                "count": str(len(entities)),
                "names": self._names(entities),
                "readings": _rounded(forecast.readings),
                "anchors": _rounded(forecast.anchors),
                "cost": f"{forecast.cost or 0:.2g}",
                "currency": entry.data.get(CONF_CURRENCY, ""),
            },
            last_step=True,
        )

    def _names(self, entities: list[str]) -> str:
        named = [
            entity if (state := self.hass.states.get(entity)) is None else state.name
            for entity in entities
        ]
        first = [plain(name) for name in named[:_MOST_NAMES]]
        return ", ".join(first + ["…"] * (len(named) > _MOST_NAMES))


def _step_of(forecast: Forecast) -> str:
    if forecast.readings is None:
        return "confirm_no_history"
    if not forecast.has_chain:
        return "confirm_no_chain"
    if forecast.is_free:
        return "confirm_free"
    return "confirm_no_price" if forecast.cost is None else "confirm"


def _rounded(number: float | None) -> str:
    """Write an estimate without digits that nobody can know."""
    if number is None:
        return ""
    if number < _EXACT_BELOW:
        return f"{number:.2g}"
    return f"{float(f'{number:.3g}'):,.0f}"
