"""`docs/proofs*.md`: what the cases of every family showed, for each kind of device that they ran on.

Differences between logits are rounding, and up to ten times as large on one machine as on another. So a row says what
they were held to and not what they were: a run elsewhere writes the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["cpu", "cpu-te", "cuda", "cuda-local"]
"""What the two models of a comparison run on."""

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES: Mapping[Kind, Path] = {
    "cpu": DOCS / "proofs.md",
    "cpu-te": DOCS / "proofs-cpu-te.md",
    "cuda": DOCS / "proofs-cuda.md",
    "cuda-local": DOCS / "proofs-cuda-local.md",
}
FEW: Mapping[Kind, Path] = {
    "cuda": DOCS / "proofs-cuda-few.md",
    "cuda-local": DOCS / "proofs-cuda-local-few.md",
}
"""Pages of a few cases: every field of `Layers`, and every target of every family. A CPU has the time for all cases."""
COMMANDS: Mapping[Kind, str] = {
    "cpu": "make parity",
    "cpu-te": 'make parity ARGS="--device cpu-te"',
    "cuda": 'make parity ARGS="--device cuda"',
    "cuda-local": 'make parity ARGS="--device cuda-local"',
}
FEW_COMMAND = 'make parity ARGS="--device cuda --layers"'
"""For both pages of a few cases: which layers these have follows from whether Transformer Engine is installed."""
LAYERS: Mapping[Kind, str] = {
    "cpu": "Megatron's local layers",
    "cpu-te": "Transformer Engine's layers",
    "cuda": "Transformer Engine's layers",
    "cuda-local": "Megatron's local layers",
}
SETTINGS: Mapping[Kind, str] = {
    "cpu": f"They ran on a CPU in float32, with {LAYERS['cpu']}. What a CPU cannot run is emulated\n"
    "(`tests/numerics/emulation.py`) and named; everything else is Megatron's own code.",
    "cpu-te": f"They ran on a CPU in float32, with {LAYERS['cpu-te']}. Their kernels are emulated\n"
    "(`tests/numerics/engine.py`) and named; everything else is the code of Megatron and Transformer Engine.",
    "cuda": f"They ran on a GPU in float32 without TF32, with {LAYERS['cuda']}. Nothing was emulated.",
    "cuda-local": f"They ran on a GPU in float32 without TF32, with {LAYERS['cuda-local']} and torch's kernels.\n"
    "What these layers lack is emulated (`tests/numerics/emulation.py`) and named. Kernels of Transformer Engine, of\n"
    "mamba-ssm and of flash-linear-attention did not run.",
}
OF_ALL = "The cases of a family are"
OF_FEW = """Of the cases, these are a few: every target of every family has one, and every field of
`mcore_mappers.layers.Layers` is in one (`tests/numerics/few.py`). They are"""
INTRODUCTION = """# Proofs by logits

{cases} tiny random Hugging Face models, each compared with the Megatron model that is built from the
mapped config and has the same weights.

{setting}

No logit of any case differs by more than its row says, in eval mode or in train mode, in standard deviations of Hugging
Face's logits. So much is rounding, which differs from machine to machine; mistakes made on purpose differ by 1e-3 or
more (`tests/numerics/test_harness.py`). The deviations named were taken out of the Hugging Face models, to show that
nothing else differs. What models of older releases compute is in [the window of releases](window.md).

Written by `{command}` if no case is further apart. What it measured in every case is in
`.parity/{table}.md` then.

"""
RELEASES = "Run with "
HEAD = (
    "| family | GPTModel cases | HybridModel cases | within | emulated | deviations |",
    "|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Equal:
    """A case in which the two models were equal."""

    family: str
    hybrid: bool
    """Whether Megatron's model was a `HybridModel`."""
    within: float
    """How far apart logits might be, in standard deviations."""
    emulated: tuple[str, ...]
    deviations: tuple[str, ...]
    """Those that were taken out."""


@dataclass(frozen=True)
class Proven:
    """All cases of a family."""

    family: str
    gpt: int
    """How many were compared as a `GPTModel`."""
    hybrid: int
    """How many were compared as a `HybridModel`."""
    within: str
    """How far apart the logits of any of them might be, in standard deviations."""
    emulated: tuple[str, ...]
    deviations: tuple[str, ...]

    @property
    def cases(self) -> int:
        """How many there are, of both kinds."""
        return self.gpt + self.hybrid


@dataclass(frozen=True)
class Summary:
    """What a run on one kind of device showed."""

    kind: Kind
    releases: tuple[str, ...]
    """Packages that were compared, each with its release: `torch 2.15.0`."""
    families: Mapping[str, Proven]
    """By name; without those of which nothing could run."""
    few: bool = False
    """Whether only a few of the cases ran."""


def table(kind: Kind, few: bool) -> str:
    """The name of the table with every case of a run, in `.parity`."""
    return f"{kind}-few" if few else kind


def summarise(kind: Kind, releases: tuple[str, ...], cases: Iterable[Equal], few: bool = False) -> Summary:
    """The summary of a run."""
    by_family: dict[str, list[Equal]] = {}
    for case in cases:
        by_family.setdefault(case.family, []).append(case)
    return Summary(kind, releases, {name: _proven(name, found) for name, found in by_family.items()}, few)


def text(summary: Summary) -> str:
    """The page."""
    introduction = INTRODUCTION.format(
        cases=OF_FEW if summary.few else OF_ALL,
        setting=SETTINGS[summary.kind],
        command=FEW_COMMAND if summary.few else COMMANDS[summary.kind],
        table=table(summary.kind, summary.few),
    )
    # Whatever order the cases ran in.
    rows = (_row(summary.families[name]) for name in sorted(summary.families))
    return "\n".join((f"{introduction}{RELEASES}{', '.join(summary.releases)}.\n", *HEAD, *rows)) + "\n"


def read(kind: Kind, few: bool = False) -> Summary | None:
    """What the page of a kind of device says; None where there is none, because nothing ever ran on such a device.

    Args:
        kind: of device.
        few: the page of a few cases.
    """
    page = (FEW if few else PAGES)[kind]
    if not page.is_file():
        return None
    lines = page.read_text(encoding="utf-8").splitlines()
    said = next(line for line in lines if line.startswith(RELEASES))
    releases = tuple(said.removeprefix(RELEASES).removesuffix(".").split(", "))
    rows = [_parsed(line) for line in lines[lines.index(HEAD[-1]) + 1 :]]
    return Summary(kind, releases, {row.family: row for row in rows}, few)


def _proven(family: str, cases: list[Equal]) -> Proven:
    hybrid = sum(case.hybrid for case in cases)
    return Proven(
        family=family,
        gpt=len(cases) - hybrid,
        hybrid=hybrid,
        within=f"{max(case.within for case in cases):.0e}",
        emulated=_names(name for case in cases for name in case.emulated),
        deviations=_names(name for case in cases for name in case.deviations),
    )


def _names(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _row(row: Proven) -> str:
    names = f"{', '.join(row.emulated)} | {', '.join(row.deviations)}"
    return f"| {row.family} | {row.gpt} | {row.hybrid} | {row.within} | {names} |"


def _parsed(row: str) -> Proven:
    family, gpt, hybrid, within, emulated, deviations = (cell.strip() for cell in row.split("|")[1:-1])
    return Proven(family, int(gpt), int(hybrid), within, _listed(emulated), _listed(deviations))


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(", ")) if cell else ()
