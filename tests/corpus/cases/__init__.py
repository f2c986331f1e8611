"""The cases, each with what a verifier must say of it."""

from collections.abc import Iterator

from ..case import Case
from . import (
    anchors,
    blocks,
    devices,
    earlier,
    entries,
    files,
    forms,
    good,
    proofs,
    signatures,
    stops,
)


def all_cases() -> Iterator[Case]:
    """Return all of them."""
    for module in (
        good,
        files,
        forms,
        entries,
        signatures,
        proofs,
        anchors,
        devices,
        blocks,
        earlier,
        stops,
    ):
        yield from module.cases()
