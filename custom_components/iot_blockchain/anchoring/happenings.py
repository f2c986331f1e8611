"""What happens to a log that a person may want to react to.

Whoever finds out tells it, once; triggers and the event entity listen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN


class Kind(StrEnum):
    """What kind of thing happened."""

    ANCHORED = "anchored"
    FINAL = "final"
    REORGED = "reorged"
    FAILED = "failed"
    BUDGET_REACHED = "budget_reached"
    BALANCE_LOW = "balance_low"
    VERIFICATION_FAILED = "verification_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorMoved:
    """A block holds an anchor, is final, or holds it no more.

    The anchor is the log's first one to hold the entries ``first`` up to ``size``;
    ``number`` counts the log's anchors. Hashes are in hex with 0x, ``block_time`` is
    in seconds since 1970.
    """

    kind: Literal[Kind.ANCHORED, Kind.FINAL, Kind.REORGED]
    first: int
    size: int
    number: int
    transaction: str
    block_number: int
    block_hash: str
    block_time: int

    @property
    def details(self) -> dict[str, Any]:
        """What an automation is told of it."""
        return {
            "first": self.first,
            "size": self.size,
            "number": self.number,
            "transaction": self.transaction,
            "block_number": self.block_number,
            "block_hash": self.block_hash,
            "block_time": datetime.fromtimestamp(self.block_time, UTC).isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchoringStopped:
    """Readings cannot be anchored for now, or the budget keeps them from it.

    ``reason`` is the key of the error, ``error`` says it in English.
    """

    kind: Literal[Kind.FAILED, Kind.BUDGET_REACHED]
    reason: str
    error: str

    @property
    def details(self) -> dict[str, Any]:
        """What an automation is told of it."""
        return {"reason": self.reason, "error": self.error}


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLow:
    """The account can pay for a few anchors only.

    ``balance`` is what it holds, in wei; ``anchors`` is for how many that is enough.
    """

    kind: Literal[Kind.BALANCE_LOW] = field(default=Kind.BALANCE_LOW, init=False)
    address: str
    balance: int
    anchors: int

    @property
    def details(self) -> dict[str, Any]:
        """What an automation is told of it, the balance in the network's coin."""
        return {
            "address": self.address,
            "balance": self.balance / 10**18,
            "anchors": self.anchors,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationFailed:
    """A receipt is invalid, or something is not as the log says.

    ``reason`` names what was found, for a receipt the step that failed; ``error`` says
    it in English; ``entities`` are those it is about, as far as that is known.
    """

    kind: Literal[Kind.VERIFICATION_FAILED] = field(
        default=Kind.VERIFICATION_FAILED, init=False
    )
    reason: str
    error: str
    entities: tuple[str, ...] = ()

    @property
    def details(self) -> dict[str, Any]:
        """What an automation is told of it."""
        return {
            "reason": self.reason,
            "error": self.error,
            "entities": list(self.entities),
        }


type Happening = AnchorMoved | AnchoringStopped | BalanceLow | VerificationFailed

type Listener = Callable[[str | None, Happening], None]
"""Is called with the id of a log's config entry, and what happened to the log.

Without an id, it did not happen to a log here: a receipt of anybody failed.
"""

_SIGNAL: SignalType[str | None, Happening] = SignalType(f"{DOMAIN}_happening")


@callback
def tell(hass: HomeAssistant, entry_id: str | None, happening: Happening) -> None:
    """Tell what happened to the log of a config entry, or to none of the logs."""
    async_dispatcher_send(hass, _SIGNAL, entry_id, happening)


@callback
def listen(
    hass: HomeAssistant, listener: Listener, entry_id: str | None = None
) -> CALLBACK_TYPE:
    """Call a listener, on the event loop, with what happens.

    To the log of one config entry, which need not be loaded; without ``entry_id``, to
    every log, now or later, and to none. Call what is returned to listen no more.
    """

    @callback
    def hear(told: str | None, happening: Happening) -> None:
        if entry_id in {None, told}:
            listener(told, happening)

    return async_dispatcher_connect(hass, _SIGNAL, hear)
