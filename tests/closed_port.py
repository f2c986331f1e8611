"""An address where nobody listens."""  # noqa: INP001 - tests is no package

import socket
from functools import cache


def closed_url() -> str:
    """Return a URL where nobody listens."""
    _, port = _taken().getsockname()
    return f"http://127.0.0.1:{port}"


@cache
def _taken() -> socket.socket:
    """Keep a port to ourselves: one that was only free could be another's by now."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken
