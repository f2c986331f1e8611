"""Under load: 20 kills, noise, a chain that goes away. The long form: scripts/soak.

The tests go on with the same house, and the last one checks all that it ever said.
"""

from scripts.house.said import issues
from scripts.house.soak.ordeal import Ordeal

_KILLS = 20


def test_entities_that_no_source_selects_are_not_recorded(ordeal: Ordeal) -> None:
    ordeal.make_noise(20_000)


def test_what_was_committed_is_there_after_each_kill(ordeal: Ordeal) -> None:
    for _ in range(_KILLS):
        ordeal.kill(longest=1)
    assert ordeal.auditor.size > 0
    assert ordeal.auditor.receipts


def test_one_anchor_covers_what_was_recorded_while_the_chain_was_away(
    ordeal: Ordeal,
) -> None:
    ordeal.outage(3)
    assert issues(ordeal.house.home) == []


def test_nothing_was_paid_for_twice_and_every_receipt_verifies(ordeal: Ordeal) -> None:
    payments = ordeal.finish()
    assert payments.kinds["deploy"] == payments.kinds["create"] == 1
    assert payments.anchored > ordeal.figures.kills
    assert payments.receipts.total() == len(ordeal.auditor.receipts)
    assert payments.receipts["anchored"] > 0
