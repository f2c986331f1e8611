"""What a source will record and cost: the arithmetic, without Home Assistant.

Figures of gas are those of docs/costs.md.
"""

from collections.abc import Sequence
from datetime import timedelta

from .source_policy import Gate, Seen, SourcePolicy

ANCHOR_GAS = 54_249
"""Gas of an anchor in a log of a million entries."""

CREATION_GAS = 69_331
DEPLOYMENT_GAS = 971_916

# Each of the first anchors of a log takes a fresh place in the contract's state.
FIRST_ANCHORS = 64
FIRST_ANCHOR_GAS = 17_100

_DAY = timedelta(days=1)
_MONTH_DAYS = 30


def readings_of_states(policy: SourcePolicy, states: Sequence[Seen]) -> int:
    """Count how many of an entity's states the policy would have recorded.

    The first state is the one that the entity had before, and is not counted.
    """
    gate = Gate([policy])
    count = 0
    for number, seen in enumerate(states):
        now = seen[3].timestamp()
        if gate.due is not None and gate.due <= now:
            count += gate.release(now) is not None
        taken = gate.take(seen, changed=True, now=now)
        count += taken and number > 0
    return count


def a_day(count: float, period: timedelta) -> float:
    """Scale a count in a period, which is more than nothing, to a day."""
    return count * (_DAY / period)


def anchors_a_day(
    readings: float, anchor_readings: int, anchor_age: timedelta, *, urgent: bool
) -> float:
    """Say how many anchors so many readings a day make, if they come evenly.

    An anchor is due when so many readings wait, or the first of them has waited so
    long; each reading of an urgent source makes one.
    """
    if not readings:
        return 0
    if urgent:
        return readings
    to_the_next = 1 / readings
    until_due = min(anchor_readings * to_the_next, to_the_next + anchor_age / _DAY)
    return min(readings, 1 / until_due)


def cost_of_first_month(anchors: float, gas_price: int, *, deploy: bool) -> float:
    """Return what a new log costs in its first 30 days, in the network's coin.

    ``anchors`` are those of a day, ``gas_price`` is in wei. With ``deploy``, the
    contract has to be deployed too.
    """
    fresh = min(anchors * _MONTH_DAYS, FIRST_ANCHORS) * FIRST_ANCHOR_GAS
    before = CREATION_GAS + (DEPLOYMENT_GAS if deploy else 0)
    once = (fresh + before) * gas_price / 10**18
    return once + cost_a_month(anchors, gas_price)


def cost_a_month(anchors: float, gas_price: int) -> float:
    """Return what so many anchors a day cost in 30 days, in the network's coin.

    ``gas_price`` is in wei. What a rollup pays for its data on Ethereum comes on top.
    """
    return anchors * _MONTH_DAYS * ANCHOR_GAS * gas_price / 10**18
