"""Reading the files that are named on the command line, which may be anything."""

import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Final

from ..log.receipt import MAX_BYTES

STANDARD_INPUT: Final = "-"


class InputError(Exception):
    """There is nothing to verify. The message is a sentence for whoever asked."""


def read(name: str) -> bytes:
    """Read a file, or what comes from standard input.

    A file that is too large for a receipt is refused before it is read; what has no
    size (a pipe, a device), as soon as it goes beyond.

    Raises:
        InputError: it cannot be read, or is too large.
    """
    try:
        if name == STANDARD_INPUT:
            return _read(sys.stdin.buffer)
        with Path(name).open("rb") as file:
            return _read(file)
    except FileNotFoundError as err:
        raise InputError("There is no such file.") from err
    except IsADirectoryError as err:
        raise InputError("This is a folder. Name the files in it.") from err
    except PermissionError as err:
        raise InputError("You may not read this file.") from err
    except OSError as err:
        raise InputError(f"This file cannot be read: {err.strerror}.") from err


def _read(file: BinaryIO) -> bytes:
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size > MAX_BYTES:
        raise _too_large()
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _too_large()
    return data


def _too_large() -> InputError:
    return InputError(
        f"This file is too large for a receipt ({MAX_BYTES // 2**20} MB at most)."
    )
