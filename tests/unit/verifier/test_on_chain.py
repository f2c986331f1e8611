"""The step that asks: a real chain, and endpoints that are none or lie."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scripts.house.chain import Anvil
from tests.unit.chain.blocks import anchor_among
from tests.unit.chain.endpoint import Answer, body, endpoint, http
from tests.unit.chain.house import House, house_with_readings, opened

from .conftest import RECEIPTS, Command

CASES: list[dict[str, Any]] = json.loads(
    (RECEIPTS.parent / "endpoints.json").read_text()
)
STATUS = {"anchored": 0, "unchecked": 3, "not_anchored": 4, "invalid": 6}
RANGE = RECEIPTS / "good/range.json"


def answering(case: str) -> Answer:
    """Answer as an endpoint of the corpus does."""
    (answers,) = (found["answers"] for found in CASES if found["name"] == case)

    def answer(call: dict[str, Any]) -> bytes:
        method = call["method"]
        if method == "eth_getBlockByNumber":
            method += f" {call['params'][0]}"
        given = {"jsonrpc": "2.0", "id": call["id"], **answers[method]}
        return http(json.dumps(given).encode())

    return answer


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house on a real chain, with ten readings of which none is anchored yet."""
    anvil = Anvil(tmp_path)
    try:
        async with (
            opened(anvil.url) as client,
            house_with_readings(anvil, client, tmp_path) as made,
        ):
            yield made
    finally:
        anvil.stop()


async def test_a_real_chain_confirms_a_real_receipt(
    command: Command, house: House, tmp_path: Path
) -> None:
    early, path = tmp_path / "early.json", tmp_path / "receipt.json"
    early.write_text(json.dumps(house.receipt(2, 5).to_json()))
    await house.anchor()
    path.write_text(json.dumps(house.receipt(2, 5).to_json()))
    url = house.anvil.url

    run = await command(path, "--rpc", url)
    assert run.status == STATUS["anchored"], run.out
    assert (
        "passed   on_chain       The chain holds the anchor, says 127.0.0.1" in run.out
    )
    assert "anchored: Proven: these 3 readings existed, exactly as in the" in run.out
    assert "nothing between them was left out" in run.out
    assert (await command(path)).status == STATUS["unchecked"]
    assert (await command(early, "--rpc", url)).status == STATUS["not_anchored"]

    changed = json.loads(path.read_text())
    changed["anchor"]["block_time"] -= 3600
    path.write_text(json.dumps(changed))
    run = await command(path, "--rpc", url)
    assert run.status == STATUS["invalid"]
    assert "The step on_chain failed. This file proves nothing." in run.out


async def test_each_reading_has_the_time_of_the_first_anchor_that_holds_it(
    command: Command, house: House, tmp_path: Path
) -> None:
    await house.anchor()
    house.record(3)
    house.anvil.rpc("evm_increaseTime", 3600)
    last = await house.anchor()
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(house.receipt(8, 12).to_json()))
    assert last.placement is not None
    first, *_ = house.anchors()
    assert first.placement is not None
    times = first.placement.time, last.placement.time

    run = await command("--json", path, "--rpc", house.anvil.url)
    (found,) = run.json
    assert run.status == STATUS["anchored"]
    assert [step["name"] for step in found["steps"]][-3:] == [
        "earlier",
        "on_chain",
        "earlier_on_chain",
    ]
    around = [(e["existed_by"], e["anchor_before"]) for e in found["entries"]]
    assert around == [(times[0], None)] * 2 + [(times[1], times[0])] * 2
    run = await command(path, "--rpc", house.anvil.url)
    written = f"{datetime.fromtimestamp(times[0], UTC):%Y-%m-%d %H:%M:%S} UTC"
    assert run.out.count(f"(gateway-signed), existed by {written}\n") == 2
    assert "some of them earlier, as stands beside each" in run.out

    assert run.out.count(f"(gateway-signed), not in the anchor of {written}\n") == 2
    assert (
        f"\n  earlier anchor 1, block {first.placement.block_number} of {written}\n"
        in (run.out)
    )
    (earlier,) = found["earlier"]
    assert (earlier["number"], earlier["block_time"]) == (1, times[0])

    unasked = (await command("--json", path)).json[0]["entries"]
    assert {entry["existed_by"] for entry in unasked} == {None}
    out = (await command(path)).out
    assert f"of {written}, as the receipt claims\n" in out
    assert "existed by" not in out


