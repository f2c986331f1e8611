"""What networks charge. All of it is assumed: docs/costs.md has the same figures."""

from dataclasses import dataclass
from typing import Final

ETHER: Final = 3000.0
"""US dollars."""

# What an OP-stack chain charges for a byte that it publishes on Ethereum (Fjord): the
# scalars are Base's, and the prices those of a calm day, in gwei. A blob costs at
# least a sixteenth of the price of gas (EIP-7918).
_ETHEREUM: Final = 1.0
_BLOB: Final = 0.1
_FEE_SCALAR: Final = 2269e-6
_BLOB_SCALAR: Final = 1.055762

BASE_GAS_LIMIT: Final = 400_000_000
BASE_GAS_TARGET: Final = 80_000_000
BASE_BLOCK_SECONDS: Final = 2
BASE_DATA_GAS: Final = 148
"""Gas that a published byte counts for in a block of Base (the DA footprint)."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network, its price of gas in gwei, and whether it publishes on Ethereum."""

    name: str
    gas: float
    rollup: bool


NETWORKS: Final = (
    Network("Base", 0.006, rollup=True),
    Network("Arbitrum One", 0.02, rollup=True),
    Network("Ethereum", _ETHEREUM, rollup=False),
)


def published(size: int) -> int:
    """Estimate what is left of a transaction once it is compressed (Fjord).

    The formula takes the length after FastLZ. Here it is given the whole length, which
    is a little too much: hashes cannot be compressed, but the zeros between them can.
    """
    return max(100, round(0.8365 * size - 42.5856))


def execution(network: Network, gas: int) -> float:
    """Return the price of the gas, in dollars."""
    return gas * network.gas * 1e-9 * ETHER


def publication(network: Network, size: int) -> float:
    """Estimate the price of publishing a transaction on Ethereum, in dollars."""
    if not network.rollup:
        return 0
    gwei = 16 * _FEE_SCALAR * _ETHEREUM + _BLOB_SCALAR * _BLOB
    return published(size) * gwei * 1e-9 * ETHER
