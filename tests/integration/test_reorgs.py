"""What a reorg takes back comes back, and shows on the way."""

from collections import defaultdict

import pytest
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from custom_components.iot_blockchain.chain.journal import Kind, Status
from scripts.house.chain import Anvil

from .conftest import SetUp
from .house import Endpoint, House, source, until
from .test_anchoring import issue


def transactions(house: House) -> dict[tuple[str, int], list[bytes]]:
    """Return all transactions that were ever sent, by what they were for."""
    journal = house.coordinator.chain.journal
    sent = defaultdict[tuple[str, int], list[bytes]](list)
    for submission in journal.with_status(*Status):
        sent[submission.intent.kind, submission.intent.size or 0] += [
            attempt.transaction.raw for attempt in journal.attempts(submission)
        ]
    return dict(sent)


@pytest.mark.parametrize("depth", [1, 2, 3])
async def test_reorg_before_finality_shows_and_the_same_is_sent_again(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint, chain: Anvil, depth: int
) -> None:
    """Of two anchors and the log's creation before them."""
    endpoint.calls_blocks_final = False
    happened: list[str | None] = []

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        if event.data["new_state"] is not None:
            happened.append(event.data["new_state"].attributes.get("event_type"))

    async_track_state_change_event(hass, "event.house_event", hear)
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    for state in ("1", "2"):
        hass.states.async_set("sensor.fridge", state)
        await house.anchored()
    await until(lambda: happened.count("anchored") == 2)
    happened.clear()
    before = transactions(house)
    assert [kind for kind, _ in before] == [Kind.CREATE, Kind.ANCHOR, Kind.ANCHOR]

    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    chain.rpc("anvil_reorg", depth, [])
    chain.fund(house.address)
    chain.mine(2)
    anchors = min(depth, 2)
    await until(lambda: happened.count("reorged") == anchors)
    await until(lambda: house.state("anchor_status") == "submitted")
    answer = await house.call("get_receipt", index=1)
    assert answer["status"] == ("submitted" if anchors == 2 else "confirmed")

    def is_anchored_again() -> bool:
        chain.mine()
        return house.status.waiting == 0

    await until(is_anchored_again)
    await until(lambda: house.state("anchor_status") == "confirmed")
    # An anchor names the time of the one before it. If that is in a later block now,
    # it fails, and is made anew.
    sent = transactions(house)
    assert all(raw in sent[what] for what, raws in before.items() for raw in raws)
    assert happened.count("reorged") == anchors
    assert house.sent(Kind.CREATE) == 1
    last = house.coordinator.chain.journal.last_anchor(Status.CONFIRMED)
    assert last is not None
    assert last.placement is not None
    assert (last.intent.size, last.placement.number) == (
        max(size for _, size in before),
        2,
    )
    assert issue(house, "final_reorged") is None
