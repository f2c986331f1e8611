"""Telling what has happened to a log since it was last told.

What was told is kept in the log's file, so that nothing is told again after a restart.
It is written down before it is told: a crash between the two loses a piece of news, and
does not repeat one.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Self

import orjson
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ADDRESS
from homeassistant.core import CoreState, HomeAssistant

from ..chain.errors import BudgetReachedError, ChainError
from ..chain.journal import ANCHORED, Journal, Status, Submission
from ..log.database import StoreError
from ..log.store import LogStore
from .balance import LOW_ANCHORS, anchors_left
from .happenings import (
    AnchoringStopped,
    AnchorMoved,
    BalanceLow,
    Happening,
    Kind,
    tell,
)

_LOGGER = logging.getLogger(__name__)

_TOLD: Final = "told"
_LOG_UNUSABLE: Final = "log_unusable"
# Low is over when it is enough for so many times as many: prices go up and down.
_MARGIN = 2

type _Anchors = Mapping[int, AnchorMoved]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told and still holds.

    ``anchors`` are by their sizes: the last final one, and those after it. ``problem``
    is the key of what keeps the log from being anchored.
    """

    anchors: _Anchors = field(default_factory=dict)
    problem: str | None = None
    low: bool = False

    def to_json(self) -> str:
        """Write it as ``from_json`` reads it."""
        anchors = [asdict(anchor) for anchor in self.anchors.values()]
        return orjson.dumps(
            {"anchors": anchors, "problem": self.problem, "low": self.low}
        ).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        members = orjson.loads(text)
        anchors = [
            AnchorMoved(**{**anchor, "kind": Kind(anchor["kind"])})
            for anchor in members["anchors"]
        ]
        return cls(
            anchors={anchor.size: anchor for anchor in anchors},
            problem=members["problem"],
            low=members["low"],
        )


class Teller:
    """Tells what happens to one log while it is anchored."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, store: LogStore, journal: Journal
    ) -> None:
        """Take the log, and the journal that knows of its anchors."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._journal = journal
        self._told = Told()
        self._failed = False

    async def async_setup(self) -> None:
        """Recall what was told, perhaps before a restart.

        Raises:
            StoreError: the log's file cannot be used.
        """
        self._told = await self._hass.async_add_executor_job(self._recall)

    def _recall(self) -> Told:
        text = self._store.recall().get(_TOLD)
        if text is not None:
            # Another version may have written it.
            with suppress(KeyError, TypeError, ValueError):
                return Told.from_json(text)
        # What was there before anything was told is no news.
        told = Told(anchors=self._since_final())
        # Where the disk is full, it is remembered with the first news.
        with suppress(StoreError):
            self._remember(told)
        return told

    def _remember(self, told: Told) -> None:
        self._store.append([], {_TOLD: told.to_json()})

    async def async_tell(
        self,
        problem: ChainError | StoreError | None,
        balance: int | None,
        *,
        sure: bool,
    ) -> None:
        """Tell what is new.

        ``problem`` keeps the log from being anchored. Unless that is ``sure``, it may
        be over in a moment, and is no news. ``balance`` is in wei, or unknown.
        """
        # Automations listen once Home Assistant has started.
        if self._hass.state is not CoreState.running:
            return
        try:
            news = await self._hass.async_add_executor_job(
                self._find, problem, balance, sure
            )
        except StoreError as err:
            _LOGGER.debug("What happened to the log cannot be told: %s", err)
            return
        except Exception:  # anchoring must go on without
            if not self._failed:
                _LOGGER.exception("What happened to the log cannot be told")
            self._failed = True
            return
        self._failed = False
        for happening in news:
            tell(self._hass, self._entry.entry_id, happening)

    def _find(
        self,
        problem: ChainError | StoreError | None,
        balance: int | None,
        sure: bool,  # noqa: FBT001 - for an executor
    ) -> list[Happening]:
        """Find what is new, and write down that it is told. Runs in an executor."""
        before = self._told
        anchors = self._anchors(min(before.anchors, default=0))
        news: list[Happening] = [*_moves(before.anchors, anchors)]
        told = replace(before, anchors=self._since_final())
        if problem is None:
            told = replace(told, problem=None)
        elif sure and (key := key_of(problem)) != before.problem:
            told = replace(told, problem=key)
            news.append(_stopped(problem))
        left = anchors_left(balance, self._journal.last_anchor(*ANCHORED))
        if balance is not None and left is not None:
            told = replace(
                told, low=left < LOW_ANCHORS * (_MARGIN if before.low else 1)
            )
            if told.low and not before.low:
                address = self._entry.data[CONF_ADDRESS]
                news.append(BalanceLow(address=address, balance=balance, anchors=left))
        if told != before:
            self._remember(told)
            self._told = told
        return news

    def _since_final(self) -> _Anchors:
        """Return the last final anchor, and those after it."""
        last = self._journal.last_anchor(Status.FINAL)
        return self._anchors(0 if last is None else last.intent.size or 0)

    def _anchors(self, size: int) -> _Anchors:
        """Return the anchors in a block that hold so many entries or more."""
        before = self._journal.anchor_before(size)
        first = 0 if before is None else before.intent.size or 0
        found = {}
        for anchor in self._journal.anchors_from(size):
            moved = _moved(anchor, first)
            found[moved.size] = moved
            first = moved.size
        return found


def _moved(anchor: Submission, first: int) -> AnchorMoved:
    placement, size = anchor.placement, anchor.intent.size
    assert placement is not None
    assert placement.number is not None
    assert size is not None
    return AnchorMoved(
        kind=Kind.FINAL if anchor.status is Status.FINAL else Kind.ANCHORED,
        first=first,
        size=size,
        number=placement.number,
        transaction=f"0x{placement.transaction.hex()}",
        block_number=placement.block_number,
        block_hash=f"0x{placement.block_hash.hex()}",
        block_time=placement.time,
    )


def _moves(before: _Anchors, now: _Anchors) -> Iterator[AnchorMoved]:
    """Compare two looks at the same anchors."""
    same = {
        size
        for size, anchor in now.items()
        if size in before and before[size].block_hash == anchor.block_hash
    }
    for size, anchor in before.items():
        if size not in same:
            yield replace(anchor, kind=Kind.REORGED)
    for size, anchor in now.items():
        if size not in same:
            yield replace(anchor, kind=Kind.ANCHORED)
        if anchor.kind is Kind.FINAL and (
            size not in same or before[size].kind is not Kind.FINAL
        ):
            yield anchor


def _stopped(problem: ChainError | StoreError) -> AnchoringStopped:
    return AnchoringStopped(
        kind=Kind.BUDGET_REACHED
        if isinstance(problem, BudgetReachedError)
        else Kind.FAILED,
        reason=key_of(problem),
        error=str(problem),
    )


def key_of(problem: ChainError | StoreError) -> str:
    """Return what names a problem, to automations and translations."""
    return problem.key if isinstance(problem, ChainError) else _LOG_UNUSABLE
