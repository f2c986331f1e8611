"""What an endpoint answers is believed only as far as it can be so.

Marked as expected failures: what it can still do. A fix takes the mark away.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.errors import (
    ChainError,
    ChainUnreachableError,
)
from scripts.house.hostile import answered_with, right_answer

type Json = dict[str, Any]

SECRET = "an-access-key-0123456789"
LAST_SECOND_OF_9999 = 253_402_300_799
MANY = 4000


def ask(
    question: Callable[[ChainClient], Coroutine[Any, Any, object]], answer: object
) -> object:
    body = json.dumps({"jsonrpc": "2.0", "id": 0, "result": answer}).encode()
    return asyncio.run(question(answered_with(body)))


def block(client: ChainClient) -> Coroutine[Any, Any, object]:
    return client.block(17)


def inclusion(client: ChainClient) -> Coroutine[Any, Any, object]:
    return client.inclusion(bytes(32))


def test_a_right_answer_is_taken() -> None:
    assert ask(block, right_answer("block"))
    assert ask(block, {**right_answer("block"), "timestamp": hex(LAST_SECOND_OF_9999)})
    assert ask(inclusion, right_answer("inclusion"))


@pytest.mark.xfail(strict=True, reason="kept in the journal, and fails when shown")
def test_a_time_that_no_calendar_holds_is_refused() -> None:
    wrong = {**right_answer("block"), "timestamp": hex(LAST_SECOND_OF_9999 + 1)}
    with pytest.raises(ChainUnreachableError):
        ask(block, wrong)


@pytest.mark.xfail(strict=True, reason="kept in the journal, and fails in a receipt")
@pytest.mark.parametrize("wrong", ["0x", "0x" + "00" * 31, "0x" + "00" * 33])
def test_a_hash_of_another_length_is_refused(wrong: str) -> None:
    with pytest.raises(ChainUnreachableError):
        ask(block, {**right_answer("block"), "hash": wrong})
    with pytest.raises(ChainUnreachableError):
        ask(inclusion, {**right_answer("inclusion"), "blockHash": wrong})


@pytest.mark.xfail(strict=True, reason="half a millisecond of the event loop for each")
def test_more_events_than_an_anchor_makes_are_not_read() -> None:
    answer = right_answer("inclusion")
    with pytest.raises(ChainUnreachableError):
        ask(inclusion, {**answer, "logs": answer["logs"] * MANY})


@pytest.mark.xfail(strict=True, reason="shown in issues, and written to the log file")
@pytest.mark.parametrize("message", ["x" * 100_000, f"no access to /v3/{SECRET}"])
def test_what_an_endpoint_says_is_shown_short_and_without_secrets(message: str) -> None:
    error = {"code": -32000, "message": message}
    body = json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}).encode()
    client = answered_with(body, f"http://endpoint/v3/{SECRET}")
    with pytest.raises(ChainError) as raised:
        asyncio.run(client.chain_id())
    assert len(str(raised.value)) < 500
    assert SECRET not in str(raised.value)
