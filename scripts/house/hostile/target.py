"""What a target is, and how it says that it was wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


class WronglyReadError(Exception):
    """Something was made of an input that must not be."""


@dataclass(frozen=True)
class Target:
    """Something that reads bytes from outside.

    ``seeds`` are what it is meant to read, and some of what it must refuse.
    """

    name: str
    read: Callable[[bytes], None]
    seeds: Sequence[bytes]


def require(condition: object, what: str) -> None:
    """Say what was wrong, if something was."""
    if not condition:
        raise WronglyReadError(what)
