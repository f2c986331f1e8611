"""An account whose key is elsewhere: in a signer that speaks JSON-RPC.

web3signer and others sign with ``eth_signTransaction`` (EIP-1474). What comes
back is checked: a signer can refuse, but not send something else in our name unseen.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession
from eth_account import Account as EthAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_typing import ChecksumAddress
from eth_utils.address import is_address, to_checksum_address
from eth_utils.conversions import to_hex
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from .account import SignedTransaction
from .errors import SignerDeniedError, SignerError
from .rpc import DeniedError, JsonRpc, NoAnswerError, NonsenseError, RefusedError

_FIELDS = (
    "chainId",
    "data",
    "gas",
    "maxFeePerGas",
    "maxPriorityFeePerGas",
    "nonce",
    "to",
    "value",
)


class ExternalAccount:
    """An account that another program signs for."""

    def __init__(
        self, address: ChecksumAddress, url: str, session: ClientSession
    ) -> None:
        """Take the account and its signer. The caller closes the session."""
        self.address = address
        self._signer = JsonRpc(url, session)

    async def sign_transaction(
        self, transaction: Mapping[str, Any]
    ) -> SignedTransaction:
        """Have a filled transaction signed.

        Raises:
            SignerError: the signer is away, refuses, or signed something else.
        """
        filled = {
            name: value if name == "to" else to_hex(value)
            for name, value in transaction.items()
        }
        answer = await _ask(
            self._signer, "eth_signTransaction", {"from": self.address, **filled}
        )
        # web3signer answers with the transaction, geth with an object around it.
        raw = answer.get("raw") if isinstance(answer, dict) else answer
        return await asyncio.to_thread(self._checked, raw, transaction)

    def _checked(
        self, raw: object, transaction: Mapping[str, Any]
    ) -> SignedTransaction:
        """Make sure that this is what was to be signed, signed by this account."""
        try:
            signed = HexBytes(str(raw))
            fields = TypedTransaction.from_bytes(signed).as_dict()
            matches = (
                fields["type"] == transaction["type"]
                and not fields["accessList"]
                and all(
                    HexBytes(fields[name]) == HexBytes(transaction[name])
                    for name in _FIELDS
                )
            )
            sender = EthAccount.recover_transaction(signed)
        except Exception as err:
            # The library raises whatever it comes across in bytes from outside.
            raise SignerError("the signer answers without sense") from err
        if not matches or sender != self.address:
            raise SignerError("the signer signed something else")
        return SignedTransaction(bytes(signed), keccak(signed))


async def accounts_of(url: str, session: ClientSession) -> list[ChecksumAddress]:
    """Ask a signer which accounts it signs for.

    Raises:
        SignerError: it does not answer, or not with accounts.
    """
    answer = await _ask(JsonRpc(url, session), "eth_accounts")
    if not isinstance(answer, list) or not all(is_address(one) for one in answer):
        raise SignerError("the signer answers without sense")
    return [to_checksum_address(one) for one in answer]


async def _ask(signer: JsonRpc, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
    try:
        return await signer.ask(method, *params)
    except DeniedError as err:
        raise SignerDeniedError(f"the signer refuses access ({err})") from err
    except NoAnswerError as err:
        raise SignerError(f"the signer does not answer ({err})") from err
    except NonsenseError as err:
        raise SignerError(f"the signer answers without sense ({err})") from err
    except RefusedError as err:
        raise SignerError("the signer refuses") from err
