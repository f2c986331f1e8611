"""The actions."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, cast

import probatio as vol
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_ENTITY_ID, ATTR_TIME
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.util import dt as dt_util

from .anchoring.happenings import VerificationFailed, tell
from .chain.errors import ChainError
from .chain.verification import check_anchor, check_known_block, check_on_chain
from .const import DOMAIN
from .coordinator import (
    IotBlockchainConfigEntry,
    LogCoordinator,
    NoChainError,
    loaded_logs,
)
from .device.verification import check_devices
from .evidence.package import async_export_evidence
from .evidence.predecessors import FoundReading, async_find_in_predecessors
from .evidence.range_receipt import PERIOD_FIELDS, Period, async_prove, in_a_zone
from .evidence.receipt_view import receipt_link
from .evidence.said import readings_said
from .exceptions import failed, invalid
from .intake.log_writer import reading_of
from .intake.sources import recordable_entities
from .log.database import StoreError
from .log.entry import decode
from .log.note import VerifierKey
from .log.verification import Report, Result, Verdict, verify_offline
from .log_status import AnchorStatus
from .permission import user_may_see
from .verifier.checks import parse_block_hash
from .verifier.inputs import InputError

ATTR_BLOCK_HASH = "block_hash"
ATTR_INDEX = "index"
ATTR_RECEIPT = "receipt"
ATTR_WAIT = "wait"

_ANCHOR_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional(ATTR_WAIT, default=False): cv.boolean,
        **cv.TARGET_SERVICE_FIELDS,
    }
)
_EXPORT_EVIDENCE_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Required(ATTR_ENTITY_ID): cv.entity_ids,
        **PERIOD_FIELDS,
    }
)
_EXPORT_LOG_SCHEMA = vol.Schema({vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string})
_GET_RECEIPT_SCHEMA = vol.All(
    vol.Schema(
        {
            vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
            vol.Exclusive(ATTR_ENTITY_ID, "which"): cv.entity_ids,
            vol.Exclusive(ATTR_INDEX, "which"): vol.All(
                vol.Coerce(int), vol.Range(min=0)
            ),
            vol.Optional(ATTR_TIME): cv.datetime,
            **PERIOD_FIELDS,
        }
    ),
    cv.has_at_least_one_key(ATTR_ENTITY_ID, ATTR_INDEX),
)
_VERIFY_RECEIPT_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_RECEIPT): vol.Any(dict, str),
        vol.Optional(ATTR_BLOCK_HASH): cv.string,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        "anchor",
        _anchor,
        schema=_ANCHOR_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        "export_evidence",
        _export_evidence,
        schema=_EXPORT_EVIDENCE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        "export_log",
        _export_log,
        schema=_EXPORT_LOG_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        "get_receipt",
        _get_receipt,
        schema=_GET_RECEIPT_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        "verify_receipt",
        _verify_receipt,
        schema=_VERIFY_RECEIPT_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _anchor(call: ServiceCall) -> ServiceResponse:
    """Anchor what was recorded; before, record the states of chosen entities."""
    coordinator = _coordinator(call)
    selection = TargetSelection(call.data)
    if coordinator.anchorer is None:
        raise _chain_error(coordinator, NoChainError())
    if selection.has_any_target:
        await _record_now(call.hass, coordinator, selection)
    try:
        anchor = await coordinator.async_anchor(wait=call.data[ATTR_WAIT])
    except TimeoutError as err:
        raise failed("anchor_timeout") from err
    except ChainError as err:
        raise _chain_error(coordinator, err) from err
    except StoreError as err:
        raise failed("log_unwritable", error=str(err)) from err
    status = coordinator.data
    response: dict[str, Any] = {
        "status": anchor.status if anchor else status.anchor_status,
        "size": coordinator.parts.store.size,
        "waiting": status.waiting,
    }
    if anchor is not None and (placement := anchor.placement) is not None:
        response |= {
            "number": placement.number,
            "size": anchor.intent.size,
            "transaction": f"0x{placement.transaction.hex()}",
            "block_number": placement.block_number,
            "block_time": _iso(placement.time),
        }
    return response


async def _record_now(
    hass: HomeAssistant, coordinator: LogCoordinator, selection: TargetSelection
) -> None:
    selected = async_extract_referenced_entity_ids(hass, selection)
    entities = recordable_entities(hass)(
        selected.referenced | selected.indirectly_referenced
    )
    states = [
        state for entity in sorted(entities) if (state := hass.states.get(entity))
    ]
    if missing := {e for e in selected.referenced if hass.states.get(e) is None}:
        raise invalid("entity_not_found", entity=", ".join(sorted(missing)))
    if not states:
        raise invalid("no_entities")
    if coordinator.recording.paused:
        raise invalid("paused")
    now = dt_util.utcnow()
    try:
        await coordinator.recording.async_record(
            [reading_of(state, now) for state in states]
        )
    except StoreError as err:
        raise failed("log_unwritable", error=str(err)) from err


async def _export_log(call: ServiceCall) -> ServiceResponse:
    """Write a whole log into a file."""
    coordinator = _coordinator(call)
    await coordinator.recording.async_flush()
    exported = await coordinator.exporter.async_export()
    return {"size": exported.size, **exported.file.answer(call.hass)}


async def _export_evidence(call: ServiceCall) -> ServiceResponse:
    """Write all that somebody needs to check a period into a file."""
    period = Period.of(call.data, dt_util.utcnow())
    return await async_export_evidence(
        _coordinator(call), call.data[ATTR_ENTITY_ID], period
    )


async def _get_receipt(call: ServiceCall) -> ServiceResponse:
    """Make the receipt of one reading, or of a period."""
    coordinator = _coordinator(call)
    if Period.is_asked_for(call.data):
        return await _receipt_of_period(call, coordinator)
    await coordinator.recording.async_flush()
    try:
        if ATTR_INDEX in call.data:
            found = await _entry_at(coordinator, call.data[ATTR_INDEX])
        elif len(call.data[ATTR_ENTITY_ID]) == 1:
            (entity,) = call.data[ATTR_ENTITY_ID]
            found = await _last_reading(coordinator, entity, call.data.get(ATTR_TIME))
        else:
            raise invalid("one_entity")
    except StoreError as err:
        raise failed("no_receipt", error=str(err)) from err
    entries = [decode(data) for data in found.receipt.entries]
    await _require_reader(call, entries[0].entity)
    log = VerifierKey.parse(found.receipt.key).name
    answer: dict[str, Any] = {
        "status": found.status or AnchorStatus.PENDING,
        "log": log,
        "index": found.index,
        "readings": readings_said(entries),
        "receipt": found.receipt.to_json(),
    }
    if log == coordinator.parts.store.origin:
        answer["download"] = receipt_link(call.hass, coordinator, found.index)
    return answer


async def _receipt_of_period(
    call: ServiceCall, coordinator: LogCoordinator
) -> ServiceResponse:
    """Make the receipt of all that a log wrote in a period."""
    # It holds the readings of all the log's entities.
    await _require_admin(call)
    if not call.data.keys().isdisjoint({ATTR_INDEX, ATTR_TIME}):
        raise invalid("period_of_entities")
    period = Period.of(call.data, dt_util.utcnow())
    proven = await async_prove(coordinator, call.data[ATTR_ENTITY_ID], period)
    answer: dict[str, Any] = await call.hass.async_add_executor_job(proven.answer)
    return answer


async def _require_admin(call: ServiceCall) -> None:
    """Let administrators through, and automations, which have no user."""
    await _require_reader(call, None)


async def _require_reader(call: ServiceCall, entity: str | None) -> None:
    """Let through who may see an entity; where it is None, only administrators.

    Automations have no user, and may do all.
    """
    if (user_id := call.context.user_id) is None:
        return
    user = await call.hass.auth.async_get_user(user_id)
    if user is None or not user_may_see(user, entity):
        raise Unauthorized(
            context=call.context, entity_id=entity, permission=POLICY_READ
        )


async def _entry_at(coordinator: LogCoordinator, index: int) -> FoundReading:
    size = coordinator.parts.store.size
    if index >= size:
        raise invalid("no_entry", index=str(index), size=str(size))
    receipt = await coordinator.async_receipt(index, index + 1)
    status = await coordinator.hass.async_add_executor_job(
        coordinator.parts.receipts.status_of, index
    )
    return FoundReading(index, receipt, status)


async def _last_reading(
    coordinator: LogCoordinator, entity: str, time: datetime | None
) -> FoundReading:
    hass = coordinator.hass
    time = time and in_a_zone(time)
    index = await hass.async_add_executor_job(
        coordinator.parts.store.find, entity, time
    )
    if index is not None:
        return await _entry_at(coordinator, index)
    found = await async_find_in_predecessors(
        hass, coordinator.config_entry, entity, time
    )
    if found is None:
        raise invalid(
            "no_reading",
            entity=entity,
            time="now" if time is None else time.isoformat(),
        )
    return found


async def _verify_receipt(call: ServiceCall) -> ServiceResponse:
    """Check a receipt, with the chain where one of the logs here is on that chain.

    Who knows the hash of the block needs no chain, and none is asked.
    """
    hass = call.hass
    blocks = _known_blocks(call)
    report = await hass.async_add_executor_job(
        _check_offline, call.data[ATTR_RECEIPT], blocks
    )
    anchor = report.receipt.anchor if report.receipt else None
    if anchor is not None and not blocks:
        chains = [
            chain for log in loaded_logs(hass) if (chain := log.parts.chain) is not None
        ]
        if chains:
            nearest = next(
                (c for c in chains if anchor.chain == f"eip155:{c.journal.chain_id}"),
                chains[0],
            )
            report = await check_on_chain(report, nearest.endpoints)
    if report.verdict is Verdict.INVALID:
        step = next(step for step in report.steps if step.result is Result.FAILED)
        # What an invalid receipt says of its log is not to be believed.
        tell(hass, None, VerificationFailed(reason=step.name, error=step.reason))
    response: dict[str, Any] = {
        "verdict": report.verdict,
        "steps": [
            {"name": step.name, "result": step.result, "reason": step.reason}
            for step in report.steps
        ],
        "readings": readings_said(report.entries),
    }
    if report.checkpoint is not None:
        response["log"] = report.checkpoint.origin
    # Of a receipt that proves nothing, no time is to be believed.
    if anchor is not None and report.verdict is not Verdict.INVALID:
        response["anchored_at"] = _iso(anchor.block_time)
    return response


def _known_blocks(call: ServiceCall) -> set[bytes]:
    if (text := call.data.get(ATTR_BLOCK_HASH)) is None:
        return set()
    try:
        return {parse_block_hash(text)}
    except InputError as err:
        raise invalid("no_block_hash") from err


def _check_offline(receipt: object, blocks: Collection[bytes]) -> Report:
    report = check_anchor(check_devices(verify_offline(receipt)))
    return check_known_block(report, blocks)


def _coordinator(call: ServiceCall) -> LogCoordinator:
    entry = cast(
        "IotBlockchainConfigEntry",
        service.async_get_config_entry(
            call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
        ),
    )
    return entry.runtime_data


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat()


def _chain_error(coordinator: LogCoordinator, error: ChainError) -> HomeAssistantError:
    return failed(
        error.key,
        error=str(error),
        name=coordinator.config_entry.title,
        **error.placeholders,
    )
