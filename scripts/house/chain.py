"""A local chain: anvil."""

import json
import platform
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from .process import ChildProcess, free_port

_MODULES = Path(__file__).parents[2] / "contracts" / "node_modules" / "@foundry-rs"

# The first of the accounts that every anvil funds at its start. Not a secret.
RICH_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
RICH_ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


class Anvil:
    """A chain of our own, with a block every ``block_time`` seconds (0: at once)."""

    def __init__(
        self,
        folder: Path,
        *,
        block_time: float = 0,
        final_after: int = 2,
        chain_id: int = 31337,
        port: int | None = None,
        state: Path | None = None,
        hardfork: str | None = None,
    ) -> None:
        """Start it. With a ``state`` file the chain goes on where it was stopped.

        ``final_after`` is how many blocks, an even number, make one final.
        ``hardfork`` is the one of Ethereum that it has the rules of, else the newest.
        """
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command: list[str | Path] = [
            _binary(),
            *("--port", str(self.port), "--host", "127.0.0.1"),
            *("--chain-id", str(chain_id), "--silent"),
            # "finalized" is two of these epochs behind the head.
            *("--slots-in-an-epoch", str(final_after // 2)),
        ]
        if block_time:
            command += ["--block-time", f"{block_time:g}"]
        if hardfork:
            command += ["--hardfork", hardfork]
        if state:
            command += ["--state", state]
        self._process = ChildProcess(command, folder / "anvil.log")
        self._process.wait_until(self._answers, seconds=20, what="the chain's start")

    def rpc(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Call the chain's RPC."""
        request = urllib.request.Request(
            self.url,
            json.dumps(
                {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            ).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return answer["result"]

    def fund(self, address: str, ether: float = 1) -> None:
        """Give an account money."""
        self.rpc("anvil_setBalance", address, hex(int(ether * 10**18)))

    def pool(self, address: str) -> dict[str, Any]:
        """Return the transactions of an account that wait, by their nonce."""
        pending = self.rpc("txpool_content")["pending"]
        senders = {sender.lower(): found for sender, found in pending.items()}
        found: dict[str, Any] = senders.get(address.lower(), {})
        return found

    def mine(self, blocks: int = 1) -> None:
        """Make blocks."""
        self.rpc("anvil_mine", hex(blocks))

    def pause(self) -> None:
        """Take the chain away: it takes connections, and answers nobody."""
        self._process.pause()

    def resume(self) -> None:
        """Bring the chain back."""
        self._process.resume()

    def stop(self) -> None:
        """End the chain."""
        self._process.stop()

    def _answers(self) -> bool:
        try:
            self.rpc("eth_chainId")
        except urllib.error.URLError, OSError:
            return False
        return True


def _binary() -> Path:
    """Find the native program: npm's launcher swallows exit codes and signals."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(
        platform.machine(), platform.machine()
    )
    return _MODULES / f"anvil-{sys.platform}-{machine}" / "bin" / "anvil"
