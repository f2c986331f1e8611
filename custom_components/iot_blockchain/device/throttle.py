"""Keeping floods out: so many at once, so many for long, for each source by itself."""


def next_turn(turn: float, now: float, rate: float, burst: float) -> float | None:
    """Let one more through, or not (a token bucket, as the one number of a GCRA).

    ``turn`` is when the next one would come if all came evenly, ``rate`` how many may
    come in a second for long, and ``burst`` how many at once. Returns the new turn, or
    None where this one came too early. All times are in seconds.
    """
    latest = now + (burst + 0.5) / rate  # the half is against rounding
    if turn > latest:
        turn = now  # no turn is so far ahead, unless the clock was set back
    turn = max(turn, now) + 1 / rate
    return turn if turn <= latest else None


class Throttle:
    """Admits so many envelopes of each source, before anything costly is done to them.

    A source is any text that says where an envelope came from. At most ``sources``
    are told apart at a time: those that were quiet for long enough are forgotten, which
    changes nothing for them, and what comes while all are busy shares one bucket.
    Times are in seconds of any clock, best of one that is never set.
    """

    def __init__(self, rate: float, burst: float, sources: int = 1024) -> None:
        """Take how many may come in a second for long, and how many at once."""
        self._rate = rate
        self._burst = burst
        self._sources = sources
        self._turns: dict[str, float] = {}
        self._shared_turn = 0.0
        self.dropped = 0
        """How many were not admitted."""

    def __len__(self) -> int:
        """Return how many sources are told apart now."""
        return len(self._turns)

    def admits(self, source: str, now: float) -> bool:
        """Say whether one more envelope of a source may come now; count it if not."""
        if source not in self._turns and len(self._turns) >= self._sources:
            self._forget_the_quiet(now)
        told_apart = source in self._turns or len(self._turns) < self._sources
        turn = next_turn(
            self._turns.get(source, now) if told_apart else self._shared_turn,
            now,
            self._rate,
            self._burst,
        )
        if turn is None:
            self.dropped += 1
        elif told_apart:
            self._turns[source] = turn
        else:
            self._shared_turn = turn
        return turn is not None

    def _forget_the_quiet(self, now: float) -> None:
        self._turns = {
            source: turn for source, turn in self._turns.items() if turn > now
        }
