"""What a long run shows, and how it is ended."""

import os
import signal
from collections.abc import Iterator

import pytest
from rich.console import Console

from scripts.house.display import Covered, Display
from scripts.house.stopping import Stop


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Put back what pytest itself does with Ctrl-C."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_the_first_wish_for_the_end_is_noted_and_ctrl_c_then_ends_at_once(
    wish: signal.Signals,
) -> None:
    stop = Stop()
    said: list[str] = []
    stop.listen(said.append)
    assert not stop()
    os.kill(os.getpid(), wish)
    assert stop()
    assert len(said) == 1
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_shows_in_a_terminal_and_without_one(*, terminal: bool) -> None:
    console = Console(
        record=True, width=100, force_terminal=terminal, force_interactive=terminal
    )
    display = Display(console)
    with display.part("Kills", 200) as tell:
        tell(50, "lost: 0")
    shown = console.export_text()
    assert "Kills" in shown
    assert "lost: 0" in shown
    assert "25%" in shown if terminal else "50 of 200" in shown


def test_failures_stand_below_what_was_covered() -> None:
    console = Console(record=True, width=100)
    covered = Covered()
    covered.add("kills", "3")
    covered.failures.append("an entry [17] is lost")
    covered.show(console)
    table, _, failure = console.export_text().partition("✗ ")
    assert "kills" in table
    assert failure.strip() == "an entry [17] is lost"
