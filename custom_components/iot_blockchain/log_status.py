"""Where a log stands: what is read of it, and what the entities show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from .anchoring.balance import anchors_left
from .anchoring.log_costs import LogCosts, read_costs
from .chain.journal import ANCHORED, Journal, Kind, Status, Submission
from .log.store import LogStore
from .source_status import SourceStatus, SourceStatuses


class AnchorStatus(StrEnum):
    """How far the last anchor is; ``pending`` means that none is on its way."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatus:
    """What the entities show: ``balance`` in wei, ``export`` in percent, or None.

    ``anchors_left`` is for how many anchors the balance is enough (see ``balance``).
    A block holds the first ``anchored`` entries, one that is final the first ``final``.
    ``problem`` is the key of what keeps readings from being written or anchored.
    ``next_due`` is when the next anchor is due, or since when one is; ``connected``
    whether the network answers, where that is known.
    """

    size: int
    recorded: int
    waiting: int
    costs: LogCosts
    sources: Mapping[str, SourceStatus]
    anchor_status: AnchorStatus
    last_anchored: datetime | None
    last_transaction: Submission | None
    balance: int | None
    anchors_left: int | None = None
    anchored: int = 0
    final: int = 0
    problem: str | None = None
    next_due: datetime | None = None
    connected: bool | None = None
    export: int | None = None

    @property
    def cost_per_thousand(self) -> int | None:
        """What 1,000 anchored readings have cost so far, in wei."""
        anchored = self.recorded - self.waiting
        return self.costs.spent * 1000 // anchored if anchored else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """Where the log and its anchors stand on disk.

    ``waiting`` and ``oldest`` are of the readings that no block holds yet.
    """

    size: int
    recorded: int
    waiting: int
    oldest: datetime | None
    costs: LogCosts
    sources: Mapping[str, SourceStatus]
    anchor: Submission | None
    final: Submission | None
    last: Submission | None
    unfinished: Sequence[Status]
    due: bool

    @property
    def anchor_status(self) -> AnchorStatus:
        """How far the last anchor is."""
        if (
            self.last is not None
            and self.last.intent.kind is Kind.ANCHOR
            and self.last.status is Status.SUBMITTED
        ):
            return AnchorStatus.SUBMITTED
        if self.anchor is None or self.due:
            return AnchorStatus.PENDING
        return AnchorStatus(self.anchor.status)


def read_view(
    store: LogStore,
    journal: Journal,
    sources: SourceStatuses,
    is_due: Callable[[int, int, datetime | None], bool] | None = None,
) -> LogView:
    """Read where a log and its anchors stand; slow, for an executor.

    ``is_due`` says whether an anchor is due, of the anchored size, how many readings
    wait, and since when the oldest does. Without a chain, none ever is.
    """
    anchored_size = journal.anchored_size()
    waiting = store.counts_from(anchored_size).readings
    oldest = store.time_of_first_reading_from(anchored_size)
    anchor = journal.last_anchor(*ANCHORED)
    return LogView(
        size=store.size,
        recorded=store.counts.readings,
        waiting=waiting,
        oldest=oldest,
        costs=read_costs(store, journal, anchor),
        sources=sources.read(anchored_size),
        anchor=anchor,
        final=journal.last_anchor(Status.FINAL),
        last=journal.last(),
        unfinished=[
            submission.status
            for submission in journal.with_status(Status.SUBMITTED, Status.CONFIRMED)
        ],
        due=is_due is not None and is_due(anchored_size, waiting, oldest),
    )


def status_of(
    view: LogView,
    *,
    balance: int | None,
    export: int | None,
    problem: str | None,
    connected: bool | None,
    next_due: datetime | None,
) -> LogStatus:
    """Say of a view what the entities show."""
    placement = view.anchor.placement if view.anchor else None
    return LogStatus(
        size=view.size,
        recorded=view.recorded,
        waiting=view.waiting,
        anchor_status=view.anchor_status,
        last_anchored=datetime.fromtimestamp(placement.time, UTC)
        if placement
        else None,
        last_transaction=view.last,
        balance=balance,
        anchors_left=anchors_left(balance, view.anchor),
        anchored=_size(view.anchor),
        final=_size(view.final),
        problem=problem,
        connected=connected,
        next_due=next_due,
        costs=view.costs,
        sources=view.sources,
        export=export,
    )


def next_due(
    view: LogView, age: timedelta, before: datetime | None, now: datetime
) -> datetime | None:
    """Say when the next anchor is due, or since when one is; None if nothing waits.

    ``age`` is how long a reading may wait, ``before`` is what was said last.
    """
    if view.due:
        return now if before is None else min(before, now)
    return None if view.oldest is None else view.oldest + age


def _size(anchor: Submission | None) -> int:
    return 0 if anchor is None else anchor.intent.size or 0
