"""The proofs in summary are about these cases and releases.

Those on a CPU alone, which everybody can run: the other pages say with which releases they were made.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import mcore_mappers
from codegen.pages import proven
from codegen.pages.proven import FEW, PAGES, Equal, Summary, read, summarise, text
from codegen.project import PYPROJECT
from tests.numerics import report
from tests.numerics.cases import CASES
from tests.numerics.deviations import LENGTHS
from tests.numerics.device import CPU, LOCAL, Kind

COMMITTED = [(kind, few) for few, pages in ((False, PAGES), (True, FEW)) for kind in pages if pages[kind].is_file()]


def committed(kind: Kind = "cpu", few: bool = False) -> Summary:
    """The summary of a kind of device that cases ran on, all or a few."""
    summary = read(kind, few)
    assert summary is not None
    return summary


@pytest.mark.parametrize(("kind", "few"), COMMITTED)
def test_pages_are_as_they_are_written(kind: Kind, few: bool) -> None:
    assert (FEW if few else PAGES)[kind].read_text(encoding="utf-8") == text(committed(kind, few))


def test_every_case_is_counted() -> None:
    counts = Counter((case.family, case.hybrid) for case in CASES)
    expected = {family: (counts[family, False], counts[family, True]) for family, _ in counts}
    assert {name: (row.gpt, row.hybrid) for name, row in committed().families.items()} == expected, "run `make parity`"


def test_every_case_was_held_to_its_tolerance() -> None:
    tolerances = {case.family: f"{case.tolerance:.0e}" for case in CASES}
    assert {name: row.within for name, row in committed().families.items()} == tolerances, "run `make parity`"


def test_what_is_declared_was_taken_out() -> None:
    declared = {
        name: tuple(sorted({each.identifier for each in family.deviations} - LENGTHS))
        for name, family in mcore_mappers.families().items()
        if family.status == "mapped"
    }
    assert {name: row.deviations for name, row in committed().families.items()} == declared, "run `make parity`"


def test_releases_are_the_pins() -> None:
    pins: list[str] = tomllib.loads(PYPROJECT.read_text())["dependency-groups"]["upstream"]
    assert sorted(committed().releases) == sorted(pin.replace("==", " ") for pin in pins), "run `make parity`"


CASES_OF_TWO = (
    Equal("llama", False, 3e-5, ("rng_tracker",), ()),
    Equal("llama", True, 1e-4, ("hybrid_layers",), ()),
    Equal("opt", False, 3e-5, (), ("dropout_places",)),
)
ROWS_OF_TWO = [
    "| llama | 1 | 1 | 1e-04 | hybrid_layers, rng_tracker |  |",
    "| opt | 1 | 0 | 3e-05 |  | dropout_places |",
]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for what is written."""
    monkeypatch.setattr(report, "TABLES", tmp_path / ".parity")
    monkeypatch.setattr(proven, "PAGES", {kind: tmp_path / page.name for kind, page in PAGES.items()})
    monkeypatch.setattr(proven, "FEW", {kind: tmp_path / page.name for kind, page in FEW.items()})
    return tmp_path


LINES = [report.Line(f"| {case.family} |", equal=case) for case in CASES_OF_TWO]


def test_what_is_written_is_read_back(elsewhere: Path) -> None:
    report.write(CPU, LINES)
    assert (elsewhere / ".parity" / "cpu.md").read_text().splitlines()[2:] == [*report.HEAD, *(x.text for x in LINES)]
    assert (elsewhere / "proofs.md").read_text().splitlines()[-4:] == [*proven.HEAD, *ROWS_OF_TWO]
    assert read("cpu") == summarise("cpu", report.releases(CPU), CASES_OF_TWO)
    assert read("cpu-te") is None


def test_another_machine_writes_the_same_page(elsewhere: Path) -> None:
    """Where differences and times are others, and cases end in another order."""
    pages = [
        report.write(CPU, lines) or (elsewhere / "proofs.md").read_text()
        for lines in (LINES, [replace(line, text="| 3.1e-06 | 2.0e-06 | 9.9 |") for line in reversed(LINES)])
    ]
    assert pages[0] == pages[1]


def test_nothing_is_summed_up_if_a_case_failed(elsewhere: Path) -> None:
    report.write(CPU, [*LINES, report.Line("| opt | NOT RUN |", failed=True)])
    assert (elsewhere / ".parity" / "cpu.md").read_text().endswith("| opt | NOT RUN |\n")
    assert not (elsewhere / "proofs.md").exists()


def test_a_few_cases_have_pages_of_their_own(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which say on what these ran, and with which layers; the table says so of every field of `Layers`."""
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H100")
    lines = [replace(LINES[0], layers=("post_mlp_layernorm", "residual_multiplier")), *LINES[1:]]
    report.write(LOCAL, [*lines, replace(lines[0], layers=("residual_multiplier",))], of_few=True)
    table = (elsewhere / ".parity" / "cuda-local-few.md").read_text()
    assert table.splitlines()[0].endswith(", on a GPU (NVIDIA H100), with Megatron's local layers.")
    assert "| post_mlp_layernorm | 1 |\n" in table
    assert "| residual_multiplier | 2 |\n" in table
    assert "| parallel_mlp | 0 |\n" in table
    page = (elsewhere / "proofs-cuda-local-few.md").read_text()
    assert "Of the cases, these are a few" in page
    assert "Kernels of Transformer Engine, of\nmamba-ssm and of flash-linear-attention did not run." in page
    assert 'make parity ARGS="--device cuda --layers"' in page
    assert read("cuda-local", few=True) == summarise(
        "cuda-local", report.releases(LOCAL), [*CASES_OF_TWO, CASES_OF_TWO[0]], few=True
    )
    assert read("cuda-local") is None


def test_a_trial_on_a_cpu_leaves_pages_as_they_are(elsewhere: Path) -> None:
    report.write(CPU, LINES, of_few=True)
    assert [each.name for each in elsewhere.rglob("*.md")] == ["cpu-few.md"]
