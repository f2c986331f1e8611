"""A person who clicks through the flow that sets up a log."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.const import DOMAIN
from scripts.house.chain import RICH_KEY


class Flow:
    """A person who sets up a log."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing is opened yet."""
        self.hass = hass
        self.result: ConfigFlowResult

    async def begin(self) -> None:
        self.result = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        assert self.shows == "user"

    async def choose_network(self, network: str) -> None:
        """Begin, and choose a network."""
        await self.begin()
        await self.choose("network")
        assert self.shows == "network"
        await self.enter(network=network)

    async def enter(self, **values: object) -> None:
        self.result = await self.hass.config_entries.flow.async_configure(
            self.result["flow_id"], values
        )

    async def choose(self, option: str) -> None:
        assert self.result["type"] is FlowResultType.MENU
        await self.enter(next_step_id=option)

    @property
    def shows(self) -> str:
        """The form or menu that is open."""
        assert self.result["type"] in {FlowResultType.FORM, FlowResultType.MENU}
        return self.result["step_id"]

    @property
    def errors(self) -> Mapping[str, str]:
        return self.result["errors"] or {}

    @property
    def placeholders(self) -> Mapping[str, str]:
        return self.result["description_placeholders"] or {}

    def suggests(self, field: str) -> object:
        """What a field of the form holds before anybody enters anything."""
        assert self.result["data_schema"] is not None
        (marker,) = (
            marker for marker in self.result["data_schema"].schema if marker == field
        )
        return (marker.description or {}).get("suggested_value")

    async def to_account(self, url: str, network: str = "other") -> None:
        """Go on to the question who pays."""
        await self.choose_network(network)
        assert self.shows == "endpoint"
        await self.enter(rpc_url=url)

    async def to_fund(self, url: str, key: str = RICH_KEY, name: str = "Home") -> None:
        """Go on to the last form, with an account and a new log."""
        await self.to_account(url)
        await self.choose("import_account")
        await self.enter(private_key=key)
        if self.shows == "log":
            await self.choose("new_log")
        await self.enter(name=name)
        assert self.shows == "fund"

    async def to_continue_log(self, url: str, key: str = RICH_KEY) -> None:
        """Go on to the question which log to continue."""
        await self.to_account(url)
        await self.choose("import_account")
        await self.enter(private_key=key)
        await self.choose("continue_log")
        assert self.shows == "continue_log"

    async def finish(self) -> MockConfigEntry:
        """Leave the last form, and the form for the first source that follows."""
        await self.enter()
        assert self.result["type"] is FlowResultType.CREATE_ENTRY
        self.hass.config_entries.subentries.async_abort(self.result["next_flow"][1])
        await self.hass.async_block_till_done()
        entry: Any = self.result["result"]
        return entry
