"""Many gateways that anchor hourly into one contract, for a day."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from aiohttp import ClientSession, TraceConfig, TraceRequestChunkSentParams
from rich.progress import track

from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.networks import NETWORKS
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.chain import Anvil
from tests.unit.chain.house import House

from . import logs, prices
from .chain import RING, AnchoredLog, chain, gas_of, send
from .report import Table, megabytes
from .scale import Scale

_KINDS: Final = 10
"""Gateways have logs of so many different sizes: that decides what an anchor costs."""

_SLICES: Final = 10
"""An hour's anchors come in so many blocks."""

_READINGS: Final = 1000
_HOUR: Final = 3600
_DAY: Final = 24
_SIGNED: Final = 110
_FINAL: Final = timedelta(minutes=20)
"""How long Base is assumed to take to call a block final."""


def run(scale: Scale, cache: Path, folder: Path) -> Iterator[Table]:
    """Simulate a day on anvil, count the calls, compute what Base has room for."""
    path = logs.large_log(cache, scale)
    with closing(LogStore(path)) as store, chain(folder / "fleet") as anvil:
        day = _simulate(scale, store, anvil)
    with chain(folder / "calls") as anvil:
        calls = asyncio.run(_count_calls(anvil, folder))
    an_hour, shown = _calls_an_hour(calls)
    yield _measured(scale, day, an_hour)
    yield shown
    yield _base(day, an_hour)


@dataclass(slots=True)
class _Day:
    """What the anchors of a day used; ``anchors`` of them were made."""

    anchors: int = 0
    gas: int = 0
    data: int = 0

    @property
    def gas_each(self) -> float:
        return self.gas / self.anchors

    @property
    def size_each(self) -> float:
        """The bytes of a signed transaction."""
        return self.data / self.anchors + _SIGNED


