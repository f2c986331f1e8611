"""Which states of an entity its sources want."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from custom_components.iot_blockchain.intake.source_policy import (
    Gate,
    Seen,
    SourcePolicy,
)


def seen(state: str, unit: str | None = "°C") -> Seen:
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    return "sensor.fridge", state, attributes, datetime(2026, 11, 21, tzinfo=UTC)


def recorded(policy: SourcePolicy, states: Sequence[str]) -> list[str]:
    """Return what is recorded of states that come one a second."""
    gate = Gate([policy])
    found = []
    for now, state in enumerate(states):
        if gate.due is not None and gate.due <= now and (late := gate.release(now)):
            found.append(late[1])
        if gate.take(seen(state), changed=True, now=now):
            found.append(state)
    return found


def deadband(text: str) -> SourcePolicy:
    return SourcePolicy(deadband=Decimal(text))


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        # Exactly as much is enough, although 4.3 - 4.2 is less in binary.
        (["4.2", "4.3", "4.2"], ["4.2", "4.3", "4.2"]),
        (["4.2", "4.29", "4.11"], ["4.2"]),
        # A slow drift adds up: each is compared with the last reading.
        (["4.20", "4.26", "4.32", "4.38"], ["4.20", "4.32"]),
        # Both ends of a gap are recorded, even where the number is the same.
        (
            ["4.2", "unavailable", "4.2", "unknown", "4.21"],
            ["4.2", "unavailable", "4.2", "unknown", "4.21"],
        ),
        # What is no number is recorded whenever it is another text.
        (["open", "shut", "shut", "nan", "nan", "inf"], ["open", "shut", "nan", "inf"]),
        (["1", "NaN", "1", "sNaN", "-inf", "1e999999999999"], None),
        (["9e999999", "-9e999999"], ["9e999999", "-9e999999"]),
    ],
)
def test_deadband(states: list[str], expected: list[str] | None) -> None:
    assert recorded(deadband("0.1"), states) == (
        states if expected is None else expected
    )


def test_number_in_another_unit_is_another_reading() -> None:
    gate = Gate([deadband("5")])
    assert gate.take(seen("4", "°C"), changed=True, now=0)
    assert gate.take(seen("5", "°F"), changed=True, now=1)
    assert not gate.take(seen("6", "°F"), changed=True, now=2)


def test_interval_records_the_last_state_when_it_is_over() -> None:
    # "c" when the three seconds are over, then "d" likewise; "e" waits still
    states = ["a", "b", "c", "d", "d", "d", "d", "e"]
    assert recorded(SourcePolicy(interval=3), states) == ["a", "c", "d"]


def test_state_that_went_back_within_the_interval_is_left_out() -> None:
    assert recorded(SourcePolicy(interval=3), ["a", "b", "a", "a", "a"]) == ["a"]


def test_gap_does_not_wait_for_the_interval() -> None:
    states = ["a", "unavailable", "b", "c"]
    assert recorded(SourcePolicy(interval=100), states) == ["a", "unavailable", "b"]


def test_interval_and_deadband_together() -> None:
    policy = SourcePolicy(interval=3, deadband=Decimal(1))
    states = ["4", "6", "4.5", "4.5", "4.5", "7", "7"]
    assert recorded(policy, states) == ["4", "7"]


def test_reports_are_thinned_by_an_interval() -> None:
    gate = Gate([SourcePolicy(reports=True, interval=10)])
    assert gate.take(seen("1"), changed=True, now=0)
    assert not gate.take(seen("1"), changed=False, now=5)
    assert gate.due == 10
    assert gate.take(seen("1"), changed=False, now=11)


@pytest.mark.parametrize(("reports", "taken"), [(False, False), (True, True)])
def test_urgent_alone_leaves_nothing_out(*, reports: bool, taken: bool) -> None:
    gate = Gate([SourcePolicy(reports=reports, urgent=True)])
    assert gate.urgent
    assert gate.take(seen("1"), changed=True, now=0)
    assert gate.take(seen("2"), changed=True, now=0)
    assert gate.take(seen("2"), changed=False, now=0) is taken


def test_source_that_wants_more_decides_and_nothing_is_recorded_twice() -> None:
    gate = Gate([SourcePolicy(interval=10), SourcePolicy()])
    for now, state in enumerate("abc"):
        assert gate.take(seen(state), changed=True, now=now)
    assert gate.due == 10
    assert gate.release(10) is None
    assert gate.due is None


def test_two_intervals_release_one_reading() -> None:
    gate = Gate([SourcePolicy(interval=10), SourcePolicy(interval=20)])
    assert gate.take(seen("a"), changed=True, now=0)
    assert not gate.take(seen("b"), changed=True, now=1)
    assert gate.release(9) is None
    assert gate.release(10) == seen("b")
    assert gate.due == 20
    assert gate.release(20) is None


def test_description_says_how_readings_are_thinned() -> None:
    policy = SourcePolicy(interval=60.0, deadband=Decimal("0.50"), urgent=True)
    assert policy.describe() == {
        "reports": False,
        "interval": "60",
        "deadband": "0.5",
        "urgent": True,
    }
    assert SourcePolicy(reports=True).describe() == {"reports": True}
    assert SourcePolicy(interval=1_000_000).describe()["interval"] == "1000000"


def test_a_chosen_attribute_counts_as_the_state_does() -> None:
    def placed(latitude: int, other: int = 0) -> Seen:
        attributes = {"latitude": latitude, "other": other}
        return "tracker.van", "5", attributes, datetime(2026, 11, 21, tzinfo=UTC)

    chosen = frozenset({"latitude"})
    for policy in (
        SourcePolicy(attributes=chosen),
        SourcePolicy(attributes=chosen, deadband=Decimal(1)),
    ):
        assert not policy.is_plain
        gate = Gate([policy, SourcePolicy()])
        assert gate.attributes == chosen
        assert gate.take(placed(1), changed=True, now=0)
        assert not gate.take(placed(1, other=1), changed=False, now=1)
        assert gate.take(placed(2), changed=False, now=2)
        assert not gate.take(placed(2), changed=False, now=3)


def test_a_chosen_attribute_waits_for_the_interval() -> None:
    policy = SourcePolicy(attributes=frozenset({"unit_of_measurement"}), interval=10)
    gate = Gate([policy])
    assert gate.take(seen("4", "°C"), changed=True, now=0)
    assert not gate.take(seen("4", "K"), changed=False, now=1)
    assert gate.due == 10
    late = gate.release(10)
    assert late is not None
    assert late[2] == {"unit_of_measurement": "K"}
