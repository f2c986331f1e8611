"""The barcode scanner's component, over a real serial line and the real API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from scripts.house.device import HostDevice, Scanner
from tests.esphome.client import Connection, State, connect
from tests.esphome.signing import receive

EAN = "4006381333931"
# Longer than the idle timeout: whatever was going to be published has been.
SILENCE = 0.4


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

    def published(self, *scans: str | bytes, pieces: int = 1) -> list[State]:
        """Scan with silence after each scan, and say what was published."""

        async def scenario() -> list[State]:
            async with self.open() as (scanner, connection):
                for scan in scans:
                    await scanner.scan(scan, pieces=pieces)
                    await asyncio.sleep(SILENCE)
                return connection.states()

        return asyncio.run(scenario())


@pytest.fixture
def bench(scanner_program: Path, tmp_path: Path) -> Bench:
    """Lay out a bench."""
    return Bench(scanner_program, tmp_path)


def test_pieces_of_a_code_are_merged(bench: Bench) -> None:
    """Pieces that come 150 ms apart are one code."""
    assert bench.published(EAN, pieces=4) == [EAN]


def test_silence_ends_a_code(bench: Bench) -> None:
    """Two codes with 400 ms of silence between them are two."""
    assert bench.published("111", "222") == ["111", "222"]


def test_the_same_code_is_published_again(bench: Bench) -> None:
    """With nothing in between, since Home Assistant looks for changes only."""
    assert bench.published(EAN, EAN, "1") == [EAN, None, EAN, "1"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_terminator_ends_a_code_at_once(bench: Bench, end: str) -> None:
    """No silence is needed, and none of the codes is lost on its way."""
    assert bench.published(f"111{end}111{end}222{end}") == [
        "111",
        None,
        "111",
        "222",
    ]


def test_digits_after_a_terminator_are_another_code(bench: Bench) -> None:
    """What follows in the same breath is not thrown away with the code."""
    assert bench.published("111\r22", "3") == ["111", "22", "3"]


def test_other_bytes_are_ignored(bench: Bench) -> None:
    """Noise within a code is left out; noise alone is no code."""
    noise = bytes(set(range(256)) - set(b"0123456789\r\n"))
    assert bench.published(b"\x02" + b"12" + noise + b"34\r", noise, b"\r\n\r") == [
        "1234"
    ]


def test_a_code_may_be_as_long_as_a_state(bench: Bench) -> None:
    """Home Assistant takes 255 characters."""
    assert bench.published("7" * 255) == ["7" * 255]


@pytest.mark.parametrize("end", ["", "\r"])
def test_a_longer_code_is_dropped(bench: Bench, end: str) -> None:
    """Its beginning would be a wrong code. The next one is fine."""
    assert bench.published("7" * 256 + end, f"8{end}") == ["8"]


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
