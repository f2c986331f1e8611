"""A house under load that faults are put into, and an auditor who looks at it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..audit import AuditError, Auditor, Payments, anchors_between
from ..load import LoadedHouse
from ..said import shows_a_key

_RECEIPTS: Final = 3
# How many of the kills hit Home Assistant before it is up, and how many the chain too.
_DURING_START: Final = 0.25
_WITHOUT_CHAIN: Final = 0.2
_PATIENCE: Final = 600


@dataclass
class Figures:
    """What was covered, in numbers."""

    kills: int = 0
    kills_during_start: int = 0
    kills_without_chain: int = 0
    outages: int = 0
    outage_seconds: float = 0
    noise: int = 0
    noise_seconds: float = 0
    states: int = 0
    seconds: float = 0
    most_lost: int = 0
    late: float = 0
    anchors_taken_back: int = 0

    @property
    def rate(self) -> float:
        """State changes a second while the load ran."""
        return self.states / self.seconds if self.seconds else 0


class Ordeal:
    """A house under load. Whoever makes one closes it."""

    def __init__(self, house: LoadedHouse) -> None:
        """Take a house that has everything started."""
        self.house = house
        self.auditor = Auditor(house.entities)
        self.figures = Figures()
        self.foreign: set[bytes] = set()
        """What the account paid for, but not from this house: hashes."""
        self._last_run = 0

    def kill(self, *, longest: float) -> None:
        """Kill Home Assistant at any instant, look at what it leaves, start it again.

        ``longest`` is for how many seconds it lives at most once it is up.

        Raises:
            AuditError: something is lost, doubled or changed.
        """
        chain_away = random.random() < _WITHOUT_CHAIN  # noqa: S311 - any
        if chain_away:
            self.house.end_chain()
            self.figures.kills_without_chain += 1
        if random.random() < _DURING_START:  # noqa: S311 - any
            self.end()
            self.house.home.launch()
            time.sleep(random.uniform(0, self.house.seconds_to_start))  # noqa: S311 - any
            self.figures.kills_during_start += 1
        else:
            time.sleep(random.uniform(0, longest))  # noqa: S311 - any
        self.end()
        self.figures.kills += 1
        if chain_away:
            self.house.restart_chain()
        self.house.home.start()
        if self.auditor.size:
            self.auditor.receipts += self.house.receipts(self.auditor.size, _RECEIPTS)

    def end(self) -> None:
        """Kill Home Assistant, and look at what it leaves.

        Raises:
            AuditError: something is lost, doubled or changed.
        """
        self.auditor.peek(self.house.log)
        self.house.home.kill()
        self.look()

    def look(self) -> None:
        """Look at what a Home Assistant that was ended has left.

        Raises:
            AuditError: something is lost, doubled or changed.
        """
        figures, progress = self.figures, self.house.progress
        last = self.auditor.look(self.house.log).get(progress.run)
        if progress.run == self._last_run:
            return  # it was ended before the load began
        self._last_run = progress.run
        if last is not None:
            figures.most_lost = max(figures.most_lost, progress.states - 1 - last)
        figures.states += progress.states
        figures.seconds += progress.seconds
        figures.late = max(figures.late, progress.late)

    def outage(
        self,
        seconds: float,
        *,
        tell: Callable[[float], None] = lambda _elapsed: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """End the chain for a while, and let one anchor cover the backlog.

        ``tell`` is called every second with how many have passed; ``stop`` says whether
        the while is over early.

        Raises:
            AuditError: recording did not go on, or the backlog took several anchors.
        """
        log = self.house.log
        self.house.anchor()
        self.house.end_chain()
        size_before = self.auditor.peek(log)
        begun = time.monotonic()
        while (elapsed := time.monotonic() - begun) < seconds and not stop():
            time.sleep(min(seconds - elapsed, 1))
            tell(min(time.monotonic() - begun, seconds))
        size_after = self.auditor.peek(log)
        self.house.restart_chain()
        self.house.home.log_in()  # what it was logged in with lasts for half an hour
        self.house.anchor()
        if size_after <= size_before:
            raise AuditError("nothing was recorded while the chain was away")
        if between := anchors_between(log, size_before, size_after):
            raise AuditError(f"the backlog took {between} more anchors than one")
        self.figures.outages += 1
        self.figures.outage_seconds += elapsed

    def make_noise(self, entities: int) -> None:
        """Let many entities that no source selects have states."""
        answer = self.house.home.action(
            "load_generator", "make_noise", {"entities": entities}, timeout=_PATIENCE
        )
        self.figures.noise += entities
        self.figures.noise_seconds += answer["seconds"]

    def finish(self) -> Payments:
        """Anchor all there is, end Home Assistant, and check all that was ever said.

        Raises:
            AuditError: something is lost, doubled, changed, or paid for twice; or a key
                shows in what was logged.
        """
        self.house.anchor()
        self.auditor.receipts += self.house.receipts(self.house.size, _RECEIPTS)
        self.house.home.stop()
        self.look()
        if shows_a_key(self.house.home):
            raise AuditError("a private key stands in Home Assistant's own log")
        return self.auditor.check_chain(
            self.house.chain,
            self.house.log,
            self.house.address,
            foreign=self.foreign,
        )

    def close(self) -> None:
        """End every process."""
        self.house.close()
