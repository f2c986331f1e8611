"""Recording: from Home Assistant's states to the log, one way.

On the event loop a state change costs a look-up and an append to a queue. Everything
else happens in batches: see ``log_writer``.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from datetime import datetime
from itertools import starmap
from types import MappingProxyType
from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
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
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..log.canonical import Value
from ..log.database import StoreError
from ..log.entry import Act, Record
from ..log.store import LogStore
from .gates import Gates
from .log_writer import LogWriter
from .selection import SELECTED, Selection
from .source_policy import Gate, Seen, SourcePolicy
from .source_tallies import Tally
from .sources import Source, SourceTracker, entity_of, renamed
from .to_the_end import to_the_end

PAUSED: Final = "paused"
"""Under this name the log remembers a pause, so that it outlasts a restart."""
YES: Final = "yes"
_NO: Final = "no"


class Recording:
    """Records the states that the sources select."""

    def __init__(
        self,
        hass: HomeAssistant,
        store: LogStore,
        on_recorded: Callable[[], None],
        on_urgent: Callable[[int], None],
        on_trouble: Callable[[StoreError | None], None],
    ) -> None:
        """Take the log to write to; nothing is recorded yet.

        ``on_recorded`` is called when entries are on the disk, ``on_urgent`` with the
        size to anchor at once, which the log remembers then as ``REQUESTED_SIZE``,
        ``on_trouble`` when entries cannot be written, and with None when they can
        again.
        """
        self._hass = hass
        self._store = store
        self._writer = LogWriter(hass, store, on_recorded, on_urgent, on_trouble)
        self._seen: set[str] = set()
        # the entities recorded now, and whether their unchanged reports are too
        self._listened: dict[str, bool] = {}
        # the other entities recorded now, whose policies ask for more than that
        self._gates = Gates(hass.loop, self._enqueue_gated)
        self._described: dict[str, Value] = {}
        self._selection = Selection()
        self._cancel_listeners: list[CALLBACK_TYPE] = []
        self._catching_up: asyncio.Task[None] | None = None
        self._sources: Mapping[str, Source] = {}
        self._trackers: dict[str, SourceTracker] = {}
        self._cancel_trackers: list[CALLBACK_TYPE] = []

    async def async_start(self, sources: Mapping[str, Source]) -> None:
        """Begin to record, and write down that and what."""
        memory = await self._hass.async_add_executor_job(self._store.recall)
        self._writer.acts_only = memory.get(PAUSED) == YES
        # Entities are listened to at once; what they say stands behind the acts.
        async with self._writer.lock:
            self._sources = sources
            for key, source in sources.items():
                tracker = SourceTracker(self._hass, source, self._listen)
                self._trackers[key] = tracker
                self._cancel_trackers.append(await tracker.async_setup())
            self._cancel_trackers.append(
                self._hass.bus.async_listen(
                    er.EVENT_ENTITY_REGISTRY_UPDATED, self._take_rename
                )
            )
            self._described = self._describe()
            last = await self._hass.async_add_executor_job(self._last_sources)
            await self._hass.async_add_executor_job(self._count, memory, last)
            renames = renamed(last, self._described)
            acts = [_act("started"), *starmap(_renamed_act, renames.items())]
            if self._described != last:
                acts.append(_act("sources", sources=self._described))
            await self._hass.async_add_executor_job(self._selection.recall, self._store)
            acts += self._selected_acts()
            try:
                await self._hass.async_add_executor_job(self._store.append, acts)
            except StoreError as err:
                self._writer.put_off(acts, err)
        self._listen()

    async def async_stop(self) -> None:
        """Stop to record; what was seen so far is written.

        Raises:
            StoreError: it cannot be written, and is lost.
        """
        while self._cancel_trackers:
            self._cancel_trackers.pop()()
        self._stop_listening()
        self._gates.let_go()
        try:
            await self.async_record([_act("stopped")])
        finally:
            self._writer.stop()

    @property
    def paused(self) -> bool:
        """Whether no readings are recorded, but only acts."""
        return self._writer.acts_only

    @to_the_end
    async def async_pause(self) -> None:
        """Record no readings from here on, until ``async_resume``.

        What was seen before is written first. Restarts do not end it.

        Raises:
            StoreError: it cannot be written down; recording goes on.
        """
        self._gates.let_go()
        if await self._writer.async_switch(
            _act("paused"), {PAUSED: YES}, acts_only=True
        ):
            self._stop_listening()
            self._gates.update({})

    @to_the_end
    async def async_resume(self) -> None:
        """Record again, first the states that the entities have now.

        Raises:
            StoreError: it cannot be written down; nothing is recorded.
        """
        if not await self._writer.async_switch(
            _act("resumed"), {PAUSED: _NO}, acts_only=False
        ):
            return
        self._follow()
        now = dt_util.utcnow()
        for entity in sorted(self.entities):
            self._take_present(entity, now)

    @property
    def entities(self) -> set[str]:
        """The entities that are recorded now."""
        return {e for entities in self.selected().values() for e in entities}

    def selected(self) -> Mapping[str, AbstractSet[str]]:
        """Return the entities that each source selects now."""
        return {key: tracker.entities for key, tracker in self._trackers.items()}

    def tally(self, source: str) -> Tally:
        """Return what a source has recorded."""
        return self._writer.tallies[source]

    def _count(self, memory: Mapping[str, str], last: object) -> None:
        """Take up the count of what the sources recorded. Runs in an executor."""
        known = last.keys() if isinstance(last, Mapping) else ()
        self._writer.tallies.recall(memory, self.selected(), known, self._store.path)

    @callback
    def is_waiting(self, entity: str) -> bool:
        """Say whether a reading of an entity was seen, and is not on the disk yet."""
        return self._writer.holds(entity) or self._gates.holds(entity)

    def _last_sources(self) -> object:
        last = next(self._store.acts("sources"), None)
        return {} if last is None else last.members.get("sources")

    def _describe(self) -> dict[str, Value]:
        return {
            key: source.describe(self._hass) for key, source in self._sources.items()
        }

    @callback
    def _selected_acts(self) -> list[Act]:
        """Return the act about other entities that are selected, if there are any."""
        news = self._selection.news(
            {
                key: tracker.entities
                - {entity_of(self._hass, kept) for kept in tracker.source.entities}
                for key, tracker in self._trackers.items()
            }
        )
        return [_act(SELECTED, targets=news)] if news else []

    @callback
    def _listen(self) -> None:
        """Listen to the entities that the sources select now, and catch up."""
        for act in self._selected_acts():
            self._writer.queue.append(act)
            self._writer.flush_soon()
        if self.paused:
            return
        self._follow()
        self._catching_up = self._hass.async_create_background_task(
            self._catch_up(), f"{DOMAIN} catching up"
        )

    @callback
    def _follow(self) -> None:
        policies: dict[str, list[SourcePolicy]] = {}
        for tracker in self._trackers.values():
            for entity in tracker.entities:
                policies.setdefault(entity, []).append(tracker.source.policy)
        self._listened = {
            entity: any(policy.reports for policy in wanted)
            for entity, wanted in policies.items()
            if all(policy.is_plain for policy in wanted)
        }
        # What comes back later may have another state by then.
        self._seen &= policies.keys()
        self._writer.tallies.select(self.selected())
        self._gates.update(
            {
                entity: wanted
                for entity, wanted in policies.items()
                if entity not in self._listened
            }
        )
        if not self._cancel_listeners:
            # By a filter, which Home Assistant asks before it makes an event: all that
            # is to be recorded is known by then. The event is not asked for, because
            # whoever listens alone pays for it, several times what is done here.
            bus = self._hass.bus
            self._cancel_listeners = [
                bus.async_listen(EVENT_STATE_CHANGED, _ignore, self._take_change),
                bus.async_listen(EVENT_STATE_REPORTED, _ignore, self._take_report),
            ]

    async def _catch_up(self) -> None:
        """Record the states that were reached while nobody listened."""
        reports = self._listened | {
            entity: gate.reports or bool(gate.attributes)
            for entity, gate in self._gates.gates.items()
        }
        waiting = self._writer.waiting
        unseen = [
            state
            for entity in reports.keys() - self._seen
            if (state := self._hass.states.get(entity)) is not None
            and waiting.get(entity) != state.state
        ]
        recorded = await self._hass.async_add_executor_job(
            self._recorded, unseen, reports, dt_util.utcnow()
        )
        for entity in sorted(
            {state.entity_id for state in unseen} - recorded - self._seen
        ):
            self._take_present(entity)

    @callback
    def _take_present(self, entity: str, time: datetime | None = None) -> None:
        """Record the state that an entity has, as of a time or of its last update."""
        if (state := self._hass.states.get(entity)) is None:
            return
        time = state.last_updated if time is None else time
        if entity in self._gates.gates:
            self._gates.take(_seen(state, time), changed=True)
        else:
            self._enqueue(state, time)

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
        if self._catching_up is not None:
            self._catching_up.cancel()

    @callback
    def _take_change(self, data: EventStateChangedData) -> bool:
        """Record a new state; other attributes alone are only a report."""
        reports = self._listened.get(data["entity_id"])
        if reports is not None:
            new, old = data["new_state"], data["old_state"]
            if new is not None and (reports or old is None or new.state != old.state):
                self._enqueue(new, new.last_updated)
        elif data["entity_id"] in self._gates.gates:
            new, old = data["new_state"], data["old_state"]
            if new is not None:
                changed = old is None or new.state != old.state
                self._gates.take(_seen(new, new.last_updated), changed=changed)
        return False

    @callback
    def _take_report(self, data: EventStateReportedData) -> bool:
        """Record an unchanged state that its device sent again."""
        if self._listened.get(data["entity_id"]):
            self._enqueue(data["new_state"], data["last_reported"])
        elif data["entity_id"] in self._gates.gates:
            self._gates.take(
                _seen(data["new_state"], data["last_reported"]), changed=False
            )
        return False

    @callback
    def _take_rename(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Note that an entity is called otherwise from now on."""
        if event.data["action"] != "update" or "old_entity_id" not in event.data:
            return
        old, new = event.data["old_entity_id"], event.data["entity_id"]
        # The trackers may have heard of it before, or not.
        if self.entities & {old, new}:
            self._writer.queue.append(_renamed_act(old, new))
            self._writer.flush_soon()
        if (described := self._describe()) != self._described:
            self._described = described
            self._writer.queue.append(_act("sources", sources=described))
            self._writer.flush_soon()

    @callback
    def _enqueue(self, state: State, time: datetime) -> None:
        self._writer.queue.append(
            (state.entity_id, state.state, state.attributes, time)
        )
        self._seen.add(state.entity_id)
        self._writer.flush_soon()

    @callback
    def _enqueue_gated(self, seen: Seen, gate: Gate) -> None:
        self._writer.queue.append((*seen, gate.attributes))
        self._seen.add(seen[0])
        if gate.urgent:
            self._writer.urge()
        self._writer.flush_soon()

    async def async_flush(self) -> None:
        """Write what was seen so far. What cannot be written is written later."""
        await self._writer.async_flush()

    async def async_record(
        self,
        records: Sequence[Record],
        memory: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write records now, after everything that was seen before them.

        While recording is paused, no readings are. ``memory`` is written with them:
        see ``LogStore.append``.

        Raises:
            StoreError: they were not written.
        """
        await self._writer.async_write(records, memory)


@callback
def _ignore(_event: Event[Any]) -> None:
    """Take an event that a filter never lets through."""


def _act(act: str, **details: Value) -> Act:
    return Act(act, dt_util.utcnow(), MappingProxyType(details))


def _renamed_act(old: str, new: str) -> Act:
    return _act("entity_renamed", **{"from": old, "to": new})


def _seen(state: State, time: datetime) -> Seen:
    return state.entity_id, state.state, state.attributes, time
