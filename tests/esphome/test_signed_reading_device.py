"""The signed_reading component in a running device, over the real API."""

import asyncio
import hashlib
import json
import math
import os
import random
import signal
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from aioesphomeapi.model import UserServiceArgType

from custom_components.iot_blockchain.device.envelope import (
    BootPayload,
    ReadingPayload,
    RotationPayload,
    open_envelope,
)
from scripts.house.device import HOST_CONFIGS, HostDevice, build
from tests.esphome.signing import PATIENCE, Envelope, Receiver, public_key, receive

MIN_INTERVAL = 0.4
KEY_RECORD = struct.Struct("<I32s32s5I")
SEQUENCE_RECORD = struct.Struct("<II")
# The did:key specification, "P-256", test vectors.
ANOTHER = "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"


@pytest.fixture(scope="session")
def program() -> Path:
    """Build a device whose temperature is throttled, with little memory."""
    return build(
        HOST_CONFIGS / "signed_reading.yaml",
        substitutions={
            "min_interval": f"{MIN_INTERVAL * 1000:.0f}ms",
            "queue_interval": "100ms",
            "buffer_size": "4000B",
        },
    )


@pytest.fixture
def device(program: Path, tmp_path: Path) -> HostDevice:
    """Give a device that has never run."""
    return HostDevice(program, tmp_path)


@asynccontextmanager
async def running(device: HostDevice) -> AsyncIterator[Receiver]:
    """Plug a device in, connect, and unplug it."""
    async with device, receive(device) as receiver:
        yield receiver


async def kill(device: HostDevice) -> None:
    """Cut the power."""
    assert device.pid is not None
    os.kill(device.pid, signal.SIGKILL)
    await device.stop()


class Storage:
    """What a device has stored: two copies of its key, and its sequence numbers."""

    def __init__(self, device: HostDevice) -> None:
        """Find it."""
        folder = device.log.parent / "preferences"
        self.copies = [folder / f"signed-reading.signing-key-{n}" for n in range(2)]
        self._preferences = folder / "signed-reading.prefs"

    @property
    def key(self) -> bytes:
        """The private key."""
        _, key, *_ = KEY_RECORD.unpack(self.copies[0].read_bytes())
        assert isinstance(key, bytes)
        return key

    def set_limit(self, limit: int | None) -> None:
        """Change the first number that is not reserved, or lose the record of it."""
        data, kept = self._preferences.read_bytes(), b""
        while data:
            key, length = struct.unpack_from("<IB", data)
            value, data = data[5 : 5 + length], data[5 + length :]
            if length == SEQUENCE_RECORD.size:
                if limit is None:
                    continue
                epoch, _ = SEQUENCE_RECORD.unpack(value)
                value = SEQUENCE_RECORD.pack(epoch, limit)
            kept += struct.pack("<IB", key, length) + value
        self._preferences.write_bytes(kept)


async def test_the_first_message_says_what_runs(
    device: HostDevice, program: Path
) -> None:
    """Signed, and before any reading."""
    firmware = hashlib.sha256(program.read_bytes()).hexdigest()  # noqa: ASYNC240
    async with running(device) as receiver:
        boot = await receiver.next()
        assert boot.kind == "boot"
        info = json.loads((program.parents[2] / "build_info.json").read_text())
        assert boot.payload["config"] == f"{info['config_hash']:08x}"
        assert boot.payload["esphome"] == info["esphome_version"]
        assert boot.payload["firmware"] == firmware
        assert (boot.payload["model"], boot.payload["name"]) == (
            "host",
            "signed-reading",
        )
        assert boot.payload["seq"] == 1


async def test_each_kind_of_state_is_signed(device: HostDevice) -> None:
    """As ESPHome prints it, with its unit where it has one, and the time."""
    async with running(device) as receiver:
        boot = await receiver.next()
        temperature = await receiver.read(4.2)
        await receiver.act("set_door", is_open=True)
        door = await receiver.next()
        await receiver.act("set_code", scanned="4006381333931")
        code = await receiver.next()
        said = [
            tuple(envelope.payload.get(name) for name in ("sensor", "value", "unit"))
            for envelope in (temperature, door, code)
        ]
        assert said == [
            ("temperature", "4.20", "°C"),
            ("door", "on", None),
            ("code", "4006381333931", None),
        ]
        for envelope in (boot, temperature, door, code):
            assert abs(int(envelope.payload["iat"]) - time.time()) < 60
            assert 0 <= int(envelope.payload["uptime"]) < 60
        assert [e.payload["seq"] for e in (boot, temperature, door, code)] == [
            1,
            2,
            3,
            4,
        ]


