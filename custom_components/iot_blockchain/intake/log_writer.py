"""The last step of recording: what was seen waits here, and is written in batches.

Serialising, hashing and the disk are in an executor. What cannot be written waits, and
is written later, in its order.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.json import json_dumps

from ..log.database import StoreError
from ..log.entry import Act, Reading, Record
from ..log.store import LogStore
from .source_policy import UNIT, Seen
from .source_tallies import SourceTallies, Tally, to_memory
from .to_the_end import to_the_end

REQUESTED_SIZE: Final = "requested_size"
"""The log remembers under this name up to where somebody wants it anchored."""

_LOGGER = logging.getLogger(__name__)

_FLUSH_DELAY = 0.5
_RETRY_DELAY = 10.0
_BATCH = 5000

type SeenWithChosen = tuple[str, str, Mapping[str, Any], datetime, Collection[str]]
"""A state as it was seen, and which of its attributes are recorded."""


class LogWriter:
    """Writes to one log.

    ``queue`` is what was seen and is not on the disk yet. ``lock`` is held while
    something is written: whoever holds it can write before the queue. ``acts_only``
    says that readings are dropped: recording is paused. ``tallies`` counts what is
    written.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        store: LogStore,
        on_recorded: Callable[[], None],
        on_urgent: Callable[[int], None],
        on_trouble: Callable[[StoreError | None], None],
    ) -> None:
        """Take the log; the callbacks are those of ``Recording``."""
        self._hass = hass
        self._store = store
        self._on_recorded = on_recorded
        self._on_urgent = on_urgent
        self._on_trouble = on_trouble
        self.queue: list[Seen | SeenWithChosen | Act] = []
        # how many of the queue there are up to the last urgent one
        self._urgent = 0
        self.lock = asyncio.Lock()
        self.acts_only = False
        self.tallies = SourceTallies()
        self._trouble = False
        self._cancel_flush: CALLBACK_TYPE | None = None
        self._stopped = False

    @property
    def waiting(self) -> dict[str, str]:
        """The last states of the entities of which readings are not on the disk yet."""
        return {seen[0]: seen[1] for seen in self.queue if not isinstance(seen, Act)}

    @callback
    def holds(self, entity: str) -> bool:
        """Say whether a reading of an entity is not on the disk yet.

        Looks no further than it must: a full disk lets the queue become long.
        """
        return any(
            not isinstance(seen, Act) and seen[0] == entity for seen in self.queue
        )

    @callback
    def flush_soon(self) -> None:
        """Write what is in the queue within a second."""
        if self._cancel_flush is None:
            self._flush_later(_FLUSH_DELAY)

    @callback
    def put_off(self, acts: Sequence[Act], error: StoreError) -> None:
        """Write acts that could not be written soon, before all that is in the queue.

        Whoever calls it holds the lock.
        """
        self.report(error)
        self.queue[:0] = acts
        if self._urgent:
            self._urgent += len(acts)
        self.flush_soon()

    @callback
    def urge(self) -> None:
        """Let what is in the queue now be anchored as soon as it is written."""
        self._urgent = len(self.queue)

    @callback
    def _flush_later(self, delay: float) -> None:
        async def flush(_now: datetime) -> None:
            self._cancel_flush = None
            await self.async_flush()

        self._cancel_flush = async_call_later(self._hass, delay, flush)

    @to_the_end
    async def async_flush(self) -> None:
        """Write what is in the queue. What cannot be written stays there."""
        with suppress(StoreError):
            async with self.lock:
                await self._flush()

    @to_the_end
    async def async_write(
        self,
        records: Sequence[Record],
        memory: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write records now, after everything that was seen before them.

        ``memory`` is written with them: see ``LogStore.append``.

        Raises:
            StoreError: they were not written.
        """
        async with self.lock:
            await self._flush()
            await self._append(records, memory)

    async def async_switch(
        self, act: Act, memory: Mapping[str, str], *, acts_only: bool
    ) -> bool:
        """Write an act, and from there on nothing but acts, or everything again.

        Returns whether that is a change; without one nothing is written.

        Raises:
            StoreError: it was not written, and nothing changes.
        """
        async with self.lock:
            if self.acts_only is acts_only:
                return False
            await self._flush()
            if self._stopped:
                raise StoreError("this log was unloaded meanwhile")
            await self._append([act], memory)
            self.acts_only = acts_only
            return True

    async def _flush(self) -> None:
        # A flush can have waited for the lock while recording was stopped.
        while not self._stopped and (batch := self.queue[:_BATCH]):
            memory = {}
            if self._urgent:
                memory[REQUESTED_SIZE] = str(self._store.size + len(batch))
            try:
                await self._append(batch, memory)
            except StoreError as err:
                self.report(err)
                if self._cancel_flush is None:
                    self._flush_later(_RETRY_DELAY)
                raise
            del self.queue[: len(batch)]
            self.report(None)
            if self._urgent:
                self._urgent = max(0, self._urgent - len(batch))
                self._on_urgent(self._store.size)
        self.tallies.settle()

    async def _append(
        self, seen: Sequence[Seen | SeenWithChosen | Record], memory: Mapping[str, str]
    ) -> None:
        if self.acts_only:
            seen = [one for one in seen if isinstance(one, Act)]
        tallies = await self._hass.async_add_executor_job(self._write, seen, memory)
        self.tallies.keep(tallies)
        if seen:
            self._on_recorded()

    def _write(
        self,
        seen: Sequence[Seen | SeenWithChosen | Record],
        memory: Mapping[str, str],
    ) -> Mapping[str, Tally]:
        """Write to the disk, and return the tallies that change; for an executor."""
        records = [_reading(*one) if isinstance(one, tuple) else one for one in seen]
        tallies = self.tallies.counting(records, self._store.size)
        self._store.append(records, {**memory, **to_memory(tallies)})
        return tallies

    @callback
    def stop(self) -> None:
        """Write no more of what is in the queue."""
        self._stopped = True
        if self._cancel_flush is not None:
            self._cancel_flush()
            self._cancel_flush = None

    @callback
    def report(self, error: StoreError | None) -> None:
        """Say that the log cannot be written to, or with None that it can."""
        if error is not None and not self._trouble:
            _LOGGER.error("Readings cannot be written and wait in memory: %s", error)
        self._trouble = error is not None
        self._on_trouble(error)


def reading_of(state: State, time: datetime) -> Reading:
    """Make a reading of a state, verbatim."""
    return _reading(state.entity_id, state.state, state.attributes, time)


def _reading(
    entity: str,
    state: str,
    attributes: Mapping[str, Any],
    time: datetime,
    chosen: Collection[str] = (),
) -> Reading:
    unit = attributes.get(UNIT)
    device_class = attributes.get(ATTR_DEVICE_CLASS)
    return Reading(
        entity,
        state,
        time,
        unit if isinstance(unit, str) else None,
        # an enumeration's member is written as its plain value
        str(device_class) if isinstance(device_class, str) else None,
        {name: _text(attributes[name]) for name in chosen if name in attributes},
    )


def _text(value: object) -> str:
    """Write an attribute: text as it is, anything else as Home Assistant's JSON."""
    if isinstance(value, str):
        return str.__str__(value)  # an enumeration's member too
    try:
        return json_dumps(value)
    except TypeError:  # which its recorder leaves out
        return str(value)
