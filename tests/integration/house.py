"""What a test does to a log in Home Assistant, and how it looks at one."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from threading import Event
from typing import Any, Self, cast

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryData
from homeassistant.const import CONF_ADDRESS, CONF_ENTITIES, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.util.json import JsonObjectType
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.anchoring.anchorer import Anchorer
from custom_components.iot_blockchain.chain.account import Account, create_account
from custom_components.iot_blockchain.chain.journal import Kind
from custom_components.iot_blockchain.const import (
    CONF_CHAIN_ID,
    CONF_CURRENCY,
    CONF_DEPLOY,
    CONF_EXCLUDED,
    CONF_LOG_ID,
    CONF_MORE_RPC_URLS,
    CONF_REPORTS,
    CONF_RPC_URL,
    CONF_URGENT,
    DOMAIN,
    SUBENTRY_SOURCE,
)
from custom_components.iot_blockchain.coordinator import LogCoordinator
from custom_components.iot_blockchain.keys import async_get_key_ring
from custom_components.iot_blockchain.log import entry as log_entry
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.log_status import LogStatus
from custom_components.iot_blockchain.logs import async_create_log, log_path
from custom_components.iot_blockchain.migration import ENTRY_VERSION
from scripts.house.chain import Anvil

CHAIN_ID = 31337
NEVER = {"days": 365}
"""An age at which no test's readings are anchored."""


class Endpoint:
    """An RPC endpoint in front of a chain, which can fail in every way.

    Its URL ends in a secret, as a provider's does. ``calls`` counts what was asked.
    """

    SECRET = "very-secret-access-key"

    def __init__(self, chain: Anvil) -> None:
        """Take the chain; ``async with`` opens the endpoint."""
        self._chain = chain
        self.away = False
        self.nonsense = False
        self.calls_blocks_final = True
        self.denies: int | None = None
        """The HTTP status with which it refuses access."""
        self.answers: dict[str, object] = {}
        self.errors: dict[str, str] = {}
        self.loses_answers_to: set[str] = set()
        self.away_for: set[str] = set()
        self.just_before: dict[str, Callable[[], None]] = {}
        """What happens in the moment before it looks for an answer."""
        self.calls: Counter[str] = Counter()
        self.asked: list[str] = []
        """Everything that it was sent, with the addresses that it was sent to."""
        app = web.Application()
        app.router.add_post("/{secret}", self._answer)
        self._server = TestServer(app)
        self._session: ClientSession

    async def __aenter__(self) -> Self:
        self._session = ClientSession()
        await self._server.start_server(access_log=None)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._session.close()
        await self._server.close()

    @property
    def url(self) -> str:
        """The URL, with its secret."""
        return str(self._server.make_url(f"/{self.SECRET}"))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        question = await request.json()
        self.asked.append(f"{request.url} {request.headers} {question}")
        method = question["method"]
        self.calls[method] += 1
        if self.away or method in self.away_for:
            return _hang_up(request)
        if self.denies is not None:
            return web.Response(status=self.denies)
        if self.nonsense:
            return web.json_response({"jsonrpc": "2.0", "id": 1, "result": "0xnone"})
        return await self._sensible_answer(question, request)

    async def _sensible_answer(
        self, question: Mapping[str, Any], request: web.Request
    ) -> web.StreamResponse:
        method = question["method"]
        if happen := self.just_before.get(method):
            happen()
        if "finalized" in question["params"] and not self.calls_blocks_final:
            return web.json_response({**_frame(question), "result": None})
        if method in self.errors:
            error = {"code": -32000, "message": self.errors[method]}
            return web.json_response({**_frame(question), "error": error})
        if method in self.answers:
            return web.json_response(
                {**_frame(question), "result": self.answers[method]}
            )
        async with self._session.post(self._chain.url, json=question) as response:
            answer = await response.json()
        if method in self.loses_answers_to:
            return _hang_up(request)
        return web.json_response(answer)


def _frame(question: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": question["id"]}


def _hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class House:
    """A log that is set up, and what its entities and its file say."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        """Take the config entry of the log."""
        self.hass = hass
        self.entry = entry

    @property
    def coordinator(self) -> LogCoordinator:
        """What runs the log."""
        return cast("LogCoordinator", self.entry.runtime_data)

    @property
    def anchorer(self) -> Anchorer:
        """What anchors the log."""
        anchorer = self.coordinator.anchorer
        assert anchorer is not None
        return anchorer

    @property
    def status(self) -> LogStatus:
        """What the entities show."""
        return self.coordinator.data

    @property
    def address(self) -> str:
        """The account that pays."""
        return str(self.entry.data[CONF_ADDRESS])

    def state(self, key: str, domain: str = "sensor") -> str:
        """Return the state of one of the log's own entities."""
        found = self.hass.states.get(f"{domain}.house_{key}")
        assert found is not None
        return found.state

    async def reload(self) -> None:
        """Reload the entry."""
        assert await self.hass.config_entries.async_reload(self.entry.entry_id)

    async def unload(self) -> None:
        """Unload the entry."""
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)

    async def flush(self) -> None:
        """Wait until everything that was seen is on the disk."""
        await self.hass.async_block_till_done()
        if catching_up := self.coordinator.recording._catching_up:
            await asyncio.wait([catching_up])
        await self.coordinator.recording.async_flush()

    async def members(self) -> list[dict[str, Any]]:
        """Return all entries, without what is random."""
        await self.flush()
        return await async_members(self.hass, self.entry)

    async def readings(self) -> list[tuple[str, str]]:
        """Return the entity and state of every reading, in the log's order."""
        return [
            (member["entity"], member["state"])
            for member in await self.members()
            if member["type"] == log_entry.READING
        ]

    async def acts(self) -> list[str]:
        """Return the acts, in the log's order."""
        return [
            member["act"]
            for member in await self.members()
            if member["type"] == log_entry.ACT
        ]

    async def call(self, action: str, **data: object) -> dict[str, Any]:
        """Call an action of this log, and return its answer."""
        if action != "verify_receipt":
            data = {"config_entry_id": self.entry.entry_id, **data}
        return await async_call(self.hass, action, **data)

    async def anchored(self) -> None:
        """Wait until everything that was recorded so far is anchored, and shows so."""
        await self.flush()
        last = self.coordinator.parts.store.size - 1
        journal = self.coordinator.chain.journal
        await until(lambda: journal.anchor_covering(last) is not None, what="an anchor")
        await until(
            lambda: self.status.waiting == 0 and self.status.last_anchored is not None,
            what="the news of it",
        )

    async def receipt_with_block(self, index: int) -> dict[str, Any]:
        """Return a receipt once its anchor is final, and it carries the block."""
        receipt: dict[str, Any] = {}

        async def carries_block() -> bool:
            nonlocal receipt
            receipt = (await self.call("get_receipt", index=index))["receipt"]
            return "block" in receipt

        await until(carries_block, what="a receipt with its block")
        return receipt

    def sent(self, kind: Kind = Kind.ANCHOR) -> int:
        """Count the transactions of a kind, sent or to be sent."""
        connection = self.coordinator.chain.journal._connection
        ((count,),) = connection.execute(
            "SELECT count(*) FROM submission JOIN attempt"
            " ON attempt.submission = submission.id WHERE kind = ?",
            (kind,),
        )
        return int(count)


