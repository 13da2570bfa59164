"""What the emitter owes its readers: the same bytes every time, and not a row in the table that says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import codegen
from codegen import project
from codegen.diagnostics import GenerationError
from codegen.emit import emit
from codegen.emit.families import families_section, refused_section
from codegen.emit.family import Templates, family_module
from codegen.emit.package import tables_module, tables_of
from codegen.emit.shared import shared
from codegen.resolve import is_about, resolve
from codegen.resolve.collect import collect, weights_of
from codegen.resolve.collect import tables_of as tables_of_family
from codegen.schemas import Snapshot
from codegen.table import Family, Pending, RefusedClass, Row, Unread
from tests.selection import draw, some
from tests.support.plans import described, schemas

TABLE = project.load_table()
FAMILIES = {family.name: family for family in TABLE.families}
PARTS = Templates(
    family=(project.TEMPLATES / "family.py").read_text("utf-8"),
    mapper=(project.TEMPLATES / "mapper.py").read_text("utf-8"),
)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return schemas()


def rows_by_kind(family: Family) -> Mapping[str, tuple[Row, ...]]:
    """The rows that hold for each target of a family, by the kind of target."""
    hf = described(family.name)[1]
    return {
        target.kind: tuple(placed.row for placed in collect(family, target, TABLE.places)[0] if is_about(placed, hf))
        for target in family.targets
    }


def first_places() -> Mapping[str, tuple[Row, ...]]:
    """For each family, the rows that no family before it has: what a shared row says, it says of every family."""
    seen: set[int] = set()
    found: dict[str, tuple[Row, ...]] = {}
    for name, family in FAMILIES.items():
        rows = {id(row): row for of_kind in rows_by_kind(family).values() for row in of_kind}
        found[name] = tuple(row for key, row in rows.items() if key not in seen)
        seen |= rows.keys()
    return found


FIRST_PLACES = first_places()


@pytest.mark.parametrize("name", [name for name, rows in FIRST_PLACES.items() if rows])
def test_every_row_says_something(name: str, snapshot: Snapshot) -> None:
    """Without any one row the family does not resolve, or the generated package is another."""
    complete = outcome(FAMILIES[name], None, snapshot)
    assert complete is not None
    # What a key of files is stands in a table of all families.
    rows = draw((row for row in FIRST_PLACES[name] if not isinstance(row, Unread)), 0, f"rows of {name}", kinds=kind_of)
    silent = [str(row) for row in rows if outcome(FAMILIES[name], row, snapshot) == complete]
    assert not silent


def kind_of(row: Row) -> Iterable[type[Row]]:
    """A slice has one of each."""
    return (type(row),)


def outcome(family: Family, without: Row | None, snapshot: Snapshot) -> tuple[str, ...] | None:
    """What is emitted for the family without one of its rows; None where it does not resolve.

    All rows are made the family's own, so that its module holds whatever they say.
    """
    whole = rows_by_kind(family)
    rows = {kind: tuple(row for row in of_kind if row is not without) for kind, of_kind in whole.items()}
    # A table of values that only rows name goes with them.
    named = {table.name for of_kind in whole.values() for row in of_kind for table in row.tables}
    kept = tuple(table for table in tables_of_family(family) if table.name not in named)
    own = {"gpt": rows.get("gpt", ()), "hybrid": rows.get("hybrid", ()), "tables": kept}
    alone = replace(family, parts=(), rows=(), replaces=(), weights=weights_of(family), **own)
    try:
        (plan,) = resolve(replace(snapshot, causal_lm={}), [alone], TABLE.owners)
    except GenerationError:
        return None
    return family_module(plan, shared([plan]), PARTS), families_section([plan]).source, tables_module(tables_of([plan]))


def test_the_order_of_families_and_rows_of_a_snapshot_does_not_matter(snapshot: Snapshot) -> None:
    families = [family for family in TABLE.families if family.name in some(FAMILIES, "families in another order")]
    # That other classes have a family or are refused is not asked here.
    known = replace(snapshot, causal_lm={})
    turned = replace(known, hf=backwards(known.hf), megatron=backwards(known.megatron))
    assert emitted(turned, [*reversed(families)]) == emitted(known, families)


def emitted(snapshot: Snapshot, families: Sequence[Family]) -> Mapping[str, str]:
    return emit(resolve(snapshot, families, TABLE.owners, places=TABLE.places), snapshot, TABLE, project.TEMPLATES)


def backwards[Kind](classes: Mapping[str, Kind]) -> dict[str, Kind]:
    return {path: classes[path] for path in reversed(list(classes))}


def mentions(file: Path) -> list[str]:
    """Lines that name a family or its config class, in code or comment."""
    classes = [family.config_name for family in FAMILIES.values()]
    # A family has the generator's name.
    pattern = re.compile(rf"\b({'|'.join([*FAMILIES.keys() - {codegen.__name__}, *classes])})\b")
    lines = file.read_text("utf-8").splitlines()
    return [f"{file.name}:{number}: {line}" for number, line in enumerate(lines, 1) if pattern.search(line)]


def test_nothing_written_for_all_knows_a_family() -> None:
    """Neither templates nor runtime, and no stage after the rules; but for classes that the runtime describes."""
    folders = [project.TEMPLATES, *(project.ROOT / name for name in ("runtime", "codegen/emit", "codegen/resolve"))]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py")) if file.parent.name != "described"]
    assert len(files) > 15
    assert [line for file in files for line in mentions(file)] == []


def test_classes_without_a_mapper_import_what_they_are() -> None:
    refused, pending = RefusedClass("one", "a.OneConfig", "a.Twist", "it twists"), Pending("two", "a.TwoConfig")
    for rows, names in (
        ((), set()),
        ((refused,), {"RefusedClass"}),
        ((refused, pending), {"RefusedClass", "PendingClass"}),
    ):
        section = refused_section(rows)
        assert {each.name for each in section.imports} == {"Mapping", "Unmapped", *names}
