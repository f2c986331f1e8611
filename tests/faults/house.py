"""What tests of faults do to a house, and how they wait for what follows."""

import shutil
import time
from collections.abc import Callable

from scripts.house.home_assistant import HomeAssistant, HomeAssistantError
from scripts.house.load import CONFIGURATION, GENERATOR, LoadedHouse, entry


def recorded(home: HomeAssistant) -> int:
    """Return how many readings a log says it has recorded."""
    return int(home.state("sensor.corner_pharmacy_recorded_readings") or 0)


def until(happened: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.3)


def wait_for_entries(house: LoadedHouse, more: int = 20) -> None:
    """Wait until the log of a house has some more entries on the disk."""
    wanted = house.size + more
    until(lambda: house.size >= wanted, "recording")


def refused(home: HomeAssistant, action: str, **data: object) -> str:
    """Call an action that has to be refused, and return what a person reads."""
    try:
        answer = home.action("iot_blockchain", action, data, timeout=120)
    except HomeAssistantError as err:
        return str(err)
    raise AssertionError(f"{action} was not refused: {answer}")


def reason(home: HomeAssistant) -> str:
    """Return why a log could not be set up."""
    found = entry(home)
    assert found["state"] in {"setup_error", "setup_retry"}, found
    return str(found["reason"])


def second_machine(house: LoadedHouse) -> HomeAssistant:
    """Copy all that a house's Home Assistant has, while it is stopped."""
    folder = house.folder / "second_machine"
    shutil.copytree(house.home.folder, folder, symlinks=True)
    return HomeAssistant(
        folder,
        configuration=CONFIGURATION.format(rate=house.rate, entities=house.entities),
        components=[GENERATOR],
    )
