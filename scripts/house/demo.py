"""The main job, live: from a sensor to a receipt that verifies."""

import argparse
import asyncio
import json
import random
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.table import Table

from .home_assistant import (
    PASSWORD,
    USERNAME,
    HomeAssistant,
    HomeAssistantError,
)
from .house import SIGNED_SCANNER, House, Tell, wait_for
from .impostor import Impostor

_FOLDER = Path(__file__).parents[2] / ".demo"
_BARCODE = "4006381333931"
_FORGED = "4006381333948"
_ROWS = 14
_PATIENCE = 120
_WORDS = {
    "pending": "[yellow]recorded[/]",
    "submitted": "[cyan]submitted[/]",
    "confirmed": "[green]confirmed[/]",
    "final": "[bold green]final[/]",
}

# A did:key holds what looks like a symbol to it.
console = Console(emoji=False)


class DemoError(Exception):
    """The demo did not show what it is meant to show."""


@dataclass(frozen=True)
class Row:
    """One entry on its way, as the demo shows it."""

    time: str
    entity: str
    state: str
    trust: str
    status: str


class Lifecycle:
    """The last entries of the log, and how far each of them is."""

    def __init__(self, home: HomeAssistant) -> None:
        """Watch the log of a Home Assistant from its beginning."""
        self._home = home
        self._next = 0
        self._rows: dict[int, Row] = {}

    async def show_until(self, done: Callable[[], bool]) -> None:
        """Show what happens, until that is done."""
        with Live(console=console, refresh_per_second=4) as live:
            while not done():
                self._show_on(live)
                await asyncio.sleep(0.5)
            self._show_on(live)

    def _show_on(self, live: Live) -> None:
        changed = self._update()
        if console.is_terminal:
            live.update(self._table())
            return
        for index in changed:
            row = self._rows[index]
            console.print(index, row.entity, row.state, row.trust, _WORDS[row.status])

    def _update(self) -> list[int]:
        """Ask Home Assistant; return the indexes of the entries that changed."""
        before = self._rows.copy()
        for index, row in before.items():
            if row.status != "final":
                self._look_at(index)
        while self._look_at(self._next):
            self._next += 1
        self._rows = dict(sorted(self._rows.items())[-_ROWS:])
        return [index for index, row in self._rows.items() if before.get(index) != row]

    def _look_at(self, index: int) -> bool:
        """Ask for one entry of the log; say whether there is one."""
        try:
            answer = self._home.action(
                "iot_blockchain", "get_receipt", {"index": index}
            )
        except HomeAssistantError:
            return False
        entry = answer["readings"][0]
        time = entry["received"] if "received" in entry else entry["time"]
        self._rows[index] = Row(
            f"{datetime.fromisoformat(time).astimezone():%H:%M:%S}",
            entry.get("entity", "the log itself"),
            f"{entry['state']} {entry.get('unit', '')}"
            if "state" in entry
            else entry["act"],
            entry.get("trust", ""),
            answer["status"],
        )
        return True

    def _table(self) -> Table:
        table = Table(title="Readings on their way", title_justify="left")
        table.add_column("#", justify="right")
        for column in ("time", "entity", "state", "whose word", "status"):
            table.add_column(column)
        for index, row in self._rows.items():
            table.add_row(
                str(index),
                row.time,
                row.entity,
                row.state,
                row.trust,
                _WORDS[row.status],
            )
        return table


async def _show(house: House, *, once: bool) -> None:
    home = house.home
    with _doing("Adding IoT Blockchain through its own dialogs"):
        address = house.add_log(anchor_age={"seconds": 30})
    console.print(
        Panel(
            f"[bold]{home.url}[/]\n"
            f"user name  [bold]{USERNAME}[/]\n"
            f"password   [bold]{PASSWORD}[/]\n\n"
            f"account    {address} (empty so far)\n"
            f"chain      {house.chain.url}",
            title="Open Home Assistant",
            expand=False,
        )
    )
    with _doing("Enrolling the barcode scanner, which signs with a key of its own"):
        did = house.enrol_scanner()
    console.print(f"  [dim]{did}[/]")
    with _doing("Scanning the same barcode twice, in pieces, over the serial line"):
        for _ in range(2):
            await house.scanner.scan(f"{_BARCODE}\r", pieces=3)
            await asyncio.sleep(1)
    await _refuse_an_impostor(house)
    with _doing("Sending the account some money of the test chain"):
        house.chain.fund(address)
    console.print("Anchoring. This deploys LogAnchor and creates the log first.")
    home.action("iot_blockchain", "anchor", {})

    lifecycle = Lifecycle(home)
    deadline = time.monotonic() + _PATIENCE

    def scan_is_final() -> bool:
        if time.monotonic() > deadline:
            raise DemoError("no reading became final within two minutes")
        return bool(_last_scan(home)["status"] == "final")

    await lifecycle.show_until(scan_is_final)
    _show_receipt(home, house.folder / "receipt.json")
    if once:
        return
    console.print("\nLook around in the browser. [bold]Ctrl-C[/] ends it all.\n")
    scanning = asyncio.create_task(_scan_now_and_then(house))
    await lifecycle.show_until(scanning.done)


