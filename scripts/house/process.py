"""Child processes that are ended, whatever happens."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class ProcessFailedError(Exception):
    """A child process did not do what it was started for."""


class ChildProcess:
    """A program in a session of its own, with its output in a file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start the program."""
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else {**os.environ, **env},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    def wait_until(
        self, ready: Callable[[], bool], *, seconds: float, what: str
    ) -> None:
        """Wait for something that the program does.

        Raises:
            ProcessFailedError: it ended, or time ran out; the error shows its output.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                tail = "\n".join(
                    self.log.read_text(errors="replace").splitlines()[-20:]
                )
                raise ProcessFailedError(
                    f"{what} did not happen within {seconds:g} s:\n{tail}"
                )
            time.sleep(0.1)

    def pause(self) -> None:
        """Let the program hang."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the program go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the program at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def stop(self, *, seconds: float = 20) -> None:
        """End the program and its children; force it when it takes too long."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        # The session outlives its leader while children are left in it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def free_port() -> int:
    """Find a port on the loopback interface that nobody listens on.

    It is none of those that a system gives to connections by itself: one of them could
    be taken by any connection before a program that was told of it listens.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - any
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
