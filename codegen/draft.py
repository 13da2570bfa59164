"""`new`: the draft of a family, made from its config class and from the family that it resembles most.

What it extends is a guess, by the likeness of attributes and of modeling code. So the draft lists two things where its
rows go: every field of either side that is left without a verdict, and every inherited row that says something of the
computation which no field of the class shows, for its author to confirm or to replace.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.diagnostics import Diagnostic, GenerationError, did_you_mean
from codegen.introspect import documentation
from codegen.project import PYPROJECT, ROOT, Place, Table
from codegen.resolve import resolve
from codegen.resolve.rows import collect, source
from codegen.schemas import HfClass, Snapshot
from codegen.snapshot import load
from codegen.style import formatted
from codegen.table import Constant, Family, Rows

_SHOWN = 3
"""How many near families are named."""


class DraftError(Exception):
    """There is nothing to draft, or something in its way."""


@dataclass(frozen=True)
class Draft:
    """A file for the table, and what its author has to decide."""

    name: str
    text: str
    near: tuple[tuple[str, float], ...]
    """The families that are most alike, and how much, from 0 to 1."""
    undecided: tuple[Diagnostic, ...]
    claims: tuple[str, ...]
    """Inherited rows that only the modeling code can confirm."""


def new(place: Place, named: str) -> int:
    """Write the draft of a family beside the others, and say what is left to do.

    Raises:
        DraftError: no such class, or the family is there already.
    """
    from codegen.introspect import catalogue, huggingface

    known = catalogue.causal_lm()
    path = known.get(named, named)
    if "." not in path:
        raise DraftError(f"transformers has no causal language model {named!r}{did_you_mean(named, known)}")
    try:
        hf = huggingface.introspect(path)
    except LookupError as error:
        raise DraftError(str(error)) from None
    made = draft(place.table, load(place.schemas), hf, catalogue.code_lines)
    file = place.families / f"{made.name}.py"
    if file.exists():
        raise DraftError(f"{file} is there already")
    file.write_text(made.text, encoding="utf-8")
    print(_told(place, made, file))
    return 0


def draft(table: Table, snapshot: Snapshot, hf: HfClass, lines: Callable[[HfClass], frozenset[str]]) -> Draft:
    """The draft for a class that no family maps.

    Args:
        table: with the families that it could extend.
        snapshot: of their classes.
        hf: the class.
        lines: the modeling code of a class, line by line, without the names of its own.

    Raises:
        DraftError: a family maps it, or there is none to extend.
    """
    for family in table.families:
        if family.config_class == hf.path:
            raise DraftError(f"the family {family.name!r} maps {hf.path}")
    near = _near(table, snapshot, hf, lines)
    if not near:
        raise DraftError("the table has no family that a draft could extend")
    parent = next(family for family in table.families if family.name == near[0][0])
    name = (hf.model_type or hf.name.removesuffix("Config").lower()).replace("-", "_")
    drop = _without_field(parent, hf)
    rows = Rows(f"{parent.table.module.rpartition('.')[0]}.{name}", (), (parent.table,), drop)
    family = Family(name, hf.path, parent.target, rows, covers="")
    held = replace(snapshot, hf={**snapshot.hf, hf.path: hf}, causal_lm={})
    try:
        resolve(held, [family], table.owners)
        undecided: tuple[Diagnostic, ...] = ()
    except GenerationError as error:
        undecided = error.diagnostics
    claims = tuple(_claims(rows))
    text = formatted(_text(family, parent, undecided, claims), PYPROJECT)
    return Draft(name, text, near[:_SHOWN], undecided, claims)


def _claims(rows: Rows) -> Iterator[str]:
    """What inherited rows say of the computation itself, and the resolver cannot hold against the class."""
    for placed in collect(rows)[0]:
        match placed.row:
            case Constant(_, _, why):
                yield f"{placed.text}: {why}"
            case _:
                pass


def _near(
    table: Table, snapshot: Snapshot, hf: HfClass, lines: Callable[[HfClass], frozenset[str]]
) -> tuple[tuple[str, float], ...]:
    """Families by likeness of their class: what both have, of attributes and of modeling code."""
    own, code = _attributes(hf), lines(hf)
    found: list[tuple[str, float]] = []
    for family in table.families:
        other = snapshot.hf.get(family.config_class)
        if other is not None:
            likeness = (_shared(own, _attributes(other)) + _shared(code, lines(other))) / 2
            found.append((family.name, likeness))
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _shared[Part](first: frozenset[Part], second: frozenset[Part]) -> float:
    """Which part of all both have; none of nothing."""
    return len(first & second) / max(len(first | second), 1)


def _attributes(hf: HfClass) -> frozenset[tuple[str, bool]]:
    """Every attribute, with whether modeling code reads it."""
    return frozenset((known.name, bool(known.read_in)) for known in hf.attributes)


def _without_field(parent: Family, hf: HfClass) -> tuple[str, ...]:
    """Subjects of inherited rows that are about a field the class does not have."""
    names = {known.name for known in hf.attributes}
    named = (source(placed.row) for placed in collect(parent.table)[0])
    return tuple(sorted({name for name in named if name is not None and name not in names}))


def _text(family: Family, parent: Family, undecided: Sequence[Diagnostic], claims: Sequence[str]) -> str:
    constant, target = parent.name.upper(), parent.target.name.upper()
    kept = [line for diagnostic in undecided for line in _comment(_shown(diagnostic))]
    kept += ["# Inherited. Confirm each in the modeling code, or drop its target and write another row:"]
    kept += [line for claim in claims for line in _comment(claim)]
    drop = f"    drop={family.table.drop!r},\n" if family.table.drop else ""
    rows = f"    rows=(\n{''.join(f'        {line}{chr(10)}' for line in kept)}    ),\n"
    return (
        f'"""TODO: which published models."""\n\n'
        "from __future__ import annotations\n\n"
        f"from {parent.table.module} import TABLE as {constant}\n"
        f"from codegen.families.targets import {target}\n"
        "from codegen.table import Family, Rows\n\n"
        "TABLE = Rows(\n    module=__name__,\n"
        f"    extends=({constant},),\n{drop}{rows})\n\n"
        f"{family.name.upper()} = Family(\n"
        f'    name="{family.name}",\n    config_class="{family.config_class}",\n'
        f'    target={target},\n    table=TABLE,\n    covers="TODO: which published models.",\n)\n'
    )


def _shown(diagnostic: Diagnostic) -> str:
    # What upstream says is left out: the file is to be committed, and its words are other people's.
    return f"{diagnostic.code.value} {diagnostic.row}{diagnostic.row and ': '}{diagnostic.message}"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 110, initial_indent="# ", subsequent_indent="#     ")


def _told(place: Place, made: Draft, file: Path) -> str:
    shown = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    near = ", ".join(f"{name} ({part:.0%})" for name, part in made.near)
    lines = [f"wrote {shown}, which extends the nearest of: {near}"]
    lines += [f"{len(made.undecided)} decisions are left; they stand in the file where the rows go:"]
    lines += [f"  {diagnostic.told(documentation.text)}" for diagnostic in made.undecided]
    lines += [f"{len(made.claims)} inherited rows are to be confirmed in the modeling code; they stand there too"]
    refused = [row for row in place.table.unmapped if row.name == made.name]
    lines += [f"the class is refused now ({row.computation}: {row.why}); that row goes" for row in refused]
    lines += [
        f"next: decide and confirm them, list {made.name.upper()} in {shown.parent}/__init__.py, and run `make regen`"
    ]
    return "\n".join(lines)
