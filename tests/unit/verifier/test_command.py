"""What the command says of files that are no receipts, and how it ends."""

import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.iot_blockchain.chain.verification import check_anchor
from custom_components.iot_blockchain.log.verification import verify_offline
from custom_components.iot_blockchain.verifier.outcome import Outcome

from .conftest import RECEIPTS, Command

ONE, RANGE = RECEIPTS / "good/one-reading.json", RECEIPTS / "good/range.json"
UNCHECKED, UNREADABLE, INVALID = 3, 5, 6


async def test_the_last_sentence_says_what_is_proven_and_what_is_not(
    command: Command,
) -> None:
    run = await command(RANGE)
    last = run.out.strip().splitlines()[-1]
    assert last.startswith("unchecked: Proven: the receipt is sound in itself")
    assert " Not proven: that a block of Base Sepolia (eip155:84532)" in last
    assert "--rpc, for example https://sepolia.base.org" in run.out
    assert "sensor.fridge_temperature  4.2 °C  (gateway-signed)" in run.out


async def test_json_holds_every_entry_and_whose_word_it_is(command: Command) -> None:
    signed = RECEIPTS / "devices/good-three.json"
    (by_gateway, by_device) = (await command("--json", RANGE, signed)).json
    assert [found["index"] for found in by_gateway["entries"]] == list(range(3, 20))
    assert by_gateway["entries"][0]["entry"]["state"] == "4.0"
    assert {found["trust"] for found in by_gateway["entries"]} == {"gateway-signed"}
    (device, *_) = [f for f in by_device["entries"] if f["trust"] == "device-signed"]
    assert device["claims"]["iss"].startswith("did:key:zDn")
    run = await command(signed)
    assert f"  {device['claims']['value']} " in run.out
    assert "(device-signed)" in run.out


async def test_gaps_that_the_log_saw_are_named(command: Command) -> None:
    run = await command("--json", RECEIPTS / "good/whole-log.json")
    fridge = "sensor.fridge_temperature"
    assert run.json[0]["gaps"] == [
        {
            "reason": "unavailable",
            "entity": fridge,
            "start": "2026-11-21T09:20:01.000008+00:00",
            "end": "2026-11-21T09:30:01.000009+00:00",
        },
        {
            "reason": "unknown",
            "entity": fridge,
            "start": "2026-11-21T10:50:01.000017+00:00",
            "end": "2026-11-21T11:00:01.000018+00:00",
        },
        {
            "reason": "stopped",
            "entity": None,
            "start": "2026-11-21T11:36:00+00:00",
            "end": "2026-11-21T11:40:12+00:00",
        },
    ]
    shown = (await command(RECEIPTS / "good/whole-log.json")).out
    for line in (
        f"gap    {fridge} was unavailable from 2026-11-21 09:20:01 UTC to 2026-11-21",
        "gap    nothing was recorded: the gateway did not run from 2026-11-21 11:36:00",
    ):
        assert f"\n  {line}" in shown
    cut = (await command(RECEIPTS / "good/gap.json")).out
    assert "was unavailable from 2026-11-21 09:20:01 UTC to" in cut


async def test_gaps_that_reach_over_the_ends_are_named(command: Command) -> None:
    before, after = (
        RECEIPTS / "stops/from-before.json",
        RECEIPTS / "stops/not-over.json",
    )
    run = await command("--json", before, after)
    ends = [[(gap["start"], gap["end"]) for gap in found["gaps"]] for found in run.json]
    assert ends == [
        [(None, "2026-11-21T11:40:12+00:00")],
        [("2026-11-21T11:36:00+00:00", None)],
    ]
    shown = (await command(before, after)).out
    assert "did not run from before the first entry to 2026-11-21 11:40:12 UTC" in shown
    assert "did not run from 2026-11-21 11:36:00 UTC to the end" in shown


def test_of_many_earlier_anchors_the_first_are_shown() -> None:
    report = check_anchor(
        verify_offline((RECEIPTS / "earlier/good-all.json").read_bytes())
    )
    assert report.receipt is not None
    many = replace(report.receipt, earlier=[*report.receipt.earlier] * 7)
    text = Outcome("a file", replace(report, receipt=many)).to_text()
    assert text.count("\n  earlier anchor ") == 20
    assert "\n  and 1 more earlier anchors: --json tells them all\n" in text


async def test_standard_input_is_a_file_too(command: Command) -> None:
    run = await command("-", stdin=ONE.read_bytes())
    assert run.status == UNCHECKED
    assert run.out.startswith("standard input\n")


