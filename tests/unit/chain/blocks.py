"""Blocks of a real chain that hold an anchor among other transactions."""

from scripts.house.chain import RICH_ADDRESS

from .house import House

# In wei. The chain puts whoever pays more to the front, and an anchor pays a gwei.
_BASE_FEE, _LOW, _HIGH = 1000, 10**6, 10**12


def send_transfers(house: House, count: int, price: int) -> None:
    """Send transfers of the types 0, 1 and 2 to the chain, and make no block."""
    accounts = house.anvil.rpc("eth_accounts")
    waiting = house.anvil.rpc("txpool_content")["pending"]
    nonces = {
        account: int(house.anvil.rpc("eth_getTransactionCount", account, "latest"), 16)
        + len({k.lower(): v for k, v in waiting.items()}.get(account.lower(), {}))
        for account in accounts
    }
    for number in range(count):
        account = accounts[number % len(accounts)]
        transfer = {
            "from": account,
            "to": RICH_ADDRESS,
            "gas": hex(30_000),
            "nonce": hex(nonces[account]),
        }
        nonces[account] += 1
        match number % 3:
            case 0:
                transfer["gasPrice"] = hex(price)
            case 1:
                transfer |= {"gasPrice": hex(price), "accessList": []}
            case _:
                transfer |= {
                    "maxFeePerGas": hex(price),
                    "maxPriorityFeePerGas": hex(price - _BASE_FEE),
                }
        house.anvil.rpc("eth_sendTransaction", transfer)


async def anchor_among(house: House, before: int, after: int) -> None:
    """Anchor in a block with so many transactions before it, and so many after it.

    The block is final afterwards, and the journal knows.
    """
    house.anvil.rpc("evm_setAutomine", False)  # noqa: FBT003 - JSON
    house.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(_BASE_FEE))
    send_transfers(house, before, _HIGH)
    send_transfers(house, after, _LOW)
    await house.advance()
    house.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(_BASE_FEE))
    house.anvil.mine()
    house.anvil.rpc("evm_setAutomine", True)  # noqa: FBT003 - JSON
    await finish(house)


async def finish(house: House) -> None:
    """Make what was sent final, and let the journal know."""
    await house.advance(due=False)
    house.anvil.mine(5)
    await house.advance(due=False)
