"""When the history is compared with a log, and who is told what that found."""

import logging
from collections.abc import Collection
from datetime import datetime
from random import randrange
from typing import Any, Final, cast

import probatio as vol
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import JsonValueType

from .. import issues
from ..anchoring.happenings import VerificationFailed, tell
from ..const import CONF_DAILY_AUDIT, DOMAIN
from ..coordinator import IotBlockchainConfigEntry
from ..evidence.range_receipt import PERIOD_FIELDS, Period
from ..exceptions import failed, invalid
from ..log.database import StoreError
from ..log.entry import format_time
from .audit import Named, Result, async_audit
from .comparison import Kind
from .recorder_history import HistoryError

_LOGGER = logging.getLogger(__name__)

# After the recorder's own night work, which is at 4:12.
_HOUR: Final = 5
_FIRST_ONES = 5
_MOST_ENTITIES = 20

_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional(ATTR_ENTITY_ID): cv.entity_ids,
        **PERIOD_FIELDS,
    }
)

_RUNNING: HassKey[set[str]] = HassKey(f"{DOMAIN}_audits")


@callback
def async_setup_audit_action(hass: HomeAssistant) -> None:
    """Register the action."""
    service.async_register_admin_service(
        hass,
        DOMAIN,
        "audit",
        _audit,
        schema=_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


@callback
def async_setup_daily_audit(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> None:
    """Compare every night, where the options say so, for as long as it is loaded."""
    if not entry.options.get(CONF_DAILY_AUDIT):
        return

    async def compare(_now: datetime) -> None:
        try:
            await _async_compare(hass, entry, None, None, None)
        except HomeAssistantError as err:
            _LOGGER.warning("%s was not compared today: %s", entry.title, err)

    @callback
    def begin(now: datetime) -> None:
        entry.async_create_background_task(hass, compare(now), f"{DOMAIN} audit")

    entry.async_on_unload(
        async_track_time_change(
            hass,
            begin,
            hour=_HOUR,
            minute=randrange(60),  # noqa: S311 - not all logs at once
            second=0,
        )
    )


async def _audit(call: ServiceCall) -> ServiceResponse:
    """Compare the history with a log, and answer with what differs."""
    entry = cast(
        "IotBlockchainConfigEntry",
        service.async_get_config_entry(
            call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
        ),
    )
    period = (
        Period.of(call.data, dt_util.utcnow())
        if Period.is_asked_for(call.data)
        else None
    )
    result = await _async_compare(
        call.hass,
        entry,
        period.since if period else None,
        period.until if period else None,
        call.data.get(ATTR_ENTITY_ID),
    )
    return {
        "start": result.first.isoformat(),
        "end": result.last.isoformat(),
        "entities": result.entities,
        "readings": result.readings,
        **{kind.value: result.counts[kind] for kind in Kind},
        "findings": [_said(named) for named in result.findings],
        "not_compared": list[JsonValueType](result.not_kept),
        "recorder_away": [
            {"start": start.isoformat(), "end": end.isoformat()}
            for start, end in result.away
        ],
    }


async def _async_compare(
    hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    first: datetime | None,
    last: datetime | None,
    entities: Collection[str] | None,
) -> Result:
    """Compare, and tell what was found.

    Raises:
        HomeAssistantError: it cannot be done now.
    """
    running = hass.data.setdefault(_RUNNING, set())
    if entry.entry_id in running:
        raise failed("audit_running")
    coordinator = entry.runtime_data
    running.add(entry.entry_id)
    try:
        result = await async_audit(
            hass,
            coordinator.parts.store.path,
            coordinator.recording,
            first=first,
            last=last,
            entities=entities,
        )
    except HistoryError as err:
        raise failed(err.key) from err
    except StoreError as err:
        raise failed("audit_unreadable", error=str(err)) from err
    finally:
        running.discard(entry.entry_id)
    if unknown := set(entities or ()) - result.asked:
        raise invalid("audit_no_reading", entity=", ".join(sorted(unknown)))
    _tell(hass, entry, result, whole=(first, last, entities) == (None, None, None))
    return result


@callback
def _tell(
    hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    result: Result,
    *,
    whole: bool,
) -> None:
    """Let a person know, and automations. Only what is whole says that all is well."""
    if not result.total:
        if whole:
            issues.set_audit_issue(hass, entry, None)
        return
    counts = {kind.value: str(result.counts[kind]) for kind in Kind}
    first_ones = "\n".join(
        f"- {named.entity}, {format_time(named.time)}: {named.finding.kind}"
        for named in result.findings[:_FIRST_ONES]
    )
    is_new = issues.set_audit_issue(hass, entry, {**counts, "first": first_ones})
    if is_new:
        _LOGGER.warning(
            "Home Assistant's history is not what %s has recorded:\n%s",
            entry.title,
            first_ones,
        )
        entities = dict.fromkeys(named.entity for named in result.findings)
        tell(
            hass,
            entry.entry_id,
            VerificationFailed(
                reason="history",
                error="the history has {altered} altered, {deleted} deleted and"
                " {inserted} inserted states".format(**counts),
                entities=tuple(entities)[:_MOST_ENTITIES],
            ),
        )


def _said(named: Named) -> dict[str, Any]:
    finding = named.finding
    return {
        "entity": named.entity,
        "time": format_time(named.time),
        "kind": finding.kind,
        "recorded": finding.recorded,
        "found": finding.found,
        "index": finding.index,
        **({"attribute": finding.attribute} if finding.attribute else {}),
    }
