"""The gates of the entities whose sources do more than record every change."""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping

from homeassistant.core import callback

from .source_policy import Gate, Seen, SourcePolicy


class Gates:
    """Lets through what the policies want, at once or when its time has come."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        record: Callable[[Seen, Gate], None],
    ) -> None:
        """``record`` is called with a state to record, and the gate that let it by."""
        self.gates: dict[str, Gate] = {}
        self._loop = loop
        self._record = record
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @callback
    def update(self, wanted: Mapping[str, list[SourcePolicy]]) -> None:
        """Have gates for these entities and no others, each with its policies.

        What a gate remembers stays, unless its policies are other ones.
        """
        gates = {
            entity: gate
            if (gate := self.gates.get(entity)) and gate.policies == policies
            else Gate(policies)
            for entity, policies in wanted.items()
        }
        self._let_go(e for e, gate in self.gates.items() if gates.get(e) is not gate)
        self.gates = gates

    @callback
    def take(self, seen: Seen, *, changed: bool) -> None:
        """Record a state, hold it, or leave it out. ``changed``: no mere report."""
        entity = seen[0]
        gate = self.gates[entity]
        if gate.take(seen, changed=changed, now=self._loop.time()):
            self._record(seen, gate)
        elif entity not in self._timers:
            self._come_back(entity, gate)

    @callback
    def holds(self, entity: str) -> bool:
        """Say whether a state of an entity is held, to be recorded later."""
        return (gate := self.gates.get(entity)) is not None and gate.holds

    @callback
    def let_go(self) -> None:
        """Record now what is held: nobody comes back to it."""
        self._let_go(self.gates)

    def _let_go(self, entities: Iterable[str]) -> None:
        for entity in entities:
            if (timer := self._timers.pop(entity, None)) is not None:
                timer.cancel()
                self._release(self.gates[entity], math.inf)

    def _come_back(self, entity: str, gate: Gate) -> None:
        """Come back to what is due later, if anything is."""

        @callback
        def release() -> None:
            del self._timers[entity]
            self._release(gate, self._loop.time())
            self._come_back(entity, gate)

        if gate.due is not None:
            self._timers[entity] = self._loop.call_at(gate.due, release)

    def _release(self, gate: Gate, now: float) -> None:
        if (seen := gate.release(now)) is not None:
            self._record(seen, gate)
