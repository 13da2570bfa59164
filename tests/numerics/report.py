"""`make parity`: the differences of every case, and what was not stock in it, as a Markdown table."""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path

from tests.numerics.cases import CASES
from tests.numerics.compare import compare
from tests.numerics.mapping import mapped
from tests.numerics.runtime import single_process

PARITY = Path(__file__).resolve().parents[2] / "PARITY.md"
INTRODUCTION = """# Parity by logits

One line for each case: a tiny random Hugging Face model, and the Megatron model built from the mapped config with the
same weights, on a CPU in float32. The differences are the largest of any logit, in standard deviations of Hugging
Face's logits, in eval mode and in train mode. What a CPU cannot run is emulated (`tests/numerics/emulation.py`), and
named where it was used; everything else was Megatron's own code. A deviation in brackets was taken out of the Hugging
Face model, to show that it is the only difference.

Written by `make parity`.

"""


def lines() -> Iterator[str]:
    """The table, line by line, as the cases finish."""
    yield "| case | eval | train | seconds | emulated, (deviations) |"
    yield "|---|---|---|---|---|"
    with single_process():
        for case in CASES:
            config, deviations = mapped(case)
            # Megatron prints how it pads the vocabulary.
            with contextlib.redirect_stdout(io.StringIO()):
                result = compare(case.config(), config, deviations)
            notes = ", ".join((*result.emulated, *(f"({deviation})" for deviation in deviations)))
            differences = f"{result.max_difference_eval:.1e} | {result.max_difference_train:.1e}"
            yield f"| {case} | {differences} | {result.seconds:.1f} | {notes} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.numerics.report", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write PARITY.md too")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    table: list[str] = []
    for line in lines():
        print(line, flush=True)
        table.append(line)
    if given.write:
        PARITY.write_text(INTRODUCTION + "\n".join(table) + "\n")


if __name__ == "__main__":
    main()
