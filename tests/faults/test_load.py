"""Under load: 20 kills, noise, a chain that goes away. The long form: scripts/soak.

The tests go on with the same house, and the last one checks all that it ever said.
"""

from scripts.house.load import issues
from scripts.house.soak import Soak, show

_KILLS = 20


def test_entities_that_no_source_selects_are_not_recorded(soak: Soak) -> None:
    soak.make_noise(20_000)


def test_what_was_committed_is_there_after_each_kill(soak: Soak) -> None:
    for _ in range(_KILLS):
        soak.kill(longest=2)
    assert soak.auditor.size > 0
    assert soak.auditor.receipts


def test_one_anchor_covers_what_was_recorded_while_the_chain_was_away(
    soak: Soak,
) -> None:
    soak.outage(8)
    assert issues(soak.house.home) == []


def test_nothing_was_paid_for_twice_and_every_receipt_verifies(soak: Soak) -> None:
    payments = soak.finish()
    show(soak, payments)
    assert payments.kinds["deploy"] == payments.kinds["create"] == 1
    assert payments.anchored > soak.figures.kills
    assert payments.receipts.total() == len(soak.auditor.receipts)
    assert payments.receipts["anchored"] > 0
