"""The air quality monitor, told what the sensors say on a real serial line."""

import asyncio
import math
import struct
from collections.abc import Callable, Coroutine, Iterable, Iterator
from itertools import cycle, repeat
from pathlib import Path
from time import monotonic

import pytest

from scripts.house.device import HOST_CONFIGS, HostDevice, SerialLine, build
from tests.esphome.client import PATIENCE, Connection, State, connect
from tests.esphome.signing import receive

type Report = Callable[[int, int], bytes]
type Scenario = Callable[["Bench", Connection], Coroutine[None, None, None]]
type Run = Callable[[Scenario], None]

# What the programs below are built with, in seconds, instead of minutes.
WARM_UP = 1
AVERAGING = 0.4
GAP = 1


def pms(pm_2_5: int, pm_10: int) -> bytes:
    """Make a report of a PMSx003: 13 words, of which the 4th to 6th are PM in air."""
    # All that is not read here has a value that would be seen.
    words = [901, 902, 903, 904, pm_2_5, pm_10, *range(905, 912)]
    body = struct.pack(">2sH13H", b"BM", 28, *words)
    return body + struct.pack(">H", sum(body))


def sds011(pm_2_5: int, pm_10: int) -> bytes:
    """Make a report of an SDS011: two words, in tenths, and the sensor's number."""
    body = struct.pack("<HHH", pm_2_5 * 10, pm_10 * 10, 0xA160)
    return b"\xaa\xc0" + body + bytes([sum(body) & 0xFF]) + b"\xab"


SENSORS = {"air_quality.yaml": pms, "air_quality_sds011.yaml": sds011}


@pytest.fixture(scope="session", params=SENSORS)
def sensor(request: pytest.FixtureRequest) -> tuple[Path, Report]:
    """Build a monitor in a hurry, for each of the sensors."""
    program = build(
        HOST_CONFIGS / request.param,
        substitutions={
            "warm_up_seconds": str(WARM_UP),
            "silence_seconds": "1",
            "averaging_time": f"{AVERAGING}s",
            "air_quality_gap": f"{GAP}s",
        },
    )
    return program, SENSORS[request.param]


class Bench:
    """A sensor that reports ten times a second, and what is read from it."""

    def __init__(self, line: SerialLine, report: Report) -> None:
        """Plug the sensor in."""
        self._line = line
        self.report = report

    async def read(
        self,
        reports: Iterator[bytes],
        connection: Connection,
        is_enough: Callable[[list[float]], bool],
    ) -> list[float]:
        """Send reports until there are enough readings, however long that takes."""
        readings: list[float] = []
        async with asyncio.timeout(PATIENCE):
            while not is_enough(readings):
                self._line.send(next(reports))
                await asyncio.sleep(0.1)
                readings += measured(connection.states())
        return readings

    def warm_up(self) -> None:
        """Report what nobody may believe, at once: a slow machine is not too late."""
        self._line.send(self.report(500, 600) * 5)


@pytest.fixture
def run(sensor: tuple[Path, Report], tmp_path: Path) -> Run:
    """Run a scenario with a sensor, following PM2.5."""
    program, report = sensor

    def run(scenario: Scenario) -> None:
        async def with_monitor() -> None:
            with SerialLine() as line:
                device = HostDevice(program, tmp_path, serial_port=line.port)
                async with device, connect(device, "PM2.5") as connection:
                    await scenario(Bench(line, report), connection)

        asyncio.run(with_monitor())

    return run


# What both sensors share needs to be tried with one of them only.
WITH_ONE = pytest.mark.parametrize("sensor", ["air_quality.yaml"], indirect=True)


def measured(states: Iterable[State]) -> list[float]:
    """Keep the measurements, without the gaps between them."""
    return [s for s in states if isinstance(s, float) and not math.isnan(s)]


def three(readings: list[float]) -> bool:
    """Say whether there are so many."""
    return len(readings) >= 3


@WITH_ONE
def test_a_reading_is_the_mean_of_many_reports(run: Run) -> None:
    """In whole numbers, and at its own pace."""
    reports = {10, 11, 90}

    async def scenario(bench: Bench, connection: Connection) -> None:
        bench.warm_up()
        before = monotonic()
        readings = await bench.read(
            cycle([bench.report(pm, pm) for pm in reports]),
            connection,
            lambda readings: len(readings) >= 3 and not set(readings) <= reports,
        )
        assert monotonic() - before >= (len(readings) - 1) * AVERAGING * 0.9
        assert all(10 <= reading <= 90 for reading in readings)
        assert all(reading == round(reading) for reading in readings)

    run(scenario)


def test_a_damaged_report_is_no_reading(run: Run) -> None:
    """The checksum tells; the reports around it count."""

    async def scenario(bench: Bench, connection: Connection) -> None:
        bench.warm_up()
        good = bench.report(12, 12)
        damaged = bench.report(77, 77)[:-2] + good[-2:]
        readings = await bench.read(cycle([good, damaged]), connection, three)
        assert set(readings) == {12}

    run(scenario)


@WITH_ONE
def test_a_silent_sensor_becomes_unknown_and_warms_up_again(run: Run) -> None:
    """It was off: what it says first is not believed."""

    async def scenario(bench: Bench, connection: Connection) -> None:
        bench.warm_up()
        await bench.read(repeat(bench.report(12, 12)), connection, three)
        state = await connection.next_other(12)
        assert isinstance(state, float)
        assert math.isnan(state)
        bench.warm_up()
        readings = await bench.read(repeat(bench.report(20, 20)), connection, three)
        assert set(readings) == {20}

    run(scenario)


def test_both_means_are_published_and_signed(
    sensor: tuple[Path, Report], tmp_path: Path
) -> None:
    """Each under its own name; and what is reported to warm up is neither."""
    program, report = sensor

    async def scenario() -> None:
        with SerialLine() as line:
            device = HostDevice(program, tmp_path, serial_port=line.port)
            async with (
                device,
                connect(device, "PM2.5") as fine,
                connect(device, "PM10") as coarse,
                receive(device) as receiver,
            ):
                bench = Bench(line, report)
                bench.warm_up()
                readings = await bench.read(repeat(report(12, 34)), fine, three)
                assert set(readings) == {12}
                assert await coarse.next_state() == 34
                signed: set[tuple[object, ...]] = set()
                for _ in range(4):
                    said = (await receiver.next("reading")).payload
                    signed.add((said["sensor"], said["value"], said["unit"]))
        assert signed == {("pm2_5", "12", "µg/m³"), ("pm10", "34", "µg/m³")}

    asyncio.run(scenario())
