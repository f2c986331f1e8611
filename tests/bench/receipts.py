"""A receipt out of a large log, its verification, and starting up with that log."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pymerkle import InclusionProof  # type: ignore[import-untyped]
from pymerkle.core import _inclusion_path_layout  # type: ignore[import-untyped]

from custom_components.iot_blockchain.chain.journal import Journal
from custom_components.iot_blockchain.log.merkle import leaf_hash, verify_range
from custom_components.iot_blockchain.log.receipt import Receipt
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.log.verification import Verdict, verify_offline

from . import logs
from .report import Goal, Table, seconds, times
from .rounds import Rounds, timed
from .scale import Scale

_RECEIPTS = 20
_MOST = 0.005
_START = 1.0


def run(scale: Scale, cache: Path, folder: Path) -> Iterator[Table]:
    """Measure them in the large log."""
    path = logs.large_log(cache, scale)
    with closing(LogStore(path)) as store, closing(Journal(path, 1)) as journal:
        yield _making(scale, store, journal)
        yield _verifying(scale, store)
    yield _starting(scale, path, folder / "small.db")


def _making(scale: Scale, store: LogStore, journal: Journal) -> Table:
    note = store.checkpoint_at(scale.log)
    assert note is not None

    def make() -> Receipt:
        # As ``Anchoring.receipt`` does it, with the anchor already found.
        index = random.randrange(scale.log)
        journal.anchor_covering(index)
        return Receipt(
            first=index,
            entries=store.entries(index, index + 1),
            proof=store.range_proof(index, index + 1, scale.log),
            checkpoint=store.checkpoint_at(scale.log) or "",
            key=str(store.key),
            anchor=None,
        )

    assert verify_offline(make().to_json()).verdict is Verdict.NOT_ANCHORED
    rounds = Rounds(
        {
            "receipt": lambda: timed(make),
            "entry": lambda: timed(
                lambda: store.entries(at := random.randrange(scale.log), at + 1)
            ),
        },
        scale.rounds * _RECEIPTS,
    )
    took = rounds.median("receipt")
    return Table(
        "Making a receipt",
        [
            Goal(
                f"receipt of a random entry of {scale.log:,}",
                seconds(took),
                f"reading the entry alone: {seconds(rounds.median('entry'))}",
                times(took / rounds.median("entry")),
                f"median at most {seconds(_MOST)}",
                took <= _MOST,
            )
        ],
        notes=f"{scale.rounds * _RECEIPTS} rounds in turns, medians.",
    )


def _verifying(scale: Scale, store: LogStore) -> Table:
    """Let both verify the same proofs; they do not need pymerkle's tree for that."""
    size, root = scale.log, store.root(scale.log)
    indexes = [random.randrange(size) for _ in range(_RECEIPTS)]
    leaves = [leaf_hash(store.entries(index, index + 1)[0]) for index in indexes]
    proofs = [store.range_proof(index, index + 1, size) for index in indexes]
    theirs = [
        InclusionProof(
            "sha256",
            True,  # noqa: FBT003 - RFC 9162's prefixes
            size,
            index + 1,
            _inclusion_path_layout(index + 1, size)[0],
            [leaf, *proof],
        )
        for index, leaf, proof in zip(indexes, leaves, proofs, strict=True)
    ]

    def verify() -> None:
        for leaf, index, proof in zip(leaves, indexes, proofs, strict=True):
            verify_range([leaf], index, size, proof, root)

    def verify_theirs() -> None:
        for leaf, index, proof in zip(leaves, indexes, theirs, strict=True):
            proof.verify(leaf, root, index=index + 1, size=size)

    rounds = Rounds(
        {"ours": lambda: timed(verify), "pymerkle": lambda: timed(verify_theirs)},
        scale.rounds * _RECEIPTS,
    )
    ratio = 1 / rounds.ratio("ours", "pymerkle")
    return Table(
        "Verifying a proof",
        [
            Goal(
                f"proof of one entry of {size:,}",
                seconds(rounds.median("ours") / _RECEIPTS),
                "pymerkle 7, the same proof: "
                + seconds(rounds.median("pymerkle") / _RECEIPTS),
                times(ratio),
                "1 or more",
                ratio >= 1,
            )
        ],
        notes="How many times as fast.",
    )


def _starting(scale: Scale, path: Path, small: Path) -> Table:
    with closing(LogStore.create(small, logs.signer().verifier_key)) as store:
        store.append(logs.readings(0, scale.sizes[0]))
        store.sign_checkpoint(logs.signer())
    rounds = Rounds(
        {
            "large": lambda: timed(lambda: LogStore(path).close()),
            "small": lambda: timed(lambda: LogStore(small).close()),
        },
        scale.rounds,
    )
    took = rounds.median("large")
    return Table(
        "Starting",
        [
            Goal(
                f"opening a log of {scale.log:,}, its last checkpoint checked",
                seconds(took),
                f"a log of {scale.sizes[0]:,}: {seconds(rounds.median('small'))}",
                times(rounds.ratio("large", "small")),
                f"under {seconds(_START)}",
                took < _START,
            )
        ],
    )
