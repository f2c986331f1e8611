"""Logs to measure with: real ones, written by ``LogStore`` itself."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from rich.progress import track

from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.store import LogStore

from .scale import MORE, Scale

ENTITIES: Final = 100

_START = datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
_STEP = timedelta(milliseconds=250)
_ACT_EVERY = 50_000
_BATCH = 50_000


def signer() -> Signer:
    """Return the key of every log that is measured. It protects nothing."""
    return Signer(f"bench.iot-blockchain/{'0' * 64}", sha256(b"bench").digest())


def readings(first: int, stop: int) -> list[Reading]:
    """Make readings as a house with a hundred sensors has them."""
    return [
        Reading(
            f"sensor.room_{number % ENTITIES}_temperature",
            f"{18 + number % 53 / 10:.1f}",
            _START + number * _STEP,
            "°C",
            "temperature",
        )
        for number in range(first, stop)
    ]


def large_log(cache: Path, scale: Scale) -> Path:
    """Return the file of the large log of a scale, which is made only once.

    It has ``MORE`` entries beyond its size, and a checkpoint at it: what the last
    anchor before holds. Whoever writes to it takes a copy.
    """
    path = cache / f"log-{scale.log}.db"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = cache / f"unfinished-{scale.log}.db"
        for old in cache.glob(f"{unfinished.name}*"):
            old.unlink()
        with closing(LogStore.create(unfinished, signer().verifier_key)) as store:
            for first in track(
                range(0, scale.log, _BATCH),
                f"Writing a log of {scale.log:,} entries, once",
            ):
                _append(store, first, min(first + _BATCH, scale.log))
            store.sign_checkpoint(signer())
            _append(store, scale.log, scale.log + MORE)
        with closing(sqlite3.connect(unfinished)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        unfinished.rename(path)
    return path


def _append(store: LogStore, first: int, stop: int) -> None:
    records: list[Reading | Act] = list(readings(first, stop))
    if first % _ACT_EVERY == 0:
        records[0] = Act("started", _START + first * _STEP)
    store.append(records)
