"""Draws configs of all families until the time is over, and prints what is wrong with any: `make fuzz`."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from multiprocessing import get_context

PROCESSES = 2


def main() -> int:
    # Before upstream is imported, which remarks on what is not installed, and later on every odd config.
    logging.disable(logging.CRITICAL)
    from tests.families import PROOFS
    from tests.fuzz.run import run

    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", default="0", help="of what is drawn")
    parser.add_argument("families", nargs="*", help="all, unless some are named")
    args = parser.parse_args()
    families = args.families or [*PROOFS]
    until = time.time() + 60 * args.minutes
    parts = [part for start in range(PROCESSES) if (part := families[start::PROCESSES])]
    with get_context("spawn").Pool(len(parts), logging.disable, (logging.CRITICAL,)) as pool:
        found = pool.starmap(run, [(part, args.seed, until) for part in parts])
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
