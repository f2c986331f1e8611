"""All steps for one file, in their order (docs/formats.md, "Verification")."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from ..chain import networks
from ..chain.client import ChainClient
from ..chain.verification import (
    KNOWN_BLOCK,
    ON_CHAIN,
    check_anchor,
    check_known_block,
    check_with_each,
)
from ..device.verification import check_devices
from ..log.note import NoteError, VerifierKey
from ..log.receipt import Receipt
from ..log.tlog_proof import HEADER, TlogProof, TlogProofError
from ..log.verification import Report, Result, Step, verify_offline
from .inputs import InputError

KNOWN_KEY: Final = "known_key"
"""The step that only who has the log's key from elsewhere can take."""

_HASH = re.compile(r"(?:0x)?([0-9a-fA-F]{64})", re.ASCII)


def is_tlog_proof(data: bytes) -> bool:
    """Say whether a file begins as a C2SP tlog-proof does."""
    return data.startswith(f"{HEADER}\n".encode())


def parse_key(text: str) -> VerifierKey:
    """Read the key of a log, as whoever verifies has it.

    Raises:
        InputError: it is none.
    """
    try:
        return VerifierKey.parse(text.strip())
    except NoteError as err:
        raise InputError(f"The key of --key is not the key of a log: {err}.") from err


def parse_block_hash(text: str) -> bytes:
    """Read the hash of a block, as whoever verifies has it.

    Raises:
        InputError: it is none.
    """
    if (found := _HASH.fullmatch(text.strip())) is None:
        raise InputError(
            "The hash of --block-hash is not one: 64 hexadecimal digits after 0x."
        )
    return bytes.fromhex(found[1])


async def check_receipt(
    data: bytes,
    key: VerifierKey | None,
    blocks: Collection[bytes],
    clients: Mapping[str, ChainClient],
) -> Report:
    """Take all steps for a receipt: with each node that can be asked, if any.

    ``blocks`` are the hashes of blocks that the reader says the chain holds.
    """
    report = _check_key(verify_offline(data), key)
    report = check_known_block(check_anchor(check_devices(report)), blocks)
    anchor = report.receipt.anchor if report.receipt else None
    if anchor is None or blocks or clients or _has_failed(report):
        return await check_with_each(report, clients)
    network = networks.by_chain_id(int(anchor.chain.removeprefix("eip155:")))
    example = f", for example {network.rpc_url}" if network else ""
    return report.with_step(
        ON_CHAIN,
        Result.SKIPPED,
        f"Nobody was asked. Name a node of {chain_name(anchor.chain)} with"
        f" --rpc{example}, or better two.",
    )


def took_known_block(report: Report) -> bool:
    """Say whether the reader's own word for a block stands in for the chain's."""
    passed = {step.name for step in report.steps if step.result is Result.PASSED}
    return KNOWN_BLOCK in passed and ON_CHAIN not in passed


def check_tlog_proof(data: bytes, entry: bytes, key: VerifierKey) -> Report:
    """Take the steps that a tlog-proof allows, with what it does not hold itself.

    Raises:
        InputError: the entry is not text, which all entries are.
    """
    try:
        proof = TlogProof.parse(data)
    except TlogProofError as err:
        return Report(()).failed("format", str(err))
    try:
        entry.decode()
    except UnicodeDecodeError as err:
        raise InputError("The file of --entry is not an entry of a log.") from err
    receipt = Receipt(
        first=proof.index,
        entries=[entry],
        proof=proof.hashes,
        checkpoint=proof.checkpoint,
        key=str(key),
        anchor=None,
    )
    report = verify_offline(receipt.to_json())
    if not _has_failed(report):
        form = Step("format", Result.PASSED, "A tlog-proof, and its entry.")
        report = replace(report, steps=(form, *report.steps[1:]))
    report = check_devices(report)
    if _has_failed(report):
        return report
    return report.with_step(
        "anchor", Result.SKIPPED, "A tlog-proof names no anchor. A receipt does."
    )


def chain_name(chain: str) -> str:
    """Return a chain's name, where it has one here, and its id."""
    network = networks.by_chain_id(int(chain.removeprefix("eip155:")))
    return f"{network.name} ({chain})" if network else chain


def _check_key(report: Report, key: VerifierKey | None) -> Report:
    if key is None or report.receipt is None:
        return report
    if report.receipt.key != str(key):
        return report.failed(
            KNOWN_KEY, "The receipt is signed by another key than the one you gave."
        )
    return report.with_step(
        KNOWN_KEY, Result.PASSED, "The log's key is the one that you gave."
    )


def _has_failed(report: Report) -> bool:
    return any(step.result is Result.FAILED for step in report.steps)
