"""The first steps of setting up a log: where it is anchored."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers import selector
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .chain import contract
from .chain.client import ChainClient
from .chain.errors import ChainError
from .chain.networks import NETWORKS, Network, by_chain_id
from .const import CONF_CHAIN_ID, CONF_DEPLOY, CONF_RPC_URL

CONF_NETWORK = "network"
OTHER_NETWORK = "other"
_DEFAULT_NETWORK = "base_sepolia"
_DEFAULT_CURRENCY = "ETH"


class NetworkSteps(ConfigFlow):
    """Asks for the network, its endpoint, and whether to deploy the contract."""

    _preset: str
    _chain_id: int
    _rpc_url: str
    _client: ChainClient
    _deploy = False

    @abstractmethod
    async def async_step_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on, once it is clear where to anchor."""

    async def async_step_user(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the network."""
        if user_input is not None:
            self._preset = user_input[CONF_NETWORK]
            return await self.async_step_endpoint()
        options = [
            selector.SelectOptionDict(
                value=key,
                label=network.name + (" (test network)" if network.testnet else ""),
            )
            for key, network in NETWORKS.items()
        ]
        options.append(
            selector.SelectOptionDict(value=OTHER_NETWORK, label="Another network")
        )
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_NETWORK, default=_DEFAULT_NETWORK
                    ): selector.SelectSelector(
                        selector.SelectSelectorConfig(
                            options=options, mode=selector.SelectSelectorMode.DROPDOWN
                        )
                    )
                }
            ),
        )

    async def async_step_endpoint(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the RPC endpoint of the network, and try it."""
        network = NETWORKS.get(self._preset)
        errors: dict[str, str] = {}
        placeholders = {"network": network.name if network else "your network"}
        if user_input is not None:
            error = await self._connect(
                user_input[CONF_RPC_URL], network.chain_id if network else None
            )
            if error is None:
                return await self.async_step_contract()
            errors[CONF_RPC_URL] = error.key
            placeholders |= error.placeholders
        return self._show_endpoint_form(
            "endpoint",
            user_input[CONF_RPC_URL] if user_input else _default_url(network),
            errors,
            placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another RPC endpoint of the same network, and try it."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        chain_id = entry.data[CONF_CHAIN_ID]
        network = by_chain_id(chain_id)
        placeholders = {"network": network.name if network else f"chain {chain_id}"}
        if user_input is not None:
            error = await self._connect(user_input[CONF_RPC_URL], chain_id)
            if error is None:
                self.hass.config_entries.async_update_entry(
                    entry, data={**entry.data, CONF_RPC_URL: self._rpc_url}
                )
                return self.async_abort(reason="reconfigure_successful")
            errors[CONF_RPC_URL] = error.key
            placeholders |= error.placeholders
        return self._show_endpoint_form(
            "reconfigure",
            (user_input or entry.data)[CONF_RPC_URL],
            errors,
            placeholders,
        )

    def _show_endpoint_form(
        self,
        step_id: str,
        url: str | None,
        errors: dict[str, str],
        placeholders: dict[str, str],
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_RPC_URL): selector.TextSelector(
                            selector.TextSelectorConfig(
                                type=selector.TextSelectorType.URL
                            )
                        )
                    }
                ),
                {CONF_RPC_URL: url},
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _connect(self, url: str, chain_id: int | None) -> ChainError | None:
        """Try an endpoint; remember it, or return what is wrong with it."""
        url = url.strip()
        try:
            parsed = URL(url)
        except ValueError:
            parsed = URL()
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            return InvalidUrlError("not a URL")
        self._client = ChainClient(url, async_get_clientsession(self.hass))
        try:
            if chain_id is not None:
                await self._client.require_chain(chain_id)
            self._chain_id = await self._client.chain_id()
            await self._client.base_fee()
        except ChainError as err:
            return err
        self._rpc_url = url
        return None

    async def async_step_contract(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Where the contract is not on the network yet, ask whether to deploy it."""
        errors: dict[str, str] = {}
        if user_input is None:
            try:
                if await self._client.has_code(contract.ADDRESS):
                    return await self.async_step_account()
                if not await self._client.has_code(contract.DEPLOYER):
                    return self.async_abort(
                        reason="no_deployer",
                        description_placeholders={"deployer": contract.DEPLOYER},
                    )
            except ChainError:
                # Anchoring asks again; it deploys nothing where nothing is missing.
                self._deploy = True
                return await self.async_step_account()
        elif user_input[CONF_DEPLOY]:
            self._deploy = True
            return await self.async_step_account()
        else:
            errors[CONF_DEPLOY] = "contract_missing"
        return self.async_show_form(
            step_id="contract",
            data_schema=vol.Schema({vol.Required(CONF_DEPLOY, default=True): bool}),
            errors=errors,
            description_placeholders={
                "contract": contract.ADDRESS,
                "currency": self._currency,
            },
        )

    @property
    def _currency(self) -> str:
        network = by_chain_id(self._chain_id)
        return network.currency if network else _DEFAULT_CURRENCY


def _default_url(network: Network | None) -> str | None:
    return network.rpc_url if network else None


class InvalidUrlError(ChainError):
    """What was entered is not the URL of an RPC endpoint."""

    key = "invalid_url"
