"""An honest device on a bad line: nothing of it is refused, and nothing taken twice."""

import json
from itertools import count

from hypothesis import given, settings, strategies as st

from custom_components.iot_blockchain.device.errors import Reason
from custom_components.iot_blockchain.device.rules import (
    Assurance,
    DeviceRules,
    SensorRule,
)
from custom_components.iot_blockchain.device.sequence import MAX_GAPS
from custom_components.iot_blockchain.device.state import DeviceState, Status
from custom_components.iot_blockchain.device.trust import Accepted, Refused, judge
from scripts.house.signing import SigningDevice

NOW = 1_790_000_000
GONE = {Reason.REPLAYED, Reason.OLD_EPOCH, Reason.OLD_KEY}

# What happens, mostly to the line: each by its name and a number that says to whom.
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("send", "send", "send", "deliver", "deliver", "deliver"),
                *("lose", "replay", "wait", "restart", "forget", "rotate", "reload"),
            ]
        ),
        st.integers(0, 1000),
    ),
    min_size=40,
    max_size=100,
)


class House:
    """A device, a line that loses, delays and repeats, and a gateway."""

    def __init__(self) -> None:
        self.secrets = count(1000)
        self.device = SigningDevice(next(self.secrets))
        self.rules = DeviceRules(
            did=self.device.did,
            name="Fridge",
            assurance=Assurance.SOFTWARE_KEY,
            sensors={"temperature": SensorRule(minimum=-30, maximum=60)},
            max_age=10**9,
        )
        self.state = DeviceState()
        self.now = NOW
        self.on_the_line: list[str] = []
        self.delivered: list[str] = []
        self.take(self.device.boot())  # announced at its enrolment

    def happen(self, what: str, number: int) -> None:
        getattr(self, what)(number)

    def send(self, number: int) -> None:
        self.device.iat = self.now if number % 3 else 0
        self.device.uptime += 1
        sent = (
            self.device.reading(f"{number % 60}") if number % 5 else self.device.boot()
        )
        self.on_the_line.append(sent)

    def lose(self, number: int) -> None:
        if self.on_the_line:
            del self.on_the_line[number % len(self.on_the_line)]

    def deliver(self, number: int) -> None:
        """Let one through, not always the oldest."""
        if self.on_the_line:
            place = 0 if number % 2 else number % len(self.on_the_line)
            self.take(self.on_the_line.pop(place))

    def replay(self, number: int) -> None:
        if not self.delivered:
            return
        text = self.delivered[number % len(self.delivered)]
        outcome = self.judge(text)
        assert isinstance(outcome, Refused)
        assert outcome.reason in GONE
        assert outcome.settled

    def wait(self, number: int) -> None:
        self.now += number * 100

    def restart(self, number: int) -> None:
        """Skip what was reserved; what was not sent is gone."""
        self.on_the_line.clear()
        self.device.seq += number % 256
        self.device.uptime = 0

    def forget(self, number: int) -> None:
        self.restart(number)
        self.device.seq = 0
        self.device.epoch += 1

    def rotate(self, _number: int) -> None:
        """Change the key, once all before has arrived."""
        self.on_the_line.clear()
        following = SigningDevice(next(self.secrets))
        following.uptime = self.device.uptime
        self.take(self.device.rotation(following))
        self.device = following

    def reload(self, _number: int) -> None:
        kept = json.loads(json.dumps([self.rules.to_json(), self.state.to_json()]))
        rules, state = DeviceRules.from_json(kept[0]), DeviceState.from_json(kept[1])
        assert (rules, state) == (self.rules, self.state)
        self.rules, self.state = rules, state

    def take(self, text: str) -> None:
        assert isinstance(self.judge(text), Accepted)
        self.delivered.append(text)

    def judge(self, text: str) -> Accepted | Refused:
        judgement = judge(self.rules, self.state, text, self.now)
        self.rules, self.state = judgement.rules, judgement.state
        return judgement.outcome


@settings(max_examples=150)
@given(HAPPENINGS)
def test_an_honest_device_is_never_refused(happenings: list[tuple[str, int]]) -> None:
    house = House()
    for what, number in happenings:
        house.happen(what, number)
        assert house.state.status is Status.TRUSTED
        assert house.state.failures == ()
        assert house.state.accepted == len(house.delivered)
        assert len(house.state.sequence.gaps) <= MAX_GAPS
        assert set(house.state.refused) <= {reason.value for reason in GONE}
