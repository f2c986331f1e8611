"""Ctrl-C as a wish: what runs comes to a good end, and says what it covered."""

import signal
from collections.abc import Callable


class Stop:
    """Whether a person has asked for the end; called, it says so."""

    def __init__(self) -> None:
        """Nobody has asked so far."""
        self._asked = False

    def __call__(self) -> bool:
        """Say whether somebody has asked."""
        return self._asked

    def listen(self, say: Callable[[str], object]) -> None:
        """Take Ctrl-C, or the system's own wish, for asking; a second one ends all."""

        def ask(_number: int, _frame: object) -> None:
            self._asked = True
            signal.signal(signal.SIGINT, signal.default_int_handler)
            say("Ending. Ctrl-C again ends at once, and checks nothing.")

        signal.signal(signal.SIGINT, ask)
        signal.signal(signal.SIGTERM, ask)
