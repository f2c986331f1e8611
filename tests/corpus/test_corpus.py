"""This product's own verifier on the corpus, offline."""

import json
from typing import Any

import pytest

from custom_components.iot_blockchain.chain.verification import check_anchor
from custom_components.iot_blockchain.device.verification import check_devices
from custom_components.iot_blockchain.log.verification import verify_offline

from .writing import FOLDER, files

EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())


def test_the_corpus_is_what_its_cases_make() -> None:
    wanted = files()
    found = {path for path in (FOLDER / "receipts").rglob("*") if path.is_file()}
    assert found == {path for path in wanted if "receipts" in path.parts}
    stale = [path for path, content in wanted.items() if path.read_bytes() != content]
    assert not stale, "python -m tests.corpus writes it anew"


def test_there_are_enough_of_each_verdict_and_step() -> None:
    assert len(EXPECTED) >= 200
    good = [name for name, case in EXPECTED.items() if case["verdict"] != "invalid"]
    assert len(good) >= 50
    failed = {
        step
        for case in EXPECTED.values()
        for step, result in case["steps"].items()
        if result == "failed"
    }
    assert failed >= {"format", "signed", "in_log", "anchor"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_receipt_is_judged_as_expected(name: str) -> None:
    data = (FOLDER / "receipts" / f"{name}.json").read_bytes()
    report = check_anchor(check_devices(verify_offline(data)))
    found = {
        "about": EXPECTED[name]["about"],
        "verdict": report.verdict,
        "steps": {step.name: step.result for step in report.steps},
    }
    assert found == EXPECTED[name]
    assert list(found["steps"]) == list(EXPECTED[name]["steps"])
