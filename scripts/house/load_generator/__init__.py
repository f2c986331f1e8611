"""A house under load: sets as many states a second as it is asked for.

Each state says in which run of Home Assistant it was set, and which number it has in
that run. So whoever reads a log can tell what is missing, and what is there twice. How
far it has come stands in a file that outlives the process.
"""

import asyncio
import mmap
import random
import struct
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.helpers.typing import ConfigType

DOMAIN = "load_generator"
PROGRESS = "load_progress"

_LONGEST_STATE = 255
_SURROGATES = range(0xD800, 0xE000)
_LAST_CHARACTER = 0x10FFFF
_ATTRIBUTES = {"unit_of_measurement": "°C", "device_class": "temperature"}
LATE_BY_AT_MOST = timedelta(hours=1)
"""So much older than the clock some of the states are."""
# From a steady stream to a burst of all that a quarter of a second brings.
_SHORTEST_TICK, _LONGEST_TICK = 0.005, 0.25
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Progress:
    """How many states the last run has set, in how many seconds.

    ``late`` is by how many seconds the event loop was ever late in calling.
    """

    run: int
    states: int
    seconds: float
    late: float

    _FORM = struct.Struct("<QQdd")

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read how far a Home Assistant has come, whether it lives or not."""
        try:
            return cls(*cls._FORM.unpack((folder / PROGRESS).read_bytes()))
        except FileNotFoundError:
            return cls(0, 0, 0, 0)

    def write(self, memory: mmap.mmap) -> None:
        """Write it where it outlives the process."""
        self._FORM.pack_into(memory, 0, self.run, self.states, self.seconds, self.late)

    @classmethod
    def open(cls, folder: Path) -> mmap.mmap:
        """Open the file to write to; it begins with the last run's."""
        with (folder / PROGRESS).open("a+b") as file:
            file.truncate(cls._FORM.size)
            return mmap.mmap(file.fileno(), cls._FORM.size)


def entity_of(number: int, entities: int) -> str:
    """Return the entity that a numbered state is of."""
    return f"sensor.load_{number % entities}"


def state_of(run: int, number: int) -> str:
    """Return a numbered state; every tenth is as long and odd as states can be."""
    state = f"{run}:{number}:"
    if number % 10:
        return state
    chance = random.Random(number)  # noqa: S311 - to be the same for who reads it
    while len(state) < _LONGEST_STATE:
        character = chance.randint(1, _LAST_CHARACTER)
        if character not in _SURROGATES:
            state += chr(character)
    return state


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Begin with the load at once, or when told to, and take orders for noise."""
    folder = Path(hass.config.config_dir)
    before = await hass.async_add_executor_job(Progress.of, folder)
    memory = await hass.async_add_executor_job(Progress.open, folder)
    entities: int = config[DOMAIN]["entities"]

    def begin(rate: int) -> None:
        hass.async_create_background_task(
            _run(hass, memory, before.run + 1, rate, entities), DOMAIN
        )

    async def begin_when_told(call: ServiceCall) -> None:
        begin(call.data["rate"])

    hass.services.async_register(DOMAIN, "begin", begin_when_told)
    hass.services.async_register(
        DOMAIN, "make_noise", _make_noise, supports_response=SupportsResponse.ONLY
    )
    if rate := config[DOMAIN]["rate"]:
        begin(rate)
    return True


async def _run(
    hass: HomeAssistant, memory: mmap.mmap, run: int, rate: int, entities: int
) -> None:
    chance = random.Random(run)  # noqa: S311 - load
    start = time.monotonic()
    number = 0
    late = 0.0
    while True:
        tick = chance.uniform(_SHORTEST_TICK, _LONGEST_TICK)
        before = time.monotonic()
        await asyncio.sleep(tick)
        now = time.monotonic()
        late = max(late, now - before - tick)
        for _ in range(min(int((now - start) * rate) - number, _AT_ONCE)):
            _set(hass, run, number, entities, chance)
            number += 1
        Progress(run, number, now - start, late).write(memory)


def _set(
    hass: HomeAssistant, run: int, number: int, entities: int, chance: random.Random
) -> None:
    entity, state = entity_of(number, entities), state_of(run, number)
    out_of_order = number % 10 == 3  # noqa: PLR2004 - any of the ten
    timestamp = (
        time.time() - chance.uniform(0, LATE_BY_AT_MOST.total_seconds())
        if out_of_order
        else None
    )
    hass.states.async_set(entity, state, _ATTRIBUTES, timestamp=timestamp)
    if number % 10 == 5:  # noqa: PLR2004 - said again: no other reading
        hass.states.async_set(entity, state, _ATTRIBUTES)


async def _make_noise(call: ServiceCall) -> ServiceResponse:
    """Set a state of each of many entities that nobody selects, and remove them."""
    states = call.hass.states
    count: int = call.data["entities"]
    start = time.monotonic()
    for first in range(0, count, _AT_ONCE):
        noise = [
            f"sensor.noise_{number}"
            for number in range(first, min(first + _AT_ONCE, count))
        ]
        for entity in noise:
            states.async_set(entity, "1")
        await asyncio.sleep(0)
        for entity in noise:
            states.async_remove(entity)
    return {"seconds": time.monotonic() - start}
