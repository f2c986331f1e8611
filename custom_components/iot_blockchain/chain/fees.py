"""What a transaction offers for its gas, within a person's limits (EIP-1559)."""

from dataclasses import dataclass

from .client import ChainClient
from .errors import FeeTooHighError

# A replacement must pay clearly more, or nodes refuse it: geth asks for a tenth.
_BUMP_NUMERATOR, _BUMP_DENOMINATOR = 9, 8
# More than so many times the market's price does not help: something else is wrong.
_DEAREST = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be spent: wei for each unit of gas, and wei in 24 hours."""

    max_fee: int | None = None
    daily_budget: int | None = None


@dataclass(frozen=True, slots=True)
class Fees:
    """An offer, in wei for each unit of gas."""

    max_fee: int
    priority_fee: int


async def market_fees(client: ChainClient, limits: Limits) -> Fees:
    """Offer enough for six full blocks in a row, up to the ceiling.

    Raises:
        ChainError: the network asks for more than the ceiling, or does not answer.
    """
    base = await client.base_fee()
    priority = await client.priority_fee()
    ceiling = limits.max_fee
    if ceiling is not None and base + priority > ceiling:
        msg = f"the network asks for {base + priority} wei, the ceiling is {ceiling}"
        raise FeeTooHighError(
            msg,
            fee=_gwei(base + priority),
            ceiling=_gwei(ceiling),
        )
    generous = 2 * base + priority
    return Fees(generous if ceiling is None else min(generous, ceiling), priority)


def raised(last: Fees, market: Fees, limits: Limits) -> Fees | None:
    """Offer more than the last time, and no less than the market asks for.

    None where that is above the ceiling, or would not help.
    """
    fees = Fees(
        max(_bumped(last.max_fee), market.max_fee),
        max(_bumped(last.priority_fee), market.priority_fee),
    )
    most = _DEAREST * market.max_fee
    if limits.max_fee is not None:
        most = min(most, limits.max_fee)
    return fees if fees.max_fee <= most else None


def _bumped(fee: int) -> int:
    return fee * _BUMP_NUMERATOR // _BUMP_DENOMINATOR + 1


def _gwei(wei: int) -> str:
    return f"{wei / 10**9:g}"
