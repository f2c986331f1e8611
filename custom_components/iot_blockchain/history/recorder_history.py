"""Home Assistant's own history, as it stands in the recorder's database."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from homeassistant.components.recorder.db_schema import (
    RecorderRuns,
    StateAttributes,
    States,
    StatesMeta,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_dumps
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance, session_scope
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads
from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .comparison import Row, Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The recorder keeps times as numbers with a fraction: a little more is asked for, and
# what is of another microsecond is left out after.
_SLACK = 1e-5
_WAIT = 60.0
_ROWS = select(
    States.last_updated_ts,
    States.state,
    States.last_changed_ts,
    StateAttributes.shared_attrs,
).outerjoin(StateAttributes, States.attributes_id == StateAttributes.attributes_id)
# What the recorder is about to purge may be gone before it was compared.
_PURGE_MARGIN = timedelta(hours=1)


class HistoryError(Exception):
    """The recorder cannot be asked now. ``key`` names the reason for translations."""

    def __init__(self, key: str) -> None:
        """Take the reason."""
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Kept:
    """What the history holds.

    ``entities`` are the recorder's ids of those that it has any state of. ``oldest`` is
    the time of its first row; only from ``first`` on it should have all. ``away`` is
    when it kept nothing.
    """

    entities: dict[str, int]
    oldest: int
    first: int
    away: list[Span]


def microseconds(time: datetime) -> int:
    """Return a time in microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def moment(time: int) -> datetime:
    """Return what ``microseconds`` took."""
    return _EPOCH + time * _MICROSECOND


class RecorderHistory:
    """Asks the recorder, in its own executor.

    Raises:
        HistoryError: in every method, it cannot be asked.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Use the recorder of this Home Assistant.

        Raises:
            HistoryError: it has none.
        """
        if DATA_INSTANCE not in hass.data:
            raise HistoryError("audit_no_recorder")
        self._hass = hass
        self._instance = get_instance(hass)

    async def async_settle(self) -> None:
        """Wait until all that happened so far is in the database."""
        try:
            async with asyncio.timeout(_WAIT):
                await self._instance.async_block_till_done()
        except TimeoutError as err:
            raise HistoryError("audit_recorder_busy") from err

    def is_kept(self, entity: str) -> bool:
        """Say whether the recorder keeps the states of an entity."""
        keeps = self._instance.entity_filter
        return keeps is None or keeps(entity)

    async def async_kept(self) -> Kept:
        """Return what the history holds."""
        kept: Kept = await self._ask(self._kept)
        if not self._instance.auto_purge:
            return kept
        days = timedelta(days=self._instance.keep_days)
        purged = microseconds(dt_util.utcnow() - days + _PURGE_MARGIN)
        return replace(kept, first=max(kept.oldest, purged))

    def _kept(self, session: Session) -> Kept:
        entities = session.execute(select(StatesMeta.entity_id, StatesMeta.metadata_id))
        found = session.execute(select(func.min(States.last_updated_ts))).scalar()
        oldest = 0 if found is None else _micro(found)
        return Kept(
            {entity: number for entity, number in entities if entity is not None},
            oldest,
            oldest,
            _away(session),
        )

    async def async_page(
        self, number: int, first: int, stop: int, limit: int
    ) -> tuple[list[Row], int]:
        """Return rows of an entity of the times ``first`` up to ``stop``, in order.

        If there are more than about ``limit``, they end before a moment earlier than
        ``stop``; that is returned, too.
        """
        while True:
            rows = await self._ask(self._rows, _between(number, first, stop), limit)
            reached = stop if len(rows) < limit else min(rows[-1].time, stop)
            if reached > first:
                return [row for row in rows if first <= row.time < reached], reached
            limit *= 2  # as many as that are of one moment

    async def async_last(self, number: int, stop: int) -> Row | None:
        """Return the last row of an entity before a time."""
        rows = await self._ask(
            self._rows,
            _ROWS.where(States.metadata_id == number)
            .where(States.last_updated_ts < stop / 1e6 - _SLACK)
            .order_by(States.last_updated_ts.desc(), States.state_id.desc()),
            1,
        )
        return rows[0] if rows else None

    def _rows(self, session: Session, query: Select[Any], limit: int) -> list[Row]:
        return [
            Row(
                _micro(updated),
                state,
                changed is None or _micro(changed) == _micro(updated),
                _attributes(shared),
            )
            for updated, state, changed, shared in session.execute(query.limit(limit))
        ]

    async def _ask(self, question: Any, *details: Any) -> Any:  # noqa: ANN401 - whatever is asked for
        def ask() -> Any:  # noqa: ANN401
            with session_scope(hass=self._hass, read_only=True) as session:
                return question(session, *details)

        try:
            return await self._instance.async_add_executor_job(ask)
        except SQLAlchemyError as err:
            raise HistoryError("audit_recorder_unreadable") from err


def _between(number: int, first: int, stop: int) -> Select[Any]:
    return (
        _ROWS.where(States.metadata_id == number)
        .where(States.last_updated_ts >= first / 1e6 - _SLACK)
        .where(States.last_updated_ts < stop / 1e6 + _SLACK)
        .order_by(States.last_updated_ts, States.state_id)
    )


@lru_cache  # Many rows share the same.
def _attributes(shared: str | None) -> Mapping[str, Sequence[str]]:
    """Read attributes, each in all ways in which a reading may write it as text."""
    try:
        attributes = json_loads(shared or "{}")
    except JSON_DECODE_EXCEPTIONS:
        return {}
    if not isinstance(attributes, dict):
        return {}
    return {
        # What is no text for Home Assistant can be text for its recorder.
        name: (value, json_dumps(value))
        if isinstance(value, str)
        else (json_dumps(value),)
        for name, value in attributes.items()
    }


def _away(session: Session) -> list[Span]:
    """Return when the recorder did not run, or lost what it had not written yet."""
    runs = session.execute(
        select(
            RecorderRuns.start, RecorderRuns.end, RecorderRuns.closed_incorrect
        ).order_by(RecorderRuns.start)
    ).all()
    away = []
    for (_, end, lost), (start, _, _) in pairwise(runs):
        next_start = _utc(start)
        last = _utc(end) if end is not None else next_start
        if lost or end is None:
            written = session.execute(
                select(func.max(States.last_updated_ts)).where(
                    States.last_updated_ts < next_start.timestamp()
                )
            ).scalar()
            if written is not None:
                last = moment(_micro(written) + 1)
        away.append((microseconds(last), microseconds(next_start)))
    return away


def _utc(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _micro(timestamp: float) -> int:
    """Return the very microsecond that Home Assistant made of a timestamp."""
    return microseconds(dt_util.utc_from_timestamp(timestamp))
