"""Waiting for what has to happen."""

import time
from collections.abc import Callable


def until(happened: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    """Wait until something has happened.

    Raises:
        TimeoutError: it did not.
    """
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.3)
