"""Every fact stands once: in the table, and in what is generated from it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from statistics import mean

import pytest

from codegen import project
from codegen.plan import PartName
from codegen.project import Table
from codegen.rows.interface import Row
from codegen.table import Family, Guard, Part
from tests.selection import draw, whole
from tests.support import plans

TABLE = project.load_table()
SNAPSHOT = plans.schemas()
SOME = (
    TABLE if whole() else replace(TABLE, families=draw(TABLE.families, 12, "families with facts"), refused_classes=())
)
"""The table with which tests make other packages."""
FAMILIES = {family.name: project.GENERATED / TABLE.package / f"{family.name}.py" for family in TABLE.families}

LINES_EACH = 220
"""Of one on average; every third states what its models have beside stock layers."""
LLAMA = 220
"""Of llama's."""

FILES = 3
"""In which one reason may stand: the part's module, the registry, and one family that has it in another form, or the
keys of remote code. The manifest has the digests of these."""


def changed(table: Table, row: Callable[[Row], Row], parts: Callable[[Part], Part] = lambda part: part) -> Table:
    """The table with other rows and parts in the places of its own; what is shared stays shared."""
    rows: dict[int, tuple[Row, Row]] = {}
    copies: dict[Part, Part] = {}

    def one(old: Row) -> Row:
        # With the old one, so that no other object gets its identity.
        return rows.setdefault(id(old), (old, row(old)))[1]

    def copy(old: Part) -> Part:
        if old not in copies:
            copies[old] = parts(
                replace(
                    old,
                    rows=tuple(map(one, old.rows)),
                    includes=tuple(map(copy, old.includes)),
                    gpt=None if old.gpt is None else tuple(map(one, old.gpt)),
                    hybrid=None if old.hybrid is None else tuple(map(one, old.hybrid)),
                )
            )
        return copies[old]

    families = [
        replace(
            family,
            parts=tuple(map(copy, family.parts)),
            rows=tuple(map(one, family.rows)),
            gpt=tuple(map(one, family.gpt)),
            hybrid=tuple(map(one, family.hybrid)),
        )
        for family in table.families
    ]
    places = replace(table.places, parts={copy(part): name for part, name in table.places.parts.items()})
    return replace(table, families=families, places=places)


@cache
def modules() -> Mapping[str, str]:
    """The package of these families as it is, before formatting."""
    return project.modules(SOME, SNAPSHOT)


def named(row: Row) -> str:
    """A row of a part, for people."""
    return next(f"{part.name}: {row}" for part, own in parts_and_rows() if own is row)


def parts_and_rows() -> Iterator[tuple[PartName, Row]]:
    """Every row of every part, with the name of the part."""
    for part, name in TABLE.places.parts.items():
        for row in (*part.rows, *(part.gpt or ()), *(part.hybrid or ())):
            yield name, row


def test_each_reason_of_a_part_stands_in_few_files() -> None:
    """All at once: each reason gets a word of its own, which is then looked for."""
    rows: list[Row] = []
    # Some are rows of several parts, each with a module of its own.
    of_parts = Counter(id(row) for _, row in parts_and_rows())

    def marked(row: Row) -> Row:
        if id(row) not in of_parts or not row.reason:
            return row
        rows.append(row)
        return replace(row, why=f"{row.reason} fact{len(rows) - 1}x")

    emitted = project.modules(changed(SOME, marked), SNAPSHOT)
    files: dict[int, list[str]] = {position: [] for position in range(len(rows))}
    for path, text in emitted.items():
        for position in {int(digits) for digits in re.findall(r"\bfact(\d+)x\b", text)}:
            files[position].append(path)
    assert len(rows) > 150
    most = {position: FILES + of_parts[id(row)] - 1 for position, row in enumerate(rows)}
    assert not {named(rows[position]): found for position, found in files.items() if len(found) > most[position]}


REWORDED = ("grouped_query: num_key_value_heads", "checkpoint: architectures", "rms_norm: normalization")
"""A guard, a field that is ignored, and a constant, each of nearly every family."""


@pytest.mark.parametrize("which", REWORDED)
def test_another_reason_changes_few_files(which: str) -> None:
    part, subject = which.split(": ")
    (row,) = {
        id(row): row for name, row in parts_and_rows() if name.name == part and subject in row.subjects and row.reason
    }.values()
    other = changed(SOME, lambda known: replace(known, why="another reason") if known is row else known)
    emitted = project.modules(other, SNAPSHOT)
    files = [path for path in emitted if emitted[path] != modules().get(path)]
    # The manifest, which has the digest of each, is one more.
    assert 1 <= len(files) <= FILES - 1


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_parts_and_rows_does_not_matter(seed: int) -> None:
    """Equal facts give equal code, whoever wrote the table."""
    rng = random.Random(seed)

    def shuffled[Thing](things: tuple[Thing, ...]) -> tuple[Thing, ...]:
        return tuple(rng.sample(things, len(things)))

    def part(old: Part) -> Part:
        return replace(
            old,
            rows=shuffled(old.rows),
            includes=shuffled(old.includes),
            gpt=None if old.gpt is None else shuffled(old.gpt),
            hybrid=None if old.hybrid is None else shuffled(old.hybrid),
        )

    def family(old: Family) -> Family:
        return replace(
            old, parts=shuffled(old.parts), rows=shuffled(old.rows), gpt=shuffled(old.gpt), hybrid=shuffled(old.hybrid)
        )

    other = changed(SOME, lambda row: row, part)
    other = replace(other, families=[family(each) for each in other.families])
    emitted = project.modules(other, SNAPSHOT)
    assert [path for path, text in emitted.items() if text != modules()[path]] == []


def test_the_modules_of_families_are_short() -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in FAMILIES.items()}
    assert mean(lines.values()) <= LINES_EACH
    assert lines["llama"] <= LLAMA


def test_each_part_has_a_name_of_its_own() -> None:
    """Functions, constants and the registry's guards are named as parts are."""
    names = [name.name for name in TABLE.places.parts.values()]
    assert len(names) == len(set(names))


def test_guards_of_parts_are_functions_of_parts() -> None:
    """Or a family would say them again, each for itself."""
    parts = {name for name, row in parts_and_rows() if isinstance(row, Guard)}
    texts = {
        name.subject: plans.modules()[f"{TABLE.package}/_parts/{name.subject}.py"]
        for name in TABLE.places.parts.values()
    }
    used = {name for name in parts if f"def {name.name}(" in texts[name.subject]}
    assert {name.name for name in parts - used} == set()
