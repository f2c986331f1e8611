"""Fails if the tests cover less than 95 % of any module of the integration.

Reads coverage's report in JSON: python -m scripts.covered REPORT
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

LEAST: Final = 95.0
"""Percent of a module's lines and branches."""


def short_of(report: Mapping[str, Any]) -> list[str]:
    """Return a line about each module that has too little, the worst first."""
    covered = {
        name: float(measured["summary"]["percent_covered"])
        for name, measured in report["files"].items()
    }
    return [
        f"{name}: {percent:.2f} %"
        for name, percent in sorted(covered.items(), key=lambda each: each[1])
        if percent < LEAST
    ]


def main() -> None:
    """Say what is missing, and fail where something is."""
    report = json.loads(Path(sys.argv[1]).read_text())
    if short := short_of(report):
        sys.exit(f"less than {LEAST:.0f} % covered:\n" + "\n".join(short))
    print(f"✓ all {len(report['files'])} modules are covered by {LEAST:.0f} % or more")


if __name__ == "__main__":
    main()
