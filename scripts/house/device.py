"""ESPHome devices that are processes on this computer.

ESPHome's `host` platform makes a real device out of a configuration: the same
logic and the same native API as on a microcontroller. The demo and the tests build
one, start it, connect Home Assistant to it, and pull its plug.

    program = build(HOST_CONFIGS / "fridge.yaml")
    async with HostDevice(program, tmp_path) as fridge:
        print(fridge.name, fridge.host, fridge.port)
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import pty
import re
import signal
import socket
import subprocess
import time
import tty
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Self

from aioesphomeapi.client import APIClient
from aioesphomeapi.core import APIConnectionError

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "esphome_configs"
HOST_CONFIGS = CONFIGS / "host"
BUILDS = ROOT / ".tools" / "esphome-build"
ESPHOME = ROOT / ".tools" / "esphome" / "bin" / "esphome"
# Where scripts/setup puts BearSSL when the system has none.
BEARSSL = ROOT / ".tools" / "bearssl"
# A changed lock file means another ESPHome, which may compile to something else.
ESPHOME_LOCK = ROOT / "requirements" / "esphome.txt"

LOOPBACK = "127.0.0.1"
# A device answers in a fraction of a second; a busy machine takes its time.
START_SECONDS = 60.0
STOP_SECONDS = 5.0

_PROGRAM = re.compile(r"Successfully compiled program to path '(.+)'")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class DeviceError(Exception):
    """A device could not be built or did not come up."""


def build(
    config: Path,
    *,
    on_line: Callable[[str], None] | None = None,
    substitutions: Mapping[str, str] | None = None,
) -> Path:
    """Compile a configuration of the `host` platform and return the program.

    Nothing is compiled when nothing that could matter has changed since the last
    time: the configurations and components of this repository, the configuration
    itself, the substitutions, ESPHome. Otherwise `on_line` gets each line that the
    compiler says. Compilations wait for one another, in all processes: one alone
    keeps a small machine busy.
    """
    config = config.resolve()
    substitutions = dict(sorted((substitutions or {}).items()))
    identity = hashlib.sha256(f"{config}{substitutions}".encode()).hexdigest()
    folder = BUILDS / f"{config.stem}-{identity[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(BUILDS / "lock"):
        inputs = _hash_inputs(config)
        stamp = folder / "built"
        if stamp.is_file():
            built_from, _, program = stamp.read_text().partition(" ")
            if built_from == inputs and Path(program).is_file():
                return Path(program)
        program = _compile(config, folder, substitutions, on_line)
        stamp.write_text(f"{inputs} {program}")
        return Path(program)


def compiler_environment() -> dict[str, str]:
    """Give the environment in which the compiler finds BearSSL."""
    environment = dict(os.environ)
    for variable, folder in (("CPATH", "include"), ("LIBRARY_PATH", "lib")):
        paths = [str(BEARSSL / folder), environment.get(variable, "")]
        environment[variable] = os.pathsep.join(filter(None, paths))
    return environment


def _compile(
    config: Path,
    folder: Path,
    substitutions: Mapping[str, str],
    on_line: Callable[[str], None] | None,
) -> str:
    options = [part for pair in substitutions.items() for part in ("-s", *pair)]
    lines: list[str] = []
    program: str | None = None
    # ESPHome keeps all it makes in the data folder, and nothing beside the sources.
    with subprocess.Popen(
        [ESPHOME, *options, "compile", config],
        env=compiler_environment() | {"ESPHOME_DATA_DIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as compiler:
        for raw in compiler.stdout or ():
            line = _ANSI.sub("", raw).rstrip()
            lines.append(line)
            if on_line is not None:
                on_line(line)
            if match := _PROGRAM.search(line):
                program = match[1]
    if compiler.returncode != 0 or program is None:
        message = "\n".join([f"ESPHome could not compile {config}:", *lines[-30:]])
        raise DeviceError(message)
    return program


def _hash_inputs(config: Path) -> str:
    """Hash every file from which a program could have been made.

    All of the repository's, because following the includes of a configuration is
    ESPHome's job: what was hashed in vain costs an incremental build of seconds.
    """
    digest = hashlib.sha256()
    files = {
        path
        for suffix in ("yaml", "py", "h", "cpp")
        for path in CONFIGS.rglob(f"*.{suffix}")
    }
    for path in sorted(files | {config, ESPHOME_LOCK}):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path} {content}\n".encode())
    return digest.hexdigest()


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class HostDevice:
    """A device as a running process, listening on the loopback interface only.

    It can be stopped and started again: it keeps its port, its stored preferences
    and its log, as a device does whose plug was pulled.
    """

    host = LOOPBACK

    def __init__(
        self,
        program: Path,
        folder: Path,
        *,
        port: int | None = None,
        serial_port: Path | None = None,
    ) -> None:
        """Prepare a device that `build` made.

        `folder` is where it keeps its log and its preferences, which would
        otherwise go into the user's home: one folder for each device. Without a
        `port`, it takes a free one. `serial_port` is what it finds on its UART,
        such as `SerialLine.port`.
        """
        self.log = folder / "device.log"
        self._program = program
        self._folder = folder
        self._port = port
        self._serial_port = serial_port
        self._name: str | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The port of the native API, known from the first start."""
        if self._port is None:
            message = "The device has no port before it is started"
            raise DeviceError(message)
        return self._port

    @property
    def name(self) -> str:
        """What the device calls itself, known from the first start."""
        if self._name is None:
            message = "The device has no name before it is started"
            raise DeviceError(message)
        return self._name

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start the device and wait until its API answers."""
        if self._process is not None:
            return
        self._port = _free_port(self._port or 0)
        self._process = self._spawn()
        try:
            self._name = await self._wait_for_api(self._process)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the process: asked first, so that it stores its preferences."""
        process, self._process = self._process, None
        if process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            # No harm when it has ended by itself: it is still ours to reap.
            process.send_signal(number)
            deadline = time.monotonic() + STOP_SECONDS
            # Not wait() in a thread: tests look for threads that are left over.
            while process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def __aenter__(self) -> Self:
        """Start the device."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the process."""
        await self.stop()

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "ESPHOME_PREFDIR": str(self._folder / "preferences"),
            "HOST_DEVICE_API_PORT": str(self.port),
        }
        if self._serial_port is not None:
            environment["HOST_DEVICE_SERIAL_PORT"] = str(self._serial_port)
        # A plain Popen, not asyncio's: it can be stopped from another event loop.
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [self._program],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def _wait_for_api(self, process: subprocess.Popen[bytes]) -> str:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            client = APIClient(self.host, self.port, None)
            try:
                # The client would log a warning for every attempt that comes early.
                _, writer = await asyncio.open_connection(self.host, self.port)
                writer.close()
                await client.connect(login=True)
                info = await client.device_info()
            except OSError, APIConnectionError:
                await asyncio.sleep(0.05)
            else:
                return info.name
            finally:
                await client.disconnect(force=True)
        log = _ANSI.sub("", self.log.read_text(errors="replace"))
        message = "\n".join(
            [f"{self._program.name} did not come up:", *log.splitlines()[-20:]]
        )
        raise DeviceError(message)


