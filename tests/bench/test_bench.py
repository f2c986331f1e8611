"""The measurements work. What they find is of no interest here: no time is asserted."""

from pathlib import Path

import pytest
from rich.console import Console

from tests.processes import no_cleanup  # noqa: F401

from .measurements import MEASUREMENTS
from .report import Goal
from .scale import TINY


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_it_measures(name: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    console = Console(record=True, width=150)
    for table in MEASUREMENTS[name](TINY, tmp_path / "cache", run):
        table.show(console)
        assert table.rows
        for row in table.rows:
            assert isinstance(row, Goal) or len(row) == len(table.columns)
    assert "│" in console.export_text()
