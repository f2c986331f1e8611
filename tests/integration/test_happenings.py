"""What happens to a log is told once, to whoever listens."""

import json

from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.anchoring.happenings import (
    AnchoringStopped,
    AnchorMoved,
    BalanceLow,
    Happening,
    Kind,
    VerificationFailed,
    listen,
    tell,
)

EXAMPLES = (
    AnchorMoved(
        kind=Kind.ANCHORED,
        first=3,
        size=9,
        number=1,
        transaction="0x12",
        block_number=7,
        block_hash="0x34",
        block_time=1_790_000_000,
    ),
    AnchoringStopped(kind=Kind.FAILED, reason="reverted", error="it was refused"),
    BalanceLow(address="0x56", balance=5 * 10**17, anchors=4),
    VerificationFailed(reason="receipt", error="it is forged"),
)


def test_everything_that_happens_can_be_said_to_an_automation() -> None:
    assert json.loads(json.dumps([happening.details for happening in EXAMPLES])) == [
        {
            "first": 3,
            "size": 9,
            "number": 1,
            "transaction": "0x12",
            "block_number": 7,
            "block_hash": "0x34",
            "block_time": "2026-09-21T14:13:20+00:00",
        },
        {"reason": "reverted", "error": "it was refused"},
        {"address": "0x56", "balance": 0.5, "anchors": 4},
        {"reason": "receipt", "error": "it is forged", "entities": []},
    ]


async def test_a_listener_hears_of_one_log_or_of_all(hass: HomeAssistant) -> None:
    one: list[tuple[str, Happening]] = []
    all_logs: list[tuple[str, Happening]] = []
    cancel_one = listen(hass, lambda *told: one.append(told), "first")
    cancel_all = listen(hass, lambda *told: all_logs.append(told))
    for entry_id in ("first", "second"):
        for happening in EXAMPLES:
            tell(hass, entry_id, happening)
    assert one == [("first", happening) for happening in EXAMPLES]
    assert all_logs == [(log, h) for log in ("first", "second") for h in EXAMPLES]

    cancel_one()
    tell(hass, "first", EXAMPLES[0])
    assert len(one) == len(EXAMPLES)
    assert len(all_logs) == 2 * len(EXAMPLES) + 1
    cancel_all()
    tell(hass, "first", EXAMPLES[0])
    assert len(all_logs) == 2 * len(EXAMPLES) + 1
