"""Noise, kills and an outage, one after another, and what they covered."""

from collections.abc import Callable
from typing import Final

from ..audit import Payments
from ..display import Covered, Display
from .ordeal import Ordeal

_NOISE_AT_ONCE: Final = 20_000
_LONGEST_LIFE: Final = 5.0
_HOUR: Final = 3600
# what must be there of the changes that were asked for, and how soon on the disk
_LEAST_SHARE: Final = 0.9
_ON_DISK_WITHIN: Final = 1.0


def torment(
    ordeal: Ordeal,
    *,
    noise: int,
    kills: int,
    hours: float,
    display: Display,
    stop: Callable[[], bool],
) -> None:
    """Put so many faults into a house, and the chain away for so long.

    Raises:
        AuditError: something is lost, doubled or changed.
    """
    figures = ordeal.figures
    if noise:
        with display.part("Noise", noise) as tell:
            while figures.noise < noise and not stop():
                ordeal.make_noise(min(_NOISE_AT_ONCE, noise - figures.noise))
                tell(figures.noise, "entities that nobody selects")
    if kills and not stop():
        with display.part("Kills", kills) as tell:
            while figures.kills < kills and not stop():
                ordeal.kill(longest=_LONGEST_LIFE)
                rate = f"{figures.rate:,.0f} states a second"
                tell(figures.kills, f"{ordeal.auditor.size:,} entries, {rate}")
    if hours and not stop():
        seconds = hours * _HOUR
        with display.part("Chain away", seconds) as tell:
            ordeal.outage(
                seconds, tell=lambda elapsed: tell(elapsed, "seconds"), stop=stop
            )


def add_to(covered: Covered, ordeal: Ordeal, payments: Payments) -> None:
    """Say what an ordeal has covered, and what of it is not what it should be."""
    figures, asked = ordeal.figures, ordeal.house.rate
    lost_seconds = figures.most_lost / (figures.rate or 1)
    if figures.seconds and figures.rate < _LEAST_SHARE * asked:
        covered.failures.append(
            f"There were {figures.rate:,.0f} state changes a second and not"
            f" {asked:,}: this machine is too slow, or does other work."
        )
    if lost_seconds > _ON_DISK_WITHIN:
        covered.failures.append(
            f"A state was not on the disk after {lost_seconds:.2f} s. What is recorded"
            " should be there within a second."
        )
    for what, amount in (
        ("kills of Home Assistant", f"{figures.kills}"),
        ("  before it was up", f"{figures.kills_during_start}"),
        ("  while the chain was away", f"{figures.kills_without_chain}"),
        ("state changes", f"{figures.states:,} in {figures.seconds:,.0f} s"),
        ("  a second", f"{figures.rate:,.0f}"),
        ("entries committed", f"{ordeal.auditor.size:,}"),
        ("  lost, doubled or changed", "0"),
        ("  states of one kill that were not", f"{figures.most_lost:,} at most"),
        ("  which had been there for", f"{lost_seconds:.2f} s"),
        ("longest that the event loop was late", f"{figures.late:.2f} s"),
        ("chain away", f"{figures.outage_seconds / _HOUR:.2f} h"),
        ("entities of noise, none recorded", f"{figures.noise:,}"),
        ("  in", f"{figures.noise_seconds:.1f} s"),
        *((f"paid for: {kind}", f"{n}") for kind, n in payments.kinds.items()),
        ("  that failed", f"{payments.failed}"),
        ("  paid for twice", "0"),
        ("entries anchored", f"{payments.anchored:,}"),
        ("receipts handed out, all of which verify", f"{payments.receipts.total()}"),
        ("  with an anchor", f"{payments.receipts['anchored']}"),
    ):
        covered.add(what, amount)
