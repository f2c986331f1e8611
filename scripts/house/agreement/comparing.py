"""Letting contract and verifier judge many proofs, and telling how far that is."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from ..chain import Anvil
from ..display import Covered, Display
from .verdicts import DisagreementError, run


def compare(
    count: int,
    seed: int,
    covered: Covered,
    display: Display,
    stop: Callable[[], bool],
) -> None:
    """Let both judge the same proofs; end at the first that they disagree on."""
    with TemporaryDirectory() as folder:
        anvil = Anvil(Path(folder))
        try:
            with display.part("Proofs for contract and verifier", count) as tell:
                counts = run(
                    anvil,
                    count,
                    seed=seed,
                    progress=lambda done: tell(done, f"all agree, seed {seed}"),
                    stop=stop,
                )
        except DisagreementError as err:
            covered.failures.append(f"seed {seed}: {err}")
            return
        finally:
            anvil.stop()
    found = Counter[str]()
    for (_, _, verdict), number in counts.items():
        found[verdict] += number
    told = ", ".join(f"{number:,} {verdict}" for verdict, number in found.items())
    covered.add("proofs judged by contract and verifier", f"{counts.total():,}")
    covered.add("  all alike", told)
