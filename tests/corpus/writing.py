"""The files that the corpus is made of."""

import json
from pathlib import Path

from . import endpoints, known_blocks, stops
from .case import Json
from .cases import all_cases

FOLDER = Path(__file__).parent


def files() -> dict[Path, bytes]:
    """Return what stands in each file."""
    made: dict[Path, bytes] = {}
    expected: Json = {}
    for case in all_cases():
        path = FOLDER / "receipts" / f"{case.name}.json"
        if path in made:
            raise ValueError(f"two cases are called {case.name}")
        made[path] = case.data
        expected[case.name] = case.expected
    made[FOLDER / "expected.json"] = _written(expected)
    made[FOLDER / "endpoints.json"] = _written(list(endpoints.cases()))
    made[FOLDER / "known_blocks.json"] = _written(list(known_blocks.cases()))
    made[FOLDER / "stops.json"] = _written(list(stops.cases()))
    return made


def _written(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
