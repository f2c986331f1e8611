"""Blocks of a real chain that hold an anchor among other transactions."""

from scripts.house.chain import RICH_ADDRESS, Anvil

from .house import House

# In wei. The chain puts whoever pays more to the front, and an anchor pays a gwei.
_BASE_FEE, _LOW, _HIGH = 1000, 10**6, 10**12


def send_transfers(chain: Anvil, count: int, *, high: bool) -> None:
    """Send transfers of the types 0, 1 and 2 to a chain that makes no blocks by itself.

    They stand before an anchor in the next block where they pay a high price, and else
    after it.
    """
    price = hex(_HIGH if high else _LOW)
    accounts = [
        account
        for account in chain.rpc("eth_accounts")
        if account.lower() != RICH_ADDRESS.lower()
    ]
    for number in range(count):
        account = accounts[number % len(accounts)]
        kinds: tuple[dict[str, object], ...] = (
            {"gasPrice": price},
            {"gasPrice": price, "accessList": []},
            {"maxFeePerGas": price, "maxPriorityFeePerGas": price},
        )
        nonce = chain.rpc("eth_getTransactionCount", account, "pending")
        transfer = {"from": account, "to": RICH_ADDRESS, "gas": hex(30_000)}
        chain.rpc(
            "eth_sendTransaction", transfer | kinds[number % 3] | {"nonce": nonce}
        )
    chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(_BASE_FEE))


async def anchor_among(house: House, before: int, after: int) -> None:
    """Anchor in a block with so many transactions before it, and so many after it.

    The block is final afterwards, and the journal knows.
    """
    house.anvil.rpc("evm_setAutomine", False)  # noqa: FBT003 - JSON
    send_transfers(house.anvil, before, high=True)
    send_transfers(house.anvil, after, high=False)
    await house.advance()
    house.anvil.mine()
    house.anvil.rpc("evm_setAutomine", True)  # noqa: FBT003 - JSON
    await finish(house)


async def finish(house: House) -> None:
    """Make what was sent final, and let the journal know."""
    await house.advance(due=False)
    house.anvil.mine(5)
    await house.advance(due=False)
