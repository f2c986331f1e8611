"""Devices against whoever has no key: forgers, floods, and changed receipts."""

import gc
import random
import tracemalloc
from datetime import UTC, datetime
from time import time_ns

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from custom_components.iot_blockchain.device.envelope import open_envelope
from custom_components.iot_blockchain.device.errors import EnvelopeError
from custom_components.iot_blockchain.device.jws import Jws
from custom_components.iot_blockchain.device.rules import (
    Assurance,
    DeviceRules,
    SensorRule,
)
from custom_components.iot_blockchain.device.state import DeviceState, Status
from custom_components.iot_blockchain.device.throttle import Throttle
from custom_components.iot_blockchain.device.verification import check_devices
from custom_components.iot_blockchain.log.entry import (
    Act,
    Reading,
    Record,
    SignedReading,
)
from custom_components.iot_blockchain.log.verification import Verdict, verify_offline
from custom_components.iot_blockchain.signing.enrolled_device import (
    Arrival,
    Device,
    take,
)
from custom_components.iot_blockchain.signing.envelopes import (
    _BURST,
    _RATE,
    _by_issuer,
)
from scripts.house.signing import SigningDevice, canonical, with_high_s
from tests.unit.device.house import TIME, credential_of, list_of, receipt_of

NOW = 1_790_000_000
MOST_SOURCES = 1024


def receipt() -> bytes:
    device = SigningDevice(71)
    records: list[Record] = [
        SignedReading("sensor.fridge", TIME, device.reading()),
        Act("device_booted", TIME, {"device": device.did, "jws": device.boot()}),
        Reading("sensor.plain", "1", TIME),
        SignedReading("sensor.fridge", TIME, device.reading("4.3")),
    ]
    made = receipt_of(records, [credential_of(device.did), list_of()])
    return orjson.dumps(made.to_json())


def verdict(data: bytes) -> Verdict:
    return check_devices(verify_offline(data)).verdict


def test_no_byte_of_a_receipt_with_signed_readings_can_be_changed() -> None:
    data = receipt()
    assert verdict(data) is Verdict.NOT_ANCHORED
    seed = time_ns()
    chance = random.Random(seed)
    for place in range(len(data)):
        for changed in (
            data[:place]
            + bytes([data[place] ^ 1 << chance.randrange(8)])
            + data[place + 1 :],
            data[:place] + data[place + 1 :],
        ):
            assert verdict(changed) is Verdict.INVALID, (seed, place, changed)


def test_signed_readings_cannot_be_put_into_another_place() -> None:
    """The log's key could sign it, but then the device's signature would not fit."""
    device, other = SigningDevice(71), SigningDevice(72)
    forged = [
        other.sign(canonical({"iss": device.did, "seq": 1})),
        with_high_s(device.reading()),
        device.reading().replace("eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJub25lIn0"),
        device.reading(iss=other.did),
    ]
    for jws in forged:
        made = receipt_of([SignedReading("sensor.fridge", TIME, jws)])
        assert verdict(orjson.dumps(made.to_json())) is Verdict.INVALID


class Reply:
    """No way back: nobody listens to what is answered here."""

    def acknowledge(self, did: str, epoch: int, first: int, last: int) -> None:
        raise NotImplementedError

    resend = acknowledge

    def announce(self) -> None:
        raise NotImplementedError


class Gateway:
    """What stands before the log: the integration's own parts, without its threads."""

    def __init__(self, devices: list[SigningDevice]) -> None:
        self.devices = {
            device.did: Device(
                device.did,
                DeviceRules(
                    did=device.did,
                    name="x",
                    assurance=Assurance.SOFTWARE_KEY,
                    sensors={"temperature": SensorRule(minimum=-30, maximum=60)},
                ),
                DeviceState(),
                {device.did: NOW},
                status_index=0,
            )
            for device in devices
        }
        self.throttle = Throttle(_RATE, _BURST)
        self.unknown = 0

    @property
    def states(self) -> list[DeviceState]:
        return [device.state for device in self.devices.values()]

    @property
    def accepted(self) -> int:
        return sum(state.accepted for state in self.states)

    def receive(self, source: str, text: str, now: float) -> None:
        if not self.throttle.admits(source, now):
            return
        arrival = Arrival(text, datetime.fromtimestamp(now, UTC), Reply())
        for did, arrivals in _by_issuer([arrival]).arrivals.items():
            if (device := self.devices.get(did)) is None:
                self.unknown += 1
                continue
            taken = take(device, arrivals, {"temperature": "sensor.x"}, ())
            device.rules, device.state = taken.rules, taken.state
            device.strangers += taken.strangers


