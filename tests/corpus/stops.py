"""What a verifier must say of times in which nothing was recorded."""

from collections.abc import Iterator

from .case import Json

_DAY = "2026-11-21"


def cases() -> Iterator[Json]:
    """Return each case: a receipt, and the times in it, as they began.

    Without a start, it was before the first entry; without an end, it was not over at
    the last one.
    """
    stopped, paused = "stopped", "paused"
    for receipt, about, *stops in (
        ("good/range", "Nothing but readings."),
        ("good/first-entry", "A log begins: before it there was nothing to stop."),
        (
            "good/whole-log",
            "From its end to its next start.",
            (stopped, "11:36:00", "11:40:12"),
        ),
        ("stops/not-over", "No start follows.", (stopped, "11:36:00", None)),
        ("stops/from-before", "No end comes before.", (stopped, None, "11:40:12")),
        (
            "stops/pauses",
            "A pause that begins twice is one; a start can come without an end.",
            (paused, "08:02:00", "08:06:00"),
            (stopped, "08:04:00", "08:05:00"),
            (stopped, "08:06:00", "08:09:00"),
            (paused, "08:10:00", None),
        ),
        (
            "stops/paused-before",
            "Neither the stop nor the pause began in it.",
            (stopped, None, "08:05:00"),
            (paused, None, "08:06:00"),
        ),
    ):
        yield {
            "receipt": receipt,
            "about": about,
            "stops": [
                {"reason": reason, "start": _time(start), "end": _time(end)}
                for reason, start, end in stops
            ],
        }


def _time(time: str | None) -> str | None:
    return time and f"{_DAY}T{time}.000000Z"
