"""For how long what an account holds is enough."""

from ..chain.journal import Submission

LOW_ANCHORS = 10
"""A balance for fewer anchors than this is low."""


def anchors_left(balance: int | None, last: Submission | None) -> int | None:
    """Return for how many anchors a balance, in wei, is enough.

    Each is taken to cost what the last one did. None where that cannot be said: an
    account that holds nothing can pay for none, whatever they cost.
    """
    if balance is None:
        return None
    if balance == 0:
        return 0
    cost = last.placement.cost if last is not None and last.placement else 0
    return balance // cost if cost else None
