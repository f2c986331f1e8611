"""Hostile input made by chance."""

import random
from collections.abc import Sequence

from .target import Target


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Change some bytes of a seed, put two together, or make up bytes."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        start = chance.randint(0, len(data))
        length = chance.choice((1, 1, 2, 4, chance.randint(0, 64)))
        other = chance.choice(seeds)
        cut = chance.randint(0, len(other))
        match chance.randrange(6):
            case 0 if start < len(data):
                data[start] ^= 1 << chance.randrange(8)
            case 1:
                del data[start : start + length]
            case 2:
                data[start:start] = chance.randbytes(length)
            case 3:
                data[start : start + length] = other[cut : cut + length]
            case 4:
                data[start:start] = data[start : start + length] * chance.choice((1, 9))
            case _:
                token = chance.choice(_TOKENS)
                data[start : start + len(token) * chance.randrange(2)] = token
    return bytes(data)


_TOKENS = (
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"-1",
    b"1e9",
    b"9007199254740992",
    b"18446744073709551616",
    b"1" * 30,
    b'""',
    b'"',
    b"\\ud800",
    b"\\u0000",
    b"\xff",
    b"\xed\xa0\x80",
    "\u202e".encode(),
    b"\n\n",
    "\n— a AAAAAA==\n".encode(),
    b"0x",
    b"[" * 200,
    b'{"a":' * 200,
)


def try_by_chance(target: Target, count: int, chance: random.Random) -> None:
    """Read the seeds, and then so many inputs that are made of them.

    Raises:
        Exception: whatever the target finds, with the input in a note.
    """
    for place in range(len(target.seeds) + count):
        data = (
            target.seeds[place]
            if place < len(target.seeds)
            else mutated(target.seeds, chance)
        )
        try:
            target.read(data)
        except Exception as err:
            err.add_note(f"input: {data!r}")
            raise
