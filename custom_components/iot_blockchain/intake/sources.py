"""Sources: which entities a log records, kept by what survives a rename.

An entity that is chosen by name is kept by the id of its entry in the entity registry.
One that has no entry there is kept by its entity id, which has a dot in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Self

from homeassistant.const import ATTR_ENTITY_ID, CONF_ENTITIES, CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import (
    TargetEntityChangeTracker,
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from ..const import (
    CONF_ATTRIBUTES,
    CONF_DEADBAND,
    CONF_EXCLUDED,
    CONF_INTERVAL,
    CONF_REPORTS,
    CONF_URGENT,
    DOMAIN,
)
from ..durations import duration_of
from ..log.canonical import Value
from .source_policy import SourcePolicy

REGISTERED: Final = "registered"


@dataclass(frozen=True, slots=True)
class Source:
    """What to record.

    ``target`` selects devices, areas, floors and labels; ``entities`` are chosen by
    name, ``excluded`` are left out: both as they are kept (see this module).
    """

    title: str
    target: Mapping[str, Any]
    entities: Sequence[str] = ()
    excluded: Sequence[str] = ()
    policy: SourcePolicy = field(default_factory=SourcePolicy)

    @classmethod
    def from_data(cls, title: str, data: Mapping[str, Any]) -> Self:
        """Read the data of a subentry."""
        return cls(
            title,
            data[CONF_TARGET],
            data[CONF_ENTITIES],
            data[CONF_EXCLUDED],
            SourcePolicy(
                reports=data[CONF_REPORTS],
                interval=duration_of(data.get(CONF_INTERVAL, {})).total_seconds(),
                deadband=Decimal(str(data.get(CONF_DEADBAND, 0))),
                urgent=data[CONF_URGENT],
                attributes=frozenset(data.get(CONF_ATTRIBUTES, ())),
            ),
        )

    def describe(self, hass: HomeAssistant) -> dict[str, Value]:
        """Describe the source for the log's act about sources (docs/formats.md)."""
        described: dict[str, Value] = {
            kind: _listed(cv.ensure_list(ids)) for kind, ids in self.target.items()
        }
        named = {kept: entity_of(hass, kept) for kept in self.entities}
        excluded = {kept: entity_of(hass, kept) for kept in self.excluded}
        if named:
            described[ATTR_ENTITY_ID] = _listed(named.values())
        if excluded:
            described[CONF_EXCLUDED] = _listed(excluded.values())
        registered: dict[str, Value] = {
            kept: entity for kept, entity in named.items() if entity != kept
        }
        if registered:
            described[REGISTERED] = registered
        return described | {"title": self.title, **self.policy.describe()}


class SourceTracker(TargetEntityChangeTracker):
    """Follows which entities a source selects, as the registries change."""

    def __init__(
        self, hass: HomeAssistant, source: Source, on_change: Callable[[], None]
    ) -> None:
        """Take the source; ``on_change`` is called when other entities are selected."""
        super().__init__(
            hass,
            TargetSelection(dict(source.target)),
            lambda targeted: _selected(hass, source, targeted),
        )
        self.source = source
        self.entities: set[str] = set()
        self._on_change = on_change

    @callback
    def _handle_entities_update(self, tracked_entities: set[str]) -> None:
        if tracked_entities != self.entities:
            self.entities = tracked_entities
            self._on_change()


def selected_entities(hass: HomeAssistant, source: Source) -> set[str]:
    """Return the entities that a source selects now."""
    found = async_extract_referenced_entity_ids(
        hass,
        TargetSelection(dict(source.target)),
        expand_group=False,
        primary_entities_only=True,
    )
    return _selected(hass, source, found.referenced | found.indirectly_referenced)


def _selected(hass: HomeAssistant, source: Source, targeted: set[str]) -> set[str]:
    named = {entity_of(hass, kept) for kept in source.entities}
    excluded = {entity_of(hass, kept) for kept in source.excluded}
    return recordable_entities(hass)((targeted | named) - excluded)


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


@callback
def kept_ids(hass: HomeAssistant, entities: Iterable[str]) -> list[str]:
    """Return what these entities are kept by."""
    registry = er.async_get(hass)
    return [
        entity if (entry := registry.async_get(entity)) is None else entry.id
        for entity in entities
    ]


@callback
def entity_of(hass: HomeAssistant, kept: str) -> str:
    """Return the entity id that a kept entity has now.

    One that was deleted has its last one, for as long as the registry remembers it and
    no other entity has taken it. Without any, what it is kept by is returned.
    """
    registry = er.async_get(hass)
    if "." in kept:
        return kept
    if (entry := registry.async_get(kept)) is not None:
        return entry.entity_id
    last = next(
        (old.entity_id for old in registry.deleted_entities.values() if old.id == kept),
        None,
    )
    return kept if last is None or registry.async_get(last) is not None else last


@callback
def is_known(hass: HomeAssistant, entity: str) -> bool:
    """Say whether there is such an entity, if only one that is disabled."""
    return (
        hass.states.get(entity) is not None
        or er.async_get(hass).async_get(entity) is not None
    )


def renamed(before: object, after: Mapping[str, Value]) -> dict[str, str]:
    """Compare two descriptions of the sources; return old entity ids and new ones."""
    old, new = _registered(before), _registered(after)
    return {old[kept]: new[kept] for kept in old.keys() & new if old[kept] != new[kept]}


def _registered(described: object) -> dict[str, str]:
    sources = described.values() if isinstance(described, Mapping) else ()
    return {
        str(kept): str(entity)
        for source in sources
        if isinstance(source, Mapping)
        and isinstance(registered := source.get(REGISTERED), Mapping)
        for kept, entity in registered.items()
    }


def _listed(ids: Iterable[str]) -> str:
    return " ".join(sorted(ids))
