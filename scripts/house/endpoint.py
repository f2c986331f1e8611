"""An RPC endpoint in front of a chain, in a thread of its own, that can fail."""

import json
import sys
import threading
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from .chain import Anvil

_SLOW_SECONDS: Final = 3
_LAG_BLOCKS: Final = 8
_TAGS: Final = ("latest", "finalized")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        """Keep quiet about who has gone before the answer came."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Endpoint:
    """Passes on what it is asked, as long as it has no ``fault``."""

    FAULTS: Final = (
        "hangs",
        "is slow",
        "answers nonsense",
        "is of another chain",
        "lags behind",
        "asks for patience",
        "forgets transactions",
        "loses answers",
    )

    def __init__(self, chain: Callable[[], Anvil]) -> None:
        """Open it on the loopback interface; ``chain`` says which is asked now."""
        self._chain = chain
        self._fault = ""
        self._over = threading.Event()
        self.asked = 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                endpoint._answer(self, json.loads(self.rfile.read(length)))

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def fault(self) -> str:
        """How it fails, empty while it does not."""
        return self._fault

    @fault.setter
    def fault(self, fault: str) -> None:
        self._fault = fault
        over, self._over = self._over, threading.Event()
        over.set()  # nobody is kept waiting any more

    def close(self) -> None:
        """Close it, and let go of whom it kept waiting."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, question: Any) -> None:  # noqa: ANN401 - JSON
        self.asked += 1
        try:
            status, answer = self._sensible_or_not(question)
        except OSError:  # it has nothing to say, or the chain has not
            handler.close_connection = True
            return
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def _sensible_or_not(self, question: Any) -> tuple[int, bytes]:  # noqa: ANN401 - JSON
        status, answer = 200, b"<html>It works!</html>"
        over = self._over  # before the fault: nobody may wait for the end of the next
        match self.fault:
            case "hangs":
                over.wait()
                raise ConnectionAbortedError
            case "is slow":
                over.wait(_SLOW_SECONDS)
                answer = self._ask(question)
            case "answers nonsense":
                pass
            case "asks for patience":
                status, answer = 429, b"Too Many Requests"
            case "loses answers":
                self._ask(question)
                raise ConnectionAbortedError
            case fault:
                answer = self._changed(fault, question)
        return status, answer

    def _changed(self, fault: str, question: Any) -> bytes:  # noqa: ANN401 - JSON
        method = question["method"]
        match fault, method:
            case "is of another chain", "eth_chainId":
                result: object = "0x1"
            case "forgets transactions", "eth_sendRawTransaction":
                # It says yes, and never passes it on.
                result = "0x" + "00" * 32
            case "lags behind", "eth_call" | "eth_getTransactionCount":
                parameters = [question["params"][0], hex(self._old_block())]
                return self._ask({**question, "params": parameters})
            case "lags behind", "eth_getBlockByNumber" if (
                question["params"][0] in _TAGS
            ):
                parameters = [hex(self._old_block(question["params"][0])), False]
                return self._ask({**question, "params": parameters})
            case "lags behind", "eth_getTransactionReceipt":
                receipt = json.loads(self._ask(question))["result"]
                old = receipt and int(receipt["blockNumber"], 16) <= self._old_block()
                result = receipt if old else None
            case _:
                return self._ask(question)
        return json.dumps({**_frame(question), "result": result}).encode()

    def _old_block(self, tag: str = "latest") -> int:
        """Return the number of the block that had this name so many blocks ago."""
        block = self._chain().rpc("eth_getBlockByNumber", tag, False)  # noqa: FBT003 - RPC
        return max(int(block["number"], 16) - _LAG_BLOCKS, 0)

    def _ask(self, question: object) -> bytes:
        request = urllib.request.Request(
            self._chain().url,
            json.dumps(question).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer: bytes = response.read()
        return answer


def _frame(question: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"jsonrpc": "2.0", "id": question["id"]}
