"""The first steps of setting up a log: where it is anchored."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.helpers import selector
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from ..chain import contract
from ..chain.client import ChainClient
from ..chain.endpoints import distinct
from ..chain.errors import ChainError
from ..chain.networks import NETWORKS, by_chain_id
from ..const import CONF_CHAIN_ID, CONF_DEPLOY, CONF_MORE_RPC_URLS, CONF_RPC_URL

CONF_NETWORK = "network"
OTHER_NETWORK = "other"
_DEFAULT_NETWORK = "base_sepolia"
_DEFAULT_CURRENCY = "ETH"


_URL = selector.TextSelectorConfig(type=selector.TextSelectorType.URL)
URL_FIELD = selector.TextSelector(_URL)
_ENDPOINTS = vol.Schema(
    {
        vol.Required(CONF_RPC_URL): URL_FIELD,
        vol.Optional(CONF_MORE_RPC_URLS): selector.TextSelector(
            selector.TextSelectorConfig(**_URL, multiple=True)
        ),
    }
)


class NetworkSteps(ConfigFlow):
    """Asks for the network, its endpoint, and whether to deploy the contract."""

    _preset: str
    _chain_id: int
    _endpoints: dict[str, Any]
    _client: ChainClient
    _deploy = False

    @abstractmethod
    async def async_step_record_now(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on without a network."""

    @abstractmethod
    async def async_step_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on, once it is clear where to anchor."""

    async def async_step_user(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to choose a network now, or to begin without one."""
        return self.async_show_menu(
            step_id="user", menu_options=["network", "record_now"]
        )

    async def async_step_network(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the network."""
        if user_input is not None:
            self._preset = user_input[CONF_NETWORK]
            return await self.async_step_endpoint()
        return self.async_show_form(
            step_id="network",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_NETWORK, default=_DEFAULT_NETWORK
                    ): selector.SelectSelector(
                        selector.SelectSelectorConfig(
                            options=[*NETWORKS, OTHER_NETWORK],
                            mode=selector.SelectSelectorMode.DROPDOWN,
                            translation_key="network",
                        )
                    )
                }
            ),
        )

    async def async_step_endpoint(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for RPC endpoints of the network, and try them."""
        network = NETWORKS.get(self._preset)
        form = await self._ask_for_endpoints(
            "endpoint",
            user_input,
            chain_id=network.chain_id if network else None,
            name=network.name if network else "your network",
            suggested={CONF_RPC_URL: network.rpc_url if network else None},
        )
        return form or await self.async_step_contract()

    async def async_step_reconfigure_endpoint(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for other RPC endpoints of the same network, and try them."""
        entry = self._get_reconfigure_entry()
        form = await self._ask_for_other_endpoints(
            entry, "reconfigure_endpoint", user_input
        )
        if form is not None:
            return form
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **self._endpoints}
        )
        return self.async_abort(reason="reconfigure_successful")

    async def _ask_for_other_endpoints(
        self, entry: ConfigEntry, step_id: str, user_input: Mapping[str, Any] | None
    ) -> ConfigFlowResult | None:
        """Show the form of the endpoints of a log that has some already."""
        chain_id = entry.data[CONF_CHAIN_ID]
        network = by_chain_id(chain_id)
        return await self._ask_for_endpoints(
            step_id,
            user_input,
            chain_id=chain_id,
            name=network.name if network else f"chain {chain_id}",
            suggested=entry.data,
        )

    async def _ask_for_endpoints(
        self,
        step_id: str,
        user_input: Mapping[str, Any] | None,
        *,
        chain_id: int | None,
        name: str,
        suggested: Mapping[str, Any],
    ) -> ConfigFlowResult | None:
        """Show the form of the endpoints, until what is entered there answers."""
        errors: dict[str, str] = {}
        placeholders = {"network": name}
        if user_input is not None:
            first: str = user_input[CONF_RPC_URL].strip()
            more: list[str] = [
                url.strip() for url in user_input.get(CONF_MORE_RPC_URLS, ())
            ]
            for url in (first, *more):
                try:
                    chain_id = await self._connect(url, chain_id)
                except ChainError as err:
                    field = CONF_RPC_URL if url == first else CONF_MORE_RPC_URLS
                    errors[field] = err.key
                    placeholders |= err.placeholders
                    break
            else:
                if len(distinct((first, *more))) > len(more):
                    self._endpoints = {CONF_RPC_URL: first, CONF_MORE_RPC_URLS: more}
                    return None
                errors[CONF_MORE_RPC_URLS] = "endpoint_twice"
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                _ENDPOINTS, user_input or suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _connect(self, url: str, chain_id: int | None) -> int:
        """Try an endpoint, of a given chain or of any, and return its chain's id."""
        self._client = ChainClient(checked_url(url), async_get_clientsession(self.hass))
        if chain_id is not None:
            await self._client.require_chain(chain_id)
        await self._client.base_fee()
        self._chain_id = await self._client.chain_id()
        return self._chain_id

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


def checked_url(text: str) -> str:
    """Return the URL that was entered.

    Raises:
        InvalidUrlError: it is none.
    """
    try:
        url = URL(text.strip())
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidUrlError("not a URL")
    return text.strip()


class InvalidUrlError(ChainError):
    """What was entered is not the URL of an RPC endpoint."""

    key = "invalid_url"
