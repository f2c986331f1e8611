"""What the owner decides about a device while its envelopes are being judged."""

import asyncio
from threading import Event
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.device.state import Status
from custom_components.iot_blockchain.signing import devices as devices_module
from custom_components.iot_blockchain.signing.enrolled_device import Taken, take

from .conftest import SetUp
from .house import until
from .signing import SigningDevice
from .test_devices import Air, enrolled, shown


@pytest.fixture
def air(hass: HomeAssistant) -> Air:
    return Air(hass)


class _HeldUp:
    """Judging that takes as long as a test likes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = Event()
        self.go_on = Event()
        monkeypatch.setattr(devices_module, "take", self._take)

    def _take(self, *arguments: Any) -> Taken:  # noqa: ANN401 - as ``take``
        self.begun.set()
        self.go_on.wait(10)
        return take(*arguments)


async def test_revocation_holds_though_envelopes_are_being_judged(
    set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))
    held_up = _HeldUp(monkeypatch)
    devices = house.coordinator.devices
    (subentry_id,) = house.entry.subentries
    sending = asyncio.create_task(air.send(device.reading("4.2")))
    await until(held_up.begun.is_set, what="the judging")
    revoking = asyncio.create_task(devices.async_revoke(subentry_id))
    await asyncio.sleep(0.1)
    held_up.go_on.set()
    await sending
    await revoking
    assert shown(house, "status") == "revoked"
    await house.reload()
    state = house.coordinator.devices[subentry_id].state
    # Both are remembered: the decision, and the number that was judged before it.
    assert state.status is Status.REVOKED
    assert state.sequence.last == 1
