"""Draws configs of all families until the time is over, and prints what is wrong with any: `make fuzz`."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from multiprocessing import get_context
from queue import Empty

from mcore_mappers_runtime.cli.progress import Progress

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
    seconds, start = 60 * args.minutes, time.time()
    parts = [part for place in range(PROCESSES) if (part := families[place::PROCESSES])]
    context = get_context("spawn")
    # What is told while a bar is shown comes through here, and so one after the other.
    with (
        context.Manager() as manager,
        context.Pool(len(parts), logging.disable, (logging.CRITICAL,)) as pool,
        Progress(round(seconds), "seconds", lines=True) as progress,
    ):
        told = manager.Queue()
        found = pool.starmap_async(run, [(part, args.seed, start + seconds, told.put) for part in parts])
        configs = 0
        while not (found.ready() and told.empty()):
            try:
                text = told.get(timeout=1)
            except Empty:
                text = ""
            if text:
                progress.clear()
                print(text, flush=True)
            configs += text is None
            progress.at(min(round(time.time() - start), round(seconds)), f"{configs} configs")
        return 1 if any(found.get()) else 0


if __name__ == "__main__":
    sys.exit(main())
