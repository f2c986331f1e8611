"""A flood of 1,000 envelopes in a second: Home Assistant stays free meanwhile.

Times are generous, as these tests share a machine: a free loop is late by some
milliseconds, and one that is held up by seconds.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import count, islice, repeat

import pytest
from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.device.errors import Reason
from custom_components.iot_blockchain.signing.envelopes import async_get_envelopes

from .conftest import SetUp
from .house import until
from .signing import SigningDevice
from .test_devices import enrolled

_RATE = 1000
_MADE = 300

type Flood = Callable[[str], Iterator[str]]
"""Takes what an honest device has sent."""


def _of_an_unknown_device(_honest: str) -> Iterator[str]:
    stranger = SigningDevice()
    return (stranger.reading(str(number)) for number in count())


def _of_many_unknown_devices(_honest: str) -> Iterator[str]:
    return (SigningDevice().reading("4.2") for _ in count())


def _forged(honest: str) -> Iterator[str]:
    return repeat(honest[:-4] + "AAAA")


def _nonsense(_honest: str) -> Iterator[str]:
    return repeat("x" * 2000)


async def _lateness(late: list[float]) -> None:
    """Note how late the loop's heartbeat comes, in seconds."""
    while True:
        due = time.monotonic() + 0.001
        await asyncio.sleep(0.001)
        late.append(time.monotonic() - due)


@pytest.mark.parametrize(
    ("flood", "sources"),
    [
        (_of_an_unknown_device, 1),
        (_of_many_unknown_devices, 500),
        (_forged, 1),
        (_forged, 500),
        (repeat, 1),
        (repeat, 500),
        (_nonsense, 500),
    ],
)
async def test_flood_holds_nobody_up(
    hass: HomeAssistant, set_up: SetUp, flood: Flood, sources: int
) -> None:
    honest = SigningDevice()
    house = await set_up(enrolled(honest))
    (subentry_id,) = house.entry.subentries
    device = house.coordinator.devices[subentry_id]

    def send(envelope: object, source: str) -> None:
        hass.bus.async_fire(
            "esphome.signed_reading", {"device_id": source, "jws": envelope}
        )

    first = honest.reading("4.0")
    send(first, "honest")
    await until(lambda: device.state.sequence.last == 1)
    envelopes = list(islice(flood(first), _MADE))

    async def pour() -> None:
        begun = time.monotonic()
        for number in range(_RATE):
            send(envelopes[number % _MADE], f"flood {number % sources}")
            await asyncio.sleep(begun + number / _RATE - time.monotonic())

    late: list[float] = []
    heart = asyncio.create_task(_lateness(late))
    pouring = asyncio.create_task(pour())
    waits = []
    while not pouring.done():
        begun = time.monotonic()
        send(honest.reading("4.2"), "honest")
        await until(lambda: device.state.sequence.last == honest.seq)
        waits.append(time.monotonic() - begun)
        await asyncio.sleep(0.2)
    heart.cancel()
    await pouring

    assert max(late) < 5
    assert max(waits) < 10
    assert len(waits) > 0
    # All of it was counted, and nothing of it recorded.
    received = await async_get_envelopes(hass)
    await until(lambda: not received._working)
    counted = received.refused.total() + sum(device.refused.values())
    assert counted == _RATE
    if sources == 1:
        assert received.refused[Reason.TOO_FAST] > _RATE / 2
    assert device.state.accepted == honest.seq