async def test_a_device_without_a_clock_says_so(tmp_path: Path) -> None:
    """Its time is 0; and a contact's first state after a boot is signed, too."""
    config = Path(__file__).parent / "components/signed_reading/host_without_clock.yaml"
    device = HostDevice(build(config), tmp_path)
    async with device, receive(device) as receiver:
        boot, door = await receiver.next(), await receiver.next()
        assert (boot.kind, boot.payload["iat"]) == ("boot", 0)
        assert (door.payload["sensor"], door.payload["value"]) == ("door", "on")
        assert door.payload["iat"] == 0
        assert door.payload["seq"] == 2


async def test_the_key_is_shown(device: HostDevice) -> None:
    """So that a person can compare it."""
    async with running(device) as receiver:
        boot = await receiver.next()
        shown: asyncio.Queue[str] = asyncio.Queue()
        receiver.client.subscribe_states(
            lambda state: shown.put_nowait(str(getattr(state, "state", "")))
        )
        async with asyncio.timeout(PATIENCE):
            while await shown.get() != boot.payload["iss"]:
                pass


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(bytes(range(128)), id="all of ASCII"),
        pytest.param(b'a"b\\c/\x7f', id="quotes"),
        pytest.param("é€😀\ufeff\u2028\ufffe".encode(), id="other letters"),
        pytest.param(b"\xff\xc0\xaf\xed\xa0\x80\xf0\x9f\x98 \xe2\x82", id="no UTF-8"),
        pytest.param(b"", id="empty"),
        pytest.param(("\U00010000" * 255).encode(), id="the longest"),
    ],
)
async def test_a_text_is_signed_as_it_is(device: HostDevice, text: bytes) -> None:
    """Whatever it holds: the JSON is canonical, and says what Python would say."""
    async with running(device) as receiver:
        await receiver.next()
        await receiver.act("set_code_bytes", hex=text.hex())
        reading = await receiver.next()
        assert reading.payload["value"] == text.decode(errors="replace")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 256, id="too long"),
        pytest.param("\x01" * 200, id="too long once it is escaped"),
    ],
)
async def test_a_text_that_does_not_fit_is_rejected_and_counted(
    device: HostDevice, text: str
) -> None:
    """A part of it would be another text."""
    async with running(device) as receiver:
        await receiver.next()
        await receiver.act("set_code_bytes", hex=text.encode().hex())
        await receiver.queue("1 rejected")
        assert (await receiver.read(4.2)).payload["seq"] == 2


@pytest.mark.parametrize("celsius", [math.nan, math.inf, -math.inf])
async def test_no_number_is_never_signed(device: HostDevice, celsius: float) -> None:
    """It is rejected and counted, and takes no sequence number."""
    async with running(device) as receiver:
        await receiver.next()
        await receiver.act("set_temperature", celsius=celsius)
        await receiver.queue("1 rejected")
        reading = await receiver.read(4.2)
        assert (reading.payload["value"], reading.payload["seq"]) == ("4.20", 2)


async def test_a_flood_is_throttled_and_counted(device: HostDevice) -> None:
    """The first state is signed, and the last one when its time has come."""
    async with running(device) as receiver:
        await receiver.next()
        before = time.monotonic()
        await receiver.act("flood_temperature", count=50)
        readings = [await receiver.next(), await receiver.next()]
        assert time.monotonic() - before >= MIN_INTERVAL * 0.9
        assert [reading.payload["value"] for reading in readings] == ["0.00", "49.00"]
        await receiver.queue("48 throttled", " 0 dropped")
        assert await receiver.all() == []


