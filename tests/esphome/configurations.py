"""Validating and generating configurations, as a home owner would."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from scripts.house.device import CONFIGS, ESPHOME

# The devices, by the files that a home owner installs. Each is in host/, too.
DEVICES = [
    "air_quality.yaml",
    "air_quality_sds011.yaml",
    "barcode_scanner.yaml",
    "cold_chain.yaml",
    "energy_meter.yaml",
    "fridge.yaml",
    "machine.yaml",
    "tracker.yaml",
]

type Validate = Callable[[str], str]


def copy_to(folder: Path) -> Path:
    """Copy the configurations, as a home owner does, with the example's secrets."""
    shutil.copytree(CONFIGS, folder, ignore=shutil.ignore_patterns("secrets.yaml"))
    shutil.copy(folder / "secrets.yaml.example", folder / "secrets.yaml")
    return folder


def esphome(*arguments: str | Path, data: Path) -> subprocess.CompletedProcess[str]:
    """Run ESPHome, which keeps what it makes in a folder of the test."""
    return subprocess.run(
        [ESPHOME, *arguments],
        env=os.environ | {"ESPHOME_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
