"""Entering a new access key, after an endpoint or a signer has refused the old one."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_ADDRESS
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..chain.errors import SignerDeniedError, SignerError
from ..chain.external_account import accounts_of
from ..const import CONF_SIGNER_URL
from .network_steps import URL_FIELD, NetworkSteps
from .signer import async_try_signer


class ReauthSteps(NetworkSteps):
    """Asks for new addresses with access keys, tries them, and keeps all else."""

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Find out who refuses access."""
        if (url := entry_data.get(CONF_SIGNER_URL)) is not None:
            try:
                await accounts_of(url, async_get_clientsession(self.hass))
            except SignerDeniedError:
                return await self.async_step_reauth_signer()
            except SignerError:
                pass  # that it is away is no matter of access
        return await self.async_step_reauth_endpoint()

    async def async_step_reauth_endpoint(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for RPC endpoints of the same network, and try them."""
        entry = self._get_reauth_entry()
        form = await self._ask_for_other_endpoints(entry, "reauth_endpoint", user_input)
        return form or self._let_in(self._endpoints)

    async def async_step_reauth_signer(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a signer of the same account, and try it."""
        data = self._get_reauth_entry().data
        errors: dict[str, str] = {}
        if user_input is not None and (
            signer := await async_try_signer(self.hass, user_input, errors)
        ):
            if data[CONF_ADDRESS] in signer.accounts:
                return self._let_in({CONF_SIGNER_URL: signer.url})
            errors[CONF_SIGNER_URL] = "account_not_signed"
        return self.async_show_form(
            step_id="reauth_signer",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_SIGNER_URL): URL_FIELD}),
                user_input or data,
            ),
            errors=errors,
            description_placeholders={"address": data[CONF_ADDRESS]},
        )

    def _let_in(self, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Use the new addresses from now on."""
        entry, entries = self._get_reauth_entry(), self.hass.config_entries
        if not entries.async_update_entry(entry, data={**entry.data, **data}):
            # The old ones work again: the anchors need not wait for their next turn.
            entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(reason="reauth_successful")
