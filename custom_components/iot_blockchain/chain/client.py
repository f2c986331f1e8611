"""Talking to one RPC endpoint.

Retries are not made here: whoever calls knows what may be repeated and when. Whatever
an endpoint answers or fails to, callers see a ``ChainError``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientSession

from . import answers, contract
from .errors import (
    AccessDeniedError,
    ChainUnreachableError,
    NoBaseFeeError,
    RevertedError,
    WrongChainError,
)
from .keccak import keccak256
from .rpc import DeniedError, JsonRpc, NoAnswerError, NonsenseError, RefusedError

FINAL_DEPTH: Final = 64
"""So many further blocks make one final where the network has no word for it."""

# An anchor makes one event, few networks add any of their own, and who anchors for
# many may do it in one transaction.
_MAX_EVENTS = 256
# Arbitrum's blocks have room for the most, and no call takes nearly as much.
_MAX_GAS = 2**50
_BUSY = (-32005, -32016, 429)
# No such method, no such parameter, no such block (as Besu and Erigon say it).
_UNKNOWN = (-32601, -32602, -39001)
# The same in words, where the code says less: geth, before and after its merge, Erigon,
# and IoTeX.
_UNKNOWN_WORDS = (
    "block not found",
    "'finalized' tag not supported",
    'block "finalized" not available',
    "unknown block",
    'parsing "finalized"',
)
_REVERTED = 3
_ALREADY_SENT = ("already known", "already imported", "known transaction")


@dataclass(frozen=True, slots=True)
class Block:
    """The head of a block: ``time`` in seconds since 1970.

    The rest of the endpoint's ``answer`` is read only for who asks for it: nobody else
    depends on it.
    """

    number: int
    hash: bytes
    time: int
    answer: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Block:
        """Read what an endpoint says of a block."""
        block = answers.members(value)
        return cls(
            answers.quantity(block.get("number")),
            answers.word(block.get("hash")),
            answers.time(block.get("timestamp")),
            block,
        )

    @property
    def base_fee(self) -> int | None:
        """What the block burns, in wei for each unit of gas, if it does (EIP-1559)."""
        with _translated_errors():
            fee = self.answer.get("baseFeePerGas")
            return None if fee is None else answers.quantity(fee)

    @property
    def transactions(self) -> Sequence[bytes]:
        """The hashes of its transactions: none where the endpoint does not tell."""
        with _translated_errors():
            listed = self.answer.get("transactions")
            return [] if listed is None else [*map(answers.word, answers.items(listed))]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """How a transaction ended in a block. ``anchored`` are the anchors it made.

    ``status`` is 0 or 1, None where the endpoint does not tell. The rest of its
    ``answer`` is read only for who asks for it, as that of a ``Block``.
    """

    block_number: int
    block_hash: bytes
    status: int | None
    anchored: Sequence[contract.Anchored]
    answer: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object, transaction: bytes) -> Inclusion:
        """Read the receipt that an endpoint has of this transaction."""
        receipt = answers.members(value)
        if answers.word(receipt.get("transactionHash")) != transaction:
            raise NonsenseError("the receipt of another transaction")
        status = receipt.get("status")
        events = map(contract.anchored, answers.items(receipt.get("logs"), _MAX_EVENTS))
        return cls(
            block_number=answers.quantity(receipt.get("blockNumber")),
            block_hash=answers.word(receipt.get("blockHash")),
            status=None if status is None else answers.quantity(status, 1),
            anchored=[event for event in events if event],
            answer=receipt,
        )

    @property
    def succeeded(self) -> bool:
        """Whether the transaction did what it was sent for.

        Raises:
            ChainUnreachableError: here and below, the endpoint does not tell.
        """
        with _translated_errors():
            return answers.quantity(self.answer.get("status"), 1) == 1

    @property
    def cost(self) -> int:
        """What the transaction cost, in wei, all fees included."""
        with _translated_errors():
            price = answers.quantity(self.answer.get("effectiveGasPrice"))
            # OP-stack chains charge for the data on Ethereum beside the gas.
            published = self.answer.get("l1Fee")
            return answers.quantity(self.answer.get("gasUsed")) * price + (
                0 if published is None else answers.quantity(published)
            )


class ChainClient:
    """One chain through one RPC endpoint."""

    def __init__(
        self, url: str, session: ClientSession, *, final_depth: int = FINAL_DEPTH
    ) -> None:
        """Prepare to talk; nothing is sent yet. The caller closes the session.

        ``final_depth``: so many further blocks make a block final where the network
        does not say which are.
        """
        self._rpc = JsonRpc(url, session)
        self._final_depth = final_depth

    async def chain_id(self) -> int:
        """Ask which chain this is."""
        with _translated_errors():
            return answers.quantity(await self._rpc.ask("eth_chainId"))

    async def require_chain(self, chain_id: int) -> None:
        """Make sure that this is the chain that is meant.

        Raises:
            WrongChainError: it is another one.
        """
        found = await self.chain_id()
        if found != chain_id:
            raise WrongChainError(chain_id, found)

    async def balance(self, address: str) -> int:
        """Ask what an account holds, in wei."""
        with _translated_errors():
            return answers.quantity(
                await self._rpc.ask("eth_getBalance", address, "latest"),
                answers.MAX_AMOUNT,
            )

    async def transaction_count(self, address: str) -> int:
        """Ask for an account's next nonce, as of the last block."""
        with _translated_errors():
            return answers.quantity(
                await self._rpc.ask("eth_getTransactionCount", address, "latest")
            )

    async def has_code(self, address: str) -> bool:
        """Ask whether a contract stands at an address."""
        with _translated_errors():
            return bool(
                answers.data(await self._rpc.ask("eth_getCode", address, "latest"))
            )

    async def log_state(self, log: bytes) -> contract.LogState:
        """Ask the contract, which must be there, for the state of a log."""
        call = {"to": contract.ADDRESS, "data": _written(contract.log_of(log))}
        with _translated_errors():
            return contract.decode_log_of(
                await self._rpc.ask("eth_call", call, "latest")
            )

    async def estimate_gas(self, sender: str, to: str, data: bytes) -> int:
        """Ask how much gas a call takes.

        Raises:
            RevertedError: the call would fail.
        """
        call = {"from": sender, "to": to, "data": _written(data)}
        with _translated_errors():
            return answers.quantity(
                await self._rpc.ask("eth_estimateGas", call), _MAX_GAS
            )

    async def priority_fee(self) -> int:
        """Ask for the usual tip, in wei for each unit of gas.

        A node that has no word for it names the whole price instead.
        """
        with _translated_errors():
            try:
                return answers.quantity(await self._rpc.ask("eth_maxPriorityFeePerGas"))
            except RefusedError as err:
                if err.code in _BUSY:
                    raise
            price = answers.quantity(await self._rpc.ask("eth_gasPrice"))
            return max(0, price - await self.base_fee())

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
            return Block.from_json(await self._block("latest"))

    async def block(self, number: int) -> Block | None:
        """Ask for a block by its number."""
        with _translated_errors():
            found = await self._block(hex(number))
            if found is None:
                return None
            block = Block.from_json(found)
            if block.number != number:
                raise NonsenseError("another block")
            return block

    async def header(self, block_hash: bytes) -> Mapping[str, Any]:
        """Ask for all that an endpoint has to say of a block, by its hash."""
        with _translated_errors():
            found = await self._rpc.ask(
                "eth_getBlockByHash",
                _written(block_hash),
                False,  # noqa: FBT003 - JSON
            )
            return answers.members(found)

    async def outcomes(self, number: int) -> bytes:
        """Ask for the receipts of all transactions in a block: the answer, unread."""
        with _translated_errors():
            return await self._rpc.ask_for_long("eth_getBlockReceipts", hex(number))

    async def final_block_number(self) -> int:
        """Ask for the last block that the network calls final.

        A network that has no word for it is trusted after ``final_depth`` more blocks.
        Negative while nothing is final.

        Raises:
            ChainUnreachableError: also if the endpoint does not want to say it now,
                because so many blocks can be less than what the network asks for.
        """
        with _translated_errors():
            try:
                final = await self._block("finalized")
            except RefusedError as err:
                if not _is_unknown(err):
                    raise NoAnswerError(err.message) from err
                final = None
            if final is None:
                return (await self.latest_block()).number - self._final_depth
            return Block.from_json(final).number

    async def inclusion(self, transaction: bytes) -> Inclusion | None:
        """Ask how a transaction ended, None while it is in no block."""
        with _translated_errors():
            receipt = await self._rpc.ask(
                "eth_getTransactionReceipt", _written(transaction)
            )
            return (
                None if receipt is None else Inclusion.from_json(receipt, transaction)
            )

    async def knows(self, transaction: bytes) -> bool:
        """Ask whether the endpoint holds a transaction, in a block or waiting."""
        with _translated_errors():
            found = await self._rpc.ask(
                "eth_getTransactionByHash", _written(transaction)
            )
            if found is None:
                return False
            if answers.word(answers.members(found).get("hash")) != transaction:
                raise NonsenseError("another transaction")
            return True

    async def send(self, raw: bytes) -> None:
        """Hand over a signed transaction. Sending it twice is harmless.

        Raises:
            RevertedError: the node refuses it.
        """
        with _translated_errors():
            try:
                taken = await self._rpc.ask("eth_sendRawTransaction", _written(raw))
            except RefusedError as err:
                if not any(known in err.message.lower() for known in _ALREADY_SENT):
                    raise
            else:
                if answers.word(taken) != keccak256(raw):
                    raise NonsenseError("another transaction")

    async def _block(self, which: str) -> Any:  # noqa: ANN401 - JSON
        return await self._rpc.ask("eth_getBlockByNumber", which, False)  # noqa: FBT003 - JSON


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except DeniedError as err:
        raise AccessDeniedError(f"the RPC endpoint refuses access ({err})") from err
    except NoAnswerError as err:
        raise ChainUnreachableError(
            f"the RPC endpoint does not answer ({err})"
        ) from err
    except NonsenseError as err:
        raise ChainUnreachableError(
            f"the RPC endpoint answers without sense ({err})"
        ) from err
    except RefusedError as err:
        if err.code in _BUSY:
            raise ChainUnreachableError("the RPC endpoint asks for patience") from err
        if name := contract.error_name(_bytes(err.data)):
            raise RevertedError(f"the contract refuses: {name}") from err
        who = "contract" if err.code == _REVERTED else "node"
        raise RevertedError(
            f"the {who} refuses: {err.message or 'without a reason'}"
        ) from err


def _is_unknown(err: RefusedError) -> bool:
    """Tell whether a network has no word for what is final."""
    said = err.message.lower()
    return err.code in _UNKNOWN or any(words in said for words in _UNKNOWN_WORDS)


def _bytes(data: object) -> bytes:
    """Read the data of an error, which may be anything."""
    try:
        return answers.data(data)
    except NonsenseError:
        return b""


def _written(data: bytes) -> str:
    """Write bytes as the Ethereum JSON-RPC API does."""
    return "0x" + data.hex()
