"""The command line of the fuzzing."""

import argparse
import sys
import time

from rich.console import Console

from ..agreement.comparing import compare
from ..display import Covered, Display
from ..stopping import Stop
from . import TARGETS, reach
from .running import feed


def main() -> int:
    """Run what was asked for, and say what it covered."""
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description="Feeds hostile input to all that reads what strangers wrote."
        " Ctrl-C ends it early, with the same summary.",
    )
    parser.add_argument("target", nargs="*", help=f"of {', '.join(TARGETS)}; all")
    parser.add_argument(
        "--seconds", type=int, default=60, metavar="N", help="for each target; 60"
    )
    parser.add_argument(
        "--agreement",
        type=int,
        metavar="N",
        help="compare contract and Python on N proofs instead",
    )
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    arguments = parser.parse_args()
    targets = arguments.target or TARGETS
    if unknown := set(targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    console, stop, covered = Console(), Stop(), Covered()
    stop.listen(console.print)
    display, seed = Display(console), arguments.seed
    if arguments.agreement:
        compare(arguments.agreement, seed, covered, display, stop)
    else:
        feed(targets, arguments.seconds, seed, covered, display, stop)
        reach.show(targets)
    covered.show(console)
    return 1 if covered.failures else 0


if __name__ == "__main__":
    sys.exit(main())
