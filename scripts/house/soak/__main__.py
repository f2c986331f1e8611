"""The command line of a soak."""

import argparse
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from ..agreement.comparing import compare
from ..display import Covered, Display
from ..fuzz import TARGETS
from ..fuzz.running import feed
from ..load import LoadedHouse
from ..stopping import Stop
from . import __doc__ as summary, troubling
from .ordeal import Ordeal
from .torment import add_to, torment
from .troubles.troubled import TroubledOrdeal

_FOLDER: Final = Path(__file__).parents[3] / ".demo" / "soak"
_TROUBLED_RATE: Final = 300
# What there is to choose, the long run's amount and the short one's, and of what.
_AMOUNTS: Final[dict[str, tuple[float, float, str]]] = {
    "noise": (1_000_000, 20_000, "entities that nobody selects"),
    "kills": (200, 10, "kills of Home Assistant"),
    "troubles": (220, 6, "times that endpoints, chain, clock or files are in trouble"),
    "hours": (2, 0.02, "hours that the chain is away"),
    "rate": (1500, 1500, "state changes a second"),
    "fuzz": (60, 5, "seconds of hostile input for each that reads some"),
    "agreement": (3_000_000, 20_000, "proofs that contract and verifier judge"),
}


def main() -> int:
    """Run the soak, and show what it covered."""
    amounts = _amounts()
    console, stop, covered = Console(), Stop(), Covered()
    stop.listen(console.print)
    try:
        _run(amounts, covered, Display(console), stop)
    except KeyboardInterrupt:
        covered.failures.append("It was ended at once: what ran last is not checked.")
    except Exception as err:  # noqa: BLE001 - said to the person at the terminal
        covered.failures.append(f"{err}. What the house left is in {_FOLDER}.")
    covered.show(console)
    if covered.failures:
        return 1
    return 130 if stop() else 0


def _run(amounts: Any, covered: Covered, display: Display, stop: Stop) -> None:  # noqa: ANN401 - argparse
    shutil.rmtree(_FOLDER, ignore_errors=True)
    if amounts.noise or amounts.kills or amounts.hours:
        display.console.print("Starting a chain and a Home Assistant")
        with closing(Ordeal(LoadedHouse(_FOLDER, rate=amounts.rate))) as ordeal:
            torment(
                ordeal,
                noise=amounts.noise,
                kills=amounts.kills,
                hours=amounts.hours,
                display=display,
                stop=stop,
            )
            display.console.print("Checking all that was recorded, paid for, given out")
            add_to(covered, ordeal, ordeal.finish())
    if amounts.troubles and not stop():
        display.console.print("Starting a chain and a Home Assistant to be in trouble")
        with closing(
            TroubledOrdeal(_FOLDER / "troubled", rate=_TROUBLED_RATE)
        ) as troubled:
            lived = troubling.trouble(troubled, amounts.troubles, display, stop)
            troubling.add_to(covered, troubled, lived, troubled.finish())
    seed = time.time_ns() % 10**9
    if amounts.fuzz:
        feed(TARGETS, amounts.fuzz, seed, covered, display, stop)
    if amounts.agreement and not stop():
        compare(amounts.agreement, seed, covered, display, stop)


def _amounts() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/soak",
        description=summary,
        epilog="0 leaves a part out. Ctrl-C ends it early, with the same summary.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--short", action="store_true", help="a little of everything, in minutes"
    )
    for name, (long, short, of) in _AMOUNTS.items():
        parser.add_argument(
            f"--{name}",
            type=float if name == "hours" else int,
            metavar="N",
            help=f"{of}: {long:,}, or {short:,} with --short",
        )
    arguments = parser.parse_args()
    for name, (long, short, _) in _AMOUNTS.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, short if arguments.short else long)
    return arguments


if __name__ == "__main__":
    sys.exit(main())
