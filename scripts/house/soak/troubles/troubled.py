"""A house whose endpoints, chain, disk and clock can be made to fail."""

import random
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final

from ...audit import AuditError
from ...clock import Clock
from ...disk import mounted
from ...endpoint import Endpoint
from ...home_assistant import HomeAssistantError
from ...load import LoadedHouse
from ...said import issues
from ...waiting import until
from ..ordeal import Ordeal

DEEPEST_REORG: Final = 7
"""In blocks. Those before are final."""
CEILING_GWEI: Final = 500

_ENDPOINTS: Final = 2
_ANCHOR_READINGS: Final = 2000
_RECEIPTS: Final = 3
_KILLED: Final = 0.25
_PATIENCE: Final = 300

type Trouble = Callable[[TroubledOrdeal], AbstractContextManager[None]]
"""Something that is wrong for as long as this is entered."""


class TroubledOrdeal(Ordeal):
    """A house under load and in trouble. Whoever makes one closes it."""

    def __init__(
        self, folder: Path, *, rate: int, entities: int = 50, disk: str = "1g"
    ) -> None:
        """Start everything, with so many state changes a second.

        ``disk`` is the size of the log's own, as mount takes it.
        """
        self.endpoints: list[Endpoint] = []
        self.missing: set[str] = set()
        """What this machine cannot do: "clock", "disk"."""
        with ExitStack() as opened:
            logs = folder / "home_assistant" / "iot_blockchain"
            # One that was killed has left its disk there.
            logs.mkdir(parents=True, exist_ok=True)
            try:
                opened.enter_context(mounted(logs, disk))
            except OSError, subprocess.CalledProcessError:
                self.missing.add("disk")
            self.clock = self._make_clock(folder)
            house = LoadedHouse(
                folder,
                rate=rate,
                entities=entities,
                anchor_readings=_ANCHOR_READINGS,
                final_after=DEEPEST_REORG + 1,
                max_fee_gwei=CEILING_GWEI,
                env=self.clock.env if self.clock else None,
                rpc_urls=lambda house: self._open_endpoints(house, opened),
            )
            opened.callback(house.close)
            self._opened = opened.pop_all()
        super().__init__(house)
        self._settled_block = self.head

    def _make_clock(self, folder: Path) -> Clock | None:
        try:
            return Clock(folder)
        except OSError:
            self.missing.add("clock")
            return None

    def _open_endpoints(self, house: LoadedHouse, opened: ExitStack) -> list[str]:
        for _ in range(_ENDPOINTS):
            endpoint = Endpoint(lambda: house.chain)
            opened.callback(endpoint.close)
            self.endpoints.append(endpoint)
        return [endpoint.url for endpoint in self.endpoints]

    @property
    def head(self) -> int:
        """The number of the chain's last block."""
        return int(self.house.chain.rpc("eth_blockNumber"), 16)

    @property
    def nonce(self) -> int:
        """How often the account has paid, or is about to."""
        count: str = self.house.chain.rpc(
            "eth_getTransactionCount", self.house.address, "pending"
        )
        return int(count, 16)

    def live_through(self, trouble: Trouble, *, longest: float) -> None:
        """Be in trouble for a while, at most so many seconds, and come out of it.

        Now and then Home Assistant is killed in the midst of it.

        Raises:
            AuditError: something is lost, doubled or changed.
            TimeoutError: what has to happen does not.
        """
        self.house.home.log_in()  # what it was logged in with lasts for half an hour
        with trouble(self):
            time.sleep(random.uniform(0, longest))  # noqa: S311 - any
            if random.random() < _KILLED:  # noqa: S311 - any
                self.kill_now()
        self.house.home.log_in()
        self.house.wait_for_entries()
        self._settle()
        if self.clock:
            self.clock.set(0)

    def kill_now(self) -> None:
        """Kill Home Assistant, look at what it leaves, and start it again.

        Raises:
            AuditError: something is lost, doubled or changed.
        """
        self.end()
        self.figures.kills += 1
        self.house.home.start()

    def _settle(self) -> None:
        """Wait until all that was recorded is anchored, and nothing is wrong."""
        size = self.house.size
        until(
            lambda: self._anchor() >= size,
            "an anchor of all there is",
            seconds=_PATIENCE,
        )
        until(
            lambda: issues(self.house.home) == [],
            "the end of all problems",
            seconds=_PATIENCE,
        )
        for _ in range(_RECEIPTS):
            answer = self.house.ask_for_receipt(index=random.randrange(size))  # noqa: S311 - a sample
            # A block that is not final may be gone with the next trouble.
            if answer["status"] == "final":
                self.auditor.receipts.append(answer["receipt"])
        self._settled_block = self.head

    def _anchor(self) -> int:
        """Anchor, and return how much; nothing where that is refused."""
        try:
            return int(self.house.anchor()["size"])
        except HomeAssistantError:
            return 0

    def ask_for_anchor(self) -> None:
        """Ask for an anchor of all there is, and do not wait for it."""
        self.house.home.action("iot_blockchain", "anchor", {})

    def deepest_reorg(self) -> int:
        """Return how many blocks can be taken back, and no other trouble with them."""
        until(lambda: self.head > self._settled_block, "a block")
        return min(DEEPEST_REORG, self.head - self._settled_block)

    def pass_time(self, seconds: int) -> None:
        """Let the clock be so much later, or wait where it cannot be set.

        It is right again after the trouble.
        """
        if self.clock is None:
            time.sleep(seconds)
        else:
            self.clock.set(seconds)

    def close(self) -> None:
        """End every process."""
        self._opened.close()


def require(truth: bool, otherwise: str) -> None:  # noqa: FBT001 - the one thing it takes
    """Make sure of something.

    Raises:
        AuditError: it is not so.
    """
    if not truth:
        raise AuditError(otherwise)