async def _refuse_an_impostor(house: House) -> None:
    home = house.home
    impostor = Impostor(house.broker)
    with _doing("Letting an impostor try the same over MQTT, without the key"):
        await wait_for(lambda: home.state(SIGNED_SCANNER) == _BARCODE)
        jws = _last_scan(home)["readings"][0]["jws"]
        impostor.introduce_itself("barcode-scanner", "code", _FORGED)
        impostor.forge(jws, value=_FORGED)
        impostor.repeat(jws)
        await wait_for(lambda: {"bad_signature", "replayed"} <= _refused(home).keys())
    if home.state(SIGNED_SCANNER) != _BARCODE:
        raise DemoError("an impostor was believed")
    for what, became in (
        ("another key that calls itself barcode-scanner", "unknown, a repair asks you"),
        (f"the scan, changed to {_FORGED}", "refused, the signature does not fit"),
        ("the scan, sent a second time", "refused, its number was there before"),
    ):
        console.print(f"  [green]✓[/] {what}: [bold]{became}[/]")


def _refused(home: HomeAssistant) -> dict[str, Any]:
    """Return the attributes of the count of refused envelopes: one for each reason."""
    state = home.request("GET", "/api/states/sensor.scanner_signed_refused_envelopes")
    found: dict[str, Any] = state["attributes"]
    return found


async def _scan_now_and_then(house: House) -> None:
    while True:
        await asyncio.sleep(20)
        code = "".join(random.choices("0123456789", k=13))  # noqa: S311 - goods
        await house.scanner.scan(f"{code}\r", pieces=3)


def _last_scan(home: HomeAssistant) -> dict[str, Any]:
    answer: dict[str, Any] = home.action(
        "iot_blockchain", "get_receipt", {"entity_id": SIGNED_SCANNER}
    )
    return answer


def _show_receipt(home: HomeAssistant, path: Path) -> None:
    receipt = _last_scan(home)["receipt"]
    path.write_text(json.dumps(receipt, indent=2, ensure_ascii=False) + "\n")
    console.print("\nThe receipt of the last scan:")
    console.print_json(data=receipt)
    console.print(f"It is in {path.relative_to(Path.cwd())}. Verifying it:\n")
    report = home.action("iot_blockchain", "verify_receipt", {"receipt": receipt})
    for step in report["steps"]:
        mark = "[green]✓[/]" if step["result"] == "passed" else "[red]✗[/]"
        console.print(f"  {mark} [bold]{step['name']}[/]  {step['reason']}")
    if report["verdict"] != "anchored":
        raise DemoError(f"the receipt does not verify: {report['verdict']}")
    console.print(
        f"\n[bold green]Anchored.[/] The scanner signed this code. It was recorded by"
        f" {report['anchored_at']} at the latest, and was not changed since."
    )


@contextmanager
def _doing(what: str) -> Iterator[Tell]:
    """Say what is being done, and how long it took."""
    start = time.monotonic()
    with console.status(what) as status:

        def tell(line: str) -> None:
            status.update(f"{what} [dim]{line[:60]}[/]")

        try:
            yield tell
        except BaseException:
            console.print(f"[red]✗[/] {what}")
            raise
    console.print(f"[green]✓[/] {what} [dim]{time.monotonic() - start:.1f} s[/]")


def _port(preferred: int) -> int | None:
    """Take the usual port if nobody else has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            return None
        return preferred


async def _main(*, once: bool) -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    house = House(_FOLDER, port=_port(8123), announce=_doing)
    try:
        await house.build(block_time=2)
        await _show(house, once=once)
    finally:
        with _doing("Ending every process"):
            await house.tear_down()


def main() -> int:
    """Run the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="end when the first receipt verifies"
    )
    once = parser.parse_args().once
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(_main(once=once))
    except KeyboardInterrupt:
        return 130 if once else 0
    except Exception as err:  # noqa: BLE001 - said to the person at the terminal
        console.print(f"[red]The demo failed:[/] {err}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
