"""This product's own verifier, and times in which nothing was recorded."""

import json
from typing import Any

import pytest

from custom_components.iot_blockchain.log.entry import format_time
from custom_components.iot_blockchain.log.ranges import gaps
from custom_components.iot_blockchain.log.verification import verify_offline

from .writing import FOLDER

CASES: list[dict[str, Any]] = json.loads((FOLDER / "stops.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["receipt"] for case in CASES])
def test_stops_are_named_as_expected(case: dict[str, Any]) -> None:
    data = (FOLDER / "receipts" / f"{case['receipt']}.json").read_bytes()
    report = verify_offline(data)
    assert report.receipt is not None
    assert [
        {
            "reason": gap.why,
            "start": gap.since and format_time(gap.since),
            "end": gap.until and format_time(gap.until),
        }
        for gap in gaps(report.entries, (), report.receipt.first)
    ] == case["stops"]
