"""A whole house: a chain, a broker, devices and a Home Assistant that knows them."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from .broker import Broker
from .chain import Anvil
from .device import HOST_CONFIGS, HostDevice, Scanner, build
from .home_assistant import HomeAssistant

NAME = "Corner pharmacy"
FRIDGE = "sensor.fridge_temperature"
SCANNER = "sensor.barcode_scanner_code"
SIGNED_SCANNER = "sensor.scanner_signed_code"

type Tell = Callable[[str], None]
type Announce = Callable[[str], AbstractContextManager[Tell]]


def _quietly(_what: str) -> AbstractContextManager[Tell]:
    return nullcontext(lambda _line: None)


class House:
    """Real processes in one folder. Whoever builds a house tears it down."""

    def __init__(
        self, folder: Path, *, port: int | None = None, announce: Announce = _quietly
    ) -> None:
        """Prepare a house; nothing runs yet.

        ``port`` is Home Assistant's. ``announce`` is entered for each step that takes
        time, with its description, and yields what takes a line of its progress.
        """
        self.folder = folder
        self.scanner = Scanner()
        self.home = HomeAssistant(folder / "home_assistant", port=port)
        self._announce = announce
        self._chain: Anvil | None = None
        self._broker: Broker | None = None
        self.devices: list[HostDevice] = []
        self.entry_id: str = ""

    @property
    def chain(self) -> Anvil:
        """The chain of a house that was built."""
        assert self._chain is not None
        return self._chain

    @property
    def broker(self) -> Broker:
        """The MQTT broker of a house that was built."""
        assert self._broker is not None
        return self._broker

    async def build(self, *, block_time: float) -> None:
        """Start everything, and make the devices known to Home Assistant."""
        with self._announce("Starting a local chain (anvil)"):
            self._chain = Anvil(self.folder, block_time=block_time)
        for name in ("fridge", "barcode_scanner"):
            await self._start_device(name)
        with self._announce("Starting an MQTT broker (Mosquitto)"):
            self._broker = Broker(self.folder / "broker")
        with self._announce("Starting Home Assistant"):
            self.home.start()
        for device in self.devices:
            with self._announce(f"Adding the {device.name} through core's ESPHome"):
                self.home.continue_flow(
                    self.home.start_flow("esphome"),
                    {"host": device.host, "port": device.port},
                )
        with self._announce("Adding the broker through core's MQTT"):
            self._add_broker(self._broker)
        with self._announce("Waiting for the first temperature"):
            await wait_for(lambda: _is_number(self.home.state(FRIDGE)))
            await wait_for(lambda: self.home.state(SCANNER) is not None)

    async def _start_device(self, name: str) -> None:
        with self._announce(f"Compiling the {name} for this machine") as tell:
            program = await asyncio.to_thread(
                build, HOST_CONFIGS / f"{name}.yaml", on_line=tell
            )
        with self._announce(f"Starting the {name}"):
            device = HostDevice(
                program,
                self.folder / name,
                serial_port=self.scanner.port if name == "barcode_scanner" else None,
            )
            await device.start()
            self.devices.append(device)

    def _add_broker(self, broker: Broker) -> None:
        other = {"set_client_cert": False, "set_ca_cert": "off", "transport": "tcp"}
        self.home.continue_flow(
            self.home.start_flow("mqtt"),
            {
                "broker": broker.host,
                "port": broker.port,
                "protocol": "5",
                "other_settings": other,
            },
        )

    def add_log(self, *, anchor_age: Mapping[str, int]) -> str:
        """Add a log with a source for each device through the dialogs' own API.

        Return the address of its account, which is empty.
        """
        home = self.home
        self.entry_id, address = add_log(
            home,
            [self.chain.url],
            {"name": "Fridge", "target": {"entity_id": [FRIDGE]}, "reports": False},
        )
        add_source(
            home,
            home.start_flow([self.entry_id, "source"], kind="subentries/flow"),
            {"name": "Goods", "target": {"entity_id": [SCANNER]}, "reports": True},
        )
        home.continue_flow(
            home.start_flow(self.entry_id, kind="options/flow"),
            {"anchor_readings": 5000, "anchor_age": anchor_age},
            kind="options/flow",
        )
        return address

    def enrol_scanner(self) -> str:
        """Enrol the scanner through the dialog's own API; return its key's did:key."""
        home = self.home
        did = home.state("sensor.barcode_scanner_signing_key")
        assert did is not None
        flow = home.start_flow([self.entry_id, "device"], kind="subentries/flow")
        for answers in (
            {"did": did},
            {
                "name": "Scanner signed",
                "assurance": "software_key",
                "sensors": [{"sensor": "code"}],
                "quarantine_on_change": False,
                "limits": {
                    "time_tolerance": {"minutes": 5},
                    "on_drift": "mark",
                    "max_age": {"days": 7},
                },
            },
        ):
            home.continue_flow(flow, answers, kind="subentries/flow")
        return did

    async def tear_down(self) -> None:
        """End every process."""
        self.home.stop()
        for device in self.devices:
            await device.stop()
        self.scanner.close()
        if self._broker is not None:
            self._broker.stop()
        if self._chain is not None:
            self._chain.stop()


def add_log(
    home: HomeAssistant, rpc_urls: Sequence[str], source: Mapping[str, object]
) -> tuple[str, str]:
    """Add a log with a source through the dialogs' own API.

    Return the id of its config entry, and the address of its account.
    """
    flow = home.start_flow("iot_blockchain")
    flow = home.continue_flow(flow, {"next_step_id": "network"})
    flow = home.continue_flow(flow, {"network": "other"})
    flow = home.continue_flow(
        flow, {"rpc_url": rpc_urls[0], "more_rpc_urls": [*rpc_urls[1:]]}
    )
    flow = home.continue_flow(flow, {"deploy": True})
    flow = home.continue_flow(flow, {"next_step_id": "create_account"})
    flow = home.continue_flow(flow, {"name": NAME})
    address: str = flow["description_placeholders"]["address"]
    flow = home.continue_flow(flow, {})
    entry_id: str = flow["result"]["entry_id"]
    add_source(home, {"flow_id": flow["next_flow"][1]}, source)
    return entry_id, address


def add_source(
    home: HomeAssistant, flow: dict[str, Any], source: Mapping[str, object]
) -> None:
    """Fill in the form for a source, and save what it shows then."""
    shown = home.continue_flow(flow, source, kind="subentries/flow")
    home.continue_flow(shown, {}, kind="subentries/flow")


async def wait_for(happened: Callable[[], bool], *, seconds: float = 120) -> None:
    """Wait until something has happened.

    Raises:
        TimeoutError: it did not.
    """
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not happen within {seconds:g} s")
        await asyncio.sleep(0.3)


def _is_number(state: str | None) -> bool:
    try:
        float(state or "")
    except ValueError:
        return False
    return True
