"""Interleaved rounds: on a machine that does other things too, only ratios count."""

import random
import time
from collections.abc import Callable, Mapping
from statistics import median

type Measure = Callable[[], float]
"""Does something once, and returns how many seconds that took."""


class Rounds:
    """The seconds that each contender took in each round."""

    def __init__(self, contenders: Mapping[str, Measure], count: int = 0) -> None:
        """Take the contenders, and let them play some rounds."""
        self._contenders = contenders
        self._seconds: dict[str, list[float]] = {name: [] for name in contenders}
        self.play(count)

    def play(self, count: int) -> None:
        """Let them take turns, in an order that changes from round to round."""
        for _ in range(count):
            for name in random.sample(list(self._contenders), len(self._contenders)):
                self._seconds[name].append(self._contenders[name]())

    def median(self, name: str) -> float:
        """Return the median of one contender's rounds."""
        return median(self._seconds[name])

    def ratio(self, name: str, reference: str) -> float:
        """Return the median of the quotients of both in each round."""
        return median(
            ours / theirs
            for ours, theirs in zip(
                self._seconds[name], self._seconds[reference], strict=True
            )
        )


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds it takes to do something."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