async def test_what_finds_no_room_is_dropped_and_missed(device: HostDevice) -> None:
    """The oldest first. Its sequence number shows that it is missing."""
    async with running(device) as receiver:
        boot = await receiver.next()
        await receiver.act("flood_code", count=100)
        readings = await receiver.up_to(lambda envelope: envelope.says("code", "99"))
        numbers = [int(reading.payload["seq"]) for reading in readings]
        # The boot message was not acknowledged: it made way, too.
        first = 100 + int(boot.payload["seq"]) + 1 - len(readings)
        assert numbers == list(range(first, 102))
        assert 5 < len(readings) < 40
        dropped = 101 - len(readings)
        await receiver.queue(
            "0 waiting", f"{len(readings)} unacknowledged", f" {dropped} dropped"
        )


async def test_the_integration_reads_what_a_device_says(device: HostDevice) -> None:
    """All three kinds of it: two programs that agree on the format."""
    async with running(device) as receiver:
        boot = await receiver.next()
        rotation, reading = await rotated(receiver, "press_rotate")
        opened = [
            open_envelope(envelope.jws).payload
            for envelope in (boot, rotation, reading)
        ]
        assert [type(payload) for payload in opened] == [
            BootPayload,
            RotationPayload,
            ReadingPayload,
        ]


async def test_the_queue_is_told(device: HostDevice) -> None:
    """What waits, what nobody acknowledged, what was lost."""
    async with running(device) as receiver:
        boot = await receiver.next()
        await receiver.queue(
            "0 waiting, 1 unacknowledged, 0 dropped, 0 rejected, 0 throttled"
        )
        await receiver.acknowledge(boot)
        await receiver.queue("0 waiting, 0 unacknowledged")


async def test_what_nobody_acknowledged_comes_again(device: HostDevice) -> None:
    """On each reconnect, the same bytes, until it is acknowledged."""
    async with device:
        async with receive(device) as receiver:
            boot = await receiver.next()
            readings = [await receiver.read(4.2)]
            await asyncio.sleep(MIN_INTERVAL)
            readings.append(await receiver.read(4.3))
        async with receive(device) as receiver:
            assert await receiver.take(3) == [boot, *readings]
            assert await receiver.all() == []
            await receiver.acknowledge(boot, readings[0])
        async with receive(device) as receiver:
            assert await receiver.take(1) == [readings[1]]
            assert await receiver.all() == []


async def test_what_happens_while_nobody_listens_is_kept(device: HostDevice) -> None:
    """A client that only looks at states, as a browser does, takes nothing away."""
    async with device:
        async with receive(device, events=False) as looker:
            await looker.act("set_door", is_open=True)
            await looker.queue("2 unacknowledged")
        async with receive(device) as receiver:
            envelopes = await receiver.take(2)
            assert [envelope.kind for envelope in envelopes] == ["boot", "reading"]


async def test_it_is_sent_again_on_request(device: HostDevice) -> None:
    """What is asked for, and only that."""
    async with running(device) as receiver:
        envelopes = [await receiver.next(), await receiver.read(4.2)]
        await receiver.act("set_door", is_open=True)
        envelopes.append(await receiver.next())
        did, epoch, _ = envelopes[0].number

        async def resent(
            first: int, last: int, *, did: str = did, epoch: int = epoch
        ) -> list[Envelope]:
            await receiver.act(
                "signed_reading_resend",
                did=did,
                epoch=str(epoch),
                first=first,
                last=last,
            )
            # What is said now is sent after all that is sent again.
            said = f"{did} {epoch} {first} {last}"
            await receiver.act("set_code", scanned=said)
            sent = await receiver.up_to(lambda envelope: envelope.says("code", said))
            await receiver.acknowledge(sent[-1])
            return sent[:-1]

        assert await resent(2, 3) == envelopes[1:]
        assert await resent(1, 3) == envelopes
        assert await resent(1, 2**31 - 1) == envelopes
        assert await resent(4, 9) == []
        assert await resent(3, 2) == []
        assert await resent(-5, 1) == []
        assert await resent(1, 9, epoch=epoch ^ 1) == []
        assert await resent(1, 9, did=ANOTHER) == []
        await receiver.act("press_resend")
        assert await receiver.take(3) == envelopes
        assert await receiver.all() == []


