"""This product's own verifier, and a reader who knows a block."""

import json
from typing import Any

import pytest

from custom_components.iot_blockchain.chain.verification import (
    check_anchor,
    check_known_block,
)
from custom_components.iot_blockchain.log.verification import verify_offline

from .writing import FOLDER

CASES: list[dict[str, Any]] = json.loads((FOLDER / "known_blocks.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_known_block_is_taken_as_expected(case: dict[str, Any]) -> None:
    data = (FOLDER / "receipts" / f"{case['receipt']}.json").read_bytes()
    known = {bytes.fromhex(case["block_hash"][2:])}
    report = check_known_block(check_anchor(verify_offline(data)), known)
    results = {step.name: step.result for step in report.steps}
    assert results.get("known_block") == case["result"]
    assert report.verdict == case["verdict"]
