"""A small disk for one folder, which can be filled and made read-only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_FIRST_PIECE: Final = 1 << 16


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """Put a folder on a disk of its own, in memory. ``size`` is one that mount takes.

    Raises:
        OSError: this is no system that can.
        subprocess.CalledProcessError: it is not allowed.
    """
    owner = f"uid={os.geteuid()},gid={os.getegid()}"
    _as_root("mount", "-t", "tmpfs", "-o", f"size={size},{owner}", "tmpfs", folder)
    try:
        yield
    finally:
        _as_root("umount", folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write to a disk for a while."""
    _as_root("mount", "-o", "remount,ro", folder)
    try:
        yield
    finally:
        _as_root("mount", "-o", "remount,rw", folder)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Let a disk have no room for a while."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            size = _FIRST_PIECE
            while size:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    size >>= 1
        yield
    finally:
        filler.unlink()


def _as_root(*command: str | Path) -> None:
    """Run a command as root, if that needs no password."""
    sudo = ["sudo", "--non-interactive"] if os.geteuid() else []
    subprocess.run([*sudo, *command], check=True, capture_output=True)
