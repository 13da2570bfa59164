"""`FAMILIES.md`: every family, what it maps to, what proves it, and what is refused and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mcore_mappers
from codegen.project import load_table
from codegen.table import Remote
from mcore_mappers import Family

FAMILIES = Path(__file__).resolve().parents[2] / "FAMILIES.md"


@dataclass(frozen=True)
class Measured:
    """What the cases of a family showed."""

    cases: int = 0
    largest: float = 0.0
    """In standard deviations of the logits, in eval and train mode."""
    emulated: frozenset[str] = frozenset()

    def with_case(self, difference: float, emulated: Sequence[str]) -> Measured:
        return Measured(self.cases + 1, max(self.largest, difference), self.emulated | set(emulated))


def text(measured: Mapping[str, Measured]) -> str:
    """The document.

    Args:
        measured: by name of the family.
    """
    known = mcore_mappers.families()
    mapped = [family for family in known.values() if family.status == "mapped"]
    refused = [family for family in known.values() if family.status == "refused"]
    sections = (
        _introduction(len(mapped), len(refused)),
        *_mapped(mapped, measured),
        *_guards(mapped),
        *_deviations(mapped),
        *_refused(refused),
        *_remote(),
    )
    return "\n".join(sections) + "\n"


def _introduction(mapped: int, refused: int) -> str:
    return (
        "# Families\n\n"
        f"Every causal language model of transformers: {mapped} families are mapped, {refused} classes are refused.\n"
        "Written by `make parity`; every case is in PARITY.md. Differences are the largest of any logit, in standard\n"
        "deviations. Guards are what a mapped family refuses.\n"
    )


def _mapped(families: Sequence[Family], measured: Mapping[str, Measured]) -> Iterator[str]:
    yield "## Mapped\n"
    yield "| family | class | transformers from | targets | for | cases | largest difference | emulated |"
    yield "|---|---|---|---|---|---|---|---|"
    for family in families:
        found = measured.get(family.name, Measured())
        targets = ", ".join(map(_bare, family.targets))
        emulated = ", ".join(sorted(found.emulated))
        yield (
            f"| {family.name} | {_bare(family.config_class)} | {family.versions['transformers'][0]} | {targets} | "
            f"{family.covers} | {found.cases} | {found.largest:.1e} | {emulated} |"
        )
    yield ""


def _guards(families: Sequence[Family]) -> Iterator[str]:
    """What nearly all refuse is said once."""
    counted = Counter(guard for family in families for guard in dict.fromkeys(family.refusals))
    common = [guard for guard, count in counted.items() if count > len(families) * 0.8]
    yield "## Guards\n\nOf nearly every family:\n"
    yield from (f"- `{field}`: {reason}" for field, reason in common)
    for family in families:
        yield f"\n### {family.name}\n"
        own = [guard for guard in dict.fromkeys(family.refusals) if guard not in common]
        yield from ([f"- `{field}`: {reason}" for field, reason in own] or ["Nothing else."])
    yield ""


def _deviations(families: Sequence[Family]) -> Iterator[str]:
    yield "## Deviations\n\nMapped with a warning inside a bound, refused beyond it and with `strict=True`:\n"
    for family in families:
        for each in family.deviations:
            yield f"- {family.name}, `{each.identifier}` (`{each.field}`): {each.reason}"
    yield ""


def _refused(families: Sequence[Family]) -> Iterator[str]:
    yield "## Refused\n\nEach with the computation that decides it, and with fields that stand in the way as well.\n"
    yield "| type | class | computation | reason |"
    yield "|---|---|---|---|"
    for family in families:
        (computation, reason), *fields = family.refusals
        others = "".join(f"<br>`{field}`: {why}" for field, why in fields)
        yield f"| {family.name} | {_bare(family.config_class)} | {_without_module(computation)} | {reason}{others} |"
    yield ""


def _remote() -> Iterator[str]:
    table = load_table()
    yield "## Remote code\n\n| type | read as | |\n|---|---|---|"
    yield from (_read(row) for row in sorted(table.remote, key=lambda row: row.model_type))
    yield from (f"| {name} | refused | {reason} |" for name, reason in sorted(table.refused_remote.items()))


def _read(row: Remote) -> str:
    return f"| {row.model_type} | {row.native} | {row.why} |"


def _bare(path: str) -> str:
    return path.rpartition(".")[2]


def _without_module(path: str) -> str:
    """The class or function, or the class and what it holds."""
    parts = path.split(".")
    module = next(part for part in parts if part.startswith(("modeling_", "configuration_")))
    return ".".join(parts[parts.index(module) + 1 :])
