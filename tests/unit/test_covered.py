"""What says that a module has too few tests."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import covered


def report(**percents: float) -> dict[str, Any]:
    return {
        "files": {
            f"{name}.py": {"summary": {"percent_covered": percent}}
            for name, percent in percents.items()
        }
    }


def test_modules_that_have_too_little_are_named_the_worst_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    monkeypatch.setattr(sys, "argv", ["covered", str(path)])
    path.write_text(json.dumps(report(one=94.96, two=100, three=12.349, four=95)))
    with pytest.raises(SystemExit) as ended:
        covered.main()
    assert str(ended.value).splitlines()[1:] == [
        "three.py: 12.35 %, not 95 %",
        "one.py: 94.96 %, not 95 %",
    ]


@pytest.mark.parametrize("name", ["config_flow", "flows/source_flow"])
def test_dialogs_have_to_be_covered_as_a_whole(name: str) -> None:
    module = f"custom_components/iot_blockchain/{name}"
    assert covered.short_of(report(**{module: 99.99})) == [
        f"{module}.py: 99.99 %, not 100 %"
    ]
    assert covered.short_of(report(**{module: 100})) == []


def test_enough_is_enough(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "report.json"
    monkeypatch.setattr(sys, "argv", ["covered", str(path)])
    path.write_text(json.dumps(report(two=100, four=95)))
    covered.main()
    assert "2 modules" in capsys.readouterr().out
