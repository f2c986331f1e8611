"""Envelopes over MQTT: a real broker, and Home Assistant's own integration for it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from homeassistant.components import mqtt
from homeassistant.components.mqtt import client as mqtt_client
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.device.envelope import (
    ReadingPayload,
    open_envelope,
)
from custom_components.iot_blockchain.device.errors import Reason
from custom_components.iot_blockchain.signing import mqtt_transport
from custom_components.iot_blockchain.signing.envelopes import async_get_envelopes
from scripts.house.broker import Broker

from .conftest import SetUp
from .house import House, until
from .signing import SigningDevice
from .test_devices import enrolled, shown, signed, subentry_of

_EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "mqtt_publisher.py"


class Mqtt:
    """A broker, Home Assistant's MQTT integration, and what is published on it."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        self.broker = Broker(folder)
        self.acknowledged: list[tuple[str, dict[str, int]]] = []
        self._hass = hass
        self.entry = self.new_entry()

    def new_entry(self) -> MockConfigEntry:
        """Make what a person makes with the integration's dialog."""
        return MockConfigEntry(
            domain=mqtt.DOMAIN,
            data={
                "broker": self.broker.host,
                "port": self.broker.port,
                "protocol": "5",
            },
            options={"discovery": False},
            version=2,
            minor_version=1,
        )

    async def set_up(self) -> None:
        """Add the integration, as a person does, and connect it."""
        self.entry.add_to_hass(self._hass)
        assert await self._hass.config_entries.async_setup(self.entry.entry_id)
        await self.connected()

    async def connected(self) -> None:
        await until(lambda: mqtt.is_connected(self._hass), what="the connection")
        # Home Assistant subscribes a moment later, all at once.
        client = self._hass.data[mqtt.DATA_MQTT].client
        await until(lambda: not client._pending_subscriptions, what="the subscribing")
        await self._hass.async_block_till_done()

    @property
    def subscribed(self) -> int:
        """How many subscriptions there are to what devices publish."""
        client = self._hass.data[mqtt.DATA_MQTT].client
        return sum(
            subscription.topic.startswith("iot-blockchain/")
            for subscription in client.subscriptions
        )

    async def hear_acknowledgements(self) -> None:
        """Listen as the devices do."""

        def take(message: mqtt.ReceiveMessage) -> None:
            did = message.topic.split("/")[1]
            self.acknowledged.append((did, json.loads(message.payload)))

        await mqtt.async_subscribe(
            self._hass, "iot-blockchain/+/acknowledge", take, qos=1
        )
        await self.connected()

    async def publish(
        self, did: str, *envelopes: str | bytes, retain: bool = False
    ) -> None:
        for envelope in envelopes:
            await mqtt.async_publish(
                self._hass, f"iot-blockchain/{did}/reading", envelope, 1, retain
            )


@pytest.fixture
async def over(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Mqtt]:
    monkeypatch.setattr(mqtt_client, "RECONNECT_INTERVAL_SECONDS", 0.2)
    # Home Assistant's MQTT integration reads it.
    await hass.async_add_executor_job(
        Path(hass.config.path("configuration.yaml")).touch
    )
    over = await hass.async_add_executor_job(Mqtt, hass, tmp_path / "broker")
    yield over
    if over.entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(over.entry.entry_id)
    await hass.async_add_executor_job(over.broker.stop)


async def _recorded(house: House, *envelopes: str) -> None:
    """Wait until the log holds these signed readings, and only these."""

    async def holds() -> bool:
        return [jws for _, jws in await signed(house)] == [*envelopes]

    await until(holds, what="the recording")


