"""Enrolling a device, changing what it may do, and deciding whether it is trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import probatio as vol
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers import selector

from ..const import DOMAIN, SUBENTRY_DEVICE
from ..coordinator import IotBlockchainConfigEntry, loaded_log
from ..device.did_key import DidKeyError, decode_p256
from ..device.envelope import is_sensor
from ..device.rules import Assurance, DeviceRules, OnDrift, SensorRule
from ..device.state import Status
from ..durations import DurationField, duration_of, is_too_long
from ..log.database import StoreError
from ..markdown import plain
from ..signing.enrolment import Candidate, async_get_enrolment, fingerprint_of

CONF_DID = "did"
CONF_ASSURANCE = "assurance"
CONF_SENSORS = "sensors"
CONF_LIMITS = "limits"
CONF_SENSOR = "sensor"
CONF_MINIMUM = "minimum"
CONF_MAXIMUM = "maximum"
CONF_TIME_TOLERANCE = "time_tolerance"
CONF_ON_DRIFT = "on_drift"
CONF_MAX_AGE = "max_age"
CONF_QUARANTINE_ON_CHANGE = "quarantine_on_change"

_DURATIONS = (CONF_TIME_TOLERANCE, CONF_MAX_AGE)
_NUMBER = selector.NumberSelector(
    selector.NumberSelectorConfig(step="any", mode=selector.NumberSelectorMode.BOX)
)
_DETAILS = vol.Schema(
    {
        vol.Required(CONF_NAME): selector.TextSelector(),
        vol.Required(
            CONF_ASSURANCE, default=Assurance.SOFTWARE_KEY.value
        ): selector.SelectSelector(
            selector.SelectSelectorConfig(
                options=list(Assurance), translation_key=CONF_ASSURANCE
            )
        ),
        vol.Required(CONF_SENSORS): selector.ObjectSelector(
            selector.ObjectSelectorConfig(
                fields={
                    CONF_SENSOR: {
                        "selector": selector.TextSelector(),
                        "required": True,
                    },
                    CONF_MINIMUM: {"selector": _NUMBER},
                    CONF_MAXIMUM: {"selector": _NUMBER},
                },
                multiple=True,
                label_field=CONF_SENSOR,
                translation_key="device_sensor",
            )
        ),
        vol.Required(CONF_QUARANTINE_ON_CHANGE, default=False): bool,
        vol.Required(CONF_LIMITS): section(
            vol.Schema(
                {
                    vol.Required(CONF_TIME_TOLERANCE): DurationField(),
                    vol.Required(CONF_ON_DRIFT): selector.SelectSelector(
                        selector.SelectSelectorConfig(
                            options=list(OnDrift), translation_key=CONF_ON_DRIFT
                        )
                    ),
                    vol.Required(CONF_MAX_AGE): DurationField(
                        selector.DurationSelectorConfig(enable_day=True)
                    ),
                }
            ),
            {"collapsed": True},
        ),
    }
)


class _SensorError(Exception):
    """A sensor was entered that no device can have. ``key`` says what is wrong."""

    def __init__(self, key: str, sensor: str) -> None:
        super().__init__(key)
        self.key = key
        self.sensor = sensor


class DeviceFlow(ConfigSubentryFlow):
    """Asks for the key of a device, and what the device may say with it."""

    _did: str
    _candidate: Candidate | None = None

    async def async_step_user(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which key to enrol: one that has announced itself, or another."""
        enrolment = await async_get_enrolment(self.hass)
        errors: dict[str, str] = {}
        if user_input is not None:
            self._did = user_input[CONF_DID].strip()
            error = self._reason_against(self._did)
            if error is None:
                self._candidate = enrolment.candidates.get(self._did)
                return await self.async_step_details()
            errors[CONF_DID] = error
        candidates = [
            selector.SelectOptionDict(
                value=did,
                label=f"{candidate.name or '?'} (…{fingerprint_of(did)})",
            )
            for did, candidate in enrolment.candidates.items()
        ]
        key: selector.Selector[Any] = selector.TextSelector()
        if candidates:
            key = selector.SelectSelector(
                selector.SelectSelectorConfig(options=candidates, custom_value=True)
            )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_DID): key}), user_input
            ),
            errors=errors,
        )

    def _reason_against(self, did: str) -> str | None:
        try:
            decode_p256(did)
        except DidKeyError:
            return "invalid_did"
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            enrolled = entry.get_subentries_of_type(SUBENTRY_DEVICE)
            if any(device.data[CONF_DID] == did for device in enrolled):
                return "already_enrolled"
            if entry.state is not ConfigEntryState.LOADED:
                continue
            devices = cast("IotBlockchainConfigEntry", entry).runtime_data.devices
            if devices.owner_of(did) is not None:
                return "already_enrolled"
            if entry.entry_id == self._get_entry().entry_id and devices.is_revoked(did):
                return "revoked"
        return None

    async def async_step_details(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the device is called, and what it may report."""
        known = self._candidate or Candidate(self._did)
        rules = DeviceRules(
            did=self._did,
            name=f"{_shown(known.name)} signed" if known.name else "",
            assurance=Assurance.SOFTWARE_KEY,
            sensors={sensor: SensorRule() for sensor in sorted(known.sensors)},
        )
        return await self._ask("details", user_input, rules)

    async def async_step_reconfigure(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about a device."""
        devices = loaded_log(self._get_entry()).devices
        status = devices[self._subentry_id].state.status
        options = ["change"]
        if status is Status.QUARANTINED:
            options.append("release")
        if status is not Status.REVOKED:
            options.append("revoke")
        return self.async_show_menu(step_id="reconfigure", menu_options=options)

    @property
    def _subentry_id(self) -> str:
        return self._get_reconfigure_subentry().subentry_id

    async def async_step_change(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change what a device may do."""
        subentry = self._get_reconfigure_subentry()
        rules = DeviceRules.from_json({**subentry.data, CONF_NAME: subentry.title})
        return await self._ask("change", user_input, rules)

    async def async_step_release(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Trust a device again that is in quarantine."""
        return await self._decide("release", user_input)

    async def async_step_revoke(
        self, user_input: Mapping[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Never trust a device's key again."""
        return await self._decide("revoke", user_input)

    async def _decide(
        self, step_id: str, user_input: Mapping[str, Any] | None
    ) -> SubentryFlowResult:
        if user_input is None:
            return self.async_show_form(
                step_id=step_id,
                description_placeholders={
                    CONF_NAME: plain(self._get_reconfigure_subentry().title)
                },
            )
        devices = loaded_log(self._get_entry()).devices
        decide = devices.async_release if step_id == "release" else devices.async_revoke
        try:
            await decide(self._subentry_id)
        except StoreError as err:
            return self.async_abort(
                reason="log_unwritable", description_placeholders={"error": str(err)}
            )
        return self.async_abort(reason=f"{step_id}d")

    async def _ask(
        self, step_id: str, user_input: Mapping[str, Any] | None, rules: DeviceRules
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        placeholders = {CONF_DID: rules.did, CONF_SENSOR: ""}
        if user_input is not None:
            if not user_input[CONF_NAME].strip():
                errors[CONF_NAME] = "no_name"
            limits = user_input[CONF_LIMITS]
            if any(is_too_long(limits[key]) for key in _DURATIONS):
                # The fields may be folded away: it is said above them.
                errors[CONF_LIMITS] = "too_long"
            try:
                entered = _rules_of(user_input, rules)
            except _SensorError as err:
                errors[CONF_SENSORS] = err.key
                placeholders[CONF_SENSOR] = err.sensor
            if self.source != SOURCE_RECONFIGURE:
                # Another form can have enrolled the key while this one was open.
                reason = self._reason_against(rules.did)
                errors |= {} if reason is None else {"base": reason}
            if not errors:
                return await self._finish(entered)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                _DETAILS, user_input or _form_of(rules)
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _finish(self, rules: DeviceRules) -> SubentryFlowResult:
        data = rules.to_json()
        title = data.pop(CONF_NAME)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=title,
                data=data,
            )
        await (await async_get_enrolment(self.hass)).async_enrol(rules.did)
        return self.async_create_entry(title=title, data=data, unique_id=rules.did)


def _shown(name: str) -> str:
    """Write the name of an ESPHome node as people write names."""
    words = name.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def _form_of(rules: DeviceRules) -> dict[str, Any]:
    return {
        CONF_NAME: rules.name,
        CONF_ASSURANCE: rules.assurance.value,
        CONF_SENSORS: [
            {
                CONF_SENSOR: sensor,
                **({} if rule.minimum is None else {CONF_MINIMUM: rule.minimum}),
                **({} if rule.maximum is None else {CONF_MAXIMUM: rule.maximum}),
            }
            for sensor, rule in rules.sensors.items()
        ],
        CONF_QUARANTINE_ON_CHANGE: rules.quarantine_on_change,
        CONF_LIMITS: {
            CONF_TIME_TOLERANCE: _duration(rules.time_tolerance),
            CONF_ON_DRIFT: rules.on_drift.value,
            CONF_MAX_AGE: _duration(rules.max_age),
        },
    }


def _rules_of(form: Mapping[str, Any], before: DeviceRules) -> DeviceRules:
    """Read the form. Raises _SensorError."""
    limits = form[CONF_LIMITS]
    return replace(
        before,
        name=form[CONF_NAME].strip(),
        assurance=Assurance(form[CONF_ASSURANCE]),
        sensors=_sensors_of(form[CONF_SENSORS]),
        quarantine_on_change=form[CONF_QUARANTINE_ON_CHANGE],
        time_tolerance=duration_of(limits[CONF_TIME_TOLERANCE]).total_seconds(),
        on_drift=OnDrift(limits[CONF_ON_DRIFT]),
        max_age=duration_of(limits[CONF_MAX_AGE]).total_seconds(),
    )


def _sensors_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, SensorRule]:
    sensors: dict[str, SensorRule] = {}
    for row in rows:
        sensor = row[CONF_SENSOR].strip()
        rule = SensorRule(minimum=row.get(CONF_MINIMUM), maximum=row.get(CONF_MAXIMUM))
        if not is_sensor(sensor) or sensor in sensors:
            raise _SensorError("invalid_sensor", sensor)
        if (
            rule.minimum is not None
            and rule.maximum is not None
            and rule.minimum > rule.maximum
        ):
            raise _SensorError("invalid_limits", sensor)
        sensors[sensor] = rule
    if not sensors:
        raise _SensorError("no_sensors", "")
    return sensors


def _duration(seconds: float) -> dict[str, int]:
    """Write seconds as the form of a duration holds them."""
    days, rest = divmod(int(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    return {"days": days, "hours": hours, "minutes": minutes, "seconds": rest}