def _simulate(scale: Scale, store: LogStore, anvil: Anvil) -> _Day:
    """Let every gateway anchor every hour, after its ring has gone round once."""
    step = min(_READINGS, scale.log // 100)
    fleet = [AnchoredLog.of(store, number) for number in range(scale.gateways)]
    for log in fleet:
        anvil.fund(log.account, 10)
    slices = list(batched(enumerate(fleet), -(-len(fleet) // _SLICES), strict=False))
    for part in slices:
        send(anvil, [log.creation() for _, log in part])
    begin = int(anvil.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003 - RPC
    day = _Day()
    for anchor in track(
        range(RING + scale.hours), f"{scale.gateways:,} gateways, {scale.hours} hours"
    ):
        counts = anchor >= RING
        more = RING + (anchor - RING + 1) * step if counts else anchor
        for place, part in enumerate(slices):
            calls = [
                log.anchor(scale.log * (number % _KINDS + 1) // (2 * _KINDS) + more)
                for number, log in part
            ]
            at = begin + anchor * _HOUR + (place + 1) * _HOUR // len(slices)
            receipts = send(anvil, calls, at=at)
            for _, log in part:
                log.time = at
            if counts:
                day.anchors += len(part)
                day.gas += sum(map(gas_of, receipts))
                day.data += sum(len(data) for _, _, data in calls)
    return day


def _measured(scale: Scale, day: _Day, calls: float) -> Table:
    part = _DAY / scale.hours
    return Table(
        f"A fleet of {scale.gateways:,} gateways that anchor hourly, for a day",
        [
            [
                "anchors",
                f"{day.anchors * part:,.0f}",
                f"{day.anchors / scale.gateways * part:.0f}",
            ],
            [
                "gas",
                f"{day.gas * part:,.0f}",
                f"{day.gas / scale.gateways * part:,.0f}",
            ],
            [
                "call data",
                megabytes(day.data * part),
                f"{day.data / scale.gateways * part:,.0f} bytes",
            ],
            [
                "RPC calls",
                f"{calls * _DAY * scale.gateways:,.0f}",
                f"{calls * _DAY:,.0f}",
            ],
        ],
        ("what", "the fleet", "a gateway"),
        f"Simulated on anvil: {day.anchors:,} anchors in {scale.hours} hours,"
        f" {day.gas_each:,.0f} gas each; logs of {_KINDS} sizes up to"
        f" {scale.log // 2:,} entries.\nRPC calls: see the next table.",
    )


async def _count_calls(anvil: Anvil, folder: Path) -> dict[str, Counter[str]]:
    """Count what a gateway asks its endpoint at each step of an anchor's life."""
    asked: Counter[str] = Counter()

    async def sent(
        _session: ClientSession,
        _context: SimpleNamespace,
        parameters: TraceRequestChunkSentParams,
    ) -> None:
        asked[json.loads(parameters.chunk)["method"]] += 1

    tracing = TraceConfig()
    tracing.on_request_chunk_sent.append(sent)
    found: dict[str, Counter[str]] = {}

    async def step(name: str, action: Awaitable[object]) -> None:
        asked.clear()
        await action
        found[name] = Counter(asked)

    async with ClientSession(trace_configs=[tracing]) as session:
        client = ChainClient(anvil.url, session)
        with closing(await asyncio.to_thread(House, anvil, client, folder)) as house:
            anvil.fund(house.account.address)
            house.record(1)
            for _ in range(2):  # creates the log, and anchors it once
                await house.anchoring.anchor()
                anvil.mine()
                await house.anchoring.follow()
            anvil.mine(4)
            await house.anchoring.follow()
            house.record(1)
            await step("sending it", house.anchoring.anchor())
            await step("looking while it waits", house.anchoring.follow())
            anvil.mine()
            await step("finding it in a block", house.anchoring.follow())
            await step("looking while it is not final", house.anchoring.follow())
            anvil.mine(4)
            await step("finding it final", house.anchoring.follow())
            await step("asking for its block", house.anchoring.gather_block_proof())

            async def balance() -> None:
                await client.chain_id()
                await client.balance(house.account.address)

            await step("asking for the balance", balance())
            await step("comparing log and chain", house.anchoring.compare())
    return found


def _looks(poll: float) -> int:
    """Count the looks at an anchor in a block until it is final."""
    looks, waited = 0, 0.0
    while waited < _FINAL.total_seconds():
        looks += 1
        waited += anchorer.finality_delay(poll, looks)
    return looks


def _calls_an_hour(calls: dict[str, Counter[str]]) -> tuple[float, Table]:
    """Compute how often each step is taken in an hour with one anchor on Base."""
    often = {
        "sending it": 1.0,
        "looking while it waits": 0.0,  # a block comes before the first look
        "finding it in a block": 1.0,
        "looking while it is not final": float(_looks(NETWORKS["base"].poll)),
        "finding it final": 1.0,
        "asking for its block": 1.0,
        "asking for the balance": timedelta(hours=1) / anchorer._BALANCE_AGE + 1,
        "comparing log and chain": timedelta(hours=1) / anchorer._COMPARISON_AGE,
    }
    total = sum(often[name] * found.total() for name, found in calls.items())
    rows = [
        [
            name,
            f"{often[name]:g}",
            str(found.total()),
            f"{often[name] * found.total():g}",
            ", ".join(f"{n} {m}" if n > 1 else m for m, n in found.items()),
        ]
        for name, found in calls.items()
    ]
    return total, Table(
        "RPC calls of one gateway on Base, in an hour with one anchor",
        [*rows, ["together", "", "", f"{total:g}", ""]],
        ("step", "times", "calls each", "calls", "which"),
        "Calls counted at the client; times computed from how often the integration"
        f" looks; a block is final after {_FINAL // timedelta(minutes=1)} minutes.",
    )


def _base(day: _Day, calls: float) -> Table:
    """Compute what Base has room for."""
    blocks = _HOUR // prices.BASE_BLOCK_SECONDS
    data_gas = prices.published(round(day.size_each)) * prices.BASE_DATA_GAS
    rows = []
    for what, each in (("execution", day.gas_each), ("data published", data_gas)):
        share = 1000 * each / blocks / prices.BASE_GAS_TARGET
        most = prices.BASE_GAS_TARGET * blocks / each
        at_once = 1000 * each / prices.BASE_GAS_LIMIT
        rows.append(
            [
                what,
                f"{each:,.0f}",
                f"{share:.3%}",
                f"{at_once:.0%}",
                f"{most:,.0f}",
            ]
        )
    return Table(
        "What Base has room for (computed)",
        rows,
        (
            "limit",
            "gas an anchor counts for",
            "1,000 gateways, of the target",
            "all in one block, of its limit",
            "gateways that would take the whole target",
        ),
        f"A block every {prices.BASE_BLOCK_SECONDS} s, target"
        f" {prices.BASE_GAS_TARGET:,} gas, limit {prices.BASE_GAS_LIMIT:,}, and"
        f" {prices.BASE_DATA_GAS} gas for a published byte (spring of 2026).\n1,000"
        f" gateways make {1000 * calls / _HOUR:,.0f} RPC calls a second together.",
    )
