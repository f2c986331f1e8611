"""The steps of setting up a log that ask which account pays."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import probatio as vol
from eth_typing import ChecksumAddress
from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_ADDRESS, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers import selector

from ..chain.account import (
    Account,
    AccountError,
    create_account,
    is_recovery_phrase,
)
from ..chain.keystore import MAX_BYTES, Keystore, KeystoreError, WrongPasswordError
from ..const import CONF_CHAIN_ID, CONF_SIGNER_URL
from ..keys import async_get_key_ring
from .network_steps import URL_FIELD, NetworkSteps
from .signer import async_try_signer

CONF_KEYSTORE = "keystore"
CONF_PRIVATE_KEY = "private_key"

_SECRET_FIELD = selector.TextSelector(
    selector.TextSelectorConfig(type=selector.TextSelectorType.PASSWORD)
)


class AccountSteps(NetworkSteps):
    """Asks for an account: a new one, or one whose key is here or elsewhere."""

    _address: ChecksumAddress
    _key: Account | None = None
    _keystore: Keystore
    _signer_url: str | None = None

    @abstractmethod
    async def async_step_log(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on, once it is clear who pays."""

    async def async_step_account(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the account that pays: a new one, or one that exists."""
        options = [
            "create_account",
            "import_account",
            "import_keystore",
            "external_signer",
        ]
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
                errors[CONF_PRIVATE_KEY] = (
                    "recovery_phrase"
                    if is_recovery_phrase(user_input[CONF_PRIVATE_KEY])
                    else "invalid_private_key"
                )
            else:
                if account.address not in self._used_addresses():
                    self._use(account)
                    return await self.async_step_log()
                errors[CONF_PRIVATE_KEY] = "account_in_use"
        return self.async_show_form(
            step_id="import_account",
            data_schema=vol.Schema({vol.Required(CONF_PRIVATE_KEY): _SECRET_FIELD}),
            errors=errors,
        )

    async def async_step_import_keystore(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a keystore file."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._keystore = await self.hass.async_add_executor_job(
                    _read_keystore, self.hass, user_input[CONF_KEYSTORE]
                )
            except KeystoreError as err:
                errors[CONF_KEYSTORE] = err.key
            except OSError, ValueError:
                errors[CONF_KEYSTORE] = "upload_again"
            else:
                return await self.async_step_keystore_password()
        return self.async_show_form(
            step_id="import_keystore",
            data_schema=vol.Schema(
                {
                    # Nodes and wallets give such files no ending that could be named.
                    vol.Required(CONF_KEYSTORE): selector.FileSelector(
                        selector.FileSelectorConfig(accept="*/*")
                    )
                }
            ),
            errors=errors,
        )

    async def async_step_keystore_password(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the password of the keystore file, and open it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                account = await self.hass.async_add_executor_job(
                    self._keystore.open, user_input[CONF_PASSWORD]
                )
            except WrongPasswordError as err:
                errors[CONF_PASSWORD] = err.key
            except AccountError:
                errors["base"] = "no_keystore"
            else:
                if account.address not in self._used_addresses():
                    self._use(account)
                    return await self.async_step_log()
                errors["base"] = "account_in_use"
        return self.async_show_form(
            step_id="keystore_password",
            data_schema=vol.Schema({vol.Required(CONF_PASSWORD): _SECRET_FIELD}),
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
        if user_input is not None and (
            signer := await async_try_signer(self.hass, user_input, errors)
        ):
            used = self._used_addresses()
            free = [address for address in signer.accounts if address not in used]
            chosen = user_input.get(CONF_ADDRESS, free[0] if len(free) == 1 else None)
            if chosen in free:
                self._key, self._address, self._signer_url = None, chosen, signer.url
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

    async def _keep_key(self) -> None:
        if self._key is not None:
            ring = await async_get_key_ring(self.hass)
            await ring.async_add_account(self._key)

    def _used_addresses(self) -> set[str]:
        """Return the accounts of other logs on this chain, or on none yet.

        Each log counts its account's transactions: two would get in each other's way.
        """
        changed = self.context.get("entry_id")
        return {
            entry.data[CONF_ADDRESS]
            for entry in self._async_current_entries()
            if entry.data.get(CONF_CHAIN_ID) in {None, self._chain_id}
            and entry.entry_id != changed
        }

    def _abort_if_account_in_use(self) -> None:
        """Give up where another flow has taken the account since it was chosen."""
        if self._address in self._used_addresses():
            raise AbortFlow("account_in_use")

    async def _kept_addresses(self) -> list[str]:
        ring = await async_get_key_ring(self.hass)
        used = self._used_addresses()
        return [address for address in ring.addresses if address not in used]


def _read_keystore(hass: HomeAssistant, file_id: str) -> Keystore:
    """Read a file that was uploaded, and remove it. Runs in an executor.

    Raises:
        KeystoreError: it is no keystore that may be opened.
        OSError, ValueError: it is not there any more.
    """
    with process_uploaded_file(hass, file_id) as path, path.open("rb") as file:
        return Keystore(file.read(MAX_BYTES + 1))
