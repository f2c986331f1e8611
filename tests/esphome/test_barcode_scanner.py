"""The barcode scanner's component, over a real serial line and the real API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from scripts.house.device import HostDevice, Scanner
from tests.esphome.client import Connection, State, connect, logged
from tests.esphome.signing import receive

EAN = "4006381333931"
LAST = "99"


class Bench:
    """A scanner plugged into a device, and what the device says."""

    def __init__(self, program: Path, folder: Path) -> None:
        """Prepare the bench: each test runs it with `open`."""
        self.scanner = Scanner()
        self.device = HostDevice(program, folder, serial_port=self.scanner.port)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Scanner, Connection]]:
        """Start everything, and end it."""
        with self.scanner:
            async with self.device, connect(self.device, "Code") as connection:
                yield self.scanner, connection

    def check(self, *scans: tuple[str | bytes, list[State]]) -> None:
        """Check what is published after each scan; nothing is when it is dropped."""

        async def scenario() -> None:
            dropped = 0
            async with self.open() as (scanner, connection):
                for scan, expected in scans:
                    await scanner.scan(scan)
                    assert [await connection.next_state() for _ in expected] == expected
                    if not expected:
                        dropped += 1
                        await self.warned(times=dropped)
                await scanner.scan(f"{LAST}\r")
                assert await connection.next_state() == LAST

        asyncio.run(scenario())

    async def warned(self, *, times: int) -> None:
        """Wait until the device's log has said so often that it drops a code."""
        await logged(self.device, "Dropped a code", times=times)


@pytest.fixture
def bench(scanner_program: Path, tmp_path: Path) -> Bench:
    """Lay out a bench."""
    return Bench(scanner_program, tmp_path)


def test_pieces_of_a_code_are_merged(bench: Bench) -> None:
    """Until the line is silent for longer than the pieces are apart."""

    async def scenario() -> None:
        async with bench.open() as (scanner, connection):
            # However slow this machine is: none of its pauses ends the code.
            await connection.act("set_idle_timeout", milliseconds=2**31 - 1)
            await connection.client.device_info()
            await scanner.scan(EAN, pieces=4)
            await scanner.scan("\r")
            assert await connection.next_state() == EAN

    asyncio.run(scenario())


def test_silence_ends_a_code(bench: Bench) -> None:
    """Two codes with silence between them are two."""
    bench.check(("111", ["111"]), ("222", ["222"]))


def test_the_same_code_is_published_again(bench: Bench) -> None:
    """With nothing in between, since Home Assistant looks for changes only."""
    bench.check((EAN, [EAN]), (EAN, [None, EAN]), ("1", ["1"]))


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t", "\x03", "\x03\r\n"])
def test_a_terminator_ends_a_code_at_once(bench: Bench, end: str) -> None:
    """No silence is needed, and none of the codes is lost on its way."""
    bench.check((f"111{end}111{end}222{end}", ["111", None, "111", "222"]))


def test_digits_after_a_terminator_are_another_code(bench: Bench) -> None:
    """What follows in the same breath is not thrown away with the code."""
    bench.check(("111\r22", ["111", "22"]), ("3", ["3"]))


def test_a_code_may_have_a_frame(bench: Bench) -> None:
    """STX before it and ETX after it are no part of it, and nothing alone."""
    bench.check(("\x02111\x03\x02\x03\x02222\x03\r", ["111", "222"]))


def test_a_code_with_another_byte_is_dropped(bench: Bench) -> None:
    """Without its damaged digit, it would be a wrong code. The next one is fine."""
    others = set(range(256)) - set(b"0123456789\r\n\t\x03")
    kinds = {
        b"12%c34\r": others,
        b"1234%c\r": others,
        b"%c1234\r": others - {0x02},
    }

    async def scenario() -> None:
        async with bench.open() as (scanner, connection):
            dropped = 0
            for kind, damaged in kinds.items():
                await scanner.scan(b"".join(kind % byte for byte in damaged))
                dropped += len(damaged)
                await bench.warned(times=dropped)
            await scanner.scan("5\r")
            assert await connection.next_state() == "5"

    asyncio.run(scenario())


def test_noise_before_a_code_ends_with_silence(bench: Bench) -> None:
    """When a scanner is plugged in, for example: what it scans then is fine."""
    bench.check((b"\x00\xff", []), ("5", ["5"]), (b"1\x00", []), ("6", ["6"]))


def test_a_code_may_be_as_long_as_a_state(bench: Bench) -> None:
    """Home Assistant takes 255 characters."""
    bench.check(("7" * 255, ["7" * 255]))


@pytest.mark.parametrize("end", ["", "\r"])
def test_a_longer_code_is_dropped(bench: Bench, end: str) -> None:
    """Its beginning would be a wrong code. The next one is fine."""
    bench.check(("7" * 256 + end, []), (f"8{end}", ["8"]))


def test_a_restarted_device_listens_again(
    scanner_program: Path, tmp_path: Path
) -> None:
    """The scanner stays plugged in while the device has no power."""

    async def scenario() -> None:
        with Scanner() as scanner:
            device = HostDevice(scanner_program, tmp_path, serial_port=scanner.port)
            async with device:
                pass
            async with device, connect(device, "Code") as connection:
                await scanner.scan(EAN)
                assert await connection.next_state() == EAN

    asyncio.run(scenario())


def test_a_returning_client_is_not_told_an_old_code(bench: Bench) -> None:
    """It would be recorded as a scan that nobody made."""

    async def scenario() -> None:
        async with bench.open() as (scanner, connection):
            await scanner.scan(f"{EAN}\r")
            assert await connection.next_state() == EAN
            async with connect(bench.device, "Code") as returned:
                assert returned.states() == []
                await scanner.scan(f"{EAN}\r")
                assert [await returned.next_state() for _ in range(2)] == [None, EAN]
            # The one that stayed has missed nothing.
            assert connection.states() == [None, EAN]

    asyncio.run(scenario())


def test_each_scan_is_signed(bench: Bench) -> None:
    """The same code twice is two readings, whatever Home Assistant shows between."""

    async def scenario() -> None:
        async with bench.open() as (scanner, _), receive(bench.device) as receiver:
            await scanner.scan(f"{EAN}\r{EAN}\r")
            readings = [(await receiver.next("reading")).payload for _ in range(2)]
            assert [(r["sensor"], r["value"]) for r in readings] == [("code", EAN)] * 2

    asyncio.run(scenario())
