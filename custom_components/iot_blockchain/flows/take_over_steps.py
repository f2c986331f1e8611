"""Changing a log that is set up: its endpoints, its account, its owner."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, cast

import probatio as vol
from eth_utils.address import is_checksum_address
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_ADDRESS
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers import selector

from ..chain import calls, contract
from ..chain.account import Account
from ..chain.errors import ChainError, NotOwnerError
from ..const import CONF_CHAIN_ID, CONF_LOG_ID, CONF_SIGNER_URL
from ..coordinator import IotBlockchainConfigEntry, loaded_log
from ..keys import async_get_key_ring
from ..log.database import StoreError
from .account_steps import AccountSteps

_PATIENCE_SECONDS = 300


class TakeOverSteps(AccountSteps):
    """Lets another account pay for a log, or own it."""

    _work: asyncio.Task[None] | None = None
    _problem: str
    _error: str

    async def async_step_reconfigure(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to change."""
        is_loaded = self._entry.state is ConfigEntryState.LOADED
        if self._has_no_network:
            loaded_log(self._entry)
            return self.async_show_menu(step_id="reconfigure", menu_options=["network"])
        options = ["reconfigure_endpoint"]
        if is_loaded:
            options += ["reconfigure_account", "reconfigure_owner"]
        return self.async_show_menu(step_id="reconfigure", menu_options=options)

    @property
    def _entry(self) -> IotBlockchainConfigEntry:
        return cast("IotBlockchainConfigEntry", self._get_reconfigure_entry())

    @property
    def _has_no_network(self) -> bool:
        """Whether it is for a log that was made without a network to choose one."""
        return (
            self.source == SOURCE_RECONFIGURE and CONF_CHAIN_ID not in self._entry.data
        )

    async def async_step_account(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the account pay that the log was made with, if its key is here.

        Only that account can create the log in the contract.
        """
        if self._has_no_network:
            address = self._entry.data[CONF_ADDRESS]
            key = (await async_get_key_ring(self.hass)).account_key(address)
            if key is not None and address not in self._used_addresses():
                self._use(await self.hass.async_add_executor_job(Account, key))
                return await self.async_step_log()
        return await super().async_step_account(user_input)

    async def async_step_reconfigure_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another account that is to pay for the log."""
        self._chain_id = self._entry.data[CONF_CHAIN_ID]
        return await self.async_step_account()

    async def async_step_take_over(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the account that was chosen anchor the log, and own it as the old did."""
        return await self._do(self._take_over(), "take_over", "taken_over")

    async def _take_over(self) -> None:
        # Before anything can make it the key of the log, or a person is asked to.
        await self._keep_key()
        if self._address == self._entry.data[CONF_ADDRESS]:
            return
        anchoring = loaded_log(self._entry).chain.anchoring
        state = await anchoring.state()
        if state.publisher == self._address:
            return
        if state.owner != self._entry.data[CONF_ADDRESS]:
            raise NotOwnerError(f"the log belongs to {state.owner}")
        for call in (calls.set_publisher, calls.set_owner):
            await anchoring.hand_over(call(anchoring.log_id, self._address))

    async def async_step_taken_over(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Use the new account, or the old one's other signer, from now on."""
        data = {CONF_ADDRESS: self._address, CONF_SIGNER_URL: self._signer_url}
        self.hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, **data}
        )
        if not any(
            entry.data[CONF_ADDRESS] == self._address
            and entry.data.get(CONF_SIGNER_URL) is None
            for entry in self._async_current_entries()
        ):
            await (await async_get_key_ring(self.hass)).async_forget(self._address)
        return self.async_abort(
            reason="account_changed",
            description_placeholders={"address": self._address},
        )

    async def async_step_reconfigure_owner(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the account that is to own the log, which can be a cold one."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if is_checksum_address(user_input[CONF_ADDRESS].strip()):
                self._address = user_input[CONF_ADDRESS].strip()
                return await self.async_step_give_away()
            errors[CONF_ADDRESS] = "invalid_address"
        return self.async_show_form(
            step_id="reconfigure_owner",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_ADDRESS): selector.TextSelector()}),
                user_input,
            ),
            errors=errors,
        )

    async def async_step_give_away(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give the log to its new owner."""
        return await self._do(self._give_away(), "give_away", "given_away")

    async def _give_away(self) -> None:
        anchoring = loaded_log(self._entry).chain.anchoring
        await anchoring.hand_over(calls.set_owner(anchoring.log_id, self._address))

    async def async_step_given_away(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell that it is done."""
        return self.async_abort(
            reason="owner_changed", description_placeholders={"address": self._address}
        )

    async def _do(
        self,
        work: Coroutine[Any, Any, None],
        step_id: str,
        next_step_id: str,
        *,
        failed_step_id: str = "not_done",
        seconds: float = _PATIENCE_SECONDS,
    ) -> ConfigFlowResult:
        """Show that something is being done, and go on when it is, or when it fails."""
        if self._work is None:
            self._work = self.hass.async_create_task(asyncio.wait_for(work, seconds))
        else:
            work.close()
        if not self._work.done():
            return self.async_show_progress(
                step_id=step_id, progress_action=step_id, progress_task=self._work
            )
        try:
            await self._work
        except (AbortFlow, ChainError, StoreError, TimeoutError) as err:
            self._problem = _reason_of(err)
            self._error = str(err) or "no block holds it yet"
            next_step_id = failed_step_id
        return self.async_show_progress_done(next_step_id=next_step_id)

    async def async_step_not_done(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell why it could not be done, and what to do."""
        return self.async_abort(
            reason=self._problem,
            description_placeholders={
                "address": self._address,
                "contract": contract.ADDRESS,
                "error": self._error,
                "log": self._entry.data[CONF_LOG_ID],
            },
        )


def _reason_of(problem: Exception) -> str:
    if isinstance(problem, AbortFlow):
        return problem.reason
    return "not_owner" if isinstance(problem, NotOwnerError) else "failed"
