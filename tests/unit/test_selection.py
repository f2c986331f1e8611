"""What the log tells of what targets select."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custom_components.iot_blockchain.intake.selection import SELECTED, Selection
from custom_components.iot_blockchain.log.entry import Act
from custom_components.iot_blockchain.log.note import Signer, new_private_key
from custom_components.iot_blockchain.log.store import LogStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    key = Signer("house", new_private_key()).verifier_key
    with closing(LogStore.create(tmp_path / "log.db", key)) as created:
        yield created


def test_only_what_is_new_is_told_and_a_restart_tells_nothing_again(
    store: LogStore,
) -> None:
    def tell(selection: Selection, **selected: set[str]) -> object:
        news = selection.news(selected)
        if news:
            act = Act(SELECTED, datetime.now(UTC), {"targets": news})
            store.append([act])
        return news

    first = Selection()
    # Before it is known what was told, nothing can be new.
    assert tell(first, s={"a.a"}) == {}
    first.recall(store)
    assert tell(first, s={"a.a", "b.b"}) == {"s": {"added": "a.a b.b"}}
    assert tell(first, s={"a.a", "b.b"}) == {}
    assert tell(first, s={"b.b", "c.c"}) == {"s": {"added": "c.c", "removed": "a.a"}}
    assert tell(first, s={"b.b", "c.c"}, t={"b.b"}) == {"t": {"added": "b.b"}}
    second = Selection()
    second.recall(store)
    assert tell(second, s={"b.b", "c.c"}, t={"b.b"}) == {}
    assert tell(second, t={"b.b"}) == {"s": {"removed": "b.b c.c"}}
    assert tell(second, t={"b.b"}) == {}
