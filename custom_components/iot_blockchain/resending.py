"""Asking devices for what is missing.

An envelope can be lost on its way, or come when it could not be written. Its device
still has it, as nobody acknowledged it, and sends it again when it is asked.
"""

from homeassistant.core import callback

from .device.sequence import Gap, Sequence
from .enrolled_device import Reply

_SECONDS = 10.0


class Resending:
    """Asks for each gap once, and each device only now and then.

    A device that sends more than it may must not be asked for more and more.
    """

    def __init__(self) -> None:
        """Nobody was asked yet."""
        self._asked: dict[str, set[Gap]] = {}
        self._next: dict[str, float] = {}

    @callback
    def ask(self, did: str, sequence: Sequence, reply: Reply, now: float) -> None:
        """Ask a device, by its key, if something is missing that it may still have.

        ``now`` is in seconds, of a clock that is never set.
        """
        gaps = set(sequence.resendable)
        new = gaps - self._asked.get(did, set())
        if not new or sequence.epoch is None or now < self._next.get(did, now):
            return
        self._asked[did] = gaps
        self._next[did] = now + _SECONDS
        # One message for all: what was acknowledged meanwhile, the device has not.
        first, last = min(gap.first for gap in new), max(gap.last for gap in new)
        reply.resend(sequence.epoch, first, last)
