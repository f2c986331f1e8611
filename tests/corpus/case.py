"""What a case is, and how it is written down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]

ORDER = (
    "format",
    "signed",
    "in_log",
    "device_signed",
    "device_known",
    "anchor",
    "in_block",
    "earlier",
)
_DEVICE_STEPS = {"device_signed", "device_known"}


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and what a verifier must say of it.

    ``failed`` is the first step that fails, and the last that is taken. ``devices``
    says how the devices' steps go where they are taken. ``block`` says whether the
    receipt carries a block, and ``earlier`` whether it names earlier anchors.
    """

    name: str
    about: str
    data: bytes
    failed: str | None = None
    anchored: bool = True
    devices: Mapping[str, str] = field(default_factory=dict)
    block: bool = False
    earlier: bool = False

    @property
    def expected(self) -> Json:
        """What stands in expected.json."""
        steps: dict[str, str] = {}
        for step in ORDER:
            if step in _DEVICE_STEPS and step not in (*self.devices, self.failed):
                continue
            if (step, self.block) == ("in_block", False):
                continue
            if (step, self.earlier) == ("earlier", False):
                continue
            steps[step] = self.devices.get(step, "passed")
            if step == "anchor" and not self.anchored:
                steps[step] = "skipped"
            if step == self.failed:
                steps[step] = "failed"
                break
        verdict = "unchecked" if self.anchored else "not_anchored"
        return {
            "about": self.about,
            "verdict": "invalid" if self.failed else verdict,
            "steps": steps,
        }


def written(receipt: object) -> bytes:
    """Write a receipt as this product does."""
    return (json.dumps(receipt, ensure_ascii=False, indent=1) + "\n").encode()
