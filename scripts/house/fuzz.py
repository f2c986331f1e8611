"""Fuzzing for long: hostile input led by coverage, and proofs that two verifiers judge.

Each target of ``hostile`` runs in a process of its own, where atheris (libFuzzer)
looks for inputs that reach new code. What it learns stays in .tools/fuzz, so that the
next run goes on from there. Where atheris cannot be installed, inputs are made by
chance.
"""

import argparse
import importlib
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2]
_FOLDER = _REPOSITORY / ".tools" / "fuzz"
_PACKAGE = "custom_components.iot_blockchain"
_COVERED = ",".join(
    f"custom_components/iot_blockchain/{name}"
    for name in (
        *("log/canonical.py", "log/checkpoint.py", "log/entry.py", "log/merkle.py"),
        *("log/note.py", "log/receipt.py", "log/verification.py"),
        *("chain/client.py", "chain/contract.py", "chain/provider.py"),
    )
)
_NAMES = (
    *("canonical", "entry", "key", "note", "checkpoint", "receipt", "range", "answer"),
)
_PULSE = re.compile(r"^#(\d+)\s.*?cov: (\d+).*?corp: (\d+)", re.MULTILINE)
_EVERY = 10.0
_LONGEST_INPUT = 8192
_BY_CHANCE = 500


def main() -> int:
    """Run what was asked for, and say what it covered."""
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description="Feeds hostile input to all that reads what strangers wrote."
        " Ctrl-C ends it early, with the same summary.",
    )
    parser.add_argument("target", nargs="*", help=f"of {', '.join(_NAMES)}; all")
    parser.add_argument(
        "--seconds", type=int, default=60, metavar="N", help="for each target; 60"
    )
    parser.add_argument(
        "--agreement",
        type=int,
        metavar="N",
        help="compare contract and Python on N proofs instead",
    )
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--replay", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    targets = arguments.target or _NAMES
    if unknown := set(targets) - set(_NAMES):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    if arguments.child:
        _fuzz(arguments.child, arguments.seconds, arguments.seed)
        return 0
    if arguments.replay:
        _replay(targets)
        return 0
    if arguments.agreement:
        return _agree(arguments.agreement, arguments.seed)
    return _run(targets, arguments.seconds, arguments.seed)


def _run(targets: Sequence[str], seconds: int, seed: int) -> int:
    found: list[str] = []
    total = 0
    for name in targets:
        inputs, failure = _one(name, seconds, seed)
        total += inputs
        found += failure
        if failure == ["interrupted"]:
            break
    print(f"\n{total:,} inputs. What they reach:\n")
    _cover(targets)
    found = [line for line in found if line != "interrupted"]
    for line in found:
        print(f"✗ {line}")
    if not found:
        print("✓ nothing was wrongly read, and nothing else went wrong")
    return 1 if found else 0


def _one(name: str, seconds: int, seed: int) -> tuple[int, list[str]]:
    """Fuzz one target; return how many inputs it read, and what was found."""
    log = _FOLDER / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "scripts.house.fuzz", "--child", name]
    command += ["--seconds", str(seconds), "--seed", str(seed)]
    begun = shown = time.monotonic()
    inputs, reached, kept = 0, "0", "0"
    interrupted = False
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=_REPOSITORY,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while True:
            try:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(1)
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                interrupted = True
            text = log.read_text(encoding="utf-8", errors="replace")
            if pulses := _PULSE.findall(text):
                counted, reached, kept = pulses[-1]
                inputs = int(counted)
            now = time.monotonic()
            over = process.returncode is not None
            if over or now - shown > _EVERY:
                shown = now
                print(
                    f"{name:>10}  {now - begun:4.0f} s  {inputs:>11,} inputs"
                    f"  {reached:>5} branches  {kept:>4} kept",
                    flush=True,
                )
            if over:
                break
    if interrupted:
        return inputs, ["interrupted"]
    if process.returncode == 0:
        return inputs, []
    return inputs, [f"{name}: see {log.relative_to(_REPOSITORY)}"]


