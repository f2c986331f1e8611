"""Recording: from Home Assistant's states to the log, one way.

On the event loop a state change costs a look-up and an append to a queue. Everything
else (serialising, hashing, the disk) happens in an executor, in batches.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.target import TargetEntityChangeTracker, TargetSelection
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .log.canonical import Value
from .log.database import StoreError
from .log.entry import Act, Reading, Record
from .log.store import LogStore

_LOGGER = logging.getLogger(__name__)

_FLUSH_DELAY = 0.5
_RETRY_DELAY = 10.0
_BATCH = 5000


type _Seen = tuple[str, str, Mapping[str, Any], datetime]
"""What is kept of a state until it is written: entity, state, attributes, time.

Thousands of whole states would outlive the garbage collector's first passes, and bring
about the full one, which holds up the event loop for long.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """What to record: a target, and whether unchanged reports count as readings."""

    title: str
    target: Mapping[str, Any]
    reports: bool

    def describe(self) -> dict[str, Value]:
        """Describe the source for the log's own record of it."""
        described: dict[str, Value] = {
            kind: " ".join(sorted([ids] if isinstance(ids, str) else ids))
            for kind, ids in self.target.items()
        }
        return described | {"title": self.title, "reports": self.reports}


class _SourceTracker(TargetEntityChangeTracker):
    """Follows which entities a source selects, as the registries change."""

    def __init__(
        self, hass: HomeAssistant, source: Source, on_change: Callable[[], None]
    ) -> None:
        super().__init__(
            hass, TargetSelection(dict(source.target)), recordable_entities(hass)
        )
        self.source = source
        self.entities: set[str] = set()
        self._on_change = on_change

    @callback
    def _handle_entities_update(self, tracked_entities: set[str]) -> None:
        if tracked_entities != self.entities:
            self.entities = tracked_entities
            self._on_change()


def recordable_entities(hass: HomeAssistant) -> Callable[[set[str]], set[str]]:
    """Return a filter that leaves out this integration's own entities.

    A log that recorded how much it has recorded would never come to rest.
    """
    registry = er.async_get(hass)

    def recordable(entities: set[str]) -> set[str]:
        return {
            entity
            for entity in entities
            if (found := registry.async_get(entity)) is None or found.platform != DOMAIN
        }

    return recordable


