"""How much memory the process takes, beyond what it took before."""

import threading
from typing import Self

import psutil  # type: ignore[import-untyped]

_EVERY = 0.002


class Growth:
    """The most memory (resident) that was added while this was open, in bytes."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._before = self._now()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.most = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.most = max(self.most, self._now() - self._before)
            if self._done.wait(_EVERY):
                return

    def _now(self) -> int:
        return int(self._process.memory_info().rss)
