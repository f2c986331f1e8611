"""What a source would have recorded yesterday, and what that costs a month.

It is asked while a person looks at a form, so nothing is waited for long, and what is
not known in time is None.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance
from homeassistant.util import dt as dt_util

from ..chain.errors import ChainError
from ..chain.networks import by_chain_id
from ..const import (
    CONF_ANCHOR_AGE,
    CONF_ANCHOR_READINGS,
    CONF_CHAIN_ID,
    DEFAULT_ANCHOR_AGE,
    DEFAULT_ANCHOR_READINGS,
)
from ..coordinator import IotBlockchainConfigEntry
from ..durations import duration_of
from .estimate import a_day, anchors_a_day, cost_a_month, readings_of_states
from .source_policy import SourcePolicy
from .sources import Source

_DAY = timedelta(days=1)
# Less than that says nothing about a day.
_SHORTEST_PERIOD = timedelta(minutes=30)
_SECONDS = 3.0
_MOST_STATES = 20_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of a source, alone in its log.

    ``readings`` and ``anchors`` are a day, ``cost`` is in 30 days, in the network's
    coin. None is what is not known. ``is_free``: the coin of a test network costs
    nothing. Without a chain, there are neither anchors nor costs.
    """

    readings: float | None
    anchors: float | None
    cost: float | None
    is_free: bool
    has_chain: bool = True


async def async_forecast(
    hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    source: Source,
    entities: Sequence[str],
) -> Forecast:
    """Say what the source would record of these entities, and what that costs."""
    readings, price = await asyncio.gather(
        _readings_a_day(hass, source.policy, entities), _gas_price(entry)
    )
    if CONF_CHAIN_ID not in entry.data:
        return Forecast(readings, None, None, is_free=False, has_chain=False)
    network = by_chain_id(entry.data[CONF_CHAIN_ID])
    is_free = network is not None and network.testnet
    if readings is None:
        return Forecast(None, None, None, is_free)
    anchors = anchors_a_day(
        readings,
        int(entry.options.get(CONF_ANCHOR_READINGS, DEFAULT_ANCHOR_READINGS)),
        duration_of(entry.options.get(CONF_ANCHOR_AGE, DEFAULT_ANCHOR_AGE)),
        urgent=source.policy.urgent,
    )
    cost = None if price is None else cost_a_month(anchors, price)
    return Forecast(readings, anchors, cost, is_free)


async def _readings_a_day(
    hass: HomeAssistant, policy: SourcePolicy, entities: Sequence[str]
) -> float | None:
    """Look at what the recorder has of the last day, as far as there is time."""
    if DATA_INSTANCE not in hass.data:
        return None
    recorder = get_instance(hass)
    now = dt_util.utcnow()
    started = dt_util.utc_from_timestamp(
        recorder.recorder_runs_manager.first.start.timestamp()
    )
    since = max(now - _DAY, started)
    if now - since < _SHORTEST_PERIOD:
        return None

    try:
        async with asyncio.timeout(2 * _SECONDS):
            return await recorder.async_add_executor_job(
                _look_back, hass, policy, entities, since, now
            )
    except TimeoutError:
        return None


def _look_back(
    hass: HomeAssistant,
    policy: SourcePolicy,
    entities: Sequence[str],
    since: datetime,
    now: datetime,
) -> float | None:
    """Count what the entities do a day. Runs in the recorder's executor.

    Those that there is no time for, or no history of, are taken for like the others.
    """
    deadline = time.monotonic() + _SECONDS
    total, looked_at = 0.0, 0
    for entity in entities:
        states = state_changes_during_period(
            hass,
            since,
            entity_id=entity,
            no_attributes=not policy.attributes,
            limit=_MOST_STATES,
        ).get(entity)
        if states:
            seen = [(entity, s.state, s.attributes, s.last_updated) for s in states]
            until = seen[-1][3] if len(seen) >= _MOST_STATES else now
            # What is new says as little about a day as a recorder that is.
            if (period := until - max(since, seen[0][3])) >= _SHORTEST_PERIOD:
                total += a_day(readings_of_states(policy, seen), period)
                looked_at += 1
        if time.monotonic() > deadline:
            break
    return total * len(entities) / looked_at if looked_at else None


async def _gas_price(entry: IotBlockchainConfigEntry) -> int | None:
    """Ask the network what gas costs now, in wei."""
    if entry.state is not ConfigEntryState.LOADED:
        return None
    try:
        async with asyncio.timeout(_SECONDS):
            client = await entry.runtime_data.chain.endpoints.choose()
            return await client.base_fee() + await client.priority_fee()
    except ChainError, TimeoutError:
        return None
