"""Asking devices for what they have said and nobody heard, or not all of it.

An envelope can be lost on its way, or come when it could not be written. Its device
still has it, as nobody acknowledged it, and sends it again when it is asked.
"""

from homeassistant.core import callback

from ..device.sequence import Sequence
from .enrolled_device import Reply

_SECONDS = 10.0


class Asking:
    """Asks for each gap once, and each device only now and then.

    A device that sends more than it may must not be asked for more and more. Devices
    are known by their keys; ``now`` is in seconds, of a clock that is never set.
    """

    def __init__(self) -> None:
        """Nobody was asked yet."""
        self._gaps: dict[str, set[tuple[int, int]]] = {}
        self._next: dict[str, float] = {}

    @callback
    def for_boot_message(self, did: str, reply: Reply, now: float) -> None:
        """Ask a device what it is and runs."""
        if self._may_ask("boot " + did, now):
            reply.announce()

    @callback
    def for_missing(
        self, did: str, sequence: Sequence, reply: Reply, now: float
    ) -> None:
        """Ask a device for what is missing: it sends what it still has.

        Also for what a restart explains: some of that it can have said since then.
        """
        gaps = {(gap.first, gap.last) for gap in sequence.gaps}
        new = gaps - self._gaps.get(did, set())
        if sequence.epoch is not None and new and self._may_ask("gaps " + did, now):
            self._gaps[did] = gaps
            # One message for all: what was acknowledged between them, it has not.
            first, last = min(first for first, _ in new), max(last for _, last in new)
            reply.resend(did, sequence.epoch, first, last)

    def _may_ask(self, what: str, now: float) -> bool:
        if now < self._next.get(what, now):
            return False
        self._next[what] = now + _SECONDS
        return True
