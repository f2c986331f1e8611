"""What a receiver of signed readings sees, and how it checks them.

On purpose with nothing of the integration's own: the standard library, `cryptography`.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aioesphomeapi.client import APIClient
from aioesphomeapi.model import (
    EntityState,
    HomeassistantServiceCall,
    TextSensorInfo,
    TextSensorState,
    UserService,
)
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from scripts.house.device import HostDevice

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
COMMON = {"epoch", "iat", "iss", "seq", "uptime"}
KINDS = {
    "reading": COMMON | {"sensor", "value"},
    "boot": COMMON | {"config", "esphome", "firmware", "model", "name"},
    "rotation": COMMON | {"next"},
}
PATIENCE = 30.0

type Payload = dict[str, str | int]


def public_key(did: str) -> ec.EllipticCurvePublicKey:
    """Read the P-256 key of a did:key."""
    assert did.startswith("did:key:z")
    number = 0
    for character in did.removeprefix("did:key:z"):
        number = number * 58 + BASE58.index(character)
    data = number.to_bytes(35)
    assert data[:2] == bytes.fromhex("8024")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[2:])


def unpadded(segment: str) -> bytes:
    """Decode base64url; what it encodes to again must be the same, bits and all."""
    data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    assert base64.urlsafe_b64encode(data).rstrip(b"=").decode() == segment
    return data


def canonical(payload: Payload) -> bytes:
    """Write RFC 8785 JSON, which for these members is what Python can write, too."""
    text = json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return text.encode()


@dataclass(frozen=True)
class Envelope:
    """A verified envelope."""

    jws: str
    kind: str
    payload: Payload

    @property
    def number(self) -> tuple[str, int, int]:
        """What no two envelopes share: who, in which epoch, and which number."""
        iss, epoch, seq = (self.payload[name] for name in ("iss", "epoch", "seq"))
        assert isinstance(iss, str)
        assert isinstance(epoch, int)
        assert isinstance(seq, int)
        return iss, epoch, seq

    def says(self, sensor: str, value: str) -> bool:
        """Say whether it is a reading of this sensor with this value."""
        said = (self.payload.get("sensor"), self.payload.get("value"))
        return said == (sensor, value)


def verify(jws: str) -> Envelope:
    """Check the signature and every rule of the format."""
    assert len(jws) <= 2048
    header, body, signature = jws.split(".")
    assert header == "eyJhbGciOiJFUzI1NiJ9"
    payload: Payload = json.loads(unpadded(body))
    assert unpadded(body) == canonical(payload)
    raw = unpadded(signature)
    assert len(raw) == 64
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    assert s <= ORDER // 2
    public_key(str(payload["iss"])).verify(
        utils.encode_dss_signature(r, s),
        f"{header}.{body}".encode(),
        ec.ECDSA(hashes.SHA256()),
    )
    (kind,) = (k for k, members in KINDS.items() if members == set(payload) - {"unit"})
    for name in ("epoch", "iat", "seq", "uptime"):
        assert isinstance(payload[name], int)
    assert 0 <= int(payload["epoch"]) < 2**31
    assert 1 <= int(payload["seq"]) < 2**31
    if kind == "reading":
        assert len(str(payload["value"])) <= 255
        assert payload.get("unit") != ""
    else:
        assert "unit" not in payload
    return Envelope(jws, kind, payload)


class Receiver:
    """A client that takes envelopes, as Home Assistant does."""

    def __init__(
        self, client: APIClient, actions: list[UserService], queue_keys: list[int]
    ) -> None:
        """Wrap a client that is connected."""
        self.client = client
        self.actions = {action.name: action for action in actions}
        self.queue_state = ""
        self._queue_keys = queue_keys
        self._received: asyncio.Queue[str] = asyncio.Queue()

    def on_call(self, call: HomeassistantServiceCall) -> None:
        """Keep an event."""
        assert call.is_event
        assert call.service == "esphome.signed_reading"
        assert set(call.data) == {"jws"}
        self._received.put_nowait(call.data["jws"])

    def on_state(self, state: EntityState) -> None:
        """Keep what the device says of its queue."""
        if isinstance(state, TextSensorState) and state.key in self._queue_keys:
            self.queue_state = state.state

    async def next(self, kind: str | None = None) -> Envelope:
        """Wait for the next envelope, of a kind or of any."""
        async with asyncio.timeout(PATIENCE):
            while True:
                envelope = verify(await self._received.get())
                if kind in {None, envelope.kind}:
                    return envelope

    async def take(self, count: int) -> list[Envelope]:
        """Wait for so many envelopes."""
        return [await self.next() for _ in range(count)]

    async def up_to(self, is_last: Callable[[Envelope], bool]) -> list[Envelope]:
        """Take envelopes up to one that is known to come."""
        envelopes = await self.take(1)
        async with asyncio.timeout(PATIENCE):
            while not is_last(envelopes[-1]):
                envelopes.append(await self.next())
        return envelopes

    async def until(self, sensor: str, value: str) -> Payload:
        """Wait for a reading that is known to come: all before it has come."""
        envelopes = await self.up_to(lambda envelope: envelope.says(sensor, value))
        return envelopes[-1].payload

    async def all(self, silence: float = 0.5) -> list[Envelope]:
        """Take what comes, until nothing came for so many seconds.

        On a slow machine, more may come later: not for what must come.
        """
        envelopes = []
        while True:
            try:
                async with asyncio.timeout(silence):
                    envelopes.append(verify(await self._received.get()))
            except TimeoutError:
                return envelopes

    async def act(self, name: str, **arguments: str | float) -> None:
        """Call one of the device's actions."""
        await self.client.execute_service(self.actions[name], {**arguments})

    async def acknowledge(self, *envelopes: Envelope) -> None:
        """Say that envelopes have arrived."""
        for did, epoch, seq in (envelope.number for envelope in envelopes):
            await self.act(
                "signed_reading_acknowledge",
                did=did,
                epoch=str(epoch),
                first=seq,
                last=seq,
            )
        # A device does one thing after the other: what it answers now comes later.
        await self.client.device_info()

    async def read(self, celsius: float) -> Envelope:
        """Have a temperature measured, and wait for its reading."""
        await self.act("set_temperature", celsius=celsius)
        return await self.next("reading")

    async def queue(self, *parts: str) -> str:
        """Wait until the device says this of its queue."""
        async with asyncio.timeout(PATIENCE):
            while not all(part in self.queue_state for part in parts):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return self.queue_state


@asynccontextmanager
async def receive(
    device: HostDevice, *, events: bool = True
) -> AsyncIterator[Receiver]:
    """Connect, and take envelopes; without `events`, only look at states."""
    client = APIClient(device.host, device.port, None)
    await client.connect(login=True)
    try:
        entities, actions = await client.list_entities_services()
        queue_keys = [
            entity.key
            for entity in entities
            if isinstance(entity, TextSensorInfo) and entity.name == "Signing queue"
        ]
        receiver = Receiver(client, actions, queue_keys)
        client.subscribe_states(receiver.on_state)
        if events:
            client.subscribe_service_calls(receiver.on_call)
        yield receiver
    finally:
        await client.disconnect(force=True)
