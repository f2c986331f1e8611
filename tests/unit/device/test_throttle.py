"""Floods: what one source sends takes nothing from another, and no memory."""

import random
from collections import Counter

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.device.throttle import Throttle, next_turn

RATE, BURST = 10.0, 20.0


@pytest.mark.parametrize("now", [0.0, 1_790_000_000.25])
@pytest.mark.parametrize(("rate", "burst"), [(10, 20), (1 / 60, 3), (0.1, 1), (3, 7)])
def test_so_many_at_once_and_so_many_for_long(
    now: float, rate: float, burst: int
) -> None:
    turn = now
    for _ in range(burst):
        following = next_turn(turn, now, rate, burst)
        assert following is not None
        turn = following
    assert next_turn(turn, now, rate, burst) is None
    for _ in range(50):
        now += 1 / rate
        following = next_turn(turn, now, rate, burst)
        assert following is not None
        turn = following
        assert next_turn(turn, now, rate, burst) is None


@given(st.lists(st.floats(0, 5), max_size=200))
def test_never_more_than_the_rate_and_the_burst(pauses: list[float]) -> None:
    turn = now = 0.0
    admitted: list[float] = []
    for pause in pauses:
        now += pause
        following = next_turn(turn, now, RATE, BURST)
        if following is not None:
            turn = following
            admitted.append(now)
    for place, begin in enumerate(admitted):
        for count, end in enumerate(admitted[place:], 1):
            assert count <= BURST + 1 + RATE * (end - begin)


@pytest.mark.parametrize("back", [0.5, 2.0, 3.0, 60.0, 1e9])
def test_a_clock_that_is_set_back_costs_no_more_than_a_burst(back: float) -> None:
    turn = 2e9
    while (following := next_turn(turn, 2e9, RATE, BURST)) is not None:
        turn = following
    waited = 0.0
    while next_turn(turn, 2e9 - back + waited, RATE, BURST) is None:
        waited += 0.1
        assert waited <= BURST / RATE + 0.1


def test_a_flood_from_one_source_does_not_hold_up_another() -> None:
    throttle = Throttle(RATE, BURST)
    admitted = Counter[str]()
    for millisecond in range(10_000):
        now = millisecond / 1000
        admitted["flood"] += throttle.admits("flood", now)
        if millisecond % 200 == 0:
            admitted["honest"] += throttle.admits("honest", now)
    assert admitted["honest"] == 50
    assert admitted["flood"] == pytest.approx(BURST + 10 * RATE, abs=1)
    assert throttle.dropped == 10_000 - admitted["flood"]


def test_a_flood_from_sources_by_chance_neither_holds_up_nor_grows() -> None:
    throttle = Throttle(RATE, BURST, sources=100)
    chance = random.Random(1)
    honest = 0
    for millisecond in range(20_000):
        now = millisecond / 1000
        throttle.admits(f"{chance.getrandbits(64):x}", now)
        if millisecond % 200 == 0:
            honest += throttle.admits("honest", now)
        assert len(throttle) <= 100
    assert honest == 100


def test_while_all_sources_are_busy_newcomers_share_one_bucket() -> None:
    throttle = Throttle(RATE, BURST, sources=2)
    for source in ("a", "b"):
        while throttle.admits(source, 0):
            pass
    dropped = throttle.dropped
    shared = sum(throttle.admits(f"{number}", 0) for number in range(100))
    assert shared == BURST
    assert throttle.dropped == dropped + 100 - BURST
    assert len(throttle) == 2
    # those that are told apart go on
    assert throttle.admits("a", 0.1)
    # and room is made once they were quiet
    assert throttle.admits("c", 60)
    assert len(throttle) == 1


def test_being_forgotten_gives_nothing() -> None:
    throttle = Throttle(RATE, BURST, sources=1)
    while throttle.admits("a", 0):
        pass
    # newcomers cannot push out one that is held back
    for number in range(1000):
        throttle.admits(str(number), 0.05)
    assert not throttle.admits("a", 0.05)
