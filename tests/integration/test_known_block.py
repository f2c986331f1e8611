"""Verifying with the hash of a block that somebody knows, and asking nobody."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from scripts.house.chain import Anvil

from .conftest import SetUp
from .house import Endpoint, House, source


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp, chain: Anvil) -> House:
    """A log whose first reading is anchored, and final."""
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    chain.mine(5)
    return house


@pytest.fixture
async def receipt(house: House) -> dict[str, Any]:
    """The receipt of its first entry, which carries the block."""
    return await house.receipt_with_block(0)


async def verify(house: House, **data: object) -> tuple[str, dict[str, str]]:
    """Return the verdict and the result of each step."""
    report = await house.call("verify_receipt", **data)
    return report["verdict"], {each["name"]: each["result"] for each in report["steps"]}


def written(block_hash: str) -> list[str]:
    """Return ways to write a hash."""
    return [block_hash, block_hash[2:], f" {block_hash.upper().replace('X', 'x')}\n"]


async def test_known_block_proves_the_anchor_and_nobody_is_asked(
    house: House, receipt: dict[str, Any], endpoint: Endpoint
) -> None:
    endpoint.away = True
    for block_hash in written(receipt["anchor"]["block_hash"]):
        verdict, steps = await verify(house, receipt=receipt, block_hash=block_hash)
        assert verdict == "anchored"
        assert steps["known_block"] == "passed"
        assert "on_chain" not in steps


async def test_another_block_proves_nothing(
    house: House, receipt: dict[str, Any]
) -> None:
    block_hash = f"0x{'12' * 32}"
    verdict, steps = await verify(house, receipt=receipt, block_hash=block_hash)
    assert verdict == "unchecked"
    assert steps["known_block"] == "skipped"


async def test_known_block_makes_no_forgery_true(
    house: House, receipt: dict[str, Any]
) -> None:
    block_hash = receipt["anchor"]["block_hash"]
    receipt["entries"][0] = receipt["entries"][0].replace("started", "stopped")
    verdict, steps = await verify(house, receipt=receipt, block_hash=block_hash)
    assert verdict == "invalid"
    assert "known_block" not in steps


@pytest.mark.parametrize("nonsense", ["", "0x", "0x12", "g" * 64, "0x" + "1" * 65])
async def test_what_is_no_hash_is_refused(
    house: House, receipt: dict[str, Any], nonsense: str
) -> None:
    with pytest.raises(ServiceValidationError, match="not the hash of a block"):
        await verify(house, receipt=receipt, block_hash=nonsense)
