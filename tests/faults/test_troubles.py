"""Each trouble once, under load. The long form: scripts/soak.

The tests go on with the same house, and the last one checks all that it ever said.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket

from scripts.house.soak.troubles import NEEDS, TROUBLES
from scripts.house.soak.troubles.troubled import TroubledOrdeal

_DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def ordeal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TroubledOrdeal]:
    pytest_socket.enable_socket()
    ordeal = TroubledOrdeal(
        tmp_path_factory.mktemp("house") / "troubled",
        rate=500,
        entities=5,
        disk="256m",
    )
    yield ordeal
    ordeal.close()


@pytest.mark.parametrize("name", TROUBLES)
def test_recording_and_anchoring_go_on_after(ordeal: TroubledOrdeal, name: str) -> None:
    if (need := NEEDS.get(name)) in ordeal.missing:
        assert "CI" not in os.environ, f"this machine lends no {need}"
        pytest.skip(f"this machine lends no {need}")
    ordeal.live_through(TROUBLES[name], longest=1)


def test_nothing_was_lost_or_paid_for_twice_and_every_receipt_verifies(
    ordeal: TroubledOrdeal,
) -> None:
    payments = ordeal.finish()
    assert payments.kinds["deploy"] == payments.kinds["create"] == 1
    lived = [name for name in TROUBLES if NEEDS.get(name) not in ordeal.missing]
    assert payments.kinds["anchor"] >= len(lived)
    assert payments.receipts["anchored"] > 0
    assert ordeal.figures.anchors_taken_back > 0


def test_documentation_names_these_and_no_others() -> None:
    text = (_DOCS / "soak.md").read_text()
    (_, _, table) = text.partition("| Trouble | ")
    (_, _, *rows) = table.partition("\n\n")[0].splitlines()
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [*TROUBLES]
