"""Feeding hostile input to targets, and telling how far that is."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..display import Covered, Display
from . import FOLDER, REPOSITORY

_PULSE: Final = re.compile(r"^#(\d+)\s.*?cov: (\d+).*?corp: (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far the fuzzing of a target is.

    ``branches`` were reached so far, by the inputs that were ``kept``.
    """

    seconds: float
    inputs: int = 0
    branches: int = 0
    kept: int = 0

    def __str__(self) -> str:
        """Say it to a person."""
        return f"{self.inputs:,} inputs, {self.branches} branches, {self.kept} kept"


class FoundError(Exception):
    """A target was wrong about an input, or fell over."""


def feed(
    targets: Sequence[str],
    seconds: int,
    seed: int,
    covered: Covered,
    display: Display,
    stop: Callable[[], bool],
) -> None:
    """Fuzz one target after another, each for so long."""
    for target in targets:
        if stop():
            return
        name = f"hostile input: {target}"
        with display.part(name.capitalize(), seconds) as tell:
            try:
                for pulse in _fuzz(target, seconds, seed, stop):
                    tell(pulse.seconds, str(pulse))
            except FoundError as err:
                covered.failures.append(str(err))
            else:
                covered.add(name, str(pulse))


def _fuzz(
    target: str, seconds: int, seed: int, stop: Callable[[], bool]
) -> Iterator[Pulse]:
    """Fuzz a target in a process of its own, and say every second how far it is."""
    log = FOLDER / f"{target}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "scripts.house.fuzz.child"]
    command += [target, str(seconds), str(seed)]
    begun = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while process.poll() is None and not stop():
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
            yield _pulse(log, time.monotonic() - begun)
        if process.poll():
            raise FoundError(
                f"{target}, seed {seed}: see {log.relative_to(REPOSITORY)}"
            )
    finally:
        process.kill()
        process.wait()


def _pulse(log: Path, seconds: float) -> Pulse:
    pulses = _PULSE.findall(log.read_text(encoding="utf-8", errors="replace"))
    return Pulse(seconds, *map(int, pulses[-1])) if pulses else Pulse(seconds)
