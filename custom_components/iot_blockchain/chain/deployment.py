"""Deploying the contract, which is done once and for everybody on a chain."""

import asyncio

from . import calls, contract
from .client import ChainClient
from .endpoints import Endpoints
from .errors import ContractMissingError, RevertedError
from .journal import Intent, Journal, Kind, Status
from .sender import Sender

_LOOK_AGAIN_SECONDS = 1.0


async def deployment(client: ChainClient, chain_id: int) -> Intent:
    """Return the transaction that deploys the contract.

    Raises:
        ContractMissingError: the chain lacks what makes its address the same on all.
    """
    if not await client.has_code(contract.DEPLOYER):
        raise ContractMissingError(
            f"chain {chain_id} has no deterministic deployment proxy at"
            f" {contract.DEPLOYER}, so LogAnchor cannot be deployed there",
            contract=contract.ADDRESS,
        )
    return Intent(kind=Kind.DEPLOY, to=contract.DEPLOYER, data=calls.deployment())


async def deploy(endpoints: Endpoints, sender: Sender, journal: Journal) -> None:
    """Deploy the contract where it is missing, and return when a block holds it.

    It is safe to cancel this: what was sent stands in the journal, and whoever anchors
    the log follows it.

    Raises:
        ChainError: it cannot be sent or followed now.
    """
    client = await endpoints.choose()
    if await client.has_code(contract.ADDRESS):
        return
    sender.use(client)
    if not await asyncio.to_thread(journal.with_status, Status.SUBMITTED):
        await sender.submit(await deployment(client, endpoints.chain_id))
    while await asyncio.to_thread(journal.with_status, Status.SUBMITTED):
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        await sender.follow()
    if not await client.has_code(contract.ADDRESS):
        raise RevertedError("the transaction did not deploy the contract")
