"""Fails if the tests cover too little of any module of the integration.

Reads coverage's report in JSON: python -m scripts.covered REPORT
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

LEAST: Final = 95.0
"""Percent of a module's lines and branches."""

_DIALOGS: Final = tuple(
    f"custom_components/iot_blockchain/{name}" for name in ("config_flow.py", "flows/")
)


def least_of(name: str) -> float:
    """Return how much of a module has to be covered.

    Dialogs are covered as a whole: Home Assistant asks that of every integration.
    """
    return 100.0 if name.startswith(_DIALOGS) else LEAST


def short_of(report: Mapping[str, Any]) -> list[str]:
    """Return a line about each module that has too little, the worst first."""
    covered = {
        name: float(measured["summary"]["percent_covered"])
        for name, measured in report["files"].items()
    }
    return [
        f"{name}: {percent:.2f} %, not {least_of(name):.0f} %"
        for name, percent in sorted(covered.items(), key=lambda each: each[1])
        if percent < least_of(name)
    ]


def main() -> None:
    """Say what is missing, and fail where something is."""
    report = json.loads(Path(sys.argv[1]).read_text())
    if short := short_of(report):
        sys.exit("too little is covered:\n" + "\n".join(short))
    print(f"✓ all {len(report['files'])} modules are covered by {LEAST:.0f} % or more,")
    print("  and the dialogs as a whole")


if __name__ == "__main__":
    main()
