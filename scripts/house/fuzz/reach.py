"""What the inputs that were kept reach, line by line and branch by branch."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from ..hostile.targets import targets as all_targets
from . import REPOSITORY, corpus

_COVERED: Final = ",".join(
    f"custom_components/iot_blockchain/{name}"
    for name in (
        *("log/canonical.py", "log/checkpoint.py", "log/entry.py", "log/merkle.py"),
        *("log/note.py", "log/receipt.py", "log/verification.py"),
        *("device/credential.py", "device/did_key.py", "device/envelope.py"),
        *("device/jws.py", "device/status_list.py"),
        *("chain/answers.py", "chain/client.py", "chain/contract.py", "chain/rpc.py"),
    )
)


def show(targets: Sequence[str]) -> None:
    """Read all that was kept again, under measurement, and print what it reaches."""
    with tempfile.TemporaryDirectory() as folder:
        data = f"--data-file={folder}/coverage"
        coverage = [sys.executable, "-W", "ignore", "-m", "coverage"]
        for command in (
            ["run", data, "--branch", "-m", "scripts.house.fuzz.reach", *targets],
            ["report", data, f"--include={_COVERED}", "--skip-empty"],
        ):
            subprocess.run([*coverage, *command], cwd=REPOSITORY, check=False)


def _read_again(targets: Sequence[str]) -> None:
    for name, target in all_targets().items():
        if name in targets:
            kept = [path.read_bytes() for path in sorted(corpus(name).glob("*"))]
            for data in (*target.seeds, *kept):
                with suppress(Exception):  # findings were reported before
                    target.read(data)


if __name__ == "__main__":
    _read_again(sys.argv[1:])
