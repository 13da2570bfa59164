"""`python -m tests.mutants`: do the tests notice a mistake in a mapper?

Mistakes are made in the mappers, in what they share and in the runtime from which they have values (`mutations.py`), a
few hundred drawn at random, one at a time and in memory only. Each is put before the tests that execute the statement
that it changes, the quickest first, until one fails:

- ropes, bad ropes: the rope readers by their own tests (tests/runtime/test_rope.py and test_rope_refusals.py);
- own configs: what publishers say of their models (tests/mapping/test_own_configs.py);
- every family: what holds of all of them, and logits do not show (tests/mapping/test_every_family.py);
- fields: what becomes of single values (tests/mapping/test_fields.py);
- bounds: which values are refused (tests/mapping/test_bounds.py);
- bad input: what no mapper may let through (tests/properties/test_bad_input.py);
- lengths, dropouts: which deviations are declared (tests/numerics/test_lengths.py and test_dropouts.py);
- refusals: configs whose refusal is proved true elsewhere, and their neighbours (tests/numerics/refusals.py);
- logits: the parity cases whose Megatron config is not what it was.

With `--layers` they are made in the modules of layers instead, and put before the tests of these (`layer_judge.py`).

The test that noticed must pass without the mutant. A mutant that no test notices is a missing test, or says the same in
other words. Those that do are listed in `equivalent.py`. Every other survivor is an error.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from tests.equivalent import equivalent
from tests.judge import BROKEN, CRASH, LOGITS, REFUSED, Judge, Verdict
from tests.layer_judge import SPREAD, LayerJudge
from tests.mutations import sample
from tests.reach import FAMILIES, LAYERS, PARTS, RUNTIME

COUNT = 200
SEED = 20
MOST_SURVIVORS = 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").splitlines()[0])
    mappers = (*FAMILIES, *PARTS, *RUNTIME)
    parser.add_argument(
        "--family",
        choices=(*mappers, *LAYERS),
        nargs="+",
        metavar="MODULE",
        help="mutate these mappers only, or these modules of what they share, of the runtime or of layers",
    )
    parser.add_argument("--layers", action="store_true", help="mutate the modules of layers")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many mutants (default: {COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"which ones (default: {SEED})")
    parser.add_argument("--list", action="store_true", help="print the mutants, and what became of each")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    start = time.perf_counter()
    chosen = arguments.family or (LAYERS if arguments.layers else mappers)
    mutants, population, same = sample(chosen, arguments.count, arguments.seed)
    judge = (LayerJudge if {*chosen} <= {*LAYERS} else Judge)(mutants)
    # Captured, what Megatron prints of each model would be shown in the end.
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=no",
        "--no-header",
        "--no-summary",
        "--capture=no",
        "--whole",
        "-n0",
    ]
    if pytest.main([*options, *(str(Path(path)) for path in judge.oracles.values())], plugins=[judge]):
        return 1
    if broken := {verdict.test for verdict in judge.verdicts if verdict.killed_by == BROKEN}:
        print("These tests fail as it is:", *sorted(broken), sep="\n    ")
        return 1
    print(f"{len(mutants)} of {population} mutants, seed {arguments.seed}; {same} more would say what is the default")
    columns = (*judge.oracles, REFUSED, LOGITS, SPREAD, CRASH, "")
    return report(judge.verdicts, columns, time.perf_counter() - start, arguments.list)


def report(verdicts: Sequence[Verdict], columns: Sequence[str], seconds: float, everything: bool) -> int:
    """Print what became of the mutants; 1 if one survives that is not known to compute the same."""
    rows = Counter((verdict.mutant.kind, verdict.killed_by) for verdict in verdicts)
    print(f"\n{'':20}" + "".join(f"{name or 'survived':>13}" for name in columns))
    for kind in (*sorted({kind for kind, _ in rows}), None):
        counts = [sum(n for (k, by), n in rows.items() if by == column and kind in (k, None)) for column in columns]
        print(f"{kind or 'all':20}" + "".join(f"{count or '':>13}" for count in counts))
    print(f"\n{seconds:.0f} s")
    if everything:
        for verdict in verdicts:
            print(
                f"\n{verdict.killed_by or 'SURVIVED'} {verdict.test} ({verdict.seconds:.1f} s)\n{verdict.mutant.diff}"
            )
    survivors = [verdict.mutant for verdict in verdicts if not verdict.killed_by]
    unknown = 0
    for mutant in survivors:
        reason = equivalent(mutant)
        unknown += reason is None
        print(f"\nsurvived: {reason or 'NO TEST NOTICES'}\n{mutant.diff}")
    known = len(survivors) - unknown
    print(f"\n{len(verdicts) - len(survivors)} killed, {known} say the same, {unknown} survive")
    return 1 if unknown or (len(verdicts) <= COUNT and known > MOST_SURVIVORS) else 0


if __name__ == "__main__":
    sys.exit(main())
