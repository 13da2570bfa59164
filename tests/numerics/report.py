"""`make parity`: compares every case by logits, prints each as a line of a Markdown table, and sums up what it found.

It fails if any case is further apart than it may be. `--device cpu-te` runs the same cases with Transformer Engine's
layers, `--device cuda` with these and on a GPU, and `--device cuda-local` on a GPU with Megatron's local ones. With
`--layers` it is a few of the cases (`few.py`), and on a GPU whichever of these layers are installed.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import torch

from codegen.pages import proven
from codegen.pages.proven import Equal, Kind
from mcore_mappers.layers import Layers
from mcore_mappers_runtime.cli.progress import Progress
from tests.numerics.cases import CASES, Case
from tests.numerics.compare import compare
from tests.numerics.deviations import LENGTHS
from tests.numerics.device import ENGINES, Device, DeviceError, choose, has_engine, lacking_kernels, processes
from tests.numerics.few import few, layers_of
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
    layers: tuple[str, ...] = ()
    """The fields of `Layers` in which the two models were equal."""


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
        () if failed else layers_of(config),
    )


def lines(device: Device, cases: Sequence[Case]) -> Iterator[Line]:
    """The table, line by line, as the cases finish."""
    with processes(device), Progress(len(cases)) as progress:
        for case in cases:
            progress.next(str(case))
            line = row(case, device)
            progress.clear()
            yield line


def releases(device: Device) -> tuple[str, ...]:
    """What is compared on a device: every package with its release."""
    packages = (*PACKAGES, "transformer-engine") if device.kind in ENGINES else PACKAGES
    # A release of torch has a build for every kind of GPU.
    return tuple(f"{package} {version(package).partition('+')[0]}" for package in packages)


def place(device: Device) -> str:
    """Where the models ran, and with which layers."""
    named = f"a GPU ({torch.cuda.get_device_name()})" if device.tensors == "cuda" else "a CPU"
    return f"on {named}, with {proven.LAYERS[device.kind]}"


def installed(kind: Kind) -> Kind:
    """Of the two ways to run on a GPU that for which there are the layers."""
    return "cuda-local" if kind == "cuda" and not has_engine() else kind


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.numerics.report", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the table, and the summary unless a case fails")
    parser.add_argument(
        "--device", choices=[*proven.PAGES], default="cpu", help="cpu-te and cuda need Transformer Engine"
    )
    parser.add_argument(
        "--layers",
        action="store_true",
        help="a few cases, for every layer field and every family; cuda without Transformer Engine is cuda-local then",
    )
    given = parser.parse_args(arguments)
    try:
        device = choose(installed(given.device) if given.layers else given.device)
    except DeviceError as error:
        parser.error(str(error))
    logging.disable(logging.WARNING)
    start = time.monotonic()
    print("\n".join((f"Running {place(device)}.\n", *HEAD)))
    found: list[Line] = []
    for line in lines(device, few(CASES) if given.layers else CASES):
        print(line.text, flush=True)
        found.append(line)
    print(f"\n{said(device, found, time.monotonic() - start)}")
    if given.write:
        write(device, found, given.layers)
    return 1 if any(line.failed for line in found) else 0


def said(device: Device, found: Sequence[Line], seconds: float) -> str:
    """What came of a run, in a sentence."""
    failed = sum(line.failed for line in found)
    equal = sum(line.equal is not None for line in found)
    skipped = len(found) - failed - equal
    minutes, rest = divmod(round(seconds), 60)
    return f"{equal} cases equal, {failed} failed, {skipped} skipped {place(device)}, in {minutes}:{rest:02} minutes"


def write(device: Device, found: Sequence[Line], of_few: bool = False) -> None:
    """Write the table of a run, and its summary unless a case has failed.

    Args:
        device: on which it ran.
        found: what came of each case.
        of_few: whether these are a few of the cases, of which a CPU, that has the time for all, has no summary.
    """
    TABLES.mkdir(exist_ok=True)
    compared = releases(device)
    parts = [f"Run with {', '.join(compared)}, {place(device)}.\n", *HEAD, *(line.text for line in found)]
    table = "\n".join((*parts, "", *_fields(found)) if of_few else parts)
    (TABLES / f"{proven.table(device.kind, of_few)}.md").write_text(f"{table}\n", encoding="utf-8")
    page = (proven.FEW if of_few else proven.PAGES).get(device.kind)
    if page is not None and not any(line.failed for line in found):
        cases = [line.equal for line in found if line.equal is not None]
        page.write_text(proven.text(proven.summarise(device.kind, compared, cases, of_few)), encoding="utf-8")


def _fields(found: Sequence[Line]) -> Iterator[str]:
    """In how many of the cases every field of `Layers` was compared."""
    yield from ("| field of `Layers` | equal in |", "|---|---|")
    counts = Counter(field for line in found for field in line.layers)
    for field in dataclasses.fields(Layers):
        yield f"| {field.name} | {counts[field.name]} |"


if __name__ == "__main__":
    sys.exit(main())
