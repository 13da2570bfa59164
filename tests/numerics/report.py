"""`make parity`: the differences of every case, and what was not stock in it, as a Markdown table.

It fails if any case is further apart than it may be. `--device cpu-te` runs the same cases with Transformer Engine's
layers, and `--device cuda` with these and on a GPU.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.numerics.cases import CASES, Case
from tests.numerics.compare import Comparison, compare
from tests.numerics.device import CUDA, Device, DeviceError, Kind, choose, lacking_kernels, processes
from tests.numerics.mapping import mapped
from tests.numerics.overview import FAMILIES, Measured, text

ROOT = Path(__file__).resolve().parents[2]
REPORTS: Mapping[Kind, Path] = {
    "cpu": ROOT / "PARITY.md",
    "cpu-te": ROOT / "PARITY-cpu-te.md",
    "cuda": ROOT / "PARITY-cuda.md",
}
INTRODUCTION = """# Parity by logits

One line for each case: a tiny random Hugging Face model, and the Megatron model built from the mapped config with the
same weights, {where}. The differences are the largest of any logit, in standard deviations of Hugging
Face's logits, in eval mode and in train mode. {how} A deviation in brackets was taken out of the Hugging
Face model, to show that it is the only difference.

Written by `make parity{arguments}`.

"""
WHERE: Mapping[Kind, Mapping[str, str]] = {
    "cpu": {
        "where": "on a CPU in float32",
        "how": "What a CPU cannot run is emulated (`tests/numerics/emulation.py`), and\nnamed where it was used; "
        "everything else was Megatron's own code.",
        "arguments": "",
    },
    "cpu-te": {
        "where": "on a CPU in float32",
        "how": "Megatron had Transformer Engine's layers; the kernels\nthat they call are emulated "
        "(`tests/numerics/engine.py`), and named where they were used.",
        "arguments": ' ARGS="--device cpu-te"',
    },
    "cuda": {
        "where": "on a GPU in float32 without TF32",
        "how": f"Megatron had Transformer Engine's layers, and nothing was\nemulated. Up to {CUDA.tolerance:.0e} "
        "is rounding (`tests/numerics/device.py` says why).",
        "arguments": ' ARGS="--device cuda"',
    },
}
PACKAGES = ("transformers", "megatron-core", "torch")
HEAD = ("| case | eval | train | seconds | emulated, (deviations) |", "|---|---|---|---|---|")


@dataclass(frozen=True)
class Line:
    """What came of a case."""

    text: str
    """The line of the table."""
    equal: bool
    """Whether the logits are as close as they must be; so they are where nothing was run."""
    result: Comparison | None = None
    """None where nothing was run."""


def row(case: Case, device: Device) -> Line:
    """Run a case."""
    config, deviations = mapped(case, device)
    if lacking := lacking_kernels(device, config):
        return Line(f"| {case} | | | | skipped: {' and '.join(lacking)} not installed |", True)
    try:
        # Megatron prints how it pads the vocabulary.
        with contextlib.redirect_stdout(io.StringIO()):
            result = compare(case.config(), config, deviations, device=device)
    # A kernel may refuse a model that is so small; the other cases are worth knowing all the same.
    except Exception as error:
        said = " ".join(str(error).replace("|", "/").split())
        return Line(f"| {case} | | | | NOT RUN: {type(error).__name__}: {said[:200]} |", False)
    largest = max(result.max_difference_eval, result.max_difference_train)
    equal = largest <= max(case.tolerance, device.tolerance)
    notes = [*result.emulated, *(f"({deviation})" for deviation in deviations), *([] if equal else ["NOT EQUAL"])]
    differences = f"{result.max_difference_eval:.1e} | {result.max_difference_train:.1e}"
    return Line(f"| {case} | {differences} | {result.seconds:.1f} | {', '.join(notes)} |", equal, result)


def rows(device: Device) -> Iterator[tuple[Case, Line]]:
    """The table, line by line, as the cases finish."""
    with processes(device):
        for case in CASES:
            yield case, row(case, device)


def releases(device: Device) -> str:
    """What was compared: a line for readers of the table."""
    packages = PACKAGES if device.kind == "cpu" else (*PACKAGES, "transformer-engine")
    # A release of torch has a build for every kind of GPU.
    found = (f"{package} {version(package).partition('+')[0]}" for package in packages)
    return f"Run with {', '.join(found)}.\n\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.numerics.report", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the table of the device, and with cpu FAMILIES.md")
    parser.add_argument("--device", choices=[*REPORTS], default="cpu", help="all but cpu need Transformer Engine")
    given = parser.parse_args(arguments)
    try:
        device = choose(given.device)
    except DeviceError as error:
        parser.error(str(error))
    logging.disable(logging.WARNING)
    table: list[str] = [*HEAD]
    measured: defaultdict[str, Measured] = defaultdict(Measured)
    failed = 0
    print("\n".join(HEAD))
    for case, line in rows(device):
        print(line.text, flush=True)
        table.append(line.text)
        failed += not line.equal
        if line.result is not None:
            largest = max(line.result.max_difference_eval, line.result.max_difference_train)
            measured[case.family] = measured[case.family].with_case(largest, line.result.emulated)
    if given.write:
        introduction = INTRODUCTION.format(**WHERE[device.kind]) + releases(device)
        REPORTS[device.kind].write_text(introduction + "\n".join(table) + "\n")
        if device.kind == "cpu":
            FAMILIES.write_text(text(measured), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
