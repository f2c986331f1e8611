"""Setting up a log in the user interface: network, account, log."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from eth_typing import ChecksumAddress
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
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

from .chain import contract
from .chain.account import Account, AccountError, create_account
from .chain.errors import ChainError
from .chain.external_account import accounts_of
from .const import (
    CONF_CHAIN_ID,
    CONF_CURRENCY,
    CONF_DEPLOY,
    CONF_LOG_ID,
    CONF_SIGNER_URL,
    DOMAIN,
    SUBENTRY_SOURCE,
)
from .keys import async_get_key_ring
from .log.database import StoreError
from .logs import async_create_log, async_kept_logs
from .network_steps import URL_FIELD, NetworkSteps, checked_url
from .options_flow import LogOptionsFlow
from .source_flow import SourceFlow

CONF_PRIVATE_KEY = "private_key"
CONF_QR_CODE = "qr_code"


class IotBlockchainConfigFlow(NetworkSteps, domain=DOMAIN):
    """Guides to a log: on which network, paid by which account, new or continued."""

    VERSION = 1

    _address: ChecksumAddress
    _key: Account | None = None
    _signer_url: str | None = None
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

    async def async_step_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the account that pays: a new one, or one that exists."""
        options = ["create_account", "import_account", "external_signer"]
        if await self._kept_addresses():
            options.append("kept_account")
        return self.async_show_menu(step_id="account", menu_options=options)

    async def async_step_create_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make a new account. Its key is kept once the log is there."""
        self._use(await self.hass.async_add_executor_job(create_account))
        return await self.async_step_log()

    async def async_step_import_account(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the private key of an account."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                account = await self.hass.async_add_executor_job(
                    Account, user_input[CONF_PRIVATE_KEY]
                )
            except AccountError:
                errors[CONF_PRIVATE_KEY] = "invalid_private_key"
            else:
                if account.address not in self._used_addresses():
                    self._use(account)
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
            self._use(await self.hass.async_add_executor_job(Account, key))
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

    def _use(self, account: Account) -> None:
        """Let an account pay whose key is kept here."""
        self._key, self._address, self._signer_url = account, account.address, None

    async def async_step_external_signer(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a signer outside, and for the account that it is to sign for."""
        errors: dict[str, str] = {}
        fields: dict[Any, Any] = {vol.Required(CONF_SIGNER_URL): URL_FIELD}
        if user_input is not None:
            try:
                url = checked_url(user_input[CONF_SIGNER_URL])
                accounts = await accounts_of(url, async_get_clientsession(self.hass))
            except ChainError as err:
                errors[CONF_SIGNER_URL] = err.key
            else:
                used = self._used_addresses()
                free = [address for address in accounts if address not in used]
                chosen = user_input.get(
                    CONF_ADDRESS, free[0] if len(free) == 1 else None
                )
                if chosen in free:
                    self._key, self._address, self._signer_url = None, chosen, url
                    return await self.async_step_log()
                if free:
                    fields[vol.Required(CONF_ADDRESS)] = selector.SelectSelector(
                        selector.SelectSelectorConfig(options=list(free))
                    )
                else:
                    errors[CONF_SIGNER_URL] = "no_accounts"
        return self.async_show_form(
            step_id="external_signer",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(fields), user_input
            ),
            errors=errors,
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
                    self.hass, self._name, self._address
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
            if publisher in {None, self._address}:
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
            description_placeholders={"address": self._address},
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
            if self._key is not None:
                ring = await async_get_key_ring(self.hass)
                await ring.async_add_account(self._key)
            return self.async_create_entry(
                title=self._name,
                data={
                    CONF_ADDRESS: self._address,
                    CONF_CHAIN_ID: self._chain_id,
                    CONF_CURRENCY: self._currency,
                    CONF_DEPLOY: self._deploy,
                    CONF_LOG_ID: self._log_id,
                    CONF_SIGNER_URL: self._signer_url,
                    **self._endpoints,
                },
            )
        try:
            balance = await self._client.balance(self._address) / 10**18
        except ChainError:
            balance = 0.0
        return self.async_show_form(
            step_id="fund",
            data_schema=vol.Schema(
                {
                    vol.Optional(CONF_QR_CODE): selector.QrCodeSelector(
                        selector.QrCodeSelectorConfig(data=self._address, scale=5)
                    )
                }
            ),
            description_placeholders={
                "address": self._address,
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
