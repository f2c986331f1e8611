"""What is trusted of a device: every rule, and what an honest one can rely on."""

import json
from dataclasses import replace
from typing import Any

import pytest

from custom_components.iot_blockchain.device.errors import Reason
from custom_components.iot_blockchain.device.rules import (
    FAILURE_WINDOW,
    MAX_FAILURES,
    MAX_PREVIOUS_KEYS,
    Assurance,
    DeviceRules,
    OnDrift,
    SensorRule,
)
from custom_components.iot_blockchain.device.sequence import MAX_EPOCHS, Gap, Sequence
from custom_components.iot_blockchain.device.state import (
    DeviceState,
    Software,
    Status,
    StatusReason,
)
from custom_components.iot_blockchain.device.trust import (
    Accepted,
    Judgement,
    Mark,
    Refused,
    judge,
)
from scripts.house.signing import SigningDevice, canonical, with_high_s

NOW = 1_790_000_000


class Gateway:
    """Keeps what it knows of one device, as the integration does: through JSON."""

    def __init__(self, device: SigningDevice, **rules: Any) -> None:  # noqa: ANN401
        given = {
            "did": device.did,
            "name": "Fridge",
            "assurance": Assurance.SOFTWARE_KEY,
            "sensors": {"temperature": SensorRule(minimum=-30, maximum=60)},
            **rules,
        }
        self.rules = DeviceRules(**given)
        self.state = DeviceState()
        self.now: float = NOW
        self.other_keys: set[str] = set()

    def judge(self, text: str) -> Judgement:
        judgement = judge(self.rules, self.state, text, self.now, self.other_keys)
        kept = json.dumps([judgement.rules.to_json(), judgement.state.to_json()])
        rules, state = json.loads(kept)
        self.rules, self.state = (
            DeviceRules.from_json(rules),
            DeviceState.from_json(state),
        )
        assert (self.rules, self.state) == (judgement.rules, judgement.state)
        return judgement

    def marks(self, text: str) -> set[Mark]:
        outcome = self.judge(text).outcome
        assert isinstance(outcome, Accepted), outcome
        assert outcome.envelope.jws == text
        return set(outcome.marks)

    def refusal(self, text: str) -> Refused:
        accepted = self.state.accepted
        outcome = self.judge(text).outcome
        assert isinstance(outcome, Refused), outcome
        assert outcome.words
        assert self.state.accepted == accepted
        return outcome

    def status(self) -> Status:
        return self.state.status

    def reason(self, text: str) -> Reason:
        return self.refusal(text).reason


@pytest.fixture
def device() -> SigningDevice:
    device = SigningDevice(4711)
    device.iat = NOW
    return device


@pytest.fixture
def gateway(device: SigningDevice) -> Gateway:
    return Gateway(device)


def test_what_a_device_signs_is_accepted_in_its_order(
    gateway: Gateway, device: SigningDevice
) -> None:
    assert gateway.marks(device.boot()) == set()
    for number in range(20):
        assert gateway.marks(device.reading(str(number))) == set()
    assert gateway.state.accepted == 21
    assert gateway.state.sequence.last == 21
    assert gateway.state.last_envelope == NOW
    assert gateway.state.software == Software(
        config="1a2b3c4d",
        esphome="2026.10.1",
        firmware="0f" * 16,
        model="esp8266 d1_mini",
        name="fridge",
    )
    assert gateway.state.refused == {}


# Keys


def test_a_key_that_is_not_enrolled_is_refused(gateway: Gateway) -> None:
    stranger = SigningDevice(1)
    before = gateway.state
    refusal = gateway.refusal(stranger.reading())
    assert (refusal.reason, refusal.settled) == (Reason.UNKNOWN_DEVICE, False)
    assert gateway.state == before