async def test_envelope_is_recorded_and_acknowledged_on_the_topic_of_its_key(
    set_up: SetUp, over: Mqtt, device: SigningDevice
) -> None:
    await over.set_up()
    await over.hear_acknowledgements()
    house = await set_up(enrolled(device))
    await over.connected()
    boot = device.boot()
    envelopes = [device.reading(str(number)) for number in range(3)]
    await over.publish(device.did, boot, *envelopes)
    await _recorded(house, *envelopes)

    def all_acknowledged() -> bool:
        return {
            number
            for did, said in over.acknowledged
            for number in range(said["first"], said["last"] + 1)
            if did == device.did and said["epoch"] == device.epoch
        } == {1, 2, 3, 4}

    await until(all_acknowledged, what="the acknowledgement")
    # What comes a second time, as QoS 1 allows, is acknowledged again.
    over.acknowledged.clear()
    await over.publish(device.did, envelopes[0])
    await until(lambda: bool(over.acknowledged), what="the acknowledgement")
    assert over.acknowledged == [(device.did, {"epoch": 7, "first": 2, "last": 2})]
    await _recorded(house, *envelopes)


async def test_envelope_on_the_topic_of_another_key_is_malformed(
    set_up: SetUp, over: Mqtt, device: SigningDevice
) -> None:
    await over.set_up()
    house = await set_up(enrolled(device))
    await over.connected()
    envelope = device.reading("4.2")
    await over.publish(SigningDevice().did, envelope)
    await over.publish("anything", envelope)
    refused = (await async_get_envelopes(house.hass)).refused
    await until(lambda: refused[Reason.MALFORMED] == 2, what="the refusal")
    assert await signed(house) == []
    await over.publish(device.did, envelope)
    await _recorded(house, envelope)


async def test_what_is_no_envelope_is_counted(
    set_up: SetUp, over: Mqtt, device: SigningDevice
) -> None:
    await over.set_up()
    house = await set_up(enrolled(device))
    await over.connected()
    for payload in (b"", b"\xff\xfe", b"{}", b"a.b.c", b"x" * 100_000):
        await over.publish(device.did, payload)
    refused = (await async_get_envelopes(house.hass)).refused
    await until(lambda: refused.total() == 5, what="the refusal")
    assert refused[Reason.TOO_LONG] == 1


async def test_retained_envelope_is_recorded_once(
    set_up: SetUp, over: Mqtt, device: SigningDevice
) -> None:
    await over.set_up()
    envelope = device.reading("4.2")
    # Before anybody subscribes.
    await over.publish(device.did, envelope, retain=True)
    house = await set_up(enrolled(device))
    await _recorded(house, envelope)

    async def refused(times: str) -> None:
        await until(lambda: shown(house, "refused_envelopes") == times)

    for times in ("1", "2"):
        await house.reload()
        # The broker sends it again, when it comes to it.
        await refused(times)
    await _recorded(house, envelope)


async def test_broker_goes_away_and_comes_back(
    set_up: SetUp,
    over: Mqtt,
    device: SigningDevice,
) -> None:
    await over.set_up()
    house = await set_up(enrolled(device))
    await over.connected()
    hass = house.hass
    first, second = device.reading("4.2"), device.reading("4.3")
    await over.publish(device.did, first)
    await _recorded(house, first)
    await hass.async_add_executor_job(over.broker.stop)
    await until(lambda: not mqtt.is_connected(hass), what="the broker's end")
    # An acknowledgement that cannot be published is nobody's trouble.
    await mqtt_transport.MqttReply(hass)._publish(device.did, "{}")
    await hass.async_add_executor_job(over.broker.start)
    await over.connected()
    await over.publish(device.did, first, second)
    await _recorded(house, first, second)


