"""Setting up a log in the user interface: network, account, log.

The network may come later. The account may not: the id of a log is made of the account
that creates it in the contract, and that id stands in every checkpoint.
"""

from collections.abc import Mapping
from typing import Any, cast

import probatio as vol
from eth_typing import ChecksumAddress
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
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

from .chain import contract
from .chain.account import create_account
from .chain.errors import ChainError
from .chain.networks import by_chain_id
from .const import (
    CONF_CHAIN_ID,
    CONF_CURRENCY,
    CONF_DAILY_BUDGET,
    CONF_DEPLOY,
    CONF_LOG_ID,
    CONF_SIGNER_URL,
    DOMAIN,
    SUBENTRY_DEVICE,
    SUBENTRY_SOURCE,
)
from .flows.deploy_steps import DeploySteps
from .flows.device_flow import DeviceFlow
from .flows.options_flow import LogOptionsFlow
from .flows.reauth_steps import ReauthSteps
from .flows.source_flow import SourceFlow
from .intake.estimate import cost_of_first_month
from .keys import async_get_key_ring
from .log.database import StoreError
from .logs import async_create_log, async_kept_logs
from .migration import ENTRY_VERSION

CONF_QR_CODE = "qr_code"

# with the default settings, the most where not very much is recorded
_ANCHORS_A_DAY = 24


class IotBlockchainConfigFlow(DeploySteps, ReauthSteps, domain=DOMAIN):
    """Guides to a log: on which network, paid by which account, new or continued."""

    VERSION = ENTRY_VERSION

    _name: str
    _is_without_network = False

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
        """Return the flows that say what to record, and which devices may sign."""
        return {SUBENTRY_SOURCE: SourceFlow, SUBENTRY_DEVICE: DeviceFlow}

    async def async_step_log(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new log or one to continue, where there is one."""
        if self._has_no_network:
            return await self._let_pay()
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_take_over()
        return await self._ask_which_log()

    async def async_step_record_now(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin a log, or continue one, without a network."""
        self._is_without_network = True
        if user_input is None:
            return await self._ask_which_log()
        return await self.async_step_new_log(user_input)

    async def _ask_which_log(self) -> ConfigFlowResult:
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
            self._name = user_input[CONF_NAME].strip()
            try:
                if self._name:
                    await self._create_log()
                    return await self._with_log()
                errors[CONF_NAME] = "no_name"
            except StoreError as err:
                errors["base"] = "log_unwritable"
                placeholders["error"] = str(err)
        return self.async_show_form(
            step_id="record_now" if self._is_without_network else "new_log",
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

    async def _create_log(self) -> None:
        """Make the log, and its account where there is none. Raises StoreError."""
        if self._is_without_network and self._key is None:
            self._use(await self.hass.async_add_executor_job(create_account))
        # Without the key of the account, the log could never be anchored.
        await self._keep_key()
        self._log_id = await async_create_log(self.hass, self._name, self._address)

    async def async_step_continue_log(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which log to continue."""
        kept = await async_kept_logs(self.hass)
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if not kept or (user_input and user_input[CONF_LOG_ID] not in kept):
            # somebody else has continued it while this form was open
            return self.async_abort(reason="already_configured")
        if user_input is not None:
            self._log_id = user_input[CONF_LOG_ID]
            self._name = kept[self._log_id].partition(".")[0]
            if self._is_without_network:
                self._address = await self._creator()
                return await self._with_log()
            publisher = await self._publisher()
            if publisher in {None, self._address}:
                await self._keep_key()
                return await self._with_log()
            errors[CONF_LOG_ID] = "not_publisher"
            placeholders = {"address": self._address, "publisher": str(publisher)}
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
            description_placeholders=placeholders,
        )

    async def _publisher(self) -> str | None:
        """Ask who may anchor the log; None if it cannot be found out."""
        try:
            if not await self._client.has_code(contract.ADDRESS):
                return await self._creator()
            state = await self._client.log_state(bytes.fromhex(self._log_id))
        except ChainError:
            return None
        return state.publisher if state.exists else await self._creator()

    async def _creator(self) -> ChecksumAddress:
        """Return the account that the log's id was made with."""
        key = (await async_get_key_ring(self.hass)).log_key(self._log_id)
        assert key is not None
        return cast("ChecksumAddress", key["creator"])

    async def _let_pay(self) -> ConfigFlowResult:
        """Let the account anchor the log on the network that was chosen for it."""
        self._log_id = self._entry.data[CONF_LOG_ID]
        publisher = await self._publisher()
        if publisher not in {None, self._address}:
            return self.async_abort(
                reason="not_publisher",
                description_placeholders={
                    "address": self._address,
                    "publisher": str(publisher),
                },
            )
        await self._keep_key()
        return await self.async_step_fund()

    async def _with_log(self) -> ConfigFlowResult:
        """Go on with the log that is to be set up."""
        # A flow that somebody left open does not keep the log from being continued.
        await self.async_set_unique_id(self._log_id, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        if self._is_without_network:
            return self.async_create_entry(
                title=self._name,
                data={CONF_ADDRESS: self._address, CONF_LOG_ID: self._log_id},
            )
        return await self.async_step_fund()

    async def async_step_fund(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show where to send money, and finish: nothing has to be there yet."""
        if user_input is not None:
            self._abort_if_account_in_use()
            if await self._can_deploy_now():
                return await self.async_step_deployment()
            return await self.async_step_finish()
        try:
            balance = await self._client.balance(self._address) / 10**18
        except ChainError:
            balance = 0.0
        budget = self._new_options.get(CONF_DAILY_BUDGET)
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
                "budget": f"{budget:g} {self._currency}" if budget else "no limit",
                "currency": self._currency,
                "needed": await self._needed(),
            },
            last_step=True,
        )

    async def _needed(self) -> str:
        """Say what the account should hold to begin with."""
        try:
            price = await self._client.base_fee() + await self._client.priority_fee()
        except ChainError:
            return "not known"
        cost = cost_of_first_month(_ANCHORS_A_DAY, price, deploy=self._deploy)
        return f"about {cost:.2g} {self._currency}"

    @property
    def _new_options(self) -> Mapping[str, Any]:
        """The options that a log has, or begins with on this network."""
        network = by_chain_id(self._chain_id)
        budget = network.daily_budget if network else None
        options = {} if budget is None else {CONF_DAILY_BUDGET: budget}
        if self.source != SOURCE_RECONFIGURE:
            return options
        return {**options, **self._entry.options}

    async def async_step_finish(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep what was chosen."""
        self._abort_if_account_in_use()
        data = {
            CONF_ADDRESS: self._address,
            CONF_CHAIN_ID: self._chain_id,
            CONF_CURRENCY: self._currency,
            CONF_DEPLOY: self._deploy,
            CONF_LOG_ID: self._log_id,
            CONF_SIGNER_URL: self._signer_url,
            **self._endpoints,
        }
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(
                title=self._name, data=data, options=self._new_options
            )
        self.hass.config_entries.async_update_entry(
            self._entry,
            data={**self._entry.data, **data},
            options=self._new_options,
        )
        return self.async_abort(reason="network_chosen")

    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first source: without one, nothing is recorded."""
        source = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_SOURCE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, source["flow_id"])
        return result
