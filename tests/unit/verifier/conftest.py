"""The command in an environment of its own, which has what its package asks for."""

import asyncio
import json
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
RECEIPTS = ROOT / "tests/corpus/receipts"
UV = ROOT / ".tools/uv"
_COVERAGE = f"""
[run]
source_pkgs = iot_blockchain_verify
branch = true
parallel = true
data_file = {ROOT / ".coverage"}
"""


@dataclass(frozen=True, slots=True)
class Run:
    """How a run of the command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """What ``--json`` wrote."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Command:
    """The installed command, and its environment."""

    folder: Path
    measured: dict[str, str]

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / "bin/python"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it runs with, and no others."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **self.measured}

    async def __call__(
        self, *arguments: str | Path, stdin: bytes | None = None, **environment: str
    ) -> Run:
        """Run it from a folder that has nothing to do with this repository."""
        process = await asyncio.create_subprocess_exec(
            self.folder / "bin/iot-blockchain-verify",
            *arguments,
            stdin=DEVNULL if stdin is None else PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=self.folder,
            env={**self.environment, **environment},
        )
        out, err = await process.communicate(stdin)
        assert process.returncode is not None
        run = Run(process.returncode, out.decode(), err.decode())
        assert "Traceback" not in run.out + run.err, run.err
        return run


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built with the locked backend and nothing from elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    _run("build", "--wheel", "--offline", "--no-build-isolation", "-o", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def command(
    wheel: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Command:
    """The command, with the locked versions of what it asks for and no more.

    uv takes these from its cache, and where they are not there, from the index: the
    first time on a machine, this needs the network, as setting up does.

    Where coverage is measured, it is measured in that environment too.
    """
    folder = tmp_path_factory.mktemp("env")
    packages, measured = [str(wheel)], {}
    if request.config.pluginmanager.hasplugin("_cov"):
        settings = folder.with_suffix(".coveragerc")
        settings.write_text(_COVERAGE)
        packages.append("coverage")
        measured["COVERAGE_PROCESS_START"] = str(settings)
    _run("venv", "--no-project", "--clear", folder)
    locked = ROOT / "requirements/dev.txt"
    python = folder / "bin/python"
    _run("pip", "install", "--constraint", locked, *packages, python=python)
    return Command(folder, measured)


def _run(*arguments: str | Path, python: str | Path = sys.executable) -> None:
    done = subprocess.run(
        [UV, *arguments, "--python", python],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
