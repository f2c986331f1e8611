"""Setting up a log in the user interface: network, account, log."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_ADDRESS, CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers import selector
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .chain import contract
from .chain.account import Account, AccountError, create_account
from .chain.client import ChainClient
from .chain.errors import ChainError
from .chain.networks import NETWORKS, Network, by_chain_id
from .const import (
    CONF_CHAIN_ID,
    CONF_CURRENCY,
    CONF_DEPLOY,
    CONF_LOG_ID,
    CONF_RPC_URL,
    DOMAIN,
    SUBENTRY_SOURCE,
)
from .keys import async_get_key_ring
from .log.database import StoreError
from .logs import async_create_log, async_kept_logs
from .options_flow import LogOptionsFlow
from .source_flow import SourceFlow

CONF_NETWORK = "network"
CONF_PRIVATE_KEY = "private_key"
CONF_QR_CODE = "qr_code"
OTHER_NETWORK = "other"
_DEFAULT_NETWORK = "base_sepolia"
_DEFAULT_CURRENCY = "ETH"


class IotBlockchainConfigFlow(ConfigFlow, domain=DOMAIN):
    """Guides to a log: on which network, paid by which account, new or continued."""

    VERSION = 1

    _chain_id: int
    _rpc_url: str
    _client: ChainClient
    _deploy = False
    _preset: str
    _account: Account
    _log_id: str
    _name: str

    @staticmethod
    @callback
    def async_get_options_flow(_config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow that changes when to anchor and what it may cost."""
        return LogOptionsFlow()

    @classmethod
    @callback
    def async_get_supported_subentry_types(
        cls, _config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow that says what to record."""
        return {SUBENTRY_SOURCE: SourceFlow}

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

    async def async_step_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the account that pays: a new one, or one that exists."""
        options = ["create_account", "import_account"]
        if await self._kept_addresses():
            options.append("kept_account")
        return self.async_show_menu(step_id="account", menu_options=options)

    async def async_step_create_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make a new account. Its key is kept once the log is there."""
        self._account = await self.hass.async_add_executor_job(create_account)
        return await self.async_step_log()

    async def async_step_import_account(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the private key of an account."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._account = await self.hass.async_add_executor_job(
                    Account, user_input[CONF_PRIVATE_KEY]
                )
            except AccountError:
                errors[CONF_PRIVATE_KEY] = "invalid_private_key"
            else:
                if self._account.address not in self._used_addresses():
                    return await self.async_step_log()
                errors[CONF_PRIVATE_KEY] = "account_in_use"
        return self.async_show_form(
            step_id="import_account",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_PRIVATE_KEY): selector.TextSelector(
                        selector.TextSelectorConfig(
                            type=selector.TextSelectorType.PASSWORD
                        )
                    )
                }
            ),
            errors=errors,
        )

    async def async_step_kept_account(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which of the accounts that are kept here is to pay."""
        if user_input is not None:
            ring = await async_get_key_ring(self.hass)
            key = ring.account_key(user_input[CONF_ADDRESS])
            assert key is not None
            self._account = await self.hass.async_add_executor_job(Account, key)
            return await self.async_step_log()
        addresses = await self._kept_addresses()
        return self.async_show_form(
            step_id="kept_account",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_ADDRESS, default=addresses[0]
                    ): selector.SelectSelector(
                        selector.SelectSelectorConfig(options=addresses)
                    )
                }
            ),
        )

    def _used_addresses(self) -> set[str]:
        """Return the accounts of other logs on this chain.

        Each log counts its account's transactions: two would get in each other's way.
        """
        return {
            entry.data[CONF_ADDRESS]
            for entry in self._async_current_entries()
            if entry.data[CONF_CHAIN_ID] == self._chain_id
        }

    async def _kept_addresses(self) -> list[str]:
        ring = await async_get_key_ring(self.hass)
        used = self._used_addresses()
        return [address for address in ring.addresses if address not in used]

    async def async_step_log(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new log or one to continue, where there is one."""
        if await async_kept_logs(self.hass):
            return self.async_show_menu(
                step_id="log", menu_options=["new_log", "continue_log"]
            )
        return await self.async_step_new_log()

    async def async_step_new_log(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the name of a new log, and make it."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        if user_input is not None:
            self._name = user_input[CONF_NAME]
            try:
                self._log_id = await async_create_log(
                    self.hass, self._name, self._account
                )
            except StoreError as err:
                errors["base"] = "log_unwritable"
                placeholders["error"] = str(err)
            else:
                return await self.async_step_fund()
        return self.async_show_form(
            step_id="new_log",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_NAME, default=self.hass.config.location_name
                    ): selector.TextSelector()
                }
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_continue_log(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which log to continue."""
        kept = await async_kept_logs(self.hass)
        errors: dict[str, str] = {}
        if not kept or (user_input and user_input[CONF_LOG_ID] not in kept):
            # somebody else has continued it while this form was open
            return self.async_abort(reason="already_configured")
        if user_input is not None:
            self._log_id = user_input[CONF_LOG_ID]
            self._name = kept[self._log_id].partition(".")[0]
            publisher = await self._publisher()
            if publisher in {None, self._account.address}:
                ring = await async_get_key_ring(self.hass)
                await ring.async_add_account(self._account)
                return await self.async_step_fund()
            errors[CONF_LOG_ID] = "not_publisher"
        return self.async_show_form(
            step_id="continue_log",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_LOG_ID, default=next(iter(kept))
                    ): selector.SelectSelector(
                        selector.SelectSelectorConfig(
                            options=[
                                selector.SelectOptionDict(value=key, label=label)
                                for key, label in kept.items()
                            ]
                        )
                    )
                }
            ),
            errors=errors,
            description_placeholders={"address": self._account.address},
        )

    async def _publisher(self) -> str | None:
        """Ask who may anchor the log; None if nobody is known to."""
        try:
            if not await self._client.has_code(contract.ADDRESS):
                return None
            state = await self._client.log_state(bytes.fromhex(self._log_id))
        except ChainError:
            return None
        return state.publisher if state.exists else None

    async def async_step_fund(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show where to send money, and finish: nothing has to be there yet."""
        # A flow that somebody left open does not keep the log from being continued.
        await self.async_set_unique_id(self._log_id, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        if user_input is not None:
            return self.async_create_entry(
                title=self._name,
                data={
                    CONF_ADDRESS: self._account.address,
                    CONF_CHAIN_ID: self._chain_id,
                    CONF_CURRENCY: self._currency,
                    CONF_DEPLOY: self._deploy,
                    CONF_LOG_ID: self._log_id,
                    CONF_RPC_URL: self._rpc_url,
                },
            )
        try:
            balance = await self._client.balance(self._account.address) / 10**18
        except ChainError:
            balance = 0.0
        return self.async_show_form(
            step_id="fund",
            data_schema=vol.Schema(
                {
                    vol.Optional(CONF_QR_CODE): selector.QrCodeSelector(
                        selector.QrCodeSelectorConfig(
                            data=self._account.address, scale=5
                        )
                    )
                }
            ),
            description_placeholders={
                "address": self._account.address,
                "balance": f"{balance:g}",
                "currency": self._currency,
            },
            last_step=True,
        )

    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first source: without one, nothing is recorded."""
        source = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_SOURCE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, source["flow_id"])
        return result

    @property
    def _currency(self) -> str:
        network = by_chain_id(self._chain_id)
        return network.currency if network else _DEFAULT_CURRENCY


def _default_url(network: Network | None) -> str | None:
    return network.rpc_url if network else None


class InvalidUrlError(ChainError):
    """What was entered is not the URL of an RPC endpoint."""

    key = "invalid_url"