async def test_mqtt_is_set_up_after_the_log_and_reloaded(
    set_up: SetUp, over: Mqtt, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    await over.set_up()
    assert over.subscribed == 1
    sent = [device.reading(str(number)) for number in range(3)]
    await over.publish(device.did, sent[0])
    await _recorded(house, sent[0])

    await house.hass.config_entries.async_reload(over.entry.entry_id)
    await over.connected()
    assert over.subscribed == 1
    await over.publish(device.did, sent[1])
    await _recorded(house, *sent[:2])

    await house.reload()
    await over.connected()
    assert over.subscribed == 1
    await over.publish(device.did, sent[2])
    await _recorded(house, *sent)
    assert shown(house, "refused_envelopes") == "0"


async def test_mqtt_is_removed_and_added_again(
    set_up: SetUp, over: Mqtt, device: SigningDevice
) -> None:
    await over.set_up()
    house = await set_up(enrolled(device))
    entries = house.hass.config_entries
    await entries.async_remove(over.entry.entry_id)
    await house.hass.async_block_till_done()
    await house.reload()

    over.entry = over.new_entry()
    await over.set_up()
    assert over.subscribed == 1
    envelope = device.reading("4.2")
    await over.publish(device.did, envelope)
    await _recorded(house, envelope)


async def test_nothing_is_left_behind(
    hass: HomeAssistant, set_up: SetUp, over: Mqtt, device: SigningDevice
) -> None:
    await over.set_up()
    house = await set_up(enrolled(device))
    await over.connected()
    assert over.subscribed == 1
    # After a reload, Home Assistant's client is another one.
    await hass.config_entries.async_reload(over.entry.entry_id)
    await over.connected()
    await house.unload()
    assert over.subscribed == 0
    assert hass.bus.async_listeners().get("esphome.signed_reading") is None
    # The log is not loaded any more, and MQTT is: nobody may answer that.
    await hass.config_entries.async_reload(over.entry.entry_id)
    await over.connected()
    assert over.subscribed == 0


async def test_log_without_mqtt_does_without(
    set_up: SetUp, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    assert mqtt.DOMAIN not in house.hass.config.components
    await house.unload()


class Example:
    """The example in the documentation, as a process."""

    def __init__(self, folder: Path, port: int) -> None:
        self.file = folder / "signing.json"
        self._port = port
        self._process: Process | None = None
        self.did = ""

    async def start(self) -> None:
        """Start it, and read the key that it shows."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, _EXAMPLE, "--broker", "127.0.0.1"),
            *("--port", str(self._port), "--file", self.file, "--name", "cellar"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        self.did = line.decode().split()[-1]

    async def say(self, *lines: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        await self._process.stdin.drain()

    async def complaint(self) -> str:
        assert self._process is not None
        assert self._process.stderr is not None
        return (await asyncio.wait_for(self._process.stderr.readline(), 30)).decode()

    async def end(self) -> None:
        """Say no more: it ends when all is acknowledged."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert await asyncio.wait_for(self._process.wait(), 30) == 0

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture
async def example(over: Mqtt, tmp_path: Path) -> AsyncGenerator[Example]:
    example = Example(tmp_path, over.broker.port)
    yield example
    await example.kill()


async def test_example_publisher_signs_counts_and_sends_again(
    set_up: SetUp, over: Mqtt, device: SigningDevice, example: Example
) -> None:
    await over.set_up()
    house = await set_up()
    await over.connected()
    hass = house.hass
    await example.start()

    # Its boot message asks for it to be enrolled.
    issues = ir.async_get(hass)
    issue_id = f"device_unknown_{example.did}"
    await until(lambda: issues.async_get_issue(DOMAIN, issue_id) is not None)
    device.did = example.did
    hass.config_entries.async_add_subentry(house.entry, subentry_of(device))
    await hass.async_block_till_done()

    async def values() -> list[object]:
        payloads = [open_envelope(jws).payload for _, jws in await signed(house)]
        return [p.value for p in payloads if isinstance(p, ReadingPayload)]

    await example.say("temperature 4.2 °C", "", "temperature 4.3")
    await until(lambda: shown(house, "temperature") == "4.3")
    await hass.async_add_executor_job(over.broker.stop)
    await example.say("temperature 4.4 °C")
    await hass.async_add_executor_job(over.broker.start)
    await example.end()
    assert await values() == ["4.2", "4.3", "4.4"]
    assert example.file.stat().st_mode & 0o77 == 0

    # The next time, it goes on with its key and its count.
    await example.start()
    assert example.did == device.did
    for wrong in ("Temperature 4.5", "fridge.temperature 4", "door"):
        await example.say(wrong)
        assert f"{wrong!r} is no reading" in await example.complaint()
    await example.say("temperature 4.5 °C")
    await example.end()
    assert await values() == ["4.2", "4.3", "4.4", "4.5"]
    assert shown(house, "missing_envelopes") == "0"
