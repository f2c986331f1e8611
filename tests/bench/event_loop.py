"""What recording costs in the event loop, and what else holds the loop up."""

import asyncio
import gc
import random
import time
from collections.abc import Awaitable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Final

from homeassistant.core import Event, HomeAssistant, callback

from custom_components.iot_blockchain.const import CONF_LOG_ID
from custom_components.iot_blockchain.intake.recording import Recording
from custom_components.iot_blockchain.intake.sources import Source
from custom_components.iot_blockchain.log.database import connect
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.logs import log_path
from scripts.house.chain import Anvil
from tests.integration.house import House, async_add_entry, source

from . import logs
from .core import home_assistant
from .memory import Growth
from .report import Goal, Table, megabytes, seconds, times
from .rounds import Rounds, timed
from .scale import Scale

_ENTITY: Final = "sensor.fridge_temperature"
_ATTRIBUTES: Final = {"unit_of_measurement": "°C", "device_class": "temperature"}
_CHANGES: Final = 100
_ROUNDS: Final = 10
_MOST_COST: Final = 0.25

_BEAT: Final = 0.001
_REST: Final = 2.0
_FLUSHES: Final = 5
_SLICE: Final = 100
_RECEIPTS: Final = 50
_MOST_STALL: Final = 0.020
_MOST_MEMORY: Final = 50e6
_MOST_START: Final = 1.0


def run(scale: Scale, cache: Path, folder: Path) -> Iterator[Table]:
    """Measure in a real core, with a real log, on a real chain."""
    yield asyncio.run(_recording(scale, folder))
    yield asyncio.run(_stalls(scale, cache, folder))


async def _recording(scale: Scale, folder: Path) -> Table:
    """Compare setting a state in a core that records it, and in one that does not."""
    store = LogStore.create(folder / "log.db", logs.signer().verifier_key)
    async with (
        home_assistant(folder / "plain") as plain,
        home_assistant(folder / "recording") as hass,
    ):
        recording = Recording(hass, store, lambda: None, lambda _: None, lambda _: None)
        with closing(store):
            await recording.async_start(
                {"fridge": Source("Fridge", {}, entities=[_ENTITY])}
            )
            alone = await _compare(plain, hass, recording, scale)
            for core in (plain, hass):
                core.bus.async_listen("*", _look)
            among_others = await _compare(plain, hass, recording, scale)
            await recording.async_stop()
            assert store.size >= 2 * _CHANGES * _ROUNDS * scale.rounds
    plainly = alone.median("plain")
    first = alone.median("recorded") - plainly
    further = among_others.median("recorded") - among_others.median("plain")
    reference = f"hass.states.async_set, nobody listening: {_each(plainly)}"
    return Table(
        "Recording a state change, in the event loop",
        [
            Goal(
                "added by recording, where somebody listens to everything",
                _each(further),
                reference,
                times(further / plainly),
                f"at most {_MOST_COST}",
                further <= _MOST_COST * plainly,
            ),
            Goal(
                "added by recording, where nobody else listens",
                _each(first),
                reference,
                times(first / plainly),
                f"at most {_MOST_COST}",
                first <= _MOST_COST * plainly,
            ),
        ],
        notes="Two cores in this process, one of which records;"
        f" {_CHANGES} changes in turns, {_ROUNDS * scale.rounds} rounds, medians.\n"
        "The recorder listens to everything. Whoever is the first to listen pays for"
        " the event that Home Assistant makes; recording does without one.",
    )


async def _compare(
    plain: HomeAssistant, hass: HomeAssistant, recording: Recording, scale: Scale
) -> Rounds:
    numbers = count()
    rounds = Rounds(
        {
            "plain": lambda: timed(lambda: _set(plain, numbers)),
            "recorded": lambda: timed(lambda: _set(hass, numbers)),
        }
    )
    for _ in range(_ROUNDS * scale.rounds):
        rounds.play(1)
        await recording.async_flush()
    return rounds


def _set(hass: HomeAssistant, numbers: Iterator[int]) -> None:
    for _ in range(_CHANGES):
        hass.states.async_set(_ENTITY, str(next(numbers)), _ATTRIBUTES)


@callback
def _look(_event: Event) -> None:
    """Listen to everything and do nothing, as the least that others do."""


def _each(value: float) -> str:
    return seconds(value / _CHANGES)


@dataclass(slots=True)
class _Phase:
    """How late the loop's heartbeat came while something ran, and the memory added.

    ``collector`` is the longest pass of Python's garbage collector meanwhile, in
    seconds: it stops every thread, whoever made the objects that it looks at.
    """

    late: list[float]
    collector: float
    memory: Growth

    def goal(
        self,
        what: str,
        other: _Phase,
        name: str = "idle",
        most_stall: float | None = _MOST_STALL,
    ) -> list[Goal]:
        worst, reference = max(self.late), max(other.late)
        return [
            Goal(
                f"longest stall, {what}",
                seconds(worst),
                f"{name}: {seconds(reference)}; the longest pass of the garbage"
                f" collector meanwhile: {seconds(self.collector)}",
                times(worst / reference),
                "" if most_stall is None else f"under {seconds(most_stall)}",
                None if most_stall is None else worst < most_stall,
            ),
            Goal(
                f"memory added, {what}",
                megabytes(self.memory.most),
                f"{name}: {megabytes(other.memory.most)}",
                "",
                f"under {megabytes(_MOST_MEMORY)}",
                self.memory.most < _MOST_MEMORY,
            ),
        ]


