"""The command: its arguments, its files one after the other, and how it ends."""

import asyncio
import os
import signal
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from aiohttp import ClientSession
from yarl import URL

from ..chain.client import ChainClient
from ..log.note import VerifierKey
from ..log.tlog_proof import TlogProof
from ..log.verification import Report, Verdict
from .checks import (
    check_receipt,
    check_tlog_proof,
    is_tlog_proof,
    parse_block_hash,
    parse_key,
)
from .inputs import STANDARD_INPUT, InputError, read
from .outcome import Outcome, Status

_ABOUT = """\
Check receipts for readings, without asking whoever made them.

Each step is named with its result. The last sentence says what is proven, and what is
not. Without --rpc nobody is asked, and an anchor stays a claim, unless you know the
hash of its block from elsewhere."""

# What a shell reports of a program that wrote to nobody: 128 and SIGPIPE.
_CUT_OFF = 141
# As sysexits.h calls it, EX_IOERR.
_UNWRITTEN = 74

_STATUSES = f"""\
exit status, with several files the highest:
  {Status.ANCHORED}  anchored: every step passed, with a node or a block that you named
  {Status.UNCHECKED}  unchecked: sound in itself, but the anchor is not confirmed
  {Status.NOT_ANCHORED}  not anchored: in the log, and in no block yet
  {Status.UNREADABLE}  unreadable: there is no such file, or it cannot be read
  {Status.INVALID}  invalid: a step failed, and the receipt proves nothing
  2  the command was used wrongly
  {_UNWRITTEN}  what was found could not be written"""


class _OutputError(Exception):
    """Nothing can be written. The cause says why."""


def main() -> int:
    """Run the command."""
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None: the shell closed it
        # A terminal may know fewer characters than a receipt.
        stream.reconfigure(errors="backslashreplace")
    arguments = _parse()
    # Else Ctrl-C would wait for the end of what is being read.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return asyncio.run(_run(arguments))
    except _OutputError as err:
        _drop_what_is_left(sys.stdout)
        if isinstance(err.__cause__, BrokenPipeError):  # who reads has seen enough
            return _CUT_OFF
        try:
            print(err, file=sys.stderr, flush=True)
        except OSError:
            _drop_what_is_left(sys.stderr)
        return _UNWRITTEN


def _drop_what_is_left(stream: TextIO) -> None:
    """Let nothing of a stream be written at the end, with a status of Python's own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _parse(arguments: Sequence[str] | None = None) -> Namespace:
    parser = ArgumentParser(
        "iot-blockchain-verify",
        description=_ABOUT,
        epilog=_STATUSES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a receipt, or a .tlog-proof; - is standard input",
    )
    parser.add_argument(
        "--rpc",
        action="append",
        default=[],
        metavar="URL",
        help="a node of the chain to ask; where there are several, all must agree",
    )
    parser.add_argument(
        "--block-hash",
        action="append",
        default=[],
        metavar="HASH",
        help="the hash of a block that the chain holds, from a source that you trust",
    )
    parser.add_argument(
        "--key",
        metavar="KEY",
        help="the log's key, as you have it from the house and not from the receipt",
    )
    parser.add_argument(
        "--entry",
        metavar="FILE",
        help="the bytes of the entry that a .tlog-proof is of",
    )
    parser.add_argument(
        "--tlog-proof",
        metavar="FILE",
        help="write the proof of a one-entry receipt into a new file",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="write a JSON list, with one object for each file",
    )
    found = parser.parse_args(arguments)
    for url in found.rpc:
        if not _is_http(url):
            parser.error("--rpc takes a URL that begins with https:// or http://")
    if len(found.files) > 1 and (found.tlog_proof or found.entry):
        parser.error("--tlog-proof and --entry go with one file")
    return found


def _is_http(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.host)


async def _run(arguments: Namespace) -> int:
    """Verify one file after the other, and tell each at once."""
    worst = Status.ANCHORED
    async with _opened(arguments.rpc) as clients:
        for number, file in enumerate(arguments.files):
            outcome = await _verify(file, arguments, clients)
            worst = max(worst, outcome.status)
            if arguments.json:
                _write(f"{'[' if number == 0 else ','} {outcome.to_json()}\n")
            else:
                _write(f"{outcome.to_text()}\n\n")
    if arguments.json:
        _write("]\n")
    return worst


def _write(text: str) -> None:
    """Write to standard output, at once.

    Raises:
        _OutputError: it is full, or gone.
    """
    try:
        print(text, end="", flush=True)
    except OSError as err:
        raise _OutputError(
            f"What was found cannot be written: {err.strerror}."
        ) from err


@asynccontextmanager
async def _opened(urls: Sequence[str]) -> AsyncIterator[dict[str, ChainClient]]:
    """Make a client for each URL, by the name of its host: the rest may be secret."""
    async with ClientSession() as session:
        clients: dict[str, ChainClient] = {}
        for number, url in enumerate(dict.fromkeys(urls), 1):
            host = str(URL(url).host)
            name = f"{host} ({number})" if host in clients else host
            clients[name] = ChainClient(url, session)
        yield clients


async def _verify(
    file: str, arguments: Namespace, clients: dict[str, ChainClient]
) -> Outcome:
    name = "standard input" if file == STANDARD_INPUT else file
    try:
        key = None if arguments.key is None else parse_key(arguments.key)
        blocks = set(map(parse_block_hash, arguments.block_hash))
        data = read(file)
        if is_tlog_proof(data):
            return Outcome(name, _check_tlog_proof(data, arguments, key))
        report = await check_receipt(data, key, blocks, clients)
        if arguments.tlog_proof:
            _write_tlog_proof(arguments.tlog_proof, report)
    except InputError as err:
        return Outcome(name, None, str(err))
    return Outcome(name, report)


def _check_tlog_proof(
    data: bytes, arguments: Namespace, key: VerifierKey | None
) -> Report:
    if arguments.entry is None or key is None:
        raise InputError(
            "A tlog-proof holds neither its entry nor the log's key: give them with"
            " --entry FILE and --key KEY."
        )
    if arguments.tlog_proof:
        raise InputError("This is a tlog-proof already: leave out --tlog-proof.")
    try:
        return check_tlog_proof(data, read(arguments.entry), key)
    except InputError as err:
        raise InputError(f"{arguments.entry}: {err}") from err


def _write_tlog_proof(name: str, report: Report) -> None:
    """Write the proof of a receipt that is sound, and has one entry, to a new file."""
    receipt = report.receipt
    if receipt is None or report.verdict is Verdict.INVALID:
        return
    if len(receipt.entries) > 1:
        raise InputError(
            "A tlog-proof is of one entry, and this receipt has more. Ask the house for"
            " a receipt of the one."
        )
    proof = TlogProof(receipt.first, receipt.proof, receipt.checkpoint)
    try:
        with Path(name).open("x", encoding="utf-8", newline="") as file:
            file.write(str(proof))
    except FileExistsError as err:
        raise InputError(f"{name} is there already, and is left as it is.") from err
    except (OSError, ValueError) as err:
        raise InputError(f"{name} cannot be written.") from err
