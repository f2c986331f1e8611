"""Deploying the contract while somebody watches, if the account has money already."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_ADDRESS
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..chain import contract
from ..chain.account import Payer
from ..chain.deployment import deploy
from ..chain.endpoints import Endpoints
from ..chain.errors import ChainError
from ..chain.external_account import ExternalAccount
from ..chain.journal import Journal
from ..chain.sender import Sender
from ..logs import log_path
from ..markdown import plain
from ..opening import limits_of
from .take_over_steps import TakeOverSteps

_PATIENCE_SECONDS = 60


class DeploySteps(TakeOverSteps):
    """Offers to deploy the contract at once, and not only once it is needed."""

    _log_id: str

    @property
    @abstractmethod
    def _new_options(self) -> Mapping[str, Any]:
        """What the log may spend, as options."""

    @abstractmethod
    async def async_step_finish(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep what was chosen."""

    async def _can_deploy_now(self) -> bool:
        """Say whether the contract is missing, and the account has something."""
        if not self._deploy:
            return False
        try:
            is_there = await self._client.has_code(contract.ADDRESS)
            balance = await self._client.balance(self._address)
        except ChainError:
            return False
        return balance > 0 and not is_there

    async def async_step_deployment(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to watch, or to go on without waiting."""
        return self.async_show_menu(
            step_id="deployment",
            menu_options=["deploy", "finish"],
            description_placeholders={"contract": contract.ADDRESS},
        )

    async def async_step_deploy(
        self, _user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Deploy the contract, and show that it is being done."""
        return await self._do(
            self._deploy_contract(),
            "deploy",
            "finish",
            failed_step_id="not_deployed",
            seconds=_PATIENCE_SECONDS,
        )

    async def _deploy_contract(self) -> None:
        path = log_path(self.hass, self._log_id)
        journal = await self.hass.async_add_executor_job(Journal, path, self._chain_id)
        try:
            endpoints = Endpoints([self._client], self._chain_id)
            sender = Sender(
                endpoints,
                self._payer,
                journal,
                limits_of(self._new_options),
                bytes.fromhex(self._log_id),
            )
            await deploy(endpoints, sender, journal)
        finally:
            await self.hass.async_add_executor_job(journal.close)

    @property
    def _payer(self) -> Payer:
        if self._signer_url is None:
            assert self._key is not None
            return self._key
        session = async_get_clientsession(self.hass)
        return ExternalAccount(self._address, self._signer_url, session)

    async def async_step_not_deployed(
        self, user_input: Mapping[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell why it was not deployed; that is tried again before it is needed."""
        if user_input is not None:
            return await self.async_step_finish()
        return self.async_show_form(
            step_id="not_deployed",
            data_schema=vol.Schema({}),
            description_placeholders={
                CONF_ADDRESS: self._address,
                "error": plain(self._error),
            },
            last_step=True,
        )
