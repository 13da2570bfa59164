"""`make parity`: compares every case by logits, prints each as a line of a Markdown table, and sums up what it found.

It fails if any case is further apart than it may be. `--device cpu-te` runs the same cases with Transformer Engine's
layers, and `--device cuda` with these and on a GPU.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from codegen.pages import proofs
from codegen.pages.proofs import Equal
from mcore_mappers_runtime.cli.progress import Progress
from tests.numerics.cases import CASES, Case
from tests.numerics.compare import compare
from tests.numerics.deviations import LENGTHS
from tests.numerics.device import Device, DeviceError, choose, lacking_kernels, processes
from tests.numerics.mapping import mapped

TABLES = Path(__file__).resolve().parents[2] / ".parity"
"""Folder of the tables with every case, which differ from machine to machine and are not committed."""
PACKAGES = ("transformers", "megatron-core", "torch")
HEAD = ("| case | eval | train | seconds | emulated, (deviations) |", "|---|---|---|---|---|")


@dataclass(frozen=True)
class Line:
    """What came of a case."""

    text: str
    """The line of the table."""
    failed: bool = False
    """Whether the logits are further apart than they may be, or cannot be computed."""
    equal: Equal | None = None
    """None also where nothing was run."""


def row(case: Case, device: Device) -> Line:
    """Run a case."""
    config, declared = mapped(case, device)
    deviations = tuple(deviation for deviation in declared if deviation not in LENGTHS)
    if lacking := lacking_kernels(device, config):
        return Line(f"| {case} | | | | skipped: {' and '.join(lacking)} not installed |")
    try:
        # Megatron prints how it pads the vocabulary.
        with contextlib.redirect_stdout(io.StringIO()):
            result = compare(case.config(), config, deviations, device=device)
    # A kernel may refuse a model that is so small; the other cases are worth knowing all the same.
    except Exception as error:
        said = " ".join(str(error).replace("|", "/").split())
        return Line(f"| {case} | | | | NOT RUN: {type(error).__name__}: {said[:200]} |", failed=True)
    within = max(case.tolerance, device.tolerance)
    failed = max(result.max_difference_eval, result.max_difference_train) > within
    notes = [*result.emulated, *(f"({deviation})" for deviation in deviations), *(["NOT EQUAL"] if failed else [])]
    differences = f"{result.max_difference_eval:.1e} | {result.max_difference_train:.1e}"
    return Line(
        f"| {case} | {differences} | {result.seconds:.1f} | {', '.join(notes)} |",
        failed,
        None if failed else Equal(case.family, case.hybrid, within, result.emulated, deviations),
    )


def lines(device: Device) -> Iterator[Line]:
    """The table, line by line, as the cases finish."""
    with processes(device), Progress(len(CASES)) as progress:
        for case in CASES:
            progress.next(str(case))
            line = row(case, device)
            progress.clear()
            yield line


def releases(device: Device) -> tuple[str, ...]:
    """What is compared on a device: every package with its release."""
    packages = PACKAGES if device.kind == "cpu" else (*PACKAGES, "transformer-engine")
    # A release of torch has a build for every kind of GPU.
    return tuple(f"{package} {version(package).partition('+')[0]}" for package in packages)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.numerics.report", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the table, and the summary unless a case fails")
    parser.add_argument("--device", choices=[*proofs.PAGES], default="cpu", help="all but cpu need Transformer Engine")
    given = parser.parse_args(arguments)
    try:
        device = choose(given.device)
    except DeviceError as error:
        parser.error(str(error))
    logging.disable(logging.WARNING)
    print("\n".join(HEAD))
    found: list[Line] = []
    for line in lines(device):
        print(line.text, flush=True)
        found.append(line)
    if given.write:
        write(device, found)
    return 1 if any(line.failed for line in found) else 0


def write(device: Device, found: Sequence[Line]) -> None:
    """Write the table of a run, and its summary unless a case has failed."""
    TABLES.mkdir(exist_ok=True)
    compared = releases(device)
    table = "\n".join((f"Run with {', '.join(compared)}.\n", *HEAD, *(line.text for line in found)))
    (TABLES / f"{device.kind}.md").write_text(f"{table}\n", encoding="utf-8")
    if not any(line.failed for line in found):
        cases = [line.equal for line in found if line.equal is not None]
        page = proofs.text(proofs.summarise(device.kind, compared, cases))
        proofs.PAGES[device.kind].write_text(page, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
