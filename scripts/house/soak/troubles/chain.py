"""A chain that takes back, leaves out, costs too much, or refuses."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.errors import (
    AccountEmptyError,
    FeeTooHighError,
)

from ...audit import attempts_like
from ...chain import RICH_ADDRESS, Anvil
from ...said import issues, wait_for_issue
from ...waiting import until
from .troubled import CEILING_GWEI, Trouble, TroubledOrdeal, require

_GWEI: Final = 10**9
_REVERTS: Final = "0x5f5ffd"  # PUSH0 PUSH0 REVERT
# after which the product sends a transaction with a higher fee, or gives it up
_PATIENCE_SECONDS: Final = 240
# in which it has surely looked at the chain once
_LOOK_SECONDS: Final = 5


@contextmanager
def _hangs(ordeal: TroubledOrdeal) -> Iterator[None]:
    chain = ordeal.house.chain
    chain.pause()
    try:
        yield
    finally:
        chain.resume()


@contextmanager
def _reorg(ordeal: TroubledOrdeal) -> Iterator[None]:
    """Take back the blocks of the last anchor, and perhaps more."""
    chain = ordeal.house.chain
    anchor = ordeal.house.anchor()
    time.sleep(random.uniform(0, 3))  # noqa: S311 - any
    deepest = ordeal.deepest_reorg()
    least = min(ordeal.head - int(anchor["block_number"]) + 1, deepest)
    chain.rpc("anvil_reorg", random.randint(least, deepest), [])  # noqa: S311 - any
    if chain.rpc("eth_getTransactionReceipt", anchor["transaction"]) is None:
        ordeal.figures.anchors_taken_back += 1
    yield


@contextmanager
def _stuck(ordeal: TroubledOrdeal) -> Iterator[None]:
    """Let an anchor offer less than blocks cost, until it offers more."""
    with _dear_when_sent(ordeal) as transaction:
        ordeal.pass_time(_PATIENCE_SECONDS)
        until(
            lambda: attempts_like(ordeal.house.log, transaction["hash"]) > 1,
            "a transaction with a higher fee",
            seconds=_PATIENCE_SECONDS,
        )
        yield


@contextmanager
def _dear_when_sent(ordeal: TroubledOrdeal) -> Iterator[dict[str, Any]]:
    chain = ordeal.house.chain
    with _no_blocks(ordeal):
        transaction = _on_its_way(ordeal)
        fee = 2 * int(transaction["maxFeePerGas"], 16)
        chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(fee))
    with _base_fee(chain, fee):
        yield transaction


@contextmanager
def _fee_above_ceiling(ordeal: TroubledOrdeal) -> Iterator[None]:
    with _base_fee(ordeal.house.chain, 2 * CEILING_GWEI * _GWEI):
        # An anchor on its way is given so long before it should pay more.
        ordeal.pass_time(_PATIENCE_SECONDS)
        _ask_until(ordeal, FeeTooHighError.key)
        yield


@contextmanager
def _account_empty(ordeal: TroubledOrdeal) -> Iterator[None]:
    chain, address = ordeal.house.chain, ordeal.house.address
    chain.fund(address, 0)
    try:
        _ask_until(ordeal, AccountEmptyError.key)
        yield
    finally:
        chain.fund(address)


@contextmanager
def _contract_reverts(ordeal: TroubledOrdeal) -> Iterator[None]:
    chain = ordeal.house.chain
    code = chain.rpc("eth_getCode", contract.ADDRESS, "latest")
    chain.rpc("anvil_setCode", contract.ADDRESS, _REVERTS)
    try:
        ordeal.ask_for_anchor()
        until(lambda: issues(ordeal.house.home) != [], "a problem that shows")
        yield
    finally:
        chain.rpc("anvil_setCode", contract.ADDRESS, code)


@contextmanager
def _nonce_used_elsewhere(ordeal: TroubledOrdeal) -> Iterator[None]:
    """Pay for something else with the account, instead of an anchor on its way."""
    chain, address = ordeal.house.chain, ordeal.house.address
    with _no_blocks(ordeal):
        transaction = _on_its_way(ordeal)
        chain.rpc("anvil_dropTransaction", transaction["hash"])
        chain.rpc("anvil_impersonateAccount", address)
        try:
            other = chain.rpc(
                "eth_sendTransaction",
                {
                    "from": address,
                    "to": RICH_ADDRESS,
                    "nonce": transaction["nonce"],
                    "maxFeePerGas": hex(CEILING_GWEI * _GWEI),
                    "maxPriorityFeePerGas": hex(CEILING_GWEI * _GWEI // 2),
                },
            )
        finally:
            chain.rpc("anvil_stopImpersonatingAccount", address)
        ordeal.foreign.add(bytes.fromhex(other.removeprefix("0x")))
    until(
        lambda: chain.rpc("eth_getTransactionReceipt", other) is not None,
        "a block with the other transaction",
    )
    ordeal.ask_for_anchor()
    time.sleep(_LOOK_SECONDS)
    ordeal.pass_time(_PATIENCE_SECONDS)
    yield


@contextmanager
def _no_blocks(ordeal: TroubledOrdeal) -> Iterator[None]:
    chain = ordeal.house.chain
    chain.rpc("evm_setIntervalMining", 0)
    try:
        yield
    finally:
        chain.rpc("evm_setIntervalMining", int(ordeal.house.block_time))


def _on_its_way(ordeal: TroubledOrdeal) -> dict[str, Any]:
    """Ask for an anchor while no blocks are made, and return its transaction."""
    chain, address = ordeal.house.chain, ordeal.house.address
    ordeal.ask_for_anchor()
    until(lambda: bool(chain.pool(address)), "an anchor on its way")
    waiting = chain.pool(address)
    first: dict[str, Any] = waiting[min(waiting, key=int)]
    return first


def _ask_until(ordeal: TroubledOrdeal, issue: str) -> None:
    """Ask for an anchor that cannot be paid for, until it shows why."""
    paid = ordeal.nonce
    ordeal.ask_for_anchor()
    wait_for_issue(ordeal.house.home, issue)
    require(ordeal.nonce - paid <= 1, "more was sent than what was on its way")


@contextmanager
def _base_fee(chain: Anvil, wei: int) -> Iterator[None]:
    """Let blocks cost so much for a unit of gas."""
    over = threading.Event()

    def keep() -> None:
        # It falls with each block that is empty.
        while not over.wait(0.2):
            with suppress(OSError):
                chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(wei))

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
        chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(_GWEI))


TROUBLES: dict[str, Trouble] = {
    "the chain hangs": _hangs,
    "the chain takes blocks back": _reorg,
    "an anchor is stuck": _stuck,
    "the fee is above the ceiling": _fee_above_ceiling,
    "the account is empty": _account_empty,
    "the contract reverts": _contract_reverts,
    "the nonce is used elsewhere": _nonce_used_elsewhere,
}
