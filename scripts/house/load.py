"""A house under load: a chain, and a Home Assistant that records what it is told to."""

import random
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from .audit import size_of
from .chain import Anvil
from .home_assistant import HomeAssistant
from .house import add_log
from .load_generator import Progress, entity_of
from .waiting import until

GENERATOR: Final = Path(__file__).parent / "load_generator"
CONFIGURATION: Final = """\
config:
logger:
  default: warning
  logs:
    custom_components.iot_blockchain: debug
load_generator:
  rate: {rate}
  entities: {entities}
"""

_NEVER = {"days": 365}


class LoadedHouse:
    """Real processes in one folder. Whoever makes one closes it."""

    def __init__(
        self,
        folder: Path,
        *,
        rate: int,
        entities: int = 50,
        anchor_readings: int = 2000,
        block_time: float = 1,
        final_after: int = 2,
        max_fee_gwei: float | None = None,
        env: Mapping[str, str] | None = None,
        rpc_urls: Callable[[LoadedHouse], Sequence[str]] = lambda house: [
            house.chain.url
        ],
    ) -> None:
        """Start a chain and a Home Assistant with a log, and money to anchor it.

        ``final_after`` is how many blocks, an even number, make one final. ``env`` is
        added to Home Assistant's environment; ``rpc_urls`` says where it finds the
        chain.
        """
        self._rpc_urls = rpc_urls
        self._final_after = final_after
        self._options = {"anchor_readings": anchor_readings, "anchor_age": _NEVER}
        if max_fee_gwei is not None:
            self._options["max_fee"] = max_fee_gwei
        self.folder = folder
        self.rate = rate
        self.entities = entities
        self.block_time = block_time
        self.chain: Anvil = self._start_chain(None)
        self.home = HomeAssistant(
            folder / "home_assistant",
            configuration=CONFIGURATION.format(rate=0, entities=entities),
            components=[GENERATOR],
            env=env,
        )
        try:
            self.seconds_to_start = self._set_up(entities)
        except BaseException:
            self.close()
            raise

    def _set_up(self, entities: int) -> float:
        begun = time.monotonic()
        self.home.start()
        seconds_to_start = time.monotonic() - begun
        # From now on it sets states, also when it is started again.
        self.home.configuration = CONFIGURATION.format(
            rate=self.rate, entities=entities
        )
        self.home.request(
            "POST", "/api/services/load_generator/begin", {"rate": self.rate}
        )
        # A source takes only entities that there are.
        while self.home.state(entity_of(entities - 1, entities)) is None:
            time.sleep(0.1)
        self.entry_id, self.address = add_log(
            self.home,
            self._rpc_urls(self),
            {
                "name": "Load",
                "target": {
                    "entity_id": [entity_of(n, entities) for n in range(entities)]
                },
                "reports": False,
            },
        )
        self.home.continue_flow(
            self.home.start_flow(self.entry_id, kind="options/flow"),
            self._options,
            kind="options/flow",
        )
        self.chain.fund(self.address)
        # Home Assistant writes it down a second later; before that, no kill is fair.
        entries = self.home.folder / ".storage" / "core.config_entries"
        while not entries.exists() or "anchor_readings" not in entries.read_text():
            time.sleep(0.1)
        return seconds_to_start

    def _start_chain(self, port: int | None) -> Anvil:
        return Anvil(
            self.folder,
            block_time=self.block_time,
            final_after=self._final_after,
            port=port,
            state=self.folder / "chain.json",
        )

    @property
    def log(self) -> Path:
        """The log's file."""
        (path,) = (self.home.folder / "iot_blockchain").glob("*.db")
        return path

    @property
    def progress(self) -> Progress:
        """How far the load has come."""
        return Progress.of(self.home.folder)

    @property
    def size(self) -> int:
        """How many entries are committed."""
        return size_of(self.log)

    def end_chain(self) -> None:
        """End the chain's process; what it holds is kept."""
        self.chain.stop()

    def restart_chain(self) -> None:
        """Start the chain again, at the same address and where it was."""
        self.chain = self._start_chain(self.chain.port)

    def receipts(self, size: int, count: int) -> list[dict[str, Any]]:
        """Ask for receipts of some of the first ``size`` entries, and of the last."""
        return [
            *(
                self.ask_for_receipt(index=random.randrange(size))["receipt"]  # noqa: S311 - a sample
                for _ in range(count)
            ),
            self.ask_for_receipt(entity_id=entity_of(0, 1))["receipt"],
        ]

    def ask_for_receipt(self, **which: object) -> dict[str, Any]:
        """Return the answer for an entry: a receipt, and how far its anchor is."""
        answer: dict[str, Any] = self.home.action(
            "iot_blockchain", "get_receipt", which
        )
        return answer

    def anchor(self) -> dict[str, Any]:
        """Anchor all there is; return the anchor."""
        answer: dict[str, Any] = self.home.action(
            "iot_blockchain", "anchor", {"wait": True}, timeout=600
        )
        return answer

    def wait_for_entries(self, more: int = 20) -> None:
        """Wait until the log has some more entries on the disk.

        Raises:
            TimeoutError: it has not.
        """
        wanted = self.size + more
        until(lambda: self.size >= wanted, "recording")

    def second_machine(self) -> HomeAssistant:
        """Copy all that Home Assistant has, while it is stopped, to another one."""
        folder = self.folder / "second_machine"
        shutil.copytree(self.home.folder, folder, symlinks=True)
        return HomeAssistant(
            folder,
            configuration=CONFIGURATION.format(rate=self.rate, entities=self.entities),
            components=[GENERATOR],
        )

    def close(self) -> None:
        """End every process."""
        self.home.stop()
        self.chain.stop()