async def test_who_knows_the_block_needs_no_node(
    command: Command, house: House, tmp_path: Path
) -> None:
    await house.prepare()
    await anchor_among(house, 2, 3)
    await house.anchoring.gather_block_proof()
    path = tmp_path / "receipt.json"
    receipt = house.receipt(2, 5).to_json()
    path.write_text(json.dumps(receipt))
    known, other = receipt["anchor"]["block_hash"], "0x" + "ab" * 32

    assert "passed   in_block " in (await command(path)).out
    run = await command(path)
    assert run.status == STATUS["unchecked"]
    assert "that is a claim until each node that you name confirms it;" in run.out
    run = await command(path, "--block-hash", other, "--block-hash", known)
    assert run.status == STATUS["anchored"], run.out
    assert (
        f"Proven: given that the block with the hash {known} is part of eip155:31337,"
        " as you said, these 3 readings existed, exactly as in the receipt"
    ) in run.out
    assert "on_chain" not in run.out

    run = await command(path, "--block-hash", other)
    assert run.status == STATUS["unchecked"]
    assert "skipped  known_block    You named another block." in run.out
    assert known in run.out

    run = await command(path, "--block-hash", known, "--rpc", house.anvil.url)
    assert run.status == STATUS["anchored"]
    assert "as you said" not in run.out
    run = await command(path, "--block-hash", other, "--rpc", house.anvil.url)
    assert run.status == STATUS["unchecked"]
    assert "passed   on_chain" in run.out
    assert "UTC: the chain confirms that, but you named another block;" in run.out
    run = await command(path, "--block-hash", known, "--rpc", "http://127.0.0.1:1")
    assert run.status == STATUS["unchecked"]
    assert "that is a claim until each node that you name confirms it;" in run.out

    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps(receipt | {"block": None}))
    run = await command(bare, "--block-hash", known, "--rpc", house.anvil.url)
    assert run.status == STATUS["unchecked"]
    assert (
        "UTC: the chain confirms that, but the receipt does not carry the block that"
        " you named;"
    ) in run.out

    receipt["block"]["index"] += 1
    path.write_text(json.dumps(receipt))
    run = await command(path, "--block-hash", known)
    assert run.status == STATUS["invalid"]
    assert "The step in_block failed. This file proves nothing." in run.out


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_an_endpoint_is_understood_as_expected(
    command: Command, case: dict[str, Any]
) -> None:
    async with endpoint(answering(case["name"])) as served:
        url = served.url
        run = await command(
            "--json", "--rpc", url, RECEIPTS / f"{case['receipt']}.json"
        )
    step = run.json[0]["steps"][-1]
    assert (step["name"], step["result"]) == ("on_chain", case["result"]), step
    assert run.json[0]["verdict"] == case["verdict"]
    assert run.status == STATUS[case["verdict"]]


@pytest.mark.parametrize(
    ("first", "second", "verdict", "says"),
    [
        (
            "honest",
            "recent",
            "anchored",
            "say 127.0.0.1 and 127.0.0.1 (2). Its block is",
        ),
        ("honest", "no-transaction", "invalid", "The endpoints contradict each other."),
        ("honest", "another-chain", "unchecked", "counts only when all that are named"),
        ("no-transaction", "another-chain", "invalid", "does not hold this anchor"),
        ("busy", "another-chain", "unchecked", "serves the chain 1, not 84532"),
    ],
)
async def test_several_must_agree(
    command: Command, first: str, second: str, verdict: str, says: str
) -> None:
    for one, other in ((first, second), (second, first)):
        async with endpoint(answering(one)) as a, endpoint(answering(other)) as b:
            urls = [served.url for served in (a, b)]
            run = await command("--rpc", urls[0], "--rpc", urls[1], RANGE)
            assert a.calls
            assert b.calls
        assert run.status == STATUS[verdict], run.out
        assert says in run.out


async def test_one_that_is_named_twice_is_one(command: Command) -> None:
    async with endpoint(answering("honest")) as served:
        url = served.url
        run = await command("--rpc", url, "--rpc", url, RANGE)
    assert "The chain holds the anchor, says 127.0.0.1." in run.out


async def test_nobody_is_there(command: Command) -> None:
    async with endpoint(body(b"")) as served:
        url = f"{served.url}/secret-key"
    run = await command("--rpc", url, RANGE)
    assert run.status == STATUS["unchecked"]
    assert (
        "It is not known whether the chain holds the anchor. 127.0.0.1: the RPC"
        " endpoint does not"
    ) in run.out
    assert "secret-key" not in run.out


async def test_a_refusal_cannot_command_the_terminal(command: Command) -> None:
    error = {"code": -32000, "message": "\x1b]0;owned\x07\u202e"}
    refusal = json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode()
    async with endpoint(body(refusal)) as served:
        run = await command("--rpc", served.url, RANGE)
    assert run.status == STATUS["unchecked"]
    assert not {"\x1b", "\x07", "\u202e"} & set(run.out)
