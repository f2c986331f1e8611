"""A log, an account and a chain, put together as the integration does it."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.account import Account, Payer
from custom_components.iot_blockchain.chain.anchoring import Anchoring
from custom_components.iot_blockchain.chain.client import FINAL_DEPTH, ChainClient
from custom_components.iot_blockchain.chain.endpoints import Endpoints
from custom_components.iot_blockchain.chain.fees import Limits
from custom_components.iot_blockchain.chain.journal import (
    Journal,
    Status,
    Submission,
)
from custom_components.iot_blockchain.chain.receipts import Receipts
from custom_components.iot_blockchain.log import checkpoint
from custom_components.iot_blockchain.log.entry import Reading
from custom_components.iot_blockchain.log.note import Signer, VerifierKey
from custom_components.iot_blockchain.log.receipt import Receipt
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.chain import RICH_ADDRESS, Anvil

CHAIN = 31337
GWEI = 10**9
EVERY_STATUS = tuple(Status)


@asynccontextmanager
async def opened(url: str, *, depth: int = FINAL_DEPTH) -> AsyncIterator[ChainClient]:
    """Make a client for a URL."""
    async with ClientSession() as session:
        yield ChainClient(url, session, final_depth=depth)


class House:
    """One log on one chain. Nothing is sent before ``advance``."""

    def __init__(
        self,
        anvil: Anvil,
        client: ChainClient,
        folder: Path,
        *,
        seed: int = 7,
        account: Payer | None = None,
    ) -> None:
        self.anvil = anvil
        self.client = client
        self.account: Payer = account or Account(bytes([seed] * 32).hex())
        self.key = bytes([seed + 1] * 32)
        public = Signer("x", self.key).verifier_key.public_key
        self.log_id = contract.log_id(self.account.address, public)
        self.signer = Signer(checkpoint.origin_of("Home", self.log_id), self.key)
        self.path = folder / f"log-{seed}.db"
        self.store = LogStore.create(self.path, self.signer.verifier_key)
        self.journal = Journal(self.path, CHAIN)
        self._numbers = itertools.count()
        self.ahead = timedelta()
        self.anchoring = self.begin()

    def begin(
        self,
        *,
        account: Payer | None = None,
        limits: Limits | None = None,
        deploy: bool = True,
        client: ChainClient | None = None,
        others: Sequence[ChainClient] = (),
        chain_id: int = CHAIN,
    ) -> Anchoring:
        """Begin anew, as after a restart, perhaps with other settings."""
        self.anchoring = Anchoring(
            store=self.store,
            signer=self.signer,
            journal=self.journal,
            endpoints=Endpoints([client or self.client, *others], chain_id),
            account=account or self.account,
            creator=self.account.address,
            limits=limits or Limits(),
            deploy=deploy,
        )
        self.receipts = Receipts(
            self.store, self.journal, self.account.address, self.signer
        )
        self._clock = self.anchoring._sender._now
        self.anchoring._sender._now = self.now
        return self.anchoring

    def now(self) -> datetime:
        """Tell the time, which ``ahead`` can be set for."""
        return self._clock() + self.ahead

    def record(self, count: int) -> None:
        """Add readings to the log."""
        self.store.append(
            [
                Reading("sensor.fridge", str(next(self._numbers)), self.now(), "°C")
                for _ in range(count)
            ]
        )

    async def advance(self, *, due: bool = True) -> Submission | None:
        """Take one step, and return the last submission after it."""
        await self.anchoring.follow()
        if due:
            await self.anchoring.anchor()
        self.settle()
        return self.journal.last()

    def settle(self) -> None:
        """Wait for the block that anvil makes a moment after it took a transaction."""
        deadline = time.monotonic() + 5
        while (
            self.anvil.rpc("anvil_getAutomine")
            and self.anvil.rpc("txpool_status")["pending"] != "0x0"
            and time.monotonic() < deadline
        ):
            time.sleep(0.002)

    async def anchor(self) -> Submission:
        """Take steps until the whole log is in an anchor that is in a block."""
        for _ in range(6):
            last = await self.advance()
            if last and last.intent.size == self.store.size and last.placement:
                return last
        raise AssertionError(f"not anchored: {self.journal.last()}")

    async def prepare(self) -> None:
        """Deploy the contract and create the log, and anchor nothing yet."""
        for _ in range(3):
            last = await self.advance()
            if last and last.intent.kind == "create":
                await self.advance(due=False)
                return
        raise AssertionError(f"not created: {self.journal.last()}")

    def submissions(self) -> list[Submission]:
        """Return all of the journal."""
        return list(self.journal.with_status(*EVERY_STATUS))

    def anchors(self) -> list[Submission]:
        """Return the anchors of the journal."""
        return [s for s in self.submissions() if s.intent.kind == "anchor"]

    def raw(self, submission: Submission) -> list[bytes]:
        """Return the signed transactions of a submission, the last first."""
        return [a.transaction.raw for a in self.journal.attempts(submission)]

    def events(self) -> list[tuple[int, int]]:
        """Return number and size of every anchor of this log, as the chain has it."""
        logs = self.anvil.rpc(
            "eth_getLogs",
            {
                "fromBlock": "0x0",
                "address": contract.ADDRESS,
                "topics": [
                    "0x" + contract._ANCHORED_TOPIC.hex().removeprefix("0x"),
                    "0x" + self.log_id.hex(),
                ],
            },
        )
        words = [bytes.fromhex(log["data"][2:]) for log in logs]
        return [(int.from_bytes(w[:32]), int.from_bytes(w[32:64])) for w in words]

    def pool(self) -> dict[str, Any]:
        """Return the transactions of the account that wait, by their nonce."""
        return self.anvil.pool(self.account.address)

    def call_as_owner(self, data: bytes) -> None:
        """Send a call to the contract from the account, past the journal."""
        self.anvil.rpc("anvil_impersonateAccount", self.account.address)
        self.send_from(self.account.address, contract.ADDRESS, data)

    def send_from(self, sender: str, to: str, data: bytes = b"") -> str:
        """Send from an account that the chain itself holds."""
        sent: str = self.anvil.rpc(
            "eth_sendTransaction", {"from": sender, "to": to, "data": "0x" + data.hex()}
        )
        self.settle()
        return sent

    def use_up_nonce(self) -> None:
        """Send something else with the account's next nonce."""
        self.anvil.rpc("anvil_impersonateAccount", self.account.address)
        self.send_from(self.account.address, RICH_ADDRESS)

    def receipt(self, first: int, stop: int) -> Receipt:
        """Make a receipt."""
        return self.receipts.make(first, stop)

    def log_key(self) -> VerifierKey:
        """Return the key that signs the log's checkpoints."""
        return self.signer.verifier_key

    def close(self) -> None:
        """Close the files."""
        self.journal.close()
        self.store.close()


@asynccontextmanager
async def house_with_readings(
    anvil: Anvil, client: ChainClient, folder: Path
) -> AsyncIterator[House]:
    """Make a house whose account has money, and whose log has ten readings."""
    with closing(await asyncio.to_thread(House, anvil, client, folder)) as made:
        anvil.fund(made.account.address)
        made.record(10)
        yield made