def source(
    *entities: str,
    title: str = "Fridge",
    reports: bool = False,
    excluded: Sequence[str] = (),
    policy: Mapping[str, Any] | None = None,
    **target: object,
) -> ConfigSubentryData:
    """Make a source of entities, or of the devices, areas or labels in ``target``."""
    return ConfigSubentryData(
        data={
            CONF_TARGET: target,
            CONF_ENTITIES: list(entities),
            CONF_EXCLUDED: list(excluded),
            CONF_REPORTS: reports,
            CONF_URGENT: False,
            **(policy or {}),
        },
        subentry_type=SUBENTRY_SOURCE,
        title=title,
        unique_id=None,
    )


async def async_add_entry(
    hass: HomeAssistant,
    url: str,
    *,
    sources: Sequence[ConfigSubentryData] = (),
    options: Mapping[str, Any] | None = None,
    name: str = "House",
    account: Account | None = None,
    deploy: bool = True,
    more_urls: Sequence[str] = (),
) -> MockConfigEntry:
    """Make a log with its keys, and a config entry for it that is not set up yet."""
    if account is None:
        account = await hass.async_add_executor_job(create_account)
    await (await async_get_key_ring(hass)).async_add_account(account)
    log_id = await async_create_log(hass, name, account.address)
    entry = MockConfigEntry(
        domain=DOMAIN,
        version=ENTRY_VERSION,
        title=name,
        unique_id=log_id,
        data={
            CONF_ADDRESS: account.address,
            CONF_CHAIN_ID: CHAIN_ID,
            CONF_CURRENCY: "ETH",
            CONF_DEPLOY: deploy,
            CONF_LOG_ID: log_id,
            CONF_MORE_RPC_URLS: list(more_urls),
            CONF_RPC_URL: url,
        },
        options={"anchor_age": NEVER, **(options or {})},
        subentries_data=tuple(sources),
    )
    entry.add_to_hass(hass)
    return entry


async def async_members(
    hass: HomeAssistant, entry: MockConfigEntry
) -> list[dict[str, Any]]:
    """Return all entries of a log's file, without what is random."""

    def read() -> list[dict[str, Any]]:
        store = LogStore(log_path(hass, entry.data[CONF_LOG_ID]))
        try:
            return [
                {
                    name: value
                    for name, value in log_entry.decode(data).members.items()
                    if name not in {"salt", "v"}
                }
                for data in store.entries(0, store.size)
            ]
        finally:
            store.close()

    return await hass.async_add_executor_job(read)


async def async_call(
    hass: HomeAssistant, action: str, **data: object
) -> JsonObjectType:
    """Call an action, and return its answer."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert answer is not None
    return answer


async def until(
    condition: Callable[[], bool | Awaitable[bool]],
    *,
    what: str = "it",
    seconds: float = 60,
) -> None:
    """Wait in real time until something holds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        holds = condition()
        if not isinstance(holds, bool):
            holds = await holds
        if holds:
            return
        assert loop.time() < deadline, f"{what} did not happen"
        await asyncio.sleep(0.02)


async def async_reconfigure_menu(house: House) -> Any:  # noqa: ANN401 - a flow's result
    """Open the menu of what can be changed of a log."""
    return await house.hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": house.entry.entry_id},
    )


async def async_reconfigure(house: House, option: str) -> Any:  # noqa: ANN401 - a flow's result
    """Open the menu of what can be changed of a log, and choose."""
    menu = await async_reconfigure_menu(house)
    assert menu["step_id"] == "reconfigure"
    return await house.hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": option}
    )


class HeldUp:
    """Work in an executor that takes as long as a test likes."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
    ) -> None:
        """Hold up what ``owner`` has under a name, until ``go_on`` is set."""
        self.begun = Event()
        self.go_on = Event()
        self._work = getattr(owner, name)
        monkeypatch.setattr(owner, name, self._held_up)

    def _held_up(self, *arguments: Any) -> Any:  # noqa: ANN401 - as the work
        self.begun.set()
        self.go_on.wait(60)
        return self._work(*arguments)
