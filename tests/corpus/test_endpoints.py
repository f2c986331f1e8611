"""This product's own verifier before the made-up endpoints of the corpus."""

import json
from typing import Any

import pytest

from custom_components.iot_blockchain.chain.endpoints import Endpoints
from custom_components.iot_blockchain.chain.verification import (
    check_anchor,
    check_on_chain,
)
from custom_components.iot_blockchain.log.verification import verify_offline
from tests.unit.chain.endpoint import endpoint, http
from tests.unit.chain.house import opened

from .writing import FOLDER

CASES: list[dict[str, Any]] = json.loads((FOLDER / "endpoints.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_an_endpoint_is_understood_as_expected(case: dict[str, Any]) -> None:
    def answer(call: dict[str, Any]) -> bytes:
        method = call["method"]
        if method == "eth_getBlockByNumber":
            method += f" {call['params'][0]}"
        given = {"jsonrpc": "2.0", "id": call["id"], **case["answers"][method]}
        return http(json.dumps(given).encode())

    data = (FOLDER / "receipts" / f"{case['receipt']}.json").read_bytes()
    async with endpoint(answer) as served, opened(served.url) as client:
        chain_id = int(json.loads(data)["anchor"]["chain"].removeprefix("eip155:"))
        report = await check_on_chain(
            check_anchor(verify_offline(data)), Endpoints([client], chain_id)
        )
    step = report.steps[-1]
    assert (step.name, step.result) == ("on_chain", case["result"]), step.reason
    assert report.verdict == case["verdict"]
    if case["name"] in {"recent", "no-word-for-final", "no-final-block"}:
        final = case["name"] != "recent"
        assert ("is final" in step.reason) is final