async def test_an_acknowledgement_frees_what_it_names(device: HostDevice) -> None:
    """Not another key's or epoch's, and nothing that was not sent."""
    async with running(device) as receiver:
        boot = await receiver.next()
        did, epoch, seq = boot.number
        nonsense: tuple[tuple[str, str, int, int], ...] = (
            (ANOTHER, str(epoch), 1, 9),
            ("", str(epoch), 1, 9),
            (did[:-1], str(epoch), 1, 9),
            (did, str(epoch ^ 1), 1, 9),
            (did, "", 1, 9),
            (did, "x", 1, 9),
            (did, str(2**64 + epoch), 1, 9),
            (did, str(epoch), 9, 1),
            (did, str(epoch), -9, 9),
            (did, str(epoch), seq + 1, 2**31 - 1),
        )
        for key, wrong, first, last in nonsense:
            await receiver.act(
                "signed_reading_acknowledge",
                did=key,
                epoch=wrong,
                first=first,
                last=last,
            )
        await receiver.act("press_resend")
        assert await receiver.take(1) == [boot]
        await receiver.acknowledge(boot)
        await receiver.act("press_resend")
        assert await receiver.all() == []


@pytest.mark.parametrize("action", ["signed_reading_announce", "press_announce"])
async def test_a_device_says_again_what_runs(device: HostDevice, action: str) -> None:
    """With a number of its own."""
    async with running(device) as receiver:
        first = await receiver.next()
        await receiver.act(action)
        again = await receiver.next()
        assert again.kind == "boot"
        assert again.number[:2] == first.number[:2]
        assert again.payload["seq"] == 2
        same = ("config", "esphome", "firmware", "model", "name")
        assert all(first.payload[name] == again.payload[name] for name in same)


async def test_nothing_from_outside_is_signed(device: HostDevice) -> None:
    """No action takes more than a key, an epoch and a range of numbers."""
    async with running(device) as receiver:
        actions = {
            name: [(argument.name, argument.type) for argument in action.args]
            for name, action in receiver.actions.items()
            if name.startswith("signed_reading")
        }
        numbers = [
            ("did", UserServiceArgType.STRING),
            ("epoch", UserServiceArgType.STRING),
            ("first", UserServiceArgType.INT),
            ("last", UserServiceArgType.INT),
        ]
        assert actions == {
            "signed_reading_acknowledge": numbers,
            "signed_reading_resend": numbers,
            "signed_reading_announce": [],
            "signed_reading_rotate": [],
        }


async def test_key_and_numbers_survive_a_restart(device: HostDevice) -> None:
    """The key and the epoch stay. A restart skips numbers, and repeats none."""
    async with running(device) as receiver:
        await receiver.next()
        before = await receiver.read(4.2)
    async with running(device) as receiver:
        boot = await receiver.next()
        assert boot.kind == "boot"
        assert boot.number[:2] == before.number[:2]
        assert boot.payload["seq"] == 257


async def test_no_number_is_used_twice(device: HostDevice) -> None:
    """However often, and whenever, the power goes."""
    chance = random.Random(1)
    seen: dict[tuple[str, int, int], str] = {}
    last: dict[tuple[str, int], int] = {}
    for _ in range(12):
        await device.start()
        async with receive(device) as receiver:
            floods = chance.randrange(4)
            for _ in range(floods):
                # Enough for a block to end, and another one to be reserved.
                await receiver.act("flood_code", count=120)
                await asyncio.sleep(chance.random() / 4)
            # What has room in the device's memory comes, however slowly.
            envelopes = await receiver.take(chance.randrange(4, 9) if floods else 1)
            envelopes += await receiver.all(chance.choice([0.01, 0.1]))
            await kill(device)
        for envelope in envelopes:
            iss, epoch, seq = envelope.number
            assert seen.setdefault(envelope.number, envelope.jws) == envelope.jws
            assert seq > last.get((iss, epoch), 0)
            last[iss, epoch] = seq
    assert len(seen) > 30


def damage(copy: Path) -> None:
    """Turn a bit of a copy of the key."""
    record = bytearray(copy.read_bytes())
    record[10] ^= 0x40
    copy.write_bytes(record)


def cut_short(copy: Path) -> None:
    """Have the end of a copy of the key never written."""
    copy.write_bytes(copy.read_bytes()[:-1])


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("harm", [damage, cut_short, Path.unlink])
async def test_one_copy_of_the_key_is_enough(
    device: HostDevice, harm: Callable[[Path], None], index: int
) -> None:
    """At the next boot, there are two again."""
    async with running(device) as receiver:
        before = await receiver.next()
    storage = Storage(device)
    whole = [copy.read_bytes() for copy in storage.copies]
    harm(storage.copies[index])
    async with running(device) as receiver:
        after = await receiver.next()
    assert after.number[:2] == before.number[:2]
    assert [copy.read_bytes() for copy in storage.copies] == whole
    assert "It is mended" in device.log.read_text()


