"""The pages of the documentation, and the examples on them."""

import re
from pathlib import Path
from typing import Any, cast

from homeassistant.util.yaml import parse_yaml


def page(name: str) -> str:
    """Return the text of a page."""
    return (Path(__file__).parents[2] / "docs" / name).read_text(encoding="utf-8")


def examples(text: str) -> dict[str, dict[str, Any]]:
    """Return the example below each heading of a page that has one."""
    return {
        heading: cast("dict[str, Any]", parse_yaml(block))
        for heading, block in re.findall(
            r"^### ([^\n]+)\n(?:(?!^##)[^\n]*\n)*?```yaml\n(.*?)```",
            text,
            re.MULTILINE | re.DOTALL,
        )
    }
