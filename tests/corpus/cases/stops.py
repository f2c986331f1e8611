"""Receipts of times in which nothing was recorded."""

from collections.abc import Iterator

from custom_components.iot_blockchain.log import canonical

from .. import log
from ..case import Case, written

_PAUSES = [
    canonical.encode(record).decode()
    for record in (
        log.act(1, "started", "08:00:00.000000"),
        log.reading(2, "sensor.a", "1", "08:01:00.000000"),
        log.act(3, "paused", "08:02:00.000000"),
        log.act(4, "paused", "08:03:00.000000"),
        log.act(5, "stopped", "08:04:00.000000"),
        log.act(6, "started", "08:05:00.000000"),
        log.act(7, "sources", "08:05:00.000000", sources={}),
        log.act(8, "resumed", "08:06:00.000000"),
        log.reading(9, "sensor.a", "2", "08:06:00.000000"),
        log.act(10, "started", "08:09:00.000000"),
        log.act(11, "paused", "08:10:00.000000"),
    )
]


def cases() -> Iterator[Case]:
    """Return them. All are good: ``stops.json`` says what must be told of them."""
    last = len(log.ENTRIES)
    for name, about, receipt in (
        (
            "not-over",
            "It ends with the recording's end.",
            log.receipt(last - 5, last - 2),
        ),
        ("from-before", "It begins with a start.", log.receipt(last - 2, last)),
        ("pauses", "A whole log, with pauses.", log.receipt(0, 11, _PAUSES)),
        ("paused-before", "It begins in a pause.", log.receipt(5, 9, _PAUSES)),
    ):
        yield Case(f"stops/{name}", about, written(receipt))
