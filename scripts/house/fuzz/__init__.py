"""Hostile input led by coverage, and proofs that two verifiers judge, for long.

Each target of ``hostile`` runs in a process of its own, where atheris (libFuzzer)
looks for inputs that reach new code. What it learns stays in .tools/fuzz, so that the
next run goes on from there. Where atheris cannot be installed, inputs are made by
chance.
"""

from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[3]
FOLDER: Final = REPOSITORY / ".tools" / "fuzz"

# Named here, because whoever imports the targets imports what is to be watched.
TARGETS: Final = (
    *(
        "canonical",
        "entry",
        "key",
        "note",
        "checkpoint",
        "receipt",
        "rlp",
        "range",
        "answer",
    ),
    *("envelope", "credential"),
)


def corpus(target: str) -> Path:
    """Return the folder of the inputs that are kept of a target."""
    return FOLDER / "corpus" / target
