"""Sequence numbers: each one once, and which are missing.

A device counts up within an epoch, and begins another epoch when it lost its count. An
envelope is new when its number is beyond the last, or known to be missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Final, NamedTuple, Self

MAX_GAPS: Final = 64
"""How many ranges of missing numbers are waited for; the oldest is given up first."""

MAX_EPOCHS: Final = 1024
"""How many epochs of one key are remembered. Forgetting one would let it come back."""


class Gap(NamedTuple):
    """Numbers from ``first`` to ``last`` that never came.

    ``restart`` says that a restart explains them: the device skips numbers then, and
    has none any more of those from before. It may still have some from after it.
    """

    first: int
    last: int
    restart: bool = False

    @property
    def size(self) -> int:
        """How many numbers."""
        return self.last - self.first + 1


class Place(Enum):
    """Where an envelope stands among those that came before."""

    NEXT = auto()
    """Beyond the last of its epoch."""
    LATE = auto()
    """One that was missing."""
    NEW_EPOCH = auto()
    """The first of an epoch that was not seen before."""
    SEEN = auto()
    """Came before, or was given up."""
    OLD_EPOCH = auto()
    """Of an epoch that the device went on from."""
    NO_ROOM = auto()
    """The first of another epoch than can be remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """The numbers of one key: those of its last epoch, and the epochs before it.

    ``begun`` is false until the gateway knows the key from its beginning: what a device
    sent before it was enrolled is not missing. ``lost`` counts numbers that were
    missing and are not waited for any more.
    """

    epoch: int | None = None
    last: int = 0
    gaps: tuple[Gap, ...] = ()
    lost: int = 0
    past_epochs: tuple[int, ...] = ()
    begun: bool = False
    uptime: int = 0

    @property
    def missing(self) -> int:
        """How many numbers of this epoch are missing and may still come."""
        return sum(gap.size for gap in self.gaps)

    def place(self, epoch: int, seq: int) -> Place:
        """Say where a number stands."""
        if epoch in self.past_epochs:
            return Place.OLD_EPOCH
        if epoch != self.epoch:
            full = len(self.past_epochs) + 1 >= MAX_EPOCHS
            return Place.NO_ROOM if full else Place.NEW_EPOCH
        if seq > self.last:
            return Place.NEXT
        late = any(gap.first <= seq <= gap.last for gap in self.gaps)
        return Place.LATE if late else Place.SEEN

    def after(self, epoch: int, seq: int, uptime: int) -> Self:
        """Return the sequence once an envelope came whose place is one to take.

        ``uptime`` tells a restart: a device that is up for less time than before began
        anew, and that explains what is missing until here.
        """
        if epoch != self.epoch:
            past = () if self.epoch is None else (self.epoch,)
            return replace(
                self,
                epoch=epoch,
                last=seq,
                gaps=(Gap(1, seq - 1),) if self.begun and seq > 1 else (),
                lost=self.lost + self.missing,
                past_epochs=(*self.past_epochs, *past),
                begun=True,
                uptime=uptime,
            )
        if seq <= self.last:
            return self._waiting_for(
                part
                for gap in self.gaps
                for part in (
                    gap._replace(last=min(gap.last, seq - 1)),
                    gap._replace(first=max(gap.first, seq + 1)),
                )
            )
        restart = uptime < self.uptime
        before = [gap._replace(restart=gap.restart or restart) for gap in self.gaps]
        skipped = Gap(self.last + 1, seq - 1, restart)
        return replace(self._waiting_for([*before, skipped]), last=seq, uptime=uptime)

    def _waiting_for(self, gaps: Iterable[Gap]) -> Self:
        found = [gap for gap in gaps if gap.size > 0]
        given_up = found[:-MAX_GAPS]
        return replace(
            self,
            gaps=tuple(found[-MAX_GAPS:]),
            lost=self.lost + sum(gap.size for gap in given_up),
        )

    def for_next_key(self) -> Self:
        """Return the sequence of the key that follows: it begins with its epoch."""
        return type(self)(lost=self.lost + self.missing, begun=True)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object to keep the sequence in."""
        return {
            "epoch": self.epoch,
            "last": self.last,
            "gaps": [list(gap) for gap in self.gaps],
            "lost": self.lost,
            "past_epochs": list(self.past_epochs),
            "begun": self.begun,
            "uptime": self.uptime,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(
            epoch=value["epoch"],
            last=value["last"],
            gaps=tuple(Gap(*gap) for gap in value["gaps"]),
            lost=value["lost"],
            past_epochs=tuple(value["past_epochs"]),
            begun=value["begun"],
            uptime=value["uptime"],
        )
