"""The tracker's component, told what a receiver says on a real serial line."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from functools import reduce
from itertools import cycle
from operator import xor
from pathlib import Path
from time import monotonic

import pytest

from scripts.house.device import HOST_CONFIGS, HostDevice, SerialLine, build
from tests.esphome.client import PATIENCE, Connection, State, connect, logged
from tests.esphome.signing import receive

type Scenario = Callable[[SerialLine, Connection], Coroutine[None, None, None]]
type Run = Callable[[Scenario], None]
type Check = Callable[[Iterable[bytes], list[str]], None]

# What the program below is built with, in seconds, instead of minutes.
INTERVAL = 2


@pytest.fixture(scope="session")
def program() -> Path:
    """Build a tracker in a hurry."""
    return build(
        HOST_CONFIGS / "tracker.yaml",
        substitutions={
            "tracker_interval": f"{INTERVAL}s",
        },
    )


@pytest.fixture
def run(program: Path, tmp_path: Path) -> Run:
    """Run a scenario with a receiver and a tracker."""

    def run(scenario: Scenario) -> None:
        async def with_tracker() -> None:
            with SerialLine() as line:
                device = HostDevice(program, tmp_path, serial_port=line.port)
                async with device, connect(device, "Position") as connection:
                    await scenario(line, connection)

        asyncio.run(with_tracker())

    return run


def sentence(text: str) -> bytes:
    """Put a sentence between its dollar and its checksum (NMEA 0183)."""
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n".encode()


def gga(
    latitude: str = "4807.038,N",
    longitude: str = "01131.000,E",
    *,
    quality: str = "1",
    satellites: str = "08",
    hdop: str = "0.9",
    talker: str = "GP",
) -> bytes:
    """Make a fix."""
    return sentence(
        f"{talker}GGA,123519,{latitude},{longitude},{quality},{satellites},{hdop},"
        "545.4,M,46.9,M,,"
    )


MUNICH = "48.11730,11.51667"


# Each is far from the one before: else it would not be published.
FIXES = [
    # As printed in many a manual, checksum too.
    (b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n", MUNICH),
    (gga("4807.038,S", "01131.000,W"), "-48.11730,-11.51667"),
    (gga(talker="GN"), MUNICH),
    (gga("0000.000,N", "00000.000,E"), "0.00000,0.00000"),
    (gga("4807.0380000,N", "01131.00000001,E"), MUNICH),
    (gga("0000.0001,S", "00000.0001,W"), "0.00000,0.00000"),
    (gga("0000.59999,N", "00059.99999,E"), "0.01000,1.00000"),
    (gga("0000.0003,S", "00000.0003,W"), "-0.00001,-0.00001"),
    (gga("9000.0000,S", "18000.0000,E"), "-90.00000,180.00000"),
    # Nearer to each other than a float could tell.
    (gga(longitude="17959.9994,E"), "48.11730,179.99999"),
    (gga(), MUNICH),
    (gga(longitude="17959.9988,E"), "48.11730,179.99998"),
]


def test_a_fix_is_one_text(run: Run) -> None:
    """In degrees, with five decimals always."""

    async def scenario(line: SerialLine, position: Connection) -> None:
        for said, published in FIXES:
            line.send(said)
            assert await position.next_state() == published

    run(scenario)


REFUSED = {
    "no fix": gga(quality="0"),
    "estimated": gga(quality="6"),
    "entered by hand": gga(quality="7"),
    "simulated": gga(quality="8"),
    "no quality": gga(quality=""),
    "three satellites": gga(satellites="03"),
    "no satellites": gga(satellites=""),
    "vague": gga(hdop="5.1"),
    "how vague is not said": gga(hdop=""),
    "not a number": gga(hdop="nan"),
    "no position": gga(",", ","),
    "half a position": gga("4807.038,N", ","),
    "no hemisphere": gga("4807.038,"),
    "another hemisphere": gga("4807.038,E"),
    "beyond the pole": gga("9000.001,N"),
    "beyond the date line": gga(longitude="18000.001,E"),
    "sixty minutes": gga("4860.000,N"),
    "a sign": gga("-807.038,N"),
    "no point": gga("48070038,N"),
    "nothing after the point": gga("4807.,N"),
    "letters": gga("48o7.038,N"),
    "another sentence": sentence("GPGLL,4807.038,N,01131.000,E,123519,A"),
    "too few fields": sentence("GPGGA,123519,4807.038,N,01131.000,E,1,08"),
    "a wrong checksum": gga().replace(b"48", b"49"),
    "no checksum": gga()[: gga().index(b"*")] + b"\r\n",
    "half a checksum": gga()[:-3] + b"\r\n",
    "more after it": gga()[:-2] + b"0\r\n",
    "no dollar": gga()[1:],
    "no end": gga()[:40],
    "too long": gga(f"4807.038{'0' * 100},N"),
    "endless": b"$" + b"4" * 1000,
    "noise": bytes(range(128, 256)),
}


def test_what_is_no_fix_is_no_reading(program: Path, tmp_path: Path) -> None:
    """None of these is published, nor spoils the good fix that follows it."""
    # Neither is where the refused ones are.
    elsewhere = cycle([("6000.000,N", "60.00000"), ("6100.000,N", "61.00000")])

    async def scenario() -> None:
        with SerialLine() as line:
            device = HostDevice(program, tmp_path, serial_port=line.port)
            # Of states that come close together, the API shows only the last one;
            # each is signed.
            async with device, receive(device) as receiver:
                for name, said in REFUSED.items():
                    latitude, expected = next(elsewhere)
                    line.send(said + gga(latitude))
                    reading = (await receiver.next("reading")).payload
                    assert reading["value"] == f"{expected},11.51667", name

    asyncio.run(scenario())


@pytest.fixture
def check(program: Path, tmp_path: Path) -> Check:
    """Check which of the fixes that come at once are published."""

    def check(fixes: Iterable[bytes], expected: list[str]) -> None:
        async def scenario() -> None:
            with SerialLine() as line:
                device = HostDevice(program, tmp_path, serial_port=line.port)
                # Of states that come close together, the API shows only the last one;
                # each is signed.
                async with device, receive(device) as receiver:
                    line.send(b"".join(fixes))
                    for position in expected:
                        reading = (await receiver.next("reading")).payload
                        assert reading["value"] == position

        asyncio.run(scenario())

    return check


def test_a_position_is_published_when_it_is_far_enough(check: Check) -> None:
    """50 m from the last one published, whatever came between."""
    # In minutes of latitude, of which one is 1,853 m: 44 m, 48 m, 56 m; and in minutes
    # of longitude, which are shorter at 60° north: 44 m, 56 m.
    check(
        [
            gga("6000.0000,N", "01131.0000,E"),
            gga("6000.0240,N", "01131.0000,E"),
            gga("6000.0260,N", "01131.0000,E"),
            gga("6000.0300,N", "01131.0000,E"),
            gga("6000.0300,N", "01131.0480,E"),
            gga("6000.0300,N", "01131.0600,E"),
        ],
        ["60.00000,11.51667", "60.00050,11.51667", "60.00050,11.51767"],
    )


@pytest.mark.parametrize(("here", "there"), ["EW", "WE"])
def test_the_date_line_is_no_journey(check: Check, here: str, there: str) -> None:
    """179.9999° east and 179.9999° west are neighbours."""
    fixes = [f"17959.9940,{here}", f"17959.9940,{there}", "01131.0000,E"]
    sign = "" if here == "E" else "-"
    check(
        [gga(longitude=longitude) for longitude in fixes],
        [f"48.11730,{sign}179.99990", MUNICH],
    )


def test_a_resting_tracker_is_heard_from(run: Run) -> None:
    """Once in an interval, though the receiver says it all the time."""

    async def scenario(line: SerialLine, position: Connection) -> None:
        begun = monotonic()
        heard: list[State] = []
        async with asyncio.timeout(PATIENCE + 2 * INTERVAL):
            while len(heard) < 3:
                line.send(gga())
                await asyncio.sleep(0.05)
                heard += position.states()
        assert heard == [MUNICH] * 3
        assert monotonic() - begun >= 2 * INTERVAL

    run(scenario)


@pytest.mark.parametrize("said", [b"", gga(quality="0"), gga(hdop="9.9")])
def test_a_lost_fix_is_unknown(run: Run, said: bytes) -> None:
    """The last position is not shown for ever; the next one is shown at once."""

    async def scenario(line: SerialLine, position: Connection) -> None:
        line.send(gga())
        assert await position.next_state() == MUNICH
        await position.act("set_timeout", milliseconds=1000)
        states: list[State] = []
        async with asyncio.timeout(PATIENCE):
            while not states:
                line.send(said)
                await asyncio.sleep(0.25)
                states = position.states()
        assert states == [None]
        await position.act("set_timeout", milliseconds=60_000)
        line.send(gga())
        assert await position.next_state() == MUNICH

    run(scenario)


def test_a_sentence_may_come_in_pieces(run: Run) -> None:
    """And in the middle of another that never ends."""

    async def scenario(line: SerialLine, position: Connection) -> None:
        said = gga()[:30] + gga()
        for start in range(0, len(said), 7):
            line.send(said[start : start + 7])
            await asyncio.sleep(0.02)
        assert await position.next_state() == MUNICH

    run(scenario)


def test_a_position_is_signed(program: Path, tmp_path: Path) -> None:
    """As the text that it is; a lost fix is not."""

    async def scenario() -> None:
        with SerialLine() as line:
            device = HostDevice(program, tmp_path, serial_port=line.port)
            async with device, receive(device) as receiver:
                line.send(gga())
                reading = (await receiver.next("reading")).payload
                assert (reading["sensor"], reading["value"]) == ("position", MUNICH)
                assert "unit" not in reading
                await receiver.act("set_timeout", milliseconds=1)
                await logged(device, "No fix for")
                line.send(gga("6000.000,N"))
                reading = (await receiver.next("reading")).payload
                assert reading["value"] == "60.00000,11.51667"

    asyncio.run(scenario())