def flood(kind: str, victim: SigningDevice, chance: random.Random) -> list[str]:
    """Make what a forger sends in a second: 1,000 envelopes."""
    stranger = SigningDevice(4242)
    captured = victim.reading()
    members: dict[str, object] = {
        "epoch": victim.epoch,
        "iat": NOW,
        "iss": victim.did,
        "sensor": "temperature",
        "uptime": 5,
        "value": "85.0",
    }
    match kind:
        case "forged":
            texts = [
                stranger.sign(canonical({**members, "seq": 100 + number}))
                for number in range(50)
            ]
        case "replayed":
            texts = [captured]
        case "random issuers":
            texts = [
                stranger.sign(
                    canonical({**members, "iss": SigningDevice(secret).did, "seq": 1})
                )
                for secret in range(10_000, 10_050)
            ]
        case "own keys":
            texts = [
                SigningDevice(secret).reading() for secret in range(20_000, 20_050)
            ]
        case _:
            texts = [chance.randbytes(1500).decode("latin-1") for _ in range(50)]
    return [texts[number % len(texts)] for number in range(1000)]


KINDS = ["forged", "replayed", "random issuers", "own keys", "noise"]


@pytest.mark.parametrize("one_source", [True, False], ids=["one source", "any source"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_flood_holds_up_no_honest_device(kind: str, *, one_source: bool) -> None:
    chance = random.Random(9)
    honest = [SigningDevice(secret, epoch=secret) for secret in range(50, 60)]
    gateway = Gateway(honest)
    hostile = flood(kind, honest[0], chance)
    gateway.receive(honest[0].did, honest[0].boot(), NOW)
    before = gateway.accepted
    for second in range(5):
        for place, text in enumerate(hostile):
            now = NOW + second + place / 1000
            source = "flood" if one_source else f"{chance.getrandbits(64):x}"
            gateway.receive(source, text, now)
            if place % 100 == 0:
                device = honest[place // 100]
                gateway.receive(device.did, device.reading(), now)
        assert gateway.accepted - before - 10 * (second + 1) in (0, 1)
    assert all(state.status is Status.TRUSTED for state in gateway.states)
    assert not any(state.failures for state in gateway.states)
    assert len(gateway.throttle) <= MOST_SOURCES
    if one_source:
        assert gateway.throttle.dropped >= 4500


@pytest.mark.parametrize("kind", KINDS)
def test_a_flood_leaves_nothing_in_the_memory(kind: str) -> None:
    chance = random.Random(9)
    victim = SigningDevice(50)
    gateway = Gateway([victim])
    hostile = flood(kind, victim, chance)

    def one_minute(begin: int) -> None:
        for place in range(6_000):
            source = f"{chance.getrandbits(64):x}"
            now = NOW + begin + place / 100
            gateway.receive(source, hostile[place % 1000], now)

    one_minute(0)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    one_minute(60)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    # Of each source that is told apart, its name and a number may be another now.
    assert after - before < 500 * MOST_SOURCES


def test_no_signature_of_an_unknown_key_is_verified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes most of the time."""
    verified: list[str] = []
    verify = Jws.verify

    def count(self: Jws, key: EllipticCurvePublicKey) -> None:
        verified.append(self.text)
        verify(self, key)

    monkeypatch.setattr(Jws, "verify", count)
    known, unknown = SigningDevice(1), SigningDevice(2)
    gateway = Gateway([known])
    for _ in range(30):
        gateway.receive("x", unknown.reading(), NOW)
    assert (gateway.unknown, verified) == (30, [])
    honest = known.reading()
    gateway.receive("x", honest, NOW)
    assert (gateway.accepted, verified) == (1, [honest])


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE entry; --",
        "{{ states('sensor.x') }}",
        "${jndi:ldap://x}",
        "%s%n%x",
        "../../../etc/passwd",
        "\u202e\u0000\x1b[2J",
        "\U0001f9ca" * 100,
        "\\u0000\\",
        '"},"x":{"',
    ],
)
def test_hostile_text_is_kept_as_it_is_or_refused(text: str) -> None:
    device = SigningDevice(3)
    jws = device.reading(text)
    made = receipt_of([SignedReading("sensor.fridge", TIME, jws)])
    report = check_devices(verify_offline(orjson.dumps(made.to_json())))
    assert report.verdict is Verdict.NOT_ANCHORED
    assert report.entries[0].claims["value"] == text
    assert all(text not in step.reason for step in report.steps)
    for name in ("name", "model", "esphome", "config", "firmware"):
        try:
            payload = open_envelope(device.boot(**{name: text})).payload
        except EnvelopeError as err:
            assert text not in str(err)  # noqa: PT017
            continue
        assert getattr(payload, name) == text
        assert "\u202e" not in text