async def test_of_many_files_the_worst_is_the_status(
    command: Command, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    run = await command("--json", ONE, tmp_path / "none.json", bad, ONE)
    assert [found["verdict"] for found in run.json] == [
        "unchecked",
        "unreadable",
        "invalid",
        "unchecked",
    ]
    assert run.status == INVALID
    assert (await command(ONE, tmp_path / "none.json")).status == UNREADABLE


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _: None, "There is no such file."),
        (Path.mkdir, "This is a folder. Name the files in it."),
        (
            lambda path: path.open("wb").truncate(500 * 2**20),
            "This file is too large for a receipt (64 MB at most).",
        ),
        (lambda path: path.symlink_to("/dev/zero"), "This file is too large"),
        (lambda path: path.symlink_to(path), "This file cannot be read: Too many"),
    ],
    ids=["missing", "folder", "500 MB", "endless", "loop"],
)
async def test_what_cannot_be_read_is_said_in_a_sentence(
    command: Command,
    tmp_path: Path,
    make: object,
    says: str,
) -> None:
    path = tmp_path / "receipt.json"
    assert callable(make)
    make(path)
    run = await command(path)
    assert run.status == UNREADABLE
    assert run.out.startswith(f"{path}\nunreadable: {says}")
    assert not run.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_that_one_may_not_read(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.touch(mode=0)
    run = await command(path)
    assert run.status == UNREADABLE
    assert "You may not read this file." in run.out


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n", "This is not a receipt: it is not JSON."),
        (b"PK\x03\x04", "Unpack it, and choose the receipt.json in it."),
        (
            b'{"format":"iot-blockchain-receipt/9"}',
            "Use a newer version of the verifier.",
        ),
        (b"[" * 1_000_000, "This is not a receipt: it holds too many small values."),
        (b'{"a":' * 100_000, "This is not a receipt: it"),
        (b'{"format":"' + b"x" * 60_000_000 + b'"}', "This is not a receipt of this"),
    ],
    ids=["empty", "picture", "zip", "later", "lists", "deep", "60 MB of text"],
)
async def test_what_is_no_receipt_fails_the_step_format(
    command: Command, tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(data)
    run = await command(path)
    assert run.status == INVALID
    lines = run.out.strip().splitlines()
    assert lines[1].startswith("  failed   format ")
    assert says in lines[1]
    assert lines[2] == "invalid: This cannot be read as a receipt, and proves nothing."


async def test_a_file_name_cannot_command_the_terminal(
    command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "\x1b[2J\u202egnp.json"
    path.write_bytes(ONE.read_bytes())
    run = await command(path)
    assert "\\x1b[2J\\u202egnp.json\n" in run.out
    assert not {"\x1b", "\u202e"} & set(run.out)


async def test_a_terminal_of_few_characters_is_enough(command: Command) -> None:
    run = await command(RANGE, PYTHONIOENCODING="ascii")
    assert run.status == UNCHECKED
    assert "4.2 \\xb0C" in run.out


async def test_the_key_that_somebody_has_is_compared(command: Command) -> None:
    key = (await command("--json", ONE)).json[0]["key"]
    right = await command("--json", "--key", key, ONE)
    assert right.status == UNCHECKED
    assert {"known_key", "signed"} <= {step["name"] for step in right.json[0]["steps"]}
    assert "whose log it is" not in right.json[0]["says"]
    other = (
        "home.iot-blockchain/0a6278d56378ede5b485e95f14d4df70c3db93cbb061b0c561b937938833"
        "ced5+abb7312d+AROY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK"
    )
    wrong = await command("--key", other, ONE)
    assert wrong.status == INVALID
    assert "signed by another key than the one you gave" in wrong.out
    none = await command("--key", "mine", ONE)
    assert none.status == UNREADABLE
    assert "The key of --key is not the key of a log" in none.out


async def test_the_hash_of_a_block_is_one(command: Command) -> None:
    for wrong in ("", "0x12", "latest", "0x" + "zz" * 32):
        run = await command("--block-hash", wrong, ONE)
        assert run.status == UNREADABLE
        assert "The hash of --block-hash is not one" in run.out


async def test_a_hash_does_not_help_a_receipt_without_its_block(
    command: Command,
) -> None:
    known = (await command("--json", ONE)).json[0]["anchor"]["block_hash"]
    for written in (known, known[2:].upper()):
        run = await command("--block-hash", written, ONE)
        assert run.status == UNCHECKED
        assert "skipped  known_block    The hash is that of block" in run.out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--rpc", "ftp://example.com", ONE],
        ["--rpc", "example.com", ONE],
        ["--rpc", "http://[", ONE],
        ["--tlog-proof", "a.tlog-proof", ONE, RANGE],
    ],
)
async def test_a_wrong_use_is_said_and_has_its_own_status(
    command: Command, arguments: list[str | Path]
) -> None:
    run = await command(*arguments)
    assert run.status == 2
    assert "iot-blockchain-verify: error: " in run.err


async def test_help_names_every_exit_status(command: Command) -> None:
    run = await command("--help")
    for status in ("0  anchored", "3  unchecked", "4  not", "5  unread", "6  invalid"):
        assert f"  {status}" in run.out
    assert "  74  what was found could not be written" in run.out


def test_ctrl_c_ends_it_at_once_and_in_silence(
    command: Command, tmp_path: Path
) -> None:
    """Even where it waits for what never comes."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [command.folder / "bin/iot-blockchain-verify", pipe, ONE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process, pipe.open("wb"):  # opens as soon as the command reads
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(10) == -signal.SIGINT
        finally:
            process.kill()
        assert process.stderr is not None
        assert not process.stderr.read()


def test_a_reader_that_has_seen_enough_ends_it_in_silence(command: Command) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [command.folder / "bin/iot-blockchain-verify", RANGE, ONE],
        check=False,
        env=command.environment,
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    assert done.returncode == 128 + signal.SIGPIPE
    assert not done.stderr


@pytest.mark.parametrize("arguments", [[RANGE], ["--json", RANGE]])
def test_output_that_cannot_be_written_is_said_and_has_its_own_status(
    command: Command, arguments: list[str | Path]
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [command.folder / "bin/iot-blockchain-verify", *arguments],
            check=False,
            env=command.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == os.EX_IOERR
        assert done.stderr == (
            "What was found cannot be written: No space left on device.\n"
        )
        nowhere = subprocess.run(
            [command.folder / "bin/iot-blockchain-verify", *arguments],
            check=False,
            env=command.environment,
            stdout=full,
            stderr=full,
        )
        assert nowhere.returncode == os.EX_IOERR


def test_who_closes_the_output_wants_only_the_status(command: Command) -> None:
    done = subprocess.run(
        [
            "sh",
            "-c",
            '"$0" "$1" >&-',
            command.folder / "bin/iot-blockchain-verify",
            ONE,
        ],
        check=False,
        env=command.environment,
        stderr=subprocess.PIPE,
    )
    assert done.returncode == 3
    assert not done.stderr
