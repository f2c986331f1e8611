"""The private keys, in Home Assistant's private storage.

They are kept apart from the config entries, so that they show neither there nor in
diagnostics, and so that a log can be continued after its entry was removed.
"""

from typing import TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from .chain.account import Account
from .const import DOMAIN

_VERSION = 1


class LogKey(TypedDict):
    """What belongs to a log: the key that signs it, and who its id was made for."""

    private_key: str
    creator: str


class _Data(TypedDict):
    accounts: dict[str, str]
    logs: dict[str, LogKey]


class KeyRing:
    """All private keys of this Home Assistant."""

    def __init__(self, store: Store[_Data], data: _Data) -> None:
        """Use ``async_get_key_ring`` instead."""
        self._store = store
        self._data = data

    @property
    def addresses(self) -> list[str]:
        """The accounts whose keys are here."""
        return list(self._data["accounts"])

    def account_key(self, address: str) -> str | None:
        """Return the private key of an account."""
        return self._data["accounts"].get(address)

    def log_key(self, log_id: str) -> LogKey | None:
        """Return the key of a log."""
        return self._data["logs"].get(log_id)

    async def async_add_account(self, account: Account) -> None:
        """Keep the key of an account. When this returns, it is on the disk."""
        self._data["accounts"][account.address] = account.private_key
        await self._store.async_save(self._data)

    async def async_forget(self, address: str) -> None:
        """Remove the key of an account that a signer outside signs for."""
        if self._data["accounts"].pop(address, None) is not None:
            await self._store.async_save(self._data)

    async def async_add_log(self, log_id: str, key: LogKey) -> None:
        """Keep the key of a log. When this returns, it is on the disk."""
        self._data["logs"][log_id] = key
        await self._store.async_save(self._data)


_KEY_RING: HassKey[KeyRing] = HassKey(f"{DOMAIN}_key_ring")


@singleton(_KEY_RING, async_=True)
async def async_get_key_ring(hass: HomeAssistant) -> KeyRing:
    """Load the keys, once."""
    store = Store[_Data](hass, _VERSION, DOMAIN, private=True, atomic_writes=True)
    return KeyRing(store, await store.async_load() or _Data(accounts={}, logs={}))