@pytest.mark.parametrize("harm", [damage, cut_short, Path.unlink])
async def test_without_its_key_a_device_is_another(
    device: HostDevice, harm: Callable[[Path], None]
) -> None:
    """A new key, and a new epoch."""
    async with running(device) as receiver:
        before = await receiver.next()
    for copy in Storage(device).copies:
        harm(copy)
    async with running(device) as receiver:
        after = await receiver.next()
    assert after.payload["iss"] != before.payload["iss"]
    assert after.payload["epoch"] != before.payload["epoch"]
    assert after.payload["seq"] == 1
    assert device.log.read_text().count("it must be enrolled") == 2


async def test_the_key_is_for_the_owner_only(device: HostDevice) -> None:
    """Nobody else on this computer can read it."""
    async with running(device) as receiver:
        await receiver.next()
    for copy in Storage(device).copies:
        assert copy.stat().st_mode & 0o777 == 0o600


async def test_lost_numbers_begin_a_new_epoch(device: HostDevice) -> None:
    """With the same key: in another epoch, the same number is another one."""
    async with running(device) as receiver:
        before = await receiver.next()
    Storage(device).set_limit(None)
    async with running(device) as receiver:
        after = await receiver.next()
    assert after.payload["iss"] == before.payload["iss"]
    assert after.payload["epoch"] != before.payload["epoch"]
    assert after.payload["seq"] == 1


async def test_numbers_end_with_an_epoch(device: HostDevice) -> None:
    """After two thousand million of them."""
    async with running(device) as receiver:
        before = await receiver.next()
    limit = 2**31 - 1 - 256
    Storage(device).set_limit(limit)
    async with running(device) as receiver:
        assert (await receiver.next()).payload["seq"] == limit
        await receiver.act("flood_code", count=300)
        after = await receiver.until("code", "299")
    assert after["iss"] == before.payload["iss"]
    assert after["epoch"] != before.payload["epoch"]
    assert after["seq"] == 301 - 256


async def rotated(receiver: Receiver, action: str) -> tuple[Envelope, Envelope]:
    """Change the key; give the rotation and the first reading that follows it."""
    await receiver.act(action)
    # While the key changes, states wait.
    await receiver.act("set_door", is_open=True)
    return await receiver.next(), await receiver.next()


@pytest.mark.parametrize("action", ["signed_reading_rotate", "press_rotate"])
async def test_the_old_key_signs_the_new_one(device: HostDevice, action: str) -> None:
    """And from then on the new one signs, in an epoch of its own."""
    async with running(device) as receiver:
        boot = await receiver.next()
        rotation, reading = await rotated(receiver, action)
        assert rotation.kind == "rotation"
        assert rotation.number == (*boot.number[:2], 2)
        assert reading.payload["iss"] == rotation.payload["next"]
        assert reading.payload["epoch"] != rotation.payload["epoch"]
        assert reading.payload["seq"] == 1
        await receiver.acknowledge(rotation, reading)
    async with running(device) as receiver:
        after = await receiver.next()
        assert after.kind == "boot"
        assert after.number == (*reading.number[:2], 257)


async def test_all_that_waits_is_signed_before_the_key_changes(
    device: HostDevice,
) -> None:
    """By the key whose name it carries."""
    async with running(device) as receiver:
        boot = await receiver.next()
        await receiver.act("flood_code", count=10)
        await receiver.act("press_rotate")
        await receiver.act("set_door", is_open=True)
        # Each signature is verified.
        envelopes = await receiver.up_to(lambda envelope: envelope.says("door", "on"))
        assert len(envelopes) == 12
        kinds = [envelope.kind for envelope in envelopes]
        change = kinds.index("rotation")
        assert {e.payload["iss"] for e in envelopes[: change + 1]} == {
            boot.payload["iss"]
        }
        assert {e.payload["iss"] for e in envelopes[change + 1 :]} == {
            envelopes[change].payload["next"]
        }