async def _watch(work: Awaitable[object]) -> _Phase:
    """Watch the loop and the memory while something runs."""
    loop = asyncio.get_running_loop()
    late: list[float] = []

    async def beat() -> None:
        while True:
            due = loop.time() + _BEAT
            await asyncio.sleep(_BEAT)
            late.append(loop.time() - due)

    passes = [0.0]
    begun = 0.0

    def collecting(phase: str, _info: dict[str, int]) -> None:
        nonlocal begun
        if phase == "start":
            begun = time.perf_counter()
        else:
            passes.append(time.perf_counter() - begun)

    heart = asyncio.create_task(beat())
    gc.callbacks.append(collecting)
    with Growth() as memory:
        await work
        await asyncio.sleep(2 * _BEAT)
    gc.callbacks.remove(collecting)
    heart.cancel()
    return _Phase(late, max(passes), memory)


async def _stalls(scale: Scale, cache: Path, folder: Path) -> Table:
    """Flush, anchor, make receipts and export, as the integration does."""
    template = await asyncio.to_thread(logs.large_log, cache, scale)
    anvil = await asyncio.to_thread(Anvil, folder)
    try:
        async with home_assistant(folder / "house") as hass:
            house, start = await _large_house(hass, anvil, template)
            running = house.coordinator

            async def change(place: str) -> None:
                for _ in range(_FLUSHES):
                    for number in range(scale.batch):
                        _change(hass, place, number)
                        if number % _SLICE == 0:
                            await asyncio.sleep(0)
                    await running.recording.async_flush()

            async def make_receipts() -> None:
                for _ in range(_RECEIPTS):
                    index = random.randrange(scale.log)
                    await running.async_receipt(index, index + 1)

            hass.bus.async_listen("*", _look)
            await change("attic")
            gc.collect()  # as in a house that has been running for a while
            idle = await _watch(asyncio.sleep(_REST))
            unrecorded = await _watch(change("attic"))
            flushing = await _watch(change("room"))
            anchoring = await _watch(running.async_anchor(wait=True))
            proving = await _watch(make_receipts())
            exporting = await _watch(running.exporter.async_export())
            await house.unload()
    finally:
        anvil.stop()
    return Table(
        f"The event loop with a log of {scale.log:,} entries",
        [
            start,
            *flushing.goal(
                f"{scale.batch:,} changes flushed", unrecorded, "not recorded"
            ),
            *anchoring.goal(f"anchoring {_FLUSHES * scale.batch:,} readings", idle),
            *proving.goal("making receipts", idle),
            # It makes so many objects that a full pass of the collector falls into it.
            *exporting.goal("exporting all of it", idle, most_stall=None),
        ],
        notes=f"How late a beat of every {seconds(_BEAT)} comes; the longest of all."
        " Other processes and Python's garbage collector hold it up too.\n"
        f"{_FLUSHES} flushes, 1 anchor on anvil, {_RECEIPTS} receipts, 1 export.",
    )


def _change(hass: HomeAssistant, place: str, number: int) -> None:
    entity = f"sensor.{place}_{number % logs.ENTITIES}_temperature"
    hass.states.async_set(entity, f"{time.monotonic():.6f}", _ATTRIBUTES)


async def _large_house(
    hass: HomeAssistant, anvil: Anvil, template: Path
) -> tuple[House, Goal]:
    """Set up the integration with the large log, and anchor that once."""
    entities = [f"sensor.room_{n}_temperature" for n in range(logs.ENTITIES)]
    entry = await async_add_entry(
        hass,
        anvil.url,
        sources=[source(*entities)],
        options={"anchor_readings": 10**6},
    )
    house = House(hass, entry)
    for _ in range(2):  # the first time imports what it needs
        small = await _set_up(house)
        await house.unload()
    path = log_path(hass, entry.data[CONF_LOG_ID])
    await asyncio.to_thread(_replace, path, template)
    large = await _set_up(house)
    anvil.fund(house.address)
    await house.coordinator.async_anchor(wait=True)
    return house, Goal(
        "setting up the integration with this log",
        seconds(large),
        f"with a new log: {seconds(small)}",
        times(large / small),
        f"under {seconds(_MOST_START)}",
        large < _MOST_START,
    )


async def _set_up(house: House) -> float:
    start = time.perf_counter()
    assert await house.hass.config_entries.async_setup(house.entry.entry_id)
    return time.perf_counter() - start


def _replace(path: Path, template: Path) -> None:
    """Put the large log in the place of a new one, under the new one's key."""
    with closing(LogStore(path)) as store:
        key = str(store.key)
    path.unlink()
    copyfile(template, path)
    with closing(connect(path)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'key'", (key,))
        connection.execute("DELETE FROM checkpoint")
