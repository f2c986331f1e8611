"""What entries say, for people: without what only their proof needs."""

from collections.abc import Iterable
from typing import Any

from ..log.entry import Entry


def readings_said(entries: Iterable[Entry]) -> list[Any]:
    """Return what entries say, as answers of actions hold it."""
    return [_said(entry) for entry in entries]


def _said(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: value
        for name, value in entry.members.items()
        if name not in {"salt", "v"}
    }
    if entry.trust is not None:
        said["trust"] = entry.trust
    claims = entry.claims
    if "value" in claims:
        said |= {"state": claims["value"], "device": claims.get("iss")}
        said |= {"unit": claims["unit"]} if "unit" in claims else {}
    return said
