"""Which entities devices, areas, floors and labels select, as the log tells it.

What a source names is in the act about the sources. What its targets select changes
without it, so the log tells that apart: else nobody could know from the log whether an
entity that is silent was recorded.
"""

from collections.abc import Mapping, Set as AbstractSet

from ..log.canonical import Value
from ..log.store import LogStore

SELECTED = "selected"
ADDED = "added"
REMOVED = "removed"


class Selection:
    """What was told of it so far, by source."""

    def __init__(self) -> None:
        """Nothing is known yet: ``recall`` reads it."""
        self._told: dict[str, AbstractSet[str]] | None = None

    def recall(self, store: LogStore) -> None:
        """Read what the log has told. Runs in an executor.

        Raises:
            StoreError: it cannot be read.
        """
        told: dict[str, AbstractSet[str]] = {}
        for act in reversed(list(store.acts(SELECTED))):
            changed(told, act.members.get("targets"))
        self._told = told

    def news(self, selected: Mapping[str, AbstractSet[str]]) -> dict[str, Value]:
        """Return what is other than what was told, which counts as told from now on.

        ``selected`` are the entities that the targets of each source select.
        """
        if self._told is None:
            return {}
        news: dict[str, Value] = {}
        for source in sorted(self._told.keys() | selected.keys()):
            before = self._told.get(source, frozenset())
            now = selected.get(source, frozenset())
            lists = {ADDED: now - before, REMOVED: before - now}
            told: dict[str, Value] = {
                name: " ".join(sorted(entities))
                for name, entities in lists.items()
                if entities
            }
            if told:
                news[source] = told
        self._told = {source: set(entities) for source, entities in selected.items()}
        return news


def changed(told: dict[str, AbstractSet[str]], news: object) -> None:
    """Take what an act tells into what was told before it."""
    if not isinstance(news, Mapping):
        return
    for source, lists in news.items():
        if isinstance(lists, Mapping):
            added = str(lists.get(ADDED, "")).split()
            removed = str(lists.get(REMOVED, "")).split()
            told[source] = (told.get(source, frozenset()) | {*added}) - {*removed}