def _fuzz(name: str, seconds: int, seed: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    corpus = _corpus(name)
    corpus.mkdir(parents=True, exist_ok=True)
    if find_spec("atheris") is None:
        _fuzz_by_chance(name, seconds, seed)
        return
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=[_PACKAGE]):
        hostile = importlib.import_module("scripts.house.hostile")
    target = hostile.targets()[name]
    for seed_input in target.seeds:
        digest = sha256(seed_input).hexdigest()
        (corpus / digest).write_bytes(seed_input)
    chance = random.Random(seed)  # noqa: S311 - to be repeated

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        """Alternate between libFuzzer's changes and ones that know the formats."""
        if number % 2:
            return bytes(atheris.Mutate(data, longest))
        return bytes(hostile.mutated([data, *target.seeds], chance)[:longest])

    atheris.Setup(
        [
            "fuzz",
            str(corpus),
            f"-max_total_time={seconds}",
            f"-max_len={_LONGEST_INPUT}",
            f"-seed={1 + seed % (2**31 - 1)}",
            f"-artifact_prefix={_FOLDER}/found-{name}-",
            "-timeout=10",
            "-rss_limit_mb=2048",
        ],
        target.read,
        custom_mutator=mutate,
    )
    atheris.Fuzz()


def _fuzz_by_chance(name: str, seconds: int, seed: int) -> None:
    hostile = importlib.import_module("scripts.house.hostile")
    target = hostile.targets()[name]
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    end = time.monotonic() + seconds
    inputs = 0
    while time.monotonic() < end:
        hostile.try_by_chance(target, _BY_CHANCE, chance)
        inputs += len(target.seeds) + _BY_CHANCE
        print(f"#{inputs} cov: 0 corp: {len(target.seeds)}", flush=True)


def _replay(targets: Sequence[str]) -> None:
    """Read again all that was kept, for the measurement of what it reaches."""
    hostile = importlib.import_module("scripts.house.hostile")
    for name, target in hostile.targets().items():
        if name in targets:
            kept = [path.read_bytes() for path in sorted(_corpus(name).glob("*"))]
            for data in (*target.seeds, *kept):
                with suppress(Exception):  # findings were reported before
                    target.read(data)


def _cover(targets: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = f"--data-file={folder}/coverage"
        coverage = [sys.executable, "-W", "ignore", "-m", "coverage"]
        for command in (
            ["run", data, "--branch", "-m", "scripts.house.fuzz", "--replay", *targets],
            ["report", data, f"--include={_COVERED}", "--skip-empty"],
        ):
            subprocess.run([*coverage, *command], cwd=_REPOSITORY, check=False)


def _agree(count: int, seed: int) -> int:
    agreement = importlib.import_module("scripts.house.agreement.verdicts")
    chain = importlib.import_module("scripts.house.chain")
    print(f"seed {seed}")
    begun = shown = time.monotonic()

    def progress(done: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown > _EVERY:
            shown = now
            print(f"{now - begun:6.0f} s  {done:>11,} of {count:,} proofs", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        anvil = chain.Anvil(Path(folder))
        try:
            counts: Counter[tuple[str, str, str]] = agreement.run(
                anvil, count, seed=seed, progress=progress
            )
        except agreement.DisagreementError as err:
            print(f"✗ {err}")
            return 1
        except KeyboardInterrupt:
            print("interrupted: all that were compared agreed")
            return 0
        finally:
            anvil.stop()
    verdicts = Counter[str]()
    print(f"\n{'proof':>12}  {'change':<15}  {'verdict':<12}  count")
    for (kind, change, verdict), number in sorted(counts.items()):
        print(f"{kind:>12}  {change:<15}  {verdict:<12}  {number:>9,}")
        verdicts[verdict] += number
    told = ", ".join(f"{number:,} {verdict}" for verdict, number in verdicts.items())
    print(f"\n✓ {counts.total():,} proofs, no disagreement: {told}")
    return 0


def _corpus(name: str) -> Path:
    return _FOLDER / "corpus" / name


if __name__ == "__main__":
    sys.exit(main())
