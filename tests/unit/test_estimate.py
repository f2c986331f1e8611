"""What a source will record and cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.iot_blockchain.intake.estimate import (
    ANCHOR_GAS,
    CREATION_GAS,
    DEPLOYMENT_GAS,
    FIRST_ANCHOR_GAS,
    FIRST_ANCHORS,
    a_day,
    anchors_a_day,
    cost_a_month,
    cost_of_first_month,
    readings_of_states,
)
from custom_components.iot_blockchain.intake.source_policy import Seen, SourcePolicy

_HOUR = timedelta(hours=1)
_COSTS = Path(__file__).parents[2] / "docs" / "costs.md"
_GWEI = 10**9


def every_minute(*states: str) -> list[Seen]:
    begin = datetime(2026, 11, 21, tzinfo=UTC)
    return [
        ("sensor.fridge", state, {}, begin + timedelta(minutes=number))
        for number, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("policy", "count"),
    [
        (SourcePolicy(), 4),
        (SourcePolicy(deadband=Decimal(2)), 1),
        # held at 1 minute, and recorded at 2
        (SourcePolicy(interval=120), 2),
        (SourcePolicy(urgent=True), 4),
    ],
)
def test_history_is_counted_as_the_policy_would_have(
    policy: SourcePolicy, count: int
) -> None:
    assert readings_of_states(policy, every_minute("4", "5", "6", "5", "6")) == count


def test_state_before_the_period_is_no_reading() -> None:
    assert readings_of_states(SourcePolicy(), every_minute("4")) == 0
    assert readings_of_states(SourcePolicy(), []) == 0


def test_hour_is_scaled_to_a_day() -> None:
    assert a_day(10, _HOUR) == 240


@pytest.mark.parametrize(
    ("readings", "waiting", "age", "urgent", "expected"),
    [
        (0, 5000, _HOUR, False, 0),
        (0, 5000, _HOUR, True, 0),
        # many readings: the age decides
        (86_400, 5000, _HOUR, False, pytest.approx(24, rel=0.001)),
        # very many: so many readings wait before the hour is over
        (240_000, 5000, _HOUR, False, pytest.approx(48)),
        # few: each waits its hour alone
        (1, 5000, _HOUR, False, pytest.approx(0.96)),
        (12, 5000, _HOUR, False, pytest.approx(8)),
        (12, 1, _HOUR, False, 12),
        (500, 5000, _HOUR, True, 500),
    ],
)
def test_anchors_a_day(
    readings: float, waiting: int, age: timedelta, *, urgent: bool, expected: object
) -> None:
    assert anchors_a_day(readings, waiting, age, urgent=urgent) == expected


def test_cost_is_that_of_the_page_about_costs() -> None:
    """24 anchors a day on Ethereum at 1 gwei, and ETH at 3,000 dollars."""
    page = _COSTS.read_text()
    assert f"of a million entries | as often as you choose | {ANCHOR_GAS:,} |" in page
    assert f"Creating the log | once | {CREATION_GAS:,} |" in page
    assert f"once on a network, for everybody | {DEPLOYMENT_GAS:,} |" in page
    assert f"first {FIRST_ANCHORS} anchors of a log takes {FIRST_ANCHOR_GAS:,}" in page
    assert "| Ethereum | 1 gwei | $0.16 | $117 |" in page
    assert round(cost_a_month(24, _GWEI) * 3000) == 117


@pytest.mark.parametrize(
    ("anchors", "deploy", "gas"),
    [
        (24, False, 720 * 54_249 + 64 * 17_100 + 69_331),
        (24, True, 720 * 54_249 + 64 * 17_100 + 69_331 + 971_916),
        (1, False, 30 * (54_249 + 17_100) + 69_331),
    ],
)
def test_the_first_month_holds_all_that_comes_once(
    anchors: float,
    deploy: bool,  # noqa: FBT001 - a parameter of the test
    gas: int,
) -> None:
    cost = cost_of_first_month(anchors, 2_000_000_000, deploy=deploy)
    assert cost == pytest.approx(gas * 2e-9)
