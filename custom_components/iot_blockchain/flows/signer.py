"""Trying the signer that was entered in a dialog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..chain.errors import ChainError
from ..chain.external_account import accounts_of
from ..const import CONF_SIGNER_URL
from .network_steps import checked_url


@dataclass(frozen=True, slots=True)
class Signer:
    """A signer outside that answered, and the accounts that it signs for."""

    url: str
    accounts: Sequence[ChecksumAddress]


async def async_try_signer(
    hass: HomeAssistant, user_input: Mapping[str, Any], errors: dict[str, str]
) -> Signer | None:
    """Return the signer that was entered; where there is none, put into errors why."""
    try:
        url = checked_url(user_input[CONF_SIGNER_URL])
        accounts = await accounts_of(url, async_get_clientsession(hass))
    except ChainError as err:
        errors[CONF_SIGNER_URL] = err.key
        return None
    return Signer(url, accounts)
