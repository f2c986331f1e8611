"""What was sent to the chain, in the log's file."""

from collections.abc import Iterator
from contextlib import closing
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
    Status,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "log.db", 31337)) as opened:
        yield opened


def test_no_question_goes_through_the_whole_journal(journal: Journal) -> None:
    """After years there are tens of thousands of anchors, and each step asks."""
    intent = Intent(
        kind=Kind.ANCHOR, to=contract.ADDRESS, data=b"", size=1, root=bytes(32)
    )
    attempt = Attempt(
        transaction=SignedTransaction(b"raw", bytes(32)),
        max_fee=1,
        priority_fee=1,
        sent=0,
    )
    submission = journal.add(
        intent, attempt, sender=contract.ADDRESS, nonce=0, gas=21000
    )
    asked: list[str] = []
    journal._connection.set_trace_callback(asked.append)
    journal.with_status(Status.SUBMITTED, Status.CONFIRMED)
    journal.last_anchor(*ANCHORED)
    journal.anchor_covering(5)
    journal.status_of(5)
    journal.last()
    journal.spent_since(datetime(2026, 11, 20, tzinfo=UTC))
    journal.attempts(submission)
    journal._connection.set_trace_callback(None)
    questions = [text for text in asked if text.lstrip().startswith("SELECT")]
    assert len(questions) == 8
    for question in questions:
        plan = [
            row["detail"]
            for row in journal._connection.execute(f"EXPLAIN QUERY PLAN {question}")
        ]
        scans = [step for step in plan if step.startswith("SCAN")]
        # Going backwards from the end, to take the first, is no search.
        assert scans in (
            [],
            ["SCAN submission"] if "ORDER BY id DESC" in question else [],
        )
