"""A clock that is set."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from ...load_generator import LATE_BY_AT_MOST, entity_of
from .troubled import Trouble, TroubledOrdeal, require

_NEAREST: Final = 2 * 3600
_FARTHEST: Final = 3 * 24 * 3600
_TOLERANCE: Final = timedelta(minutes=5)


@contextmanager
def _is_wrong(direction: int, ordeal: TroubledOrdeal) -> Iterator[None]:
    """Set it by hours or days while Home Assistant runs, and kill that; set it back."""
    assert ordeal.clock is not None
    offset = direction * random.randint(_NEAREST, _FARTHEST)  # noqa: S311 - any
    ordeal.clock.set(offset)
    try:
        _records(ordeal, offset)
        ordeal.kill_now()
        _records(ordeal, offset)
        yield
    finally:
        ordeal.clock.set(0)


def _records(ordeal: TroubledOrdeal, offset: int) -> None:
    """Make sure that what is recorded has the time that the clock shows."""
    ordeal.house.home.log_in()  # the one before has come to an end, or not begun yet
    ordeal.house.wait_for_entries()
    answer = ordeal.house.ask_for_receipt(entity_id=entity_of(0, 1))
    recorded = datetime.fromisoformat(
        json.loads(answer["receipt"]["entries"][0])["time"]
    )
    shown = datetime.now(UTC) + timedelta(seconds=offset)
    require(
        -LATE_BY_AT_MOST - _TOLERANCE < recorded - shown < _TOLERANCE,
        f"at {shown} by the clock, {recorded} is recorded",
    )


TROUBLES: dict[str, Trouble] = {
    "the clock is behind": partial(_is_wrong, -1),
    "the clock is ahead": partial(_is_wrong, 1),
}
