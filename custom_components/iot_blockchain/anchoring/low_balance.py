"""Tells when what the account holds is soon not enough, and asks for money."""

from typing import Any

import probatio as vol
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.const import CONF_ADDRESS
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import selector

from .. import issues
from ..chain.errors import AccountEmptyError, ChainError
from ..chain.journal import ANCHORED
from ..const import CONF_CURRENCY
from ..coordinator import IotBlockchainConfigEntry, loaded_log
from .balance import LOW_ANCHORS, anchors_left

CONF_QR_CODE = "qr_code"

# Low is over when it is enough for so many times as many: prices go up and down.
_MARGIN = 2
_ETHER = 10**18


@callback
def look_at_balance(hass: HomeAssistant, entry: IotBlockchainConfigEntry) -> None:
    """Show an issue while the balance is low, for as long as the log is loaded.

    An account that cannot pay at all has an issue of its own.
    """
    shown = False

    @callback
    def look() -> None:
        nonlocal shown
        status = entry.runtime_data.data
        if status.anchors_left is not None:
            shown = status.anchors_left < LOW_ANCHORS * (_MARGIN if shown else 1)
        is_empty = status.problem == AccountEmptyError.key
        issues.set_low_issue(
            hass,
            entry,
            {"anchors": str(status.anchors_left), "address": entry.data[CONF_ADDRESS]}
            if shown and not is_empty and status.anchors_left is not None
            else None,
        )

    if entry.runtime_data.anchorer is not None:
        look()
        entry.async_on_unload(entry.runtime_data.async_add_listener(look))


class FundFlow(RepairsFlow):
    """Shows where to send money, and looks whether it has come."""

    def __init__(self, entry: IotBlockchainConfigEntry) -> None:
        """Take the entry of the log."""
        self._entry = entry

    async def async_step_init(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin with the address."""
        return await self.async_step_fund()

    async def async_step_fund(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the address, as text and as a QR code."""
        anchorer = loaded_log(self._entry).anchorer
        assert anchorer is not None  # without a network, nothing is too little
        address = self._entry.data[CONF_ADDRESS]
        errors: dict[str, str] = {}
        balance = anchorer.balance
        if user_input is not None:
            try:
                client = await anchorer.parts.endpoints.choose()
                balance = await client.balance(address)
            except ChainError:
                errors["base"] = "chain_unreachable"
            else:
                if await self._is_enough(balance):
                    # What waits is anchored now, and the entities show the money.
                    anchorer.look_again()
                    return self.async_create_entry(data={})
                errors["base"] = "still_low"
        return self.async_show_form(
            step_id="fund",
            data_schema=vol.Schema(
                {
                    vol.Optional(CONF_QR_CODE): selector.QrCodeSelector(
                        selector.QrCodeSelectorConfig(data=address, scale=5)
                    )
                }
            ),
            errors=errors,
            description_placeholders={
                "name": self._entry.title,
                "address": address,
                "balance": "?" if balance is None else f"{balance / _ETHER:.6g}",
                "currency": self._entry.data[CONF_CURRENCY],
            },
        )

    async def _is_enough(self, balance: int) -> bool:
        """Say whether a balance is not low; where that cannot be said, whether any."""
        journal = loaded_log(self._entry).parts.journal
        last = await self.hass.async_add_executor_job(journal.last_anchor, *ANCHORED)
        left = anchors_left(balance, last)
        return balance > 0 if left is None else left >= LOW_ANCHORS
