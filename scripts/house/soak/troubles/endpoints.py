"""Endpoints that fail: one of them, or all."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from ...endpoint import Endpoint
from ...waiting import until
from .troubled import Trouble, TroubledOrdeal

# Others look like a chain on which nothing happens: with those, anchors only wait.
_EVIDENT: Final = {
    "hangs",
    "answers nonsense",
    "is of another chain",
    "asks for patience",
    "loses answers",
}


@contextmanager
def _fails(fault: str, ordeal: TroubledOrdeal) -> Iterator[None]:
    failing = random.choice([*([one] for one in ordeal.endpoints), ordeal.endpoints])  # noqa: S311 - any
    asked = sum(endpoint.asked for endpoint in failing)
    for endpoint in failing:
        endpoint.fault = fault
    try:
        if fault in _EVIDENT and len(failing) < len(ordeal.endpoints):
            ordeal.house.anchor()  # by the other one
        else:
            ordeal.ask_for_anchor()
        yield
        if ordeal.endpoints[0] in failing:
            until(
                lambda: sum(endpoint.asked for endpoint in failing) > asked,
                "a question to the endpoint",
            )
    finally:
        for endpoint in failing:
            endpoint.fault = ""


TROUBLES: dict[str, Trouble] = {
    f"an endpoint {fault}": partial(_fails, fault) for fault in Endpoint.FAULTS
}