class Recording:
    """Records the states that the sources select."""

    def __init__(
        self,
        hass: HomeAssistant,
        store: LogStore,
        on_recorded: Callable[[], None],
        on_trouble: Callable[[StoreError | None], None],
    ) -> None:
        """Take the log to write to; nothing is recorded yet.

        ``on_recorded`` is called when entries are on the disk, ``on_trouble`` when they
        cannot be written, and with None when they can again.
        """
        self._hass = hass
        self._store = store
        self._on_recorded = on_recorded
        self._on_trouble = on_trouble
        self._queue: list[_Seen] = []
        self._seen: set[str] = set()
        # the entities recorded now, and whether their unchanged reports are too
        self._listened: dict[str, bool] = {}
        self._write_lock = asyncio.Lock()
        self._trouble = False
        self._cancel_flush: CALLBACK_TYPE | None = None
        self._cancel_listeners: list[CALLBACK_TYPE] = []
        self._catching_up: asyncio.Task[None] | None = None
        self._stopped = False
        self._trackers: list[_SourceTracker] = []
        self._cancel_trackers: list[CALLBACK_TYPE] = []

    async def async_start(self, sources: Mapping[str, Source]) -> None:
        """Begin to record, and write down that and what."""
        # Entities are listened to at once; what they say stands behind the acts.
        async with self._write_lock:
            for source in sources.values():
                tracker = _SourceTracker(self._hass, source, self._listen)
                self._trackers.append(tracker)
                self._cancel_trackers.append(await tracker.async_setup())
            now = dt_util.utcnow()
            described = {key: source.describe() for key, source in sources.items()}
            acts = [Act("started", now)]
            if described != await self._hass.async_add_executor_job(self._last_sources):
                acts.append(
                    Act("sources", now, MappingProxyType({"sources": described}))
                )
            try:
                await self._hass.async_add_executor_job(self._store.append, acts)
            except StoreError as err:
                self._report(err)
        self._listen()

    async def async_stop(self) -> None:
        """Stop to record; what was seen so far is written.

        Raises:
            StoreError: it cannot be written, and is lost.
        """
        while self._cancel_trackers:
            self._cancel_trackers.pop()()
        self._stop_listening()
        if self._catching_up is not None:
            self._catching_up.cancel()
        try:
            await self.async_record([Act("stopped", dt_util.utcnow())])
        finally:
            self._stopped = True
            if self._cancel_flush is not None:
                self._cancel_flush()
                self._cancel_flush = None

    @property
    def entities(self) -> set[str]:
        """The entities that are recorded now."""
        return {entity for tracker in self._trackers for entity in tracker.entities}

    def _last_sources(self) -> object:
        last = next(self._store.acts("sources"), None)
        return {} if last is None else last.members.get("sources")

    @callback
    def _listen(self) -> None:
        """Listen to the entities that the sources select now."""
        listened = dict.fromkeys(self.entities, False)
        for tracker in self._trackers:
            if tracker.source.reports:
                listened |= dict.fromkeys(tracker.entities, True)
        self._listened = listened
        if not self._cancel_listeners:
            # By a filter, which Home Assistant asks before it makes an event: all that
            # is to be recorded is known by then. The event is not asked for, because
            # whoever listens alone pays for it, several times what is done here.
            bus = self._hass.bus
            self._cancel_listeners = [
                bus.async_listen(EVENT_STATE_CHANGED, _ignore, self._take_change),
                bus.async_listen(EVENT_STATE_REPORTED, _ignore, self._take_report),
            ]
        self._catching_up = self._hass.async_create_background_task(
            self._catch_up(), f"{DOMAIN} catching up"
        )

    async def _catch_up(self) -> None:
        """Record the states that were reached while nobody listened."""
        unseen = [
            state
            for entity in self._listened.keys() - self._seen
            if (state := self._hass.states.get(entity)) is not None
        ]
        recorded = await self._hass.async_add_executor_job(
            self._recorded, unseen, self._listened, dt_util.utcnow()
        )
        for entity in sorted(
            {state.entity_id for state in unseen} - recorded - self._seen
        ):
            if (state := self._hass.states.get(entity)) is not None:
                self._enqueue(state, state.last_updated)

    def _recorded(
        self, states: Sequence[State], listened: Mapping[str, bool], now: datetime
    ) -> set[str]:
        """Return the entities whose states were recorded since they were reached.

        A reading of a later time than now is no sign of that: the clock was set back.
        """
        return {
            state.entity_id
            for state in states
            if self._store.has_reading(
                state.entity_id,
                state.last_updated if listened[state.entity_id] else state.last_changed,
                max(state.last_updated, now),
            )
        }

    @callback
    def _stop_listening(self) -> None:
        while self._cancel_listeners:
            self._cancel_listeners.pop()()

    @callback
    def _take_change(self, data: EventStateChangedData) -> bool:
        """Record a new state; other attributes alone are only a report."""
        reports = self._listened.get(data["entity_id"])
        if reports is not None:
            new, old = data["new_state"], data["old_state"]
            if new is not None and (reports or old is None or new.state != old.state):
                self._enqueue(new, new.last_updated)
        return False

    @callback
    def _take_report(self, data: EventStateReportedData) -> bool:
        """Record an unchanged state that its device sent again."""
        if self._listened.get(data["entity_id"]):
            self._enqueue(data["new_state"], data["last_reported"])
        return False

    @callback
    def _enqueue(self, state: State, time: datetime) -> None:
        self._queue.append((state.entity_id, state.state, state.attributes, time))
        self._seen.add(state.entity_id)
        if self._cancel_flush is None:
            self._flush_later(_FLUSH_DELAY)

    @callback
    def _flush_later(self, delay: float) -> None:
        async def flush(_now: datetime) -> None:
            self._cancel_flush = None
            await self.async_flush()

        self._cancel_flush = async_call_later(self._hass, delay, flush)

    async def async_flush(self) -> None:
        """Write what is in the queue. What cannot be written stays there."""
        async with self._write_lock:
            # A flush can have waited here while recording was stopped.
            while not self._stopped and (batch := self._queue[:_BATCH]):
                try:
                    await self._hass.async_add_executor_job(self._write, batch)
                except StoreError as err:
                    self._report(err)
                    if self._cancel_flush is None:
                        self._flush_later(_RETRY_DELAY)
                    return
                del self._queue[: len(batch)]
                self._report(None)
                self._on_recorded()

    async def async_record(
        self,
        records: Sequence[Record],
        memory: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write records now, after everything that was seen before them.

        ``memory`` is written with them: see ``LogStore.append``.

        Raises:
            StoreError: they were not written.
        """
        await self.async_flush()
        async with self._write_lock:
            await self._hass.async_add_executor_job(self._store.append, records, memory)
            if records:
                self._on_recorded()

    def _write(self, batch: Sequence[_Seen]) -> None:
        self._store.append([_reading(*seen) for seen in batch])

    @callback
    def _report(self, error: StoreError | None) -> None:
        if error is not None and not self._trouble:
            _LOGGER.error("Readings cannot be written and wait in memory: %s", error)
        self._trouble = error is not None
        self._on_trouble(error)


@callback
def _ignore(_event: Event[Any]) -> None:
    """Take an event that a filter never lets through."""


def reading_of(state: State, time: datetime) -> Reading:
    """Make a reading of a state, verbatim."""
    return _reading(state.entity_id, state.state, state.attributes, time)


def _reading(
    entity: str, state: str, attributes: Mapping[str, Any], time: datetime
) -> Reading:
    unit = attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    device_class = attributes.get(ATTR_DEVICE_CLASS)
    return Reading(
        entity,
        state,
        time,
        unit if isinstance(unit, str) else None,
        # an enumeration's member is written as its plain value
        str(device_class) if isinstance(device_class, str) else None,
    )
