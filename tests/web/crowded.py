"""Receipts with much in them: many entities, and all that a receipt can tell."""

from collections.abc import Sequence
from typing import Any

from custom_components.iot_blockchain.log import canonical
from tests.corpus import device, log, made_block as made
from tests.corpus.case import Json
from tests.unit.log import reference

_LONG = "sensor.a_rather_long_name_of_a_thing_behind_the_house_that_measures_much_"


def several(
    entities: int, *, levels: int | None = None, gaps: bool = False, long: bool = False
) -> Json:
    """Make the receipt of entities that had so many states, or numbers, in turns."""
    return log.of_records(_records(entities, levels, gaps=gaps, long=long))


def everything() -> Json:
    """Make a receipt with all kinds of readings, three earlier anchors and blocks."""
    signer = device.Device("the fridge")
    records = [
        *_records(10, 6, gaps=True, long=True),
        log.act(2001, "stopped", "11:00:00.000000"),
        log.act(2002, "started", "11:10:00.000000"),
        log.act(2003, "paused", "11:11:00.000000"),
        log.act(2004, "resumed", "11:12:00.000000"),
        # After the block: the clock of the house is wrong.
        device.entry(2005, signer.sign(signer.payload()), "23:00:00.000000"),
    ]
    leaves = [log.leaf(canonical.encode(record).decode()) for record in records]
    *before, last = [
        _anchored(number, size, leaves)
        for number, size in enumerate((100, 200, 300, len(leaves)), 1)
    ]
    earlier = [
        one | {"consistency": [f"0x{element.hex()}" for element in proof]}
        for one in before
        for proof in [reference.proof(one["anchor"]["size"], leaves)]
    ]
    return log.of_records(records) | {
        "format": "iot-blockchain-receipt/3",
        "credentials": [],
        **last,
        "earlier": earlier,
    }


def _records(
    entities: int, levels: int | None, *, gaps: bool, long: bool
) -> list[Json]:
    records: list[Json] = []
    for turn in range(48):
        for place in range(entities):
            state = f"{turn % 7}.5" if levels is None else f"state {turn % levels}"
            if gaps and turn % 13 == 5:
                state = ("unavailable", "unknown")[turn % 2]
            time = f"10:{turn:02}:{place:02}.000000"
            entity = f"{_LONG if long else 'select.'}a{place}"
            records.append(log.reading(len(records), entity, state, time, unit="°C"))
    return records


def _anchored(number: int, size: int, leaves: Sequence[bytes]) -> dict[str, Any]:
    """Make an anchor of the first entries, in a block that was made for it."""
    captured = made.CAPTURED[number - 1]
    anchor = captured["anchor"] | {
        "chain": "eip155:84532",
        "number": number,
        "size": size,
        "root": f"0x{reference.mth(leaves[:size]).hex()}",
    }
    outcome = made.outcome(made.event(anchor))
    return made.with_outcome(captured | {"anchor": anchor}, outcome)
