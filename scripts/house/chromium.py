"""Headless Chromium, which calls nobody of its own accord."""

from pathlib import Path

from playwright.sync_api import Browser, Playwright

_PROGRAM = Path(__file__).parents[2] / ".tools" / "chromium"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launched(playwright: Playwright) -> Browser:
    """Start it. The caller closes it."""
    return playwright.chromium.launch(executable_path=_PROGRAM.resolve(), args=_FLAGS)
