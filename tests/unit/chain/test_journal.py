"""What was sent to the chain, in the log's file."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.account import SignedTransaction
from custom_components.iot_blockchain.chain.journal import (
    ANCHORED,
    Attempt,
    Intent,
    Journal,
    Kind,
    Placement,
    Status,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "log.db", 31337)) as opened:
        yield opened


def test_no_question_goes_through_the_whole_journal(journal: Journal) -> None:
    """After years there are tens of thousands of anchors, and each step asks."""
    intent = Intent(
        kind=Kind.ANCHOR, to=contract.ADDRESS, data=b"", size=MANY + 1, root=bytes(32)
    )
    attempt = Attempt(
        transaction=SignedTransaction(b"raw", bytes(32)),
        max_fee=1,
        priority_fee=1,
        sent=0,
    )
    _fill(journal)
    submission = journal.add(
        intent, attempt, sender=contract.ADDRESS, nonce=MANY, gas=21000
    )
    last = journal.last_final()
    assert last is not None
    assert last.intent.size == MANY
    before = journal.last_final(before=last)
    assert before is not None
    assert before.intent.size == MANY - 1
    for ask in (
        lambda: journal.with_status(Status.SUBMITTED, Status.CONFIRMED),
        lambda: journal.with_status(Status.REPLACED, Status.FAILED),
        lambda: journal.last_anchor(*ANCHORED),
        lambda: journal.last_anchor(Status.FINAL),
        lambda: journal.anchors_from(MANY),
        lambda: journal.anchor_before(5),
        lambda: journal.anchor_before(MANY),
        journal.anchor_without_block,
        journal.last_final,
        lambda: journal.last_final(before=last),
        journal.anchored_size,
        lambda: journal.anchor_covering(5),
        lambda: journal.anchor_covering(MANY - 1),
        lambda: journal.status_of(5),
        lambda: journal.status_of(MANY),
        journal.last,
        lambda: journal.spent_since(datetime.fromtimestamp(MANY - 24, UTC)),
        lambda: journal.spent,
        lambda: journal.attempts(submission),
        lambda: journal.update(submission, Status.SUBMITTED),
        lambda: journal.add_attempt(
            submission,
            replace(attempt, transaction=SignedTransaction(b"", b"x" * 32)),
        ),
    ):
        assert _effort(journal, ask) < MANY


def test_anchors_are_found_by_how_much_they_hold(journal: Journal) -> None:
    connection = journal._connection
    for number, (kind, size, status) in enumerate(
        [
            ("create", None, "final"),
            ("anchor", 3, "final"),
            ("anchor", 5, "replaced"),
            ("anchor", 7, "confirmed"),
            ("anchor", 9, "submitted"),
        ],
        start=1,
    ):
        connection.execute(
            "INSERT INTO submission (id, chain, kind, sender, nonce, recipient, data,"
            " gas, size, status) VALUES (?, 31337, ?, '', ?, '', '', 0, ?, ?)",
            (number, kind, number, size, status),
        )
        connection.execute(
            "INSERT INTO attempt VALUES (?, ?, '', '1', '1', 0)",
            (bytes([number]), number),
        )

    def sizes(size: int) -> list[int | None]:
        return [anchor.intent.size for anchor in journal.anchors_from(size)]

    assert sizes(0) == [3, 7]
    assert sizes(3) == [3, 7]
    assert sizes(4) == [7]
    assert sizes(8) == []
    assert journal.anchor_before(3) is None
    before = journal.anchor_before(7)
    assert before is not None
    assert before.intent.size == 3


def test_what_was_spent_follows_the_blocks(journal: Journal, tmp_path: Path) -> None:
    """Of two anchors, one is taken back; wei outgrow the integers of SQLite."""
    first, second = (
        journal.add(
            Intent(kind=Kind.ANCHOR, to="", data=b"", size=size, root=bytes(32)),
            Attempt(
                transaction=SignedTransaction(b"raw", size.to_bytes(32)),
                max_fee=1,
                priority_fee=1,
                sent=0,
            ),
            sender="",
            nonce=size,
            gas=21000,
        )
        for size in (1, 2)
    )
    assert journal.spent == 0
    placement = Placement(
        transaction=bytes(32),
        block_number=1,
        block_hash=bytes(32),
        time=1,
        cost=10**20,
    )
    journal.update(first, Status.CONFIRMED, placement)
    journal.update(first, Status.FINAL, placement)
    journal.update(second, Status.CONFIRMED, replace(placement, cost=7))
    assert journal.spent == 10**20 + 7
    journal.update(second, Status.SUBMITTED)
    assert journal.spent == 10**20
    with closing(Journal(tmp_path / "log.db", 31337)) as again:
        assert again.spent == 10**20
    with closing(Journal(tmp_path / "log.db", 1)) as elsewhere:
        assert elsewhere.spent == 0


MANY = 5000


def _fill(journal: Journal) -> None:
    """Let the log have been anchored so often, one more entry each time."""
    connection = journal._connection
    rows = [(number, number.to_bytes(32)) for number in range(1, MANY + 1)]
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO submission (id, chain, kind, sender, nonce, recipient, data, gas,"
        " size, root, status, hash, block_number, block_hash, block_time, number, cost)"
        " VALUES (?1, 31337, 'anchor', '', ?1 - 1, '', '', 0, ?1, ?2, 'final', ?2,"
        " ?1, ?2, ?1, ?1, '1')",
        rows,
    )
    connection.executemany(
        "INSERT INTO attempt VALUES (?2, ?1, '', '1', '1', ?1)", rows
    )
    connection.execute("COMMIT")


def _effort(journal: Journal, ask: Callable[[], object]) -> int:
    """Count the instructions of SQLite's virtual machine: 5 or more for each row."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    journal._connection.set_progress_handler(step, 1)
    ask()
    journal._connection.set_progress_handler(None, 1)
    return steps