def _free_port(port: int) -> int:
    """Find a free port, or make sure that this one is: else we would talk to others."""
    with socket.socket() as probe:
        # A port that was in use a second ago may be used again, as ESPHome does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            message = f"Port {port} is taken"
            raise DeviceError(message) from error
        free: int = probe.getsockname()[1]
        return free


class SerialLine:
    """A serial line with a sensor at its far end.

    Close it after the device that listens: a line that is gone is an error to it.
    """

    def __init__(self) -> None:
        """Open a pseudo-terminal, whose near end is for the device."""
        # The near end stays open here too, so that what is sent while the device
        # restarts waits for it, as in a UART's buffer.
        self._far, self._near = pty.openpty()
        # No echo and no line editing, from before the device opens it.
        tty.setraw(self._near)
        self.port = Path(os.ttyname(self._near))

    def send(self, data: bytes) -> None:
        """Send what the sensor says."""
        os.write(self._far, data)

    def close(self) -> None:
        """Unplug the sensor."""
        for end in (self._far, self._near):
            with contextlib.suppress(OSError):
                os.close(end)

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug the sensor."""
        self.close()


class Scanner(SerialLine):
    """A barcode scanner at the far end of a serial line."""

    async def scan(
        self, code: str | bytes, *, pieces: int = 1, delay: float = 0.15
    ) -> None:
        """Send a code, in pieces with a delay (in seconds) between them.

        Nothing is added: end the code with a carriage return if the scanner does.
        """
        data = code.encode() if isinstance(code, str) else code
        size = -(-len(data) // pieces)
        for start in range(0, len(data), size):
            if start > 0:
                await asyncio.sleep(delay)
            self.send(data[start : start + size])
