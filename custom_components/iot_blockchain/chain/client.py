"""Talking to one RPC endpoint.

Retries are not made here: whoever calls knows what may be repeated and when. Whatever
an endpoint answers or fails to, callers see a ``ChainError``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession
from eth_abi.exceptions import DecodingError
from eth_typing import BlockIdentifier, ChecksumAddress
from eth_utils.conversions import to_hex
from web3 import AsyncWeb3
from web3.exceptions import (
    BlockNotFound,
    ContractLogicError,
    TransactionNotFound,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware

from . import contract
from .errors import (
    ChainUnreachableError,
    NoBaseFeeError,
    RevertedError,
    WrongChainError,
)
from .provider import SessionProvider

_FINAL_DEPTH = 64
# What SQLite can hold: in wei, nine of the chain's coins.
_MAX_NUMBER = 2**63 - 1
_BUSY = (-32005, 429)
_ALREADY_SENT = ("already known", "already imported", "known transaction")


@dataclass(frozen=True, slots=True)
class Block:
    """The head of a block: ``time`` in seconds since 1970, ``base_fee`` in wei."""

    number: int
    hash: bytes
    time: int
    base_fee: int | None


@dataclass(frozen=True, slots=True)
class Inclusion:
    """How a transaction ended in a block.

    ``cost`` is in wei, all fees included; ``anchored`` are the anchors it made.
    """

    succeeded: bool
    block_number: int
    block_hash: bytes
    cost: int
    anchored: Sequence[contract.Anchored]


class ChainClient:
    """One chain through one RPC endpoint."""

    def __init__(self, url: str, session: ClientSession) -> None:
        """Prepare to talk; nothing is sent yet. The caller closes the session."""
        self._eth = AsyncWeb3(SessionProvider(url, session)).eth
        # Some chains put more into a block's extraData than Ethereum allows.
        self._eth.w3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)

    async def chain_id(self) -> int:
        """Ask which chain this is."""
        with _translated_errors():
            return _number(await self._eth.chain_id)

    async def require_chain(self, chain_id: int) -> None:
        """Make sure that this is the chain that is meant.

        Raises:
            WrongChainError: it is another one.
        """
        found = await self.chain_id()
        if found != chain_id:
            raise WrongChainError(chain_id, found)

    async def balance(self, address: ChecksumAddress) -> int:
        """Ask what an account holds, in wei."""
        with _translated_errors():
            return int(await self._eth.get_balance(address))

    async def transaction_count(self, address: ChecksumAddress) -> int:
        """Ask for an account's next nonce, as of the last block."""
        with _translated_errors():
            return _number(await self._eth.get_transaction_count(address, "latest"))

    async def has_code(self, address: ChecksumAddress) -> bool:
        """Ask whether a contract stands at an address."""
        with _translated_errors():
            return bool(await self._eth.get_code(address))

    async def log_state(self, log: bytes) -> contract.LogState:
        """Ask the contract, which must be there, for the state of a log."""
        with _translated_errors():
            return contract.decode_log_of(
                await self._eth.call(
                    {"to": contract.ADDRESS, "data": to_hex(contract.log_of(log))}
                )
            )

    async def estimate_gas(
        self, sender: ChecksumAddress, to: ChecksumAddress, data: bytes
    ) -> int:
        """Ask how much gas a call takes.

        Raises:
            RevertedError: the call would fail.
        """
        with _translated_errors():
            return _number(
                await self._eth.estimate_gas(
                    {"from": sender, "to": to, "data": to_hex(data)}
                )
            )

    async def priority_fee(self) -> int:
        """Ask for the usual tip, in wei for each unit of gas."""
        with _translated_errors():
            return _number(await self._eth.max_priority_fee)

    async def base_fee(self) -> int:
        """Ask what the next block will burn, in wei for each unit of gas.

        Raises:
            NoBaseFeeError: this chain does not burn fees (EIP-1559).
        """
        fee = (await self.latest_block()).base_fee
        if fee is None:
            raise NoBaseFeeError("this chain has no base fee (EIP-1559)")
        return fee

    async def latest_block(self) -> Block:
        """Ask for the last block."""
        with _translated_errors():
            return await self._block("latest")

    async def block(self, number: int) -> Block | None:
        """Ask for a block by its number."""
        with _translated_errors():
            try:
                return await self._block(number)
            except BlockNotFound:
                return None

    async def final_block_number(self) -> int:
        """Ask for the last block that the network calls final.

        A network that has no word for it is trusted after 64 more blocks. Negative
        while nothing is final.
        """
        with _translated_errors():
            try:
                return (await self._block("finalized")).number
            except BlockNotFound, Web3RPCError:
                return (await self._block("latest")).number - _FINAL_DEPTH

    async def inclusion(self, transaction: bytes) -> Inclusion | None:
        """Ask how a transaction ended, None while it is in no block."""
        with _translated_errors():
            try:
                receipt = await self._eth.get_transaction_receipt(to_hex(transaction))
            except TransactionNotFound:
                return None
            anchored = map(contract.anchored, receipt["logs"])
            return Inclusion(
                succeeded=receipt["status"] == 1,
                block_number=_number(receipt["blockNumber"]),
                block_hash=bytes(receipt["blockHash"]),
                # OP-stack chains charge for the data on Ethereum beside the gas.
                cost=_number(receipt["gasUsed"]) * _number(receipt["effectiveGasPrice"])
                + _number(int(str(receipt.get("l1Fee", "0x0")), 16)),
                anchored=[event for event in anchored if event],
            )

    async def knows(self, transaction: bytes) -> bool:
        """Ask whether the endpoint holds a transaction, in a block or waiting."""
        with _translated_errors():
            try:
                await self._eth.get_transaction(to_hex(transaction))
            except TransactionNotFound:
                return False
            return True

    async def send(self, raw: bytes) -> None:
        """Hand over a signed transaction. Sending it twice is harmless.

        Raises:
            RevertedError: the node refuses it.
        """
        with _translated_errors():
            try:
                await self._eth.send_raw_transaction(raw)
            except Web3RPCError as err:
                if not any(known in str(err).lower() for known in _ALREADY_SENT):
                    raise

    async def _block(self, which: BlockIdentifier) -> Block:
        block = await self._eth.get_block(which)
        fee = block.get("baseFeePerGas")
        return Block(
            _number(block["number"]),
            bytes(block["hash"]),
            _number(block["timestamp"]),
            None if fee is None else _number(fee),
        )


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except ContractLogicError as err:
        name = contract.error_name(_bytes(err.data))
        raise RevertedError(
            f"the contract refuses: {name or err.message or 'without a reason'}"
        ) from err
    except Web3RPCError as err:
        if _is_busy(err):
            raise ChainUnreachableError("the RPC endpoint asks for patience") from err
        raise RevertedError(f"the node refuses: {err.message}") from err
    except (ClientError, OSError, TimeoutError) as err:
        # The error's own text can hold the URL, and the URL an access key.
        raise ChainUnreachableError(
            f"the RPC endpoint does not answer ({type(err).__name__})"
        ) from None
    except (
        Web3Exception,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        DecodingError,
    ) as err:
        raise ChainUnreachableError(
            f"the RPC endpoint answers without sense ({type(err).__name__})"
        ) from err


def _is_busy(err: Web3RPCError) -> bool:
    """Tell whether an endpoint only wants to be asked less often (EIP-1474)."""
    answer = err.rpc_response
    error = answer.get("error") if answer else None
    return isinstance(error, dict) and error.get("code") in _BUSY


def _number(value: int) -> int:
    """Take a number that is to be kept or shown, if it is a reasonable one."""
    if not 0 <= value <= _MAX_NUMBER:
        raise ValueError("a number out of range")
    return int(value)


def _bytes(data: object) -> bytes:
    """Read the data of an error, which may be anything."""
    try:
        return bytes.fromhex(str(data).removeprefix("0x"))
    except ValueError:
        return b""
