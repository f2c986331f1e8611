"""What the anchors of a log cost, in money and in time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from homeassistant.util import dt as dt_util

from ..chain.journal import Journal, Submission
from ..log.store import LogStore


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCosts:
    """What was spent, in wei: ever, and since midnight, which was at ``midnight``.

    ``confirmation`` is how long the oldest reading of the last anchor waited until a
    block held it; None before the first anchor that holds new readings.
    """

    spent: int
    spent_today: int
    midnight: datetime
    confirmation: timedelta | None


def read_costs(
    store: LogStore, journal: Journal, anchor: Submission | None
) -> LogCosts:
    """Read what a log has cost; ``anchor`` is its last one. For an executor.

    Raises:
        StoreError: the log's file cannot be read.
    """
    midnight = dt_util.start_of_local_day()
    return LogCosts(
        spent=journal.spent,
        spent_today=journal.spent_since(midnight),
        midnight=midnight,
        confirmation=_confirmation(store, journal, anchor),
    )


def _confirmation(
    store: LogStore, journal: Journal, anchor: Submission | None
) -> timedelta | None:
    if anchor is None or anchor.placement is None or anchor.intent.size is None:
        return None
    before = journal.anchor_before(anchor.intent.size)
    first = 0 if before is None else before.intent.size or 0
    oldest = store.time_of_first_reading_from(first)
    if oldest is None:
        return None
    confirmed = datetime.fromtimestamp(anchor.placement.time, UTC)
    # The clocks of the chain and of the house can differ by some seconds.
    return max(confirmed - oldest, timedelta())