async def test_a_rotation_is_not_lost_with_the_power(device: HostDevice) -> None:
    """It comes again, the same bytes, before anything that the new key signs."""
    async with running(device) as receiver:
        await receiver.next()
        rotation, reading = await rotated(receiver, "press_rotate")
        await kill(device)
    async with running(device) as receiver:
        again, boot = await receiver.next(), await receiver.next()
        assert again == rotation
        assert boot.kind == "boot"
        assert boot.number == (*reading.number[:2], 257)
        await receiver.acknowledge(rotation)
    async with running(device) as receiver:
        assert (await receiver.next()).kind == "boot"


async def test_a_rotation_makes_way_for_nothing(device: HostDevice) -> None:
    """However much is said before somebody acknowledges it: readings make way."""
    async with device:
        async with receive(device) as receiver:
            await receiver.next()
            rotation, _ = await rotated(receiver, "press_rotate")
            await receiver.act("flood_code", count=100)
            await receiver.until("code", "99")
        async with receive(device) as receiver:
            assert await receiver.next() == rotation
            await receiver.until("code", "99")
            await receiver.act("press_resend")
            assert await receiver.next() == rotation
            await receiver.until("code", "99")
            await receiver.acknowledge(rotation)
        async with receive(device) as receiver:
            assert (await receiver.next()).kind == "reading"


async def test_a_key_changes_only_when_the_last_change_has_arrived(
    device: HostDevice,
) -> None:
    """Else a receiver could miss a link of the chain."""
    async with running(device) as receiver:
        await receiver.next()
        rotation, _ = await rotated(receiver, "press_rotate")
        await receiver.act("press_rotate")
        assert await receiver.all() == []
        await receiver.acknowledge(rotation)
        await receiver.act("press_rotate")
        assert (await receiver.next()).payload["iss"] == rotation.payload["next"]
    assert "not acknowledged the last change" in device.log.read_text()


async def test_a_replaced_key_is_forgotten(device: HostDevice) -> None:
    """As soon as the change has arrived: whoever reads the flash cannot use it."""
    async with running(device) as receiver:
        await receiver.next()
        storage = Storage(device)
        old_key = storage.key
        rotation, _ = await rotated(receiver, "press_rotate")
        assert all(old_key in copy.read_bytes() for copy in storage.copies)
        await receiver.acknowledge(rotation)
    assert not any(old_key in copy.read_bytes() for copy in storage.copies)


async def test_a_cut_while_the_key_changes_breaks_no_chain(device: HostDevice) -> None:
    """Either nothing has happened, or the rotation comes and leads to the new key."""
    chance = random.Random(2)
    known: str | None = None
    for _ in range(10):
        await device.start()
        async with receive(device) as receiver:
            envelopes = [await receiver.next()]
            await receiver.act("press_rotate")
            envelopes += await receiver.all(chance.random() / 50)
            await kill(device)
        await device.start()
        async with receive(device) as receiver:
            envelopes += await receiver.up_to(lambda envelope: envelope.kind == "boot")
            await receiver.acknowledge(*(e for e in envelopes if e.kind == "rotation"))
        await device.stop()
        for envelope in envelopes:
            iss = str(envelope.payload["iss"])
            assert envelope.kind == "rotation" or known in {None, iss}
            known = str(envelope.payload.get("next", iss))
            public_key(known)


async def test_states_before_the_first_connection_are_kept(device: HostDevice) -> None:
    """The newest of each sensor, after the boot message."""
    async with device:
        await asyncio.sleep(0.2)
        async with receive(device) as receiver:
            assert (await receiver.next()).kind == "boot"
            assert (await receiver.read(4.2)).payload["seq"] == 2


async def test_pairs_of_readings_are_in_order(device: HostDevice) -> None:
    """What was measured later has a later number, time and uptime."""
    async with running(device) as receiver:
        await receiver.next()
        for number in range(8):
            await receiver.act("set_code", scanned=str(number))
        readings = await receiver.take(8)
        assert [e.payload["value"] for e in readings] == [str(n) for n in range(8)]
        for earlier, later in pairwise(readings):
            for name in ("seq", "iat", "uptime"):
                assert int(earlier.payload[name]) <= int(later.payload[name])
