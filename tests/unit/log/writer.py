"""Append to a log until killed, and say after each commit how large it is.

For each line on the standard input another process begins, and says its id: starting
Python anew each time would be most of the test.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Never

from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.store import LogStore


def say(text: str) -> None:
    """Write a line, whole or not at all."""
    os.write(sys.stdout.fileno(), f"{text}\n".encode())


def append_for_ever(path: Path) -> Never:
    """Append batches of growing size to the log at a path."""
    store = LogStore(path)
    batch = 0
    while True:
        batch += 1
        size = store.size
        now = datetime.now(UTC)
        counts = store.append(
            [
                Act("mark", now, {"index": index})
                if index % 10 == 0
                else Reading(f"sensor.{index % 5}", str(index), now)
                for index in range(size, size + batch % 40)
            ]
        )
        say(f"{counts.size} {store.root().hex()}")


if __name__ == "__main__":
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            append_for_ever(Path(sys.argv[1]))
        say(str(child))
        os.waitpid(child, 0)
        say("killed")
