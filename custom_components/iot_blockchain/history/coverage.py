"""When which entities were recorded, by what the log itself says.

Knows no Home Assistant. Times are in microseconds since 1970.
"""

from collections.abc import Callable, Iterable, Mapping, Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from ..intake.selection import changed
from .comparison import Span

# What a source may say without that it leaves out changes (docs/formats.md). Of what a
# later version says, nobody knows.
_HARMLESS = {
    "area_id",
    "attributes",
    "device_id",
    "entity_id",
    "excluded",
    "floor_id",
    "label_id",
    "registered",
    "reports",
    "title",
    "urgent",
}
# A change in the last moment may not have been listened to any more.
_LAST_MOMENT = 1_000_000

type Segment = tuple[str, int, int]
"""The name of an entity, from an index in the log up to another one."""


@dataclass(frozen=True, slots=True)
class ToldAct:
    """An act in the log."""

    index: int
    time: int
    act: str
    members: Mapping[str, Any]


@dataclass(slots=True)
class Coverage:
    """What the acts say.

    ``spans``: when each change of an entity became a reading, by its present name, in
    order. ``renames``: where in the log which name became which other one.
    """

    spans: dict[str, list[Span]] = field(default_factory=dict)
    renames: list[tuple[int, str, str]] = field(default_factory=list)

    def segments(self, name: str) -> list[Segment]:
        """Return under which names the entity that has a name now stands where."""
        found: list[Segment] = []
        stop = 2**63 - 1
        for index, old, new in reversed(self.renames):
            if new == name:
                found.append((name, index, stop))
                name, stop = old, index
            elif old == name:
                # Before, that was the name of another one.
                return [*found, (name, index, stop)]
        return [*found, (name, 0, stop)]

    def present_names(self, names: Iterable[str]) -> set[str]:
        """Return the present names of all entities that ever had one of these."""
        present = set()
        for name in names:
            for start in (
                -1,
                *(index for index, old, _ in self.renames if old == name),
            ):
                now = name
                for index, old, new in self.renames:
                    if index > start and old == now:
                        now = new
                present.add(now)
        return present


def read(
    acts: Iterable[ToldAct], last_time: Callable[[int], int], now: int
) -> Coverage:
    """Read the acts, in the order of the log.

    ``last_time`` returns the time of the last entry before an index.
    """
    reader = _Reader()
    for act in acts:
        reader.take(act, last_time)
    reader.listen(now, running=False)
    return reader.coverage


class _Reader:
    def __init__(self) -> None:
        self.coverage = Coverage()
        self._running = False
        self._paused = False
        self._sources: Mapping[str, Any] = {}
        self._selected: dict[str, AbstractSet[str]] = {}
        self._open: dict[str, int] = {}

    def take(self, act: ToldAct, last_time: Callable[[int], int]) -> None:
        match act.act:
            case "started":
                if self._running:
                    # It ended without a word, after what it has written.
                    self.listen(last_time(act.index), running=False)
                self.listen(act.time, running=True)
            case "stopped":
                self.listen(act.time - _LAST_MOMENT, running=False)
            case "paused":
                self._paused = True
                self.listen(act.time - _LAST_MOMENT, running=self._running)
            case "resumed":
                self._paused = False
                self.listen(act.time, running=self._running)
            case "sources":
                told = act.members.get("sources")
                self._sources = told if isinstance(told, Mapping) else {}
                self.listen(act.time, running=self._running)
            case "selected":
                changed(self._selected, act.members.get("targets"))
                self.listen(act.time, running=self._running)
            case "entity_renamed":
                self._rename(act)

    def listen(self, time: int, *, running: bool) -> None:
        """Take note of what is recorded from a moment on."""
        self._running = running
        listening = running and not self._paused
        recorded = self._recorded_wholly() if listening else set()
        for name in self._open.keys() - recorded:
            self._close(name, time)
        for name in recorded - self._open.keys():
            self._open[name] = time

    def _close(self, name: str, time: int) -> None:
        first = self._open.pop(name)
        spans = self.coverage.spans.setdefault(name, [])
        if time > first and (not spans or spans[-1][1] <= first):
            spans.append((first, time))

    def _rename(self, act: ToldAct) -> None:
        old, new = str(act.members.get("from")), str(act.members.get("to"))
        self.coverage.renames.append((act.index, old, new))
        # What had the new name before is another entity, and gone.
        self.coverage.spans.pop(new, None)
        self._open.pop(new, None)
        if old in self.coverage.spans:
            self.coverage.spans[new] = self.coverage.spans.pop(old)
        if old in self._open:
            self._open[new] = self._open.pop(old)
        self._sources = {
            key: _renamed(source, old, new) for key, source in self._sources.items()
        }
        self._selected = {
            key: {new if name == old else name for name in names}
            for key, names in self._selected.items()
        }
        self.listen(act.time, running=self._running)

    def _recorded_wholly(self) -> set[str]:
        """Return the entities of which every change is recorded."""
        wholly: set[str] = set()
        for key, source in self._sources.items():
            if isinstance(source, Mapping) and source.keys() <= _HARMLESS:
                named = _names(source, "entity_id") - _names(source, "excluded")
                wholly |= named | self._selected.get(key, set())
        return wholly


def _names(source: Mapping[str, Any], member: str) -> set[str]:
    return set(str(source.get(member, "")).split())


def _renamed(source: object, old: str, new: str) -> object:
    """Return what is told of a source, with the new name of an entity."""
    if not isinstance(source, Mapping) or old not in _names(source, "entity_id"):
        return source
    names = (_names(source, "entity_id") - {old}) | {new}
    return {**source, "entity_id": " ".join(sorted(names))}
