"""Goes through what is drawn, until the time is over."""

from __future__ import annotations

import os
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from itertools import cycle

import torch

from tests.fuzz.draw import drawn
from tests.fuzz.judge import judged, smallest
from tests.numerics.runtime import single_process


def run(families: Sequence[str], seed: str, until: float, say: Callable[[str | None], None]) -> int:
    """Go through families in turn, and tell what is wrong as it is found.

    Args:
        families: their names.
        seed: of what is drawn.
        until: when it ends, by the clock.
        say: is told what is wrong, and None of every other config.

    Returns:
        How many configs are wrong, each as small as it can be and counted once.
    """
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    counted: Counter[str] = Counter()
    known: set[str] = set()
    sources = {family: drawn(family, seed) for family in families}
    # Megatron says of every model how it pads the vocabulary.
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), single_process():
        for family in cycle(families):
            if time.time() > until:
                break
            config = next(sources[family])
            found = judged(config)
            counted[found.outcome] += 1
            told = None
            if found.outcome == "wrong":
                least = smallest(config)
                if str(least) not in known:
                    known.add(str(least))
                    told = f"{least}\n    {judged(least).what}"
            say(told)
    say(f"{sum(counted.values())} configs: {dict(sorted(counted.items()))}")
    return len(known)
