"""How large a run is."""

from dataclasses import dataclass
from typing import Final

MORE: Final = 5000
"""What an anchor adds with the default policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How large a run is. ``sizes`` are of logs; the last is the one that is used."""

    sizes: tuple[int, ...]
    rounds: int
    batch: int
    exported: int
    gateways: int
    hours: int

    @property
    def log(self) -> int:
        """How many entries the large log has, before the next anchor."""
        return self.sizes[-1]


FULL: Final = Scale(
    sizes=(10**3, 10**5, 10**7),
    rounds=60,
    batch=MORE,
    exported=10**6,
    gateways=1000,
    hours=24,
)
QUICK: Final = Scale(
    sizes=(10**3, 10**4, 10**5),
    rounds=20,
    batch=MORE,
    exported=10**5,
    gateways=100,
    hours=3,
)
TINY: Final = Scale(
    sizes=(100, 200, 300), rounds=1, batch=50, exported=200, gateways=2, hours=2
)
