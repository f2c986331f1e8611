"""An RPC endpoint that answers whatever it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

type Answer = Callable[[dict[str, Any]], bytes | None]


def http(
    body: bytes, *, status: str = "200 OK", kind: str = "application/json"
) -> bytes:
    """Write an answer of HTTP."""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def result(value: Any) -> Answer:  # noqa: ANN401 - JSON
    """Answer every call with a result."""
    return lambda call: http(
        json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": value}).encode()
    )


def error(value: Any) -> Answer:  # noqa: ANN401 - JSON
    """Answer every call with an error."""
    return lambda call: http(
        json.dumps({"jsonrpc": "2.0", "id": call["id"], "error": value}).encode()
    )


def body(data: bytes, **more: Any) -> Answer:  # noqa: ANN401 - of http
    """Answer every call with these bytes."""
    return lambda _: http(data, **more)


def methods(answers: dict[str, Answer], otherwise: Answer) -> Answer:
    """Answer by the method that is called."""
    return lambda call: answers.get(call["method"], otherwise)(call)


@dataclass
class Endpoint:
    """An endpoint. ``answer`` None: nothing comes back; empty: the line is cut."""

    answer: Answer = lambda _: None
    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take one call and answer it."""
        self._writers.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        call = json.loads(await reader.readexactly(length))
        self.calls.append(call)
        answer = self.answer(call)
        if answer is None:
            return
        writer.write(answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def endpoint(answer: Answer) -> AsyncIterator[Endpoint]:
    """Serve on the loopback interface."""
    made = Endpoint(answer)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        for writer in made._writers:
            writer.close()
        await server.wait_closed()


def forward(url: str) -> Answer:
    """Pass every call on to another endpoint."""
    import urllib.request  # noqa: PLC0415

    def ask(call: dict[str, Any]) -> bytes:
        request = urllib.request.Request(
            url, json.dumps(call).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return http(response.read())

    return ask
