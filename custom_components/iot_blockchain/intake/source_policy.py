"""The policy of a source: which states of an entity become readings.

Knows no Home Assistant. All times are of a clock that only goes forward, in seconds
since any time: whoever sets the wall clock must not lose readings by it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal
from typing import Any, Final

from ..log.canonical import Value

UNIT: Final = "unit_of_measurement"

# A gap that was seen is evidence: its beginning and its end are never left out.
_GAPS = ("unavailable", "unknown")
# Without traps, text that is no number becomes one that is not finite.
_NUMBERS = Context(traps=[])

type Seen = tuple[str, str, Mapping[str, Any], datetime]
"""What is kept of a state until it is written: entity, state, attributes, time.

Thousands of whole states would outlive the garbage collector's first passes, and bring
about the full one, which holds up the event loop for long.
"""


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """Which states of the selected entities become readings.

    ``reports``: unchanged states that are sent again, too. ``interval``: at most one
    reading of an entity in so many seconds, the last one of them. ``deadband``: only
    numbers that differ at least so much from the last reading. ``urgent``: a reading
    makes an anchor due at once. ``attributes``: names of those that are recorded with
    a state, and whose change is one of the state.
    """

    reports: bool = False
    interval: float = 0
    deadband: Decimal = Decimal(0)
    urgent: bool = False
    attributes: frozenset[str] = frozenset()

    @property
    def thins(self) -> bool:
        """Whether states are left out that would else be readings."""
        return bool(self.interval or self.deadband)

    @property
    def is_plain(self) -> bool:
        """Whether nothing has to be remembered of an entity to decide."""
        return not (self.thins or self.urgent or self.attributes)

    def describe(self) -> dict[str, Value]:
        """Describe the policy for the log's act about sources (docs/formats.md)."""
        described: dict[str, Value] = {"reports": self.reports}
        if self.interval:
            described["interval"] = f"{Decimal(str(self.interval)).normalize():f}"
        if self.deadband:
            described["deadband"] = f"{self.deadband.normalize():f}"
        if self.urgent:
            described["urgent"] = True
        if self.attributes:
            described["attributes"] = dict.fromkeys(sorted(self.attributes), True)
        return described


class Gate:
    """Decides about one entity, for all the sources that select it.

    A state is recorded once, if the policy of any of the sources wants it.
    """

    def __init__(self, policies: Sequence[SourcePolicy]) -> None:
        """Take the policies; the first state is always recorded."""
        self.policies = policies
        self.reports = any(policy.reports for policy in policies)
        self.urgent = any(policy.urgent for policy in policies)
        self.attributes = frozenset[str]().union(*(p.attributes for p in policies))
        self._filters = [_Filter(policy) for policy in policies]
        self._latest: Seen | None = None
        self._recorded: Seen | None = None

    def take(self, seen: Seen, *, changed: bool, now: float) -> bool:
        """Say whether to record a state now. ``changed``: it is not a mere report.

        One that is left out now can be due later: see ``due``.
        """
        self._latest = seen
        # All of them have to see it: no short cut.
        wanted = [wants.take(seen, changed=changed, now=now) for wants in self._filters]
        if any(wanted):
            self._recorded = seen
            return True
        return False

    @property
    def due(self) -> float | None:
        """When the latest state is to be recorded after all; None if it is not."""
        return min((held.due for held in self._filters if held.holds), default=None)

    @property
    def holds(self) -> bool:
        """Whether the latest state is no reading yet, and is to become one."""
        return self.due is not None and self._latest is not self._recorded

    def release(self, now: float) -> Seen | None:
        """Return the state that is due now, and not recorded yet."""
        released = [held for held in self._filters if held.holds and held.due <= now]
        if self._latest is None or not released:
            return None
        for held in released:
            held.accept(self._latest, now)
        if self._latest is self._recorded:
            return None
        self._recorded = self._latest
        return self._latest


class _Filter:
    """Decides about one entity for one source."""

    def __init__(self, policy: SourcePolicy) -> None:
        self._policy = policy
        self._state: str | None = None
        self._unit: object = None
        self._attributes: Mapping[str, Any] = {}
        self._time = -math.inf
        self.holds = False

    @property
    def due(self) -> float:
        return self._time + self._policy.interval

    def take(self, seen: Seen, *, changed: bool, now: float) -> bool:
        if not self._policy.thins:
            wanted = changed or self._policy.reports or self._others_differ(seen)
            if wanted:
                self.accept(seen, now)
            return wanted
        significant = self._differs(seen)
        self.holds = significant and now < self.due and not self._is_edge(seen)
        if significant and not self.holds:
            self.accept(seen, now)
            return True
        return False

    def accept(self, seen: Seen, now: float) -> None:
        _, self._state, attributes, _ = seen
        self._unit = attributes.get(UNIT)
        self._attributes = self._chosen(attributes)
        self._time = now
        self.holds = False

    def _is_edge(self, seen: Seen) -> bool:
        """Say whether a gap begins or ends here."""
        return (seen[1] in _GAPS) != (self._state in _GAPS)

    def _differs(self, seen: Seen) -> bool:
        """Say whether a state differs from the last reading as much as it has to."""
        _, state, attributes, _ = seen
        if self._state is None or self._others_differ(seen):
            return True
        if self._policy.deadband and attributes.get(UNIT) == self._unit:
            before = _NUMBERS.create_decimal(self._state)
            after = _NUMBERS.create_decimal(state)
            if before.is_finite() and after.is_finite():
                change = _NUMBERS.abs(_NUMBERS.subtract(after, before))
                return change >= self._policy.deadband
        return self._policy.reports or state != self._state

    def _others_differ(self, seen: Seen) -> bool:
        """Say whether a chosen attribute differs from that of the last reading."""
        return self._chosen(seen[2]) != self._attributes

    def _chosen(self, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            name: attributes[name]
            for name in self._policy.attributes
            if name in attributes
        }
