"""What is in the package, and that the corpus is judged by it as by everybody."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from .conftest import RECEIPTS, ROOT, UV, Command

EXPECTED: dict[str, Any] = json.loads((RECEIPTS.parent / "expected.json").read_text())
STATUS = {"unchecked": 3, "not_anchored": 4, "invalid": 6}


def test_the_wheel_holds_one_package_and_nothing_that_sends(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "iot_blockchain_verify"
    }
    assert not [name for name in names if name.endswith(("sender.py", "account.py"))]
    assert [name for name in names if name.endswith("LICENSE")]


def test_no_python_is_taken_that_these_tests_do_not_run_on(wheel: Path) -> None:
    major, minor, *_ = sys.version_info
    archive = ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    lines = archive.read(metadata).decode().splitlines()
    assert f"Requires-Python: <{major}.{minor + 1},>={major}.{minor}" in lines


def test_the_line_of_the_manual_works_where_nothing_is_installed() -> None:
    manual = (ROOT / "docs/verify_command.md").read_text(encoding="utf-8")
    (line,) = (line for line in manual.splitlines() if line.startswith("$ uvx "))
    words = shlex.split(line.removeprefix("$ uvx "))
    place = words.index("--rpc")
    assert len(words) == place + 2  # left out: tests ask no node of a real chain
    receipt = RECEIPTS / "good/one-reading.json"
    words = [str(receipt) if w == "receipt.json" else w for w in words[:place]]
    assert str(receipt) in words

    locked = str(ROOT / "requirements/dev.txt")
    run = subprocess.run(
        [UV, "tool", "run", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ
        | {"UV_PYTHON": sys.executable}
        | {"UV_CONSTRAINT": locked, "UV_BUILD_CONSTRAINT": locked},
    )
    assert run.returncode == STATUS["unchecked"], run.stderr
    assert "\nunchecked: Proven: the receipt is sound in itself" in run.stdout


def test_neither_home_assistant_nor_web3_is_there(command: Command) -> None:
    names = ("homeassistant", "web3", "eth_abi", "eth_utils")
    program = f"import importlib.util as i; print(*filter(i.find_spec, {names}))"
    found = subprocess.run(
        [command.python, "-c", program], check=True, capture_output=True, text=True
    )
    assert found.stdout == "\n"


async def test_the_whole_corpus_is_judged_as_expected(command: Command) -> None:
    files = [RECEIPTS / f"{name}.json" for name in EXPECTED]
    assert len(files) > 500
    run = await command("--json", *files)
    assert run.status == STATUS["invalid"]
    assert len(run.json) == len(files)
    for name, found in zip(EXPECTED, run.json, strict=True):
        steps = {step["name"]: step["result"] for step in found["steps"]}
        # The corpus is of what can be said offline; the command adds that it was.
        asked = steps.pop("on_chain", None)
        assert asked == ("skipped" if found["verdict"] == "unchecked" else None), name
        assert steps == EXPECTED[name]["steps"], name
        assert found["verdict"] == EXPECTED[name]["verdict"], name


async def test_each_verdict_has_its_exit_status(command: Command) -> None:
    for name in ("good/one-reading", "good/not-anchored", "files/html"):
        run = await command(RECEIPTS / f"{name}.json")
        assert run.status == STATUS[EXPECTED[name]["verdict"]]
        assert f"\n{EXPECTED[name]['verdict']}: " in run.out


async def test_no_receipt_of_the_corpus_commands_a_terminal(command: Command) -> None:
    run = await command(*(RECEIPTS / f"{name}.json" for name in EXPECTED))
    assert not {c for c in run.out if ord(c) < 32 and c != "\n"}
    assert not {c for c in run.out if c in "\x7f\x9b\u202e\u2028\u200b\ufeff"}
