"""Where a log stands: what is read of it, and what the entities show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .chain.journal import Kind, Status, Submission


class AnchorStatus(StrEnum):
    """How far the last anchor is; ``pending`` means that none is on its way."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatus:
    """What the entities show: ``balance`` in wei, ``export`` in percent, or None."""

    recorded: int
    waiting: int
    anchor_status: AnchorStatus
    last_anchored: datetime | None
    last_transaction: Submission | None
    balance: int | None
    export: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """Where the log and its anchors stand on disk.

    ``waiting`` and ``oldest`` are of the readings that no block holds yet.
    """

    recorded: int
    waiting: int
    oldest: datetime | None
    anchor: Submission | None
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
