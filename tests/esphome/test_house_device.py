"""What the demo and the end-to-end tests rely on: a device that comes and goes."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from scripts.house import device as module
from scripts.house.device import (
    HOST_CONFIGS,
    DeviceError,
    HostDevice,
    Scanner,
    build,
)
from tests.esphome.client import connect


def refuses(port: int) -> bool:
    """Say whether nobody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_nothing_is_left_behind(
    fridge_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped device has no process and no port, and never saw the user's home."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))

    async def scenario() -> tuple[int, int]:
        async with HostDevice(fridge_program, tmp_path / "fridge") as device:
            assert device.pid is not None
            assert device.name == "fridge"
            return device.pid, device.port

    pid, port = asyncio.run(scenario())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert refuses(port)
    assert not list(home.iterdir())
    assert "setup() finished" in (tmp_path / "fridge" / "device.log").read_text()


def test_a_device_is_not_offered_to_the_network(
    fridge_program: Path, tmp_path: Path
) -> None:
    """It listens on 127.0.0.1, and on no other address of this computer."""

    async def scenario() -> None:
        async with HostDevice(fridge_program, tmp_path) as device:
            assert not refuses(device.port)
            # All of 127.0.0.0/8 is this computer.
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.2", device.port)) != 0

    asyncio.run(scenario())


def test_two_devices_are_two(
    fridge_program: Path, scanner_program: Path, tmp_path: Path
) -> None:
    """Home Assistant tells them apart by name, port and MAC address."""

    async def scenario() -> None:
        with Scanner() as scanner:
            async with (
                HostDevice(fridge_program, tmp_path / "a") as a,
                HostDevice(
                    scanner_program, tmp_path / "b", serial_port=scanner.port
                ) as b,
            ):
                identities = set()
                for device in (a, b):
                    async with connect(device) as connection:
                        info = await connection.client.device_info()
                        identities.add((info.name, device.port, info.mac_address))
                assert len(identities) == 2
                assert all(
                    len(set(column)) == 2 for column in zip(*identities, strict=True)
                )

    asyncio.run(scenario())


def test_a_device_comes_back_on_its_port(fridge_program: Path, tmp_path: Path) -> None:
    """Home Assistant finds it again where it was."""

    async def scenario() -> None:
        device = HostDevice(fridge_program, tmp_path)
        await device.start()
        port, pid = device.port, device.pid
        await device.stop()
        assert device.pid is None
        await device.stop()
        await device.start()
        try:
            assert (device.port, device.pid) != (port, pid)
            assert device.port == port
        finally:
            await device.stop()

    asyncio.run(scenario())


def test_a_taken_port_is_refused(fridge_program: Path, tmp_path: Path) -> None:
    """Else the caller would talk to somebody else and believe it is the device."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        device = HostDevice(fridge_program, tmp_path, port=other.getsockname()[1])
        with pytest.raises(DeviceError, match="taken"):
            asyncio.run(device.start())
    assert device.pid is None


def test_a_device_that_ends_at_once_is_reported(tmp_path: Path) -> None:
    """With what it said last, and not after a long wait."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho no such sensor\n")
    program.chmod(0o700)
    device = HostDevice(program, tmp_path)
    with pytest.raises(DeviceError, match="no such sensor"):
        asyncio.run(device.start())
    assert device.pid is None


def test_a_device_that_will_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hanging process does not outlive its device."""
    monkeypatch.setattr(module, "STOP_SECONDS", 1)
    monkeypatch.setattr(module, "START_SECONDS", 2)
    program = tmp_path / "program"
    program.write_text(
        "#!/bin/sh\ntrap '' TERM\necho $$\nwhile :; do sleep 0.1; done\n"
    )
    program.chmod(0o700)
    device = HostDevice(program, tmp_path)
    with pytest.raises(DeviceError):
        asyncio.run(device.start())
    with pytest.raises(ProcessLookupError):
        os.kill(int(device.log.read_text()), 0)


def test_a_device_knows_its_port_and_name_only_once_started(tmp_path: Path) -> None:
    """Before, there is nothing true to say."""
    device = HostDevice(tmp_path / "program", tmp_path)
    with pytest.raises(DeviceError, match="port"):
        _ = device.port
    with pytest.raises(DeviceError, match="name"):
        _ = device.name


def test_an_unchanged_configuration_is_not_compiled_again(
    fridge_program: Path, scanner_program: Path
) -> None:
    """ESPHome does not even start."""
    lines: list[str] = []
    program = build(HOST_CONFIGS / "barcode_scanner.yaml", on_line=lines.append)
    assert program == scanner_program
    assert program != fridge_program
    assert lines == []


def test_a_configuration_that_does_not_compile_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what the compiler said, and without a trace of success."""
    monkeypatch.setattr(module, "BUILDS", tmp_path / "builds")
    config = tmp_path / "broken.yaml"
    config.write_text("esphome:\n  name: broken\nhost:\nfridge:\n")
    lines: list[str] = []
    for _ in range(2):
        with pytest.raises(DeviceError, match="Component not found: fridge"):
            build(config, on_line=lines.append)
    assert lines


def test_a_scanner_unplugs() -> None:
    """Its serial port is gone, and closing twice is no error."""
    scanner = Scanner()
    assert scanner.port.is_char_device()
    scanner.close()
    scanner.close()
    assert not scanner.port.exists()
