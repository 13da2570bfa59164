"""`python -m tests.numerics.report`: the differences of every case, and what was not stock in it."""

from __future__ import annotations

import contextlib
import io
import logging

from tests.numerics.cases import CASES
from tests.numerics.compare import compare
from tests.numerics.mapping import mapped
from tests.numerics.runtime import single_process


def main() -> None:
    logging.disable(logging.WARNING)
    print(f"{'case':48}{'eval':>9}{'train':>9}{'seconds':>9}  emulated, deviations taken out")
    with single_process():
        for case in CASES:
            config, deviations = mapped(case)
            # Megatron prints how it pads the vocabulary.
            with contextlib.redirect_stdout(io.StringIO()):
                result = compare(case.config(), config, deviations)
            differences = f"{result.max_difference_eval:9.1e}{result.max_difference_train:9.1e}"
            notes = ", ".join((*result.emulated, *(f"({deviation})" for deviation in deviations)))
            print(f"{case!s:48}{differences}{result.seconds:9.2f}  {notes}")


if __name__ == "__main__":
    main()
