"""One trouble after another, and what they covered."""

import random
from collections import Counter
from collections.abc import Callable

from ..audit import AuditError, Payments
from ..display import Covered, Display
from .troubles import NEEDS, TROUBLES
from .troubles.troubled import TroubledOrdeal

_LONGEST = 10.0


def trouble(
    ordeal: TroubledOrdeal, count: int, display: Display, stop: Callable[[], bool]
) -> Counter[str]:
    """Live through so many troubles, each kind as often as the others.

    Return how often each was lived through.

    Raises:
        AuditError: something is lost, doubled or changed, or does not happen.
    """
    lived = Counter[str]()
    possible = [name for name in TROUBLES if NEEDS.get(name) not in ordeal.missing]
    with display.part("Troubles", count) as tell:
        while lived.total() < count and not stop():
            for name in random.sample(possible, len(possible)):
                if lived.total() == count or stop():
                    break
                tell(lived.total(), f"{ordeal.auditor.size:,} entries, {name}")
                try:
                    ordeal.live_through(TROUBLES[name], longest=_LONGEST)
                except Exception as err:
                    raise AuditError(f"{name}: {err}") from err
                lived[name] += 1
        tell(lived.total(), f"{ordeal.auditor.size:,} entries")
    return lived


def add_to(
    covered: Covered, ordeal: TroubledOrdeal, lived: Counter[str], payments: Payments
) -> None:
    """Say what was lived through, and what this machine cannot do."""
    figures = ordeal.figures
    for what, amount in (
        ("troubles", f"{lived.total()}"),
        *((f"  {name}", f"{lived[name]}") for name in TROUBLES if name in lived),
        *(
            (f"  {name}", f"not done: this machine lends no {need}")
            for name, need in NEEDS.items()
            if need in ordeal.missing
        ),
        ("  kills in the midst of one", f"{figures.kills}"),
        ("  anchors that were taken back", f"{figures.anchors_taken_back}"),
        ("  entries committed", f"{ordeal.auditor.size:,}"),
        ("    lost, doubled or changed", "0"),
        *((f"  paid for: {kind}", f"{n}") for kind, n in payments.kinds.items()),
        ("    that failed", f"{payments.failed}"),
        ("    paid for twice", "0"),
        ("  receipts, all of which verify", f"{payments.receipts.total()}"),
    ):
        covered.add(what, amount)
