"""The page, and the anchors before a receipt's own."""

import json
from typing import Any

from tests.corpus import made_block

from .page import VerifierPage
from .test_chain import made_up

_CHAIN_ID = 31337


def _holding(*anchors: dict[str, Any]) -> dict[str, Any]:
    """Answer as a node that holds these anchors."""
    answers: dict[str, Any] = {"eth_chainId": {"result": hex(_CHAIN_ID)}}
    answers["eth_getTransactionReceipt"] = {"result": None}
    for anchor in anchors:
        address, topics, data = made_block.event(anchor)
        block = {
            "number": hex(anchor["block_number"]),
            "hash": anchor["block_hash"],
            "timestamp": hex(anchor["block_time"]),
        }
        event = {
            "address": f"0x{address.hex()}",
            "topics": [f"0x{topic.hex()}" for topic in topics],
            "data": f"0x{data.hex()}",
        }
        outcome = {
            "transactionHash": anchor["transaction"],
            "blockNumber": block["number"],
            "blockHash": block["hash"],
            "logs": [event],
        }
        found = f"eth_getTransactionReceipt {anchor['transaction']}"
        answers[found] = {"result": outcome}
        answers[f"eth_getBlockByNumber {block['number']}"] = {"result": block}
        answers["eth_getBlockByNumber finalized"] = {"result": block}
    return answers


_ANCHORS = [captured["anchor"] for captured in made_block.CAPTURED]


def test_each_reading_has_its_own_time(page: VerifierPage) -> None:
    page.choose_from_corpus("earlier/good-all")
    assert page.steps["earlier"] == "passed"
    assert "earlier_on_chain" not in page.steps
    assert "Existed by" not in page.said
    page.page.get_by_text("3 earlier anchors", exact=True).click()
    assert "The chain has not confirmed these." in page.said
    rows = page.page.locator("iot-blockchain-receipt-facts tbody tr")
    assert [text.split("\t") for text in rows.all_inner_texts()] == [
        [str(number), f"2026-11-21 {8 + number:02}:00:00 UTC", str(size)]
        for number, size in ((1, 8), (2, 20), (3, 28))
    ]
    marks = page.page.locator("iot-blockchain-readings-chart .screen .anchor")
    assert marks.count() == 0
    with made_up(_holding(*_ANCHORS)) as (url, _):
        page.ask(url)
    assert page.verdict == "anchored"
    assert page.steps["earlier_on_chain"] == "passed"
    assert "Some of them are older: an earlier anchor holds them." in page.said
    assert ", and earlier in parts" in page.said
    assert "The chain has not confirmed these." not in page.said
    cells = page.page.locator("iot-blockchain-readings-table tbody tr td:last-child")
    times = [text.split("\n")[-1] for text in cells.all_inner_texts()]
    # From position 3 on, of anchors that hold 8, 20, 28 and 31 entries.
    expected = ["09:00"] * 5 + ["10:00"] * 12 + ["11:00"] * 8 + ["12:00"] * 2
    assert times == [f"2026-11-21 {hour}:00 UTC" for hour in expected]
    assert page.violations() == []
    assert page.pages() == 1


def test_a_node_that_forgot_leaves_the_last_time(page: VerifierPage) -> None:
    page.choose_from_corpus("earlier/good-all")
    with made_up(_holding(*_ANCHORS[1:])) as (url, _):
        page.ask(url)
    assert page.verdict == "anchored"
    assert page.steps["earlier_on_chain"] == "skipped"
    assert "Less is known of when each reading was made" in page.step(
        "earlier_on_chain"
    )
    assert "Existed by" not in page.said
    page.page.get_by_text("3 earlier anchors", exact=True).click()
    assert "The chain has not confirmed these." in page.said
    rows = page.page.locator("iot-blockchain-receipt-facts tbody tr")
    assert [text.split("\t") for text in rows.all_inner_texts()] == [
        [str(number), f"2026-11-21 {8 + number:02}:00:00 UTC", str(size)]
        for number, size in ((1, 8), (2, 20), (3, 28))
    ]


def test_an_earlier_anchor_that_was_made_up_is_told(page: VerifierPage) -> None:
    page.choose_from_corpus("earlier/good-all")
    forged = json.loads(json.dumps(_ANCHORS))
    forged[1]["root"] = forged[0]["root"]
    with made_up(_holding(*forged)) as (url, _):
        page.ask(url)
    assert page.verdict == "invalid"
    assert page.steps["earlier_on_chain"] == "failed"