def test_a_revoked_device_is_refused_for_ever(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.marks(device.reading())
    gateway.state = gateway.state.revoked()
    for _ in range(2):
        for text, settled in (
            (device.reading(), False),
            (device.boot(), False),
            # Without an acknowledgement it would never change its key again.
            (device.rotation(SigningDevice(2)), True),
        ):
            refusal = gateway.refusal(text)
            assert (refusal.reason, refusal.settled) == (Reason.REVOKED, settled)
        gateway.state = gateway.state.released().quarantined()
        assert gateway.status() is Status.REVOKED
        assert gateway.state.status_reason is StatusReason.OWNER
    assert gateway.state.refused == {"revoked": 6}
    assert gateway.state.sequence.last == 1


# Sequence


def test_a_replay_is_refused(gateway: Gateway, device: SigningDevice) -> None:
    texts = [device.boot(), *(device.reading() for _ in range(5))]
    for text in texts:
        gateway.marks(text)
    for text in texts:
        refusal = gateway.refusal(text)
        assert refusal.reason is Reason.REPLAYED
        # the acknowledgement can have been lost
        assert refusal.settled
        assert refusal.payload is not None
    assert gateway.state.refused == {"replayed": 6}


def test_what_was_signed_before_the_enrolment_is_refused(
    gateway: Gateway, device: SigningDevice
) -> None:
    old = [device.reading() for _ in range(3)]
    assert gateway.marks(device.reading()) == set()
    assert {gateway.reason(text) for text in old} == {Reason.REPLAYED}


def test_what_was_missing_is_accepted_once(
    gateway: Gateway, device: SigningDevice
) -> None:
    first, lost, other, last = (device.reading() for _ in range(4))
    gateway.marks(first)
    assert gateway.marks(last) == {Mark.GAP}
    assert list(gateway.state.sequence.gaps) == [Gap(2, 3)]
    assert gateway.marks(other) == {Mark.LATE}
    assert list(gateway.state.sequence.gaps) == [Gap(2, 2)]
    assert gateway.marks(lost) == {Mark.LATE}
    assert not gateway.state.sequence.missing
    for text in (first, lost, other, last):
        assert gateway.reason(text) is Reason.REPLAYED


def test_one_missing_number_is_a_gap(gateway: Gateway, device: SigningDevice) -> None:
    gateway.marks(device.reading())
    lost = device.reading()
    assert gateway.marks(device.reading()) == {Mark.GAP}
    assert gateway.marks(lost) == {Mark.LATE}


def test_a_restart_skips_numbers_and_says_so(
    gateway: Gateway, device: SigningDevice
) -> None:
    device.uptime = 1000
    gateway.marks(device.reading())
    device.seq, device.uptime = 256, 3
    assert gateway.marks(device.boot()) == {Mark.GAP, Mark.RESTARTED}
    assert list(gateway.state.sequence.gaps) == [Gap(2, 256, restart=True)]
    device.uptime = 60
    # an announcement in between is no restart
    assert gateway.marks(device.boot()) == set()


def test_a_device_that_lost_its_count_begins_a_new_epoch(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.marks(device.reading())
    late = device.reading()
    device.epoch, device.seq = 2, 0
    assert gateway.marks(device.boot()) == {Mark.NEW_EPOCH}
    assert gateway.reason(late) is Reason.OLD_EPOCH
    device.epoch, device.seq = 3, 4
    assert gateway.marks(device.reading()) == {Mark.NEW_EPOCH, Mark.GAP}
    device.epoch, device.seq = 1, 500
    assert gateway.reason(device.reading()) is Reason.OLD_EPOCH
    assert gateway.state.sequence.epoch == 3


def test_an_epoch_from_before_is_not_taken_for_a_new_one(
    gateway: Gateway, device: SigningDevice
) -> None:
    """Somebody kept what the gateway never got, and sends it when it suits him."""
    kept = device.reading()
    device.epoch, device.seq = 2, 0
    device.iat = NOW + 1000
    gateway.now = NOW + 1000
    gateway.marks(device.reading())
    refusal = gateway.refusal(kept)
    # It can be a wrong clock, and then it must not be lost.
    assert (refusal.reason, refusal.settled) == (Reason.OLD_EPOCH, False)
    assert gateway.state.sequence.epoch == 2
    assert gateway.marks(device.reading()) == set()


def test_a_gateway_whose_clock_was_ahead_loses_no_new_epoch(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.now = device.iat = NOW + 86400
    gateway.marks(device.reading())
    gateway.now = device.iat = NOW
    device.epoch, device.seq = 2, 0
    waiting = device.boot()
    gateway.now = NOW + 600
    refusal = gateway.refusal(waiting)
    assert (refusal.reason, refusal.settled) == (Reason.OLD_EPOCH, False)
    device.iat = NOW + 600
    assert gateway.marks(device.reading()) == {Mark.NEW_EPOCH, Mark.GAP}
    assert gateway.marks(waiting) == {Mark.LATE, Mark.DELAYED}


def test_a_gateway_whose_clock_was_ahead_loses_no_new_key(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.now = device.iat = NOW + 86400
    following = SigningDevice(2)
    gateway.marks(device.rotation(following))
    gateway.now = NOW + 600
    following.iat = NOW
    assert gateway.marks(following.boot()) == {Mark.DELAYED}


def test_a_device_without_time_can_begin_a_new_epoch(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.marks(device.reading())
    device.epoch, device.seq, device.iat = 2, 0, 0
    assert gateway.marks(device.boot()) == {Mark.NEW_EPOCH, Mark.NO_TIME}


def test_one_wrong_time_of_the_device_does_not_close_its_epochs(
    gateway: Gateway, device: SigningDevice
) -> None:
    device.iat = NOW + 10**9
    gateway.marks(device.reading())
    device.epoch, device.seq, device.iat = 2, 0, NOW
    assert gateway.marks(device.boot()) == {Mark.NEW_EPOCH}


def test_more_epochs_than_are_remembered_are_refused(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.state = replace(
        gateway.state,
        sequence=Sequence(
            epoch=5, past_epochs=tuple(range(10, 9 + MAX_EPOCHS)), begun=True
        ),
    )
    device.epoch = 7
    refusal = gateway.refusal(device.reading())
    assert (refusal.reason, refusal.settled) == (Reason.TOO_MANY_EPOCHS, False)
    device.epoch = 5
    gateway.marks(device.reading())


# Time


@pytest.mark.parametrize(
    ("iat", "marks"),
    [
        (0, {Mark.NO_TIME}),
        (NOW, set()),
        (NOW + 300, set()),
        (NOW + 301, {Mark.CLOCK_AHEAD}),
        (2**53 - 1, {Mark.CLOCK_AHEAD}),
        (NOW - 300, set()),
        (NOW - 301, {Mark.DELAYED}),
        (NOW - 7 * 86400, {Mark.DELAYED}),
    ],
)
def test_the_time_of_the_device_is_marked(
    gateway: Gateway, device: SigningDevice, iat: int, marks: set[Mark]
) -> None:
    device.iat = iat
    assert gateway.marks(device.reading()) == marks


@pytest.mark.parametrize(("ahead", "refused"), [(60, False), (61, True), (10**9, True)])
def test_a_time_ahead_is_refused_where_the_owner_wants_it(
    device: SigningDevice, ahead: int, *, refused: bool
) -> None:
    gateway = Gateway(device, time_tolerance=60, on_drift=OnDrift.REFUSE)
    device.iat = NOW + ahead
    text = device.reading()
    if refused:
        refusal = gateway.refusal(text)
        assert (refusal.reason, refusal.settled) == (Reason.TOO_NEW, True)
    else:
        assert gateway.marks(text) == set()


@pytest.mark.parametrize("drift", OnDrift)
def test_what_is_too_old_is_refused(device: SigningDevice, drift: OnDrift) -> None:
    gateway = Gateway(device, max_age=3600, on_drift=drift)
    device.iat = NOW - 3601
    old = device.reading()
    refusal = gateway.refusal(old)
    assert (refusal.reason, refusal.settled) == (Reason.TOO_OLD, True)
    device.iat = NOW - 3600
    assert gateway.marks(device.reading()) == {Mark.DELAYED}
    # it was judged: it is not waited for
    assert not gateway.state.sequence.missing
    assert gateway.reason(old) is Reason.REPLAYED


def test_a_wrong_clock_of_the_gateway_quarantines_nobody(
    device: SigningDevice,
) -> None:
    gateway = Gateway(device, on_drift=OnDrift.REFUSE)
    gateway.now = 1000.0  # as after a start without a network
    for _ in range(2 * MAX_FAILURES):
        assert gateway.reason(device.reading()) is Reason.TOO_NEW
    gateway.now = NOW + 365 * 86400
    for _ in range(2 * MAX_FAILURES):
        assert gateway.reason(device.reading()) is Reason.TOO_OLD
    assert gateway.status() is Status.TRUSTED
    gateway.now = NOW
    gateway.marks(device.reading())


# Sensors


def test_a_sensor_that_is_not_allowed_is_refused(
    gateway: Gateway, device: SigningDevice
) -> None:
    refusal = gateway.refusal(device.reading(sensor="humidity"))
    assert (refusal.reason, refusal.settled) == (Reason.UNKNOWN_SENSOR, True)
    assert gateway.marks(device.reading()) == set()


@pytest.mark.parametrize("value", ["85.0", "-31", "nan", "", "4,2", "9" * 255])
def test_an_implausible_value_is_refused(
    gateway: Gateway, device: SigningDevice, value: str
) -> None:
    refusal = gateway.refusal(device.reading(value))
    assert refusal.reason is Reason.OUT_OF_RANGE
    assert len(refusal.words) < 150
    assert gateway.state.sequence.last == 1


# Rate


def test_a_device_that_sends_too_much_is_held_back_and_loses_nothing(
    device: SigningDevice,
) -> None:
    gateway = Gateway(device, rate=60, burst=10)
    texts = [device.reading() for _ in range(13)]
    for text in texts[:10]:
        gateway.marks(text)
    for text in texts[10:]:
        refusal = gateway.refusal(text)
        assert (refusal.reason, refusal.settled) == (Reason.TOO_FAST, False)
    assert gateway.state.sequence.last == 10
    gateway.now += 0.4
    assert gateway.reason(texts[10]) is Reason.TOO_FAST
    for text in texts[10:]:
        gateway.now += 1
        assert gateway.marks(text) == set()
    assert gateway.status() is Status.TRUSTED


def test_replays_do_not_use_up_what_a_device_may_send(device: SigningDevice) -> None:
    gateway = Gateway(device, rate=60, burst=2)
    seen = device.reading()
    gateway.marks(seen)
    for _ in range(100):
        assert gateway.reason(seen) is Reason.REPLAYED
    gateway.marks(device.reading())


# Quarantine


def failures(device: SigningDevice, count: int) -> list[str]:
    return [device.reading("85.0") for _ in range(count)]


def test_many_failures_of_its_own_quarantine_a_device(
    gateway: Gateway, device: SigningDevice
) -> None:
    for text in failures(device, MAX_FAILURES):
        assert gateway.status() is Status.TRUSTED
        assert gateway.reason(text) is Reason.OUT_OF_RANGE
    assert gateway.status() is Status.QUARANTINED
    assert gateway.state.status_reason is StatusReason.FAILURES
    refusal = gateway.refusal(device.reading())
    assert (refusal.reason, refusal.settled) == (Reason.QUARANTINED, True)


def test_what_was_sent_in_quarantine_is_not_trusted_later(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.state = gateway.state.quarantined()
    assert gateway.state.status_reason is StatusReason.OWNER
    sent = [device.boot(firmware="ab" * 16), device.reading()]
    for text in sent:
        assert gateway.reason(text) is Reason.QUARANTINED
    # but the owner sees what the device says that it runs
    assert running(gateway) == "ab" * 16
    assert gateway.state.software is None
    gateway.state = gateway.state.released()
    assert gateway.state.status_reason is None
    for text in sent:
        assert gateway.reason(text) is Reason.REPLAYED
    assert gateway.marks(device.reading()) == set()


def test_a_released_device_begins_without_failures(
    gateway: Gateway, device: SigningDevice
) -> None:
    for text in failures(device, MAX_FAILURES):
        gateway.reason(text)
    gateway.state = gateway.state.released()
    for text in failures(device, MAX_FAILURES - 1):
        gateway.reason(text)
    assert gateway.status() is Status.TRUSTED
    gateway.reason(device.reading("85.0"))
    assert gateway.status() is Status.QUARANTINED


def test_failures_of_long_ago_do_not_count(
    gateway: Gateway, device: SigningDevice
) -> None:
    for text in failures(device, 3 * MAX_FAILURES):
        gateway.now += FAILURE_WINDOW / (MAX_FAILURES - 1)
        device.iat = int(gateway.now)
        gateway.reason(text)
    assert gateway.status() is Status.TRUSTED
    assert len(gateway.state.failures) < MAX_FAILURES


def test_who_has_no_key_cannot_quarantine(
    gateway: Gateway, device: SigningDevice
) -> None:
    honest = [device.boot(), *(device.reading() for _ in range(5))]
    for text in honest:
        gateway.marks(text)
    failed = device.reading("85.0")
    gateway.reason(failed)
    thief = SigningDevice(666)
    members: dict[str, object] = {
        "epoch": 1,
        "iat": NOW,
        "iss": device.did,
        "sensor": "temperature",
        "uptime": 1,
        "value": "85.0",
    }
    before = gateway.state
    for number in range(100, 100 + 5 * MAX_FAILURES):
        fresh = canonical({**members, "seq": number})
        for text in (
            thief.sign(fresh),
            thief.sign(canonical({**members, "seq": number, "more": 1})),
            with_high_s(honest[1]),
            honest[1][:-1],
            honest[1].replace(".", ".A", 1),
            "",
            "\ud800",
        ):
            gateway.refusal(text)
    assert gateway.state == before
    # what the device once signed helps no more
    for _ in range(5 * MAX_FAILURES):
        for text in (*honest, failed):
            assert gateway.reason(text) is Reason.REPLAYED
    assert gateway.status() is Status.TRUSTED
    assert gateway.state.failures == before.failures
    assert gateway.state.refused == {"out_of_range": 1, "replayed": 350}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"more": 1}, Reason.MALFORMED),
        ({"value": "x" * 256}, Reason.MALFORMED),
        ({"sensor": "Temperature"}, Reason.MALFORMED),
        ({"uptime": "soon", "iat": -1}, Reason.MALFORMED),
        ({"value": 4.5}, Reason.NOT_CANONICAL),
    ],
)
def test_a_malformed_envelope_counts_once_whenever_it_comes(
    gateway: Gateway, device: SigningDevice, changes: dict[str, Any], reason: Reason
) -> None:
    kept = []
    for _ in range(MAX_FAILURES):
        gateway.now = device.iat = int(gateway.now) + FAILURE_WINDOW
        kept.append(device.reading(**changes))
        refusal = gateway.refusal(kept[-1])
        assert (refusal.reason, refusal.settled) == (reason, True)
        assert refusal.payload is not None
        assert (refusal.payload.epoch, refusal.payload.seq) == (1, device.seq)
    for text in kept * 2:
        assert gateway.reason(text) is Reason.REPLAYED
    assert gateway.status() is Status.TRUSTED
    for _ in range(MAX_FAILURES):
        gateway.reason(device.reading(**changes))
    assert gateway.status() is Status.QUARANTINED


@pytest.mark.parametrize("number", [{"seq": 0}, {"epoch": "1"}, {"seq": None}])
def test_an_envelope_without_a_number_is_counted_and_no_more(
    gateway: Gateway, device: SigningDevice, number: dict[str, Any]
) -> None:
    text = device.reading(**number)
    for count in range(1, 3 * MAX_FAILURES):
        refusal = gateway.refusal(text)
        assert (refusal.reason, refusal.settled) == (Reason.MALFORMED, False)
        assert gateway.state == replace(DeviceState(), refused={"malformed": count})


def test_the_old_key_cannot_quarantine_either(
    gateway: Gateway, device: SigningDevice
) -> None:
    following = SigningDevice(2)
    gateway.marks(device.rotation(following))
    before = gateway.state
    for _ in range(3 * MAX_FAILURES):
        assert gateway.reason(device.reading("85.0")) is Reason.OLD_KEY
        assert gateway.reason(device.reading(more=1)) is Reason.OLD_KEY
        assert gateway.reason(device.reading(more=1, seq=0)) is Reason.MALFORMED
    assert gateway.state == before


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({}, set()),
        ({"firmware": "ab" * 16}, {Mark.FIRMWARE_CHANGED}),
        ({"config": "ffffffff"}, {Mark.CONFIG_CHANGED}),
        (
            {"firmware": "ab" * 16, "config": "ffffffff"},
            {Mark.FIRMWARE_CHANGED, Mark.CONFIG_CHANGED},
        ),
        ({"esphome": "2026.11.0"}, set()),
    ],
)
@pytest.mark.parametrize("wanted", [False, True])
def test_a_change_of_software_is_reported_and_quarantines_where_wanted(
    device: SigningDevice, changes: dict[str, str], marks: set[Mark], *, wanted: bool
) -> None:
    gateway = Gateway(device, quarantine_on_change=wanted)
    assert gateway.marks(device.boot()) == set()
    assert gateway.marks(device.boot(**changes)) == marks
    if wanted and marks:
        assert gateway.status() is Status.QUARANTINED
        assert gateway.state.status_reason is StatusReason.CHANGED
        assert gateway.reason(device.reading()) is Reason.QUARANTINED
        gateway.state = gateway.state.released()
    # what the owner has looked at is not reported again
    assert gateway.marks(device.boot(**changes)) == set()
    assert gateway.status() is Status.TRUSTED


@pytest.mark.parametrize("wrong", [-8 * 86400, 3600])
@pytest.mark.parametrize("wanted", [False, True])
def test_a_change_counts_though_its_message_came_at_a_wrong_time(
    device: SigningDevice, wrong: int, *, wanted: bool
) -> None:
    gateway = Gateway(device, quarantine_on_change=wanted, on_drift=OnDrift.REFUSE)
    gateway.marks(device.boot())
    accepted = gateway.state.software
    device.iat = NOW + wrong
    reason = gateway.reason(device.boot(firmware="ab" * 16))
    assert reason in (Reason.TOO_OLD, Reason.TOO_NEW)
    # Nobody vouches for what was refused.
    assert gateway.state.software == accepted
    assert running(gateway) == "ab" * 16
    device.iat = NOW
    if wanted:
        assert gateway.state.status_reason is StatusReason.CHANGED
        assert gateway.reason(device.reading()) is Reason.QUARANTINED
        gateway.state = gateway.state.released()
    else:
        assert gateway.status() is Status.TRUSTED
    changes = set() if wanted else {Mark.FIRMWARE_CHANGED}
    assert gateway.marks(device.boot(firmware="ab" * 16)) == changes
    assert gateway.status() is Status.TRUSTED


@pytest.mark.parametrize("wanted", [False, True])
def test_a_change_in_quarantine_is_told_before_the_release(
    device: SigningDevice, *, wanted: bool
) -> None:
    gateway = Gateway(device, quarantine_on_change=wanted)
    gateway.marks(device.boot())
    gateway.state = gateway.state.quarantined(StatusReason.FAILURES)
    assert gateway.reason(device.boot()) is Reason.QUARANTINED
    assert gateway.state.status_reason is StatusReason.FAILURES
    assert gateway.reason(device.boot(firmware="ab" * 16)) is Reason.QUARANTINED
    expected = StatusReason.CHANGED if wanted else StatusReason.FAILURES
    assert gateway.state.status_reason is expected
    assert running(gateway) == "ab" * 16
    # The release takes what was told last, and nothing that came after it.
    gateway.state = gateway.state.released()
    assert gateway.marks(device.boot(firmware="ab" * 16)) == set()
    assert gateway.marks(device.boot(firmware="cd" * 16)) == {Mark.FIRMWARE_CHANGED}
    assert gateway.status() is (Status.QUARANTINED if wanted else Status.TRUSTED)


def test_a_late_boot_message_does_not_say_what_runs_now(device: SigningDevice) -> None:
    gateway = Gateway(device, quarantine_on_change=True)
    gateway.marks(device.boot())
    late = device.boot()
    gateway.marks(device.boot(firmware="ab" * 16))
    gateway.state = gateway.state.released()
    assert gateway.marks(late) == {Mark.LATE}
    assert running(gateway) == "ab" * 16
    assert gateway.status() is Status.TRUSTED


def running(gateway: Gateway) -> str:
    """Return the hash of the firmware that the owner is shown."""
    assert gateway.state.running_software is not None
    return gateway.state.running_software.firmware


def test_a_change_quarantines_nobody_unasked(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.marks(device.boot())
    assert gateway.marks(device.boot(config="ffffffff")) == {Mark.CONFIG_CHANGED}
    assert gateway.status() is Status.TRUSTED


# Rotation


def test_a_new_key_takes_over_the_rules(
    gateway: Gateway, device: SigningDevice
) -> None:
    gateway.marks(device.boot())
    rotation = device.rotation(following := SigningDevice(2, epoch=9))
    assert gateway.marks(rotation) == set()
    assert gateway.rules.did == following.did
    assert list(gateway.rules.previous_dids) == [device.did]
    following.seq = 1
    following.iat = NOW
    assert gateway.marks(following.reading()) == {Mark.GAP}
    assert gateway.state.accepted == 3
    assert gateway.state.software is not None

    # the device repeats it until it is acknowledged
    refusal = gateway.refusal(rotation)
    assert (refusal.reason, refusal.settled) == (Reason.OLD_KEY, True)
    assert gateway.reason(device.reading()) is Reason.OLD_KEY
    third = SigningDevice(3)
    gateway.marks(following.rotation(third))
    assert gateway.reason(device.reading()) is Reason.OLD_KEY
    assert list(gateway.rules.previous_dids) == [device.did, following.did]


def test_nobody_goes_back_to_an_old_key(
    gateway: Gateway, device: SigningDevice
) -> None:
    following = SigningDevice(2)
    gateway.marks(device.rotation(following))
    following.iat = NOW
    refusal = gateway.refusal(following.rotation(device))
    assert (refusal.reason, refusal.settled) == (Reason.ROTATION_REFUSED, True)
    assert gateway.rules.did == following.did
    assert len(gateway.state.failures) == 1


def test_nobody_takes_over_the_key_of_another_device(
    gateway: Gateway, device: SigningDevice
) -> None:
    victim = SigningDevice(2)
    gateway.other_keys.add(victim.did)
    assert gateway.reason(device.rotation(victim)) is Reason.ROTATION_REFUSED
    assert gateway.rules.did == device.did


def test_keys_are_changed_only_so_often(device: SigningDevice) -> None:
    gateway = Gateway(device)
    for number in range(MAX_PREVIOUS_KEYS):
        following = SigningDevice(10_000 + number)
        gateway.marks(device.rotation(following))
        device = following
    assert gateway.reason(device.rotation(SigningDevice(2))) is Reason.ROTATION_REFUSED


def test_in_quarantine_a_new_key_waits(gateway: Gateway, device: SigningDevice) -> None:
    gateway.state = gateway.state.quarantined()
    following = SigningDevice(2)
    rotation = device.rotation(following)
    refusal = gateway.refusal(rotation)
    assert (refusal.reason, refusal.settled) == (Reason.QUARANTINED, False)
    assert gateway.rules.did == device.did
    assert gateway.reason(following.reading()) is Reason.UNKNOWN_DEVICE
    gateway.state = gateway.state.released()
    gateway.marks(rotation)
    assert gateway.rules.did == following.did


def test_a_new_key_is_taken_however_late_it_comes(
    gateway: Gateway, device: SigningDevice
) -> None:
    rotation = device.rotation(SigningDevice(2))
    gateway.now += 365 * 86400
    assert gateway.marks(rotation) == {Mark.DELAYED}


# What is remembered


def test_nothing_that_comes_fills_the_memory(device: SigningDevice) -> None:
    gateway = Gateway(device, rate=60_000, burst=10_000)
    for number in range(400):
        device.seq += 2
        gateway.judge(
            device.reading(more=number) if number % 3 else device.reading("x")
        )
        gateway.judge(device.reading())
        gateway.state = gateway.state.released()
    assert len(json.dumps(gateway.state.to_json())) < 4000


@pytest.mark.parametrize("reason", [None, *StatusReason])
def test_the_state_is_kept_as_json(reason: StatusReason | None) -> None:
    state = DeviceState(
        sequence=Sequence().after(1, 1, 5).after(1, 9, 6).after(2, 1, 7),
        status=Status.QUARANTINED if reason else Status.TRUSTED,
        status_reason=reason,
        software=Software(config="a", esphome="b", firmware="c", model="d", name="é"),
        last_envelope=1_790_000_000.123456,
        last_iat=5,
        accepted=7,
        refused={"replayed": 2},
        next_software=Software(
            config="f", esphome="g", firmware="h", model="i", name=""
        ),
        failures=(1.5, 2.5),
        turn=3.25,
    )
    assert DeviceState.from_json(json.loads(json.dumps(state.to_json()))) == state
    empty = DeviceState()
    assert DeviceState.from_json(json.loads(json.dumps(empty.to_json()))) == empty
