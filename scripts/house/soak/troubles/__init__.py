"""What can go wrong in a house for a while: put in, lived through, taken away."""

from typing import Final

from . import chain, clock, endpoints, files
from .troubled import Trouble

TROUBLES: Final[dict[str, Trouble]] = {
    **endpoints.TROUBLES,
    **chain.TROUBLES,
    **clock.TROUBLES,
    **files.TROUBLES,
}
"""By what a person calls them."""

NEEDS: Final = {
    **dict.fromkeys(clock.TROUBLES, "clock"),
    "the disk is full": "disk",
    "the disk is read-only": "disk",
}
"""What some of them need of the machine."""
