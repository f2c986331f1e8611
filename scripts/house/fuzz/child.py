"""The process that a target is fuzzed in; it ends with the target.

Nothing of the product may be imported before atheris watches the imports.
"""

import importlib
import random
import sys
import time
from hashlib import sha256
from importlib.util import find_spec
from typing import Final

from ..hostile.chance import mutated, try_by_chance
from ..hostile.target import Target
from . import FOLDER, corpus

_PACKAGE: Final = "custom_components.iot_blockchain"
_LONGEST_INPUT: Final = 8192
_BY_CHANCE: Final = 500


def main(name: str, seconds: int, seed: int) -> None:
    """Fuzz a target."""
    kept = corpus(name)
    kept.mkdir(parents=True, exist_ok=True)
    if find_spec("atheris") is None:
        _fuzz_by_chance(name, seconds, seed)
        return
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=[_PACKAGE]):
        target = _target(name)
    for seed_input in target.seeds:
        digest = sha256(seed_input).hexdigest()
        (kept / digest).write_bytes(seed_input)
    chance = random.Random(seed)  # noqa: S311 - to be repeated

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        """Alternate between libFuzzer's changes and ones that know the formats."""
        if number % 2:
            return bytes(atheris.Mutate(data, longest))
        return bytes(mutated([data, *target.seeds], chance)[:longest])

    atheris.Setup(
        [
            "fuzz",
            str(kept),
            f"-max_total_time={seconds}",
            f"-max_len={_LONGEST_INPUT}",
            f"-seed={1 + seed % (2**31 - 1)}",
            f"-artifact_prefix={FOLDER}/found-{name}-",
            "-timeout=10",
            "-rss_limit_mb=2048",
        ],
        target.read,
        custom_mutator=mutate,
    )
    atheris.Fuzz()


def _fuzz_by_chance(name: str, seconds: int, seed: int) -> None:
    target = _target(name)
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    end = time.monotonic() + seconds
    inputs = 0
    while time.monotonic() < end:
        try_by_chance(target, _BY_CHANCE, chance)
        inputs += len(target.seeds) + _BY_CHANCE
        print(f"#{inputs} cov: 0 corp: {len(target.seeds)}", flush=True)


def _target(name: str) -> Target:
    module = importlib.import_module("scripts.house.hostile.targets")
    found: Target = module.targets()[name]
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
