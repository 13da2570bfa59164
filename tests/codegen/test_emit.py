"""What the emitter owes its readers: the same bytes every time, and not a row in the table that says nothing."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from codegen.resolve.expressions import negated
from codegen.resolve.rows import Placed, collect
from codegen.resolve.rows import tables as value_tables

from codegen import project
from codegen.diagnostics import GenerationError
from codegen.emit import emit
from codegen.emit.family import Templates, family_module
from codegen.emit.package import registry_module, tables_module
from codegen.plan import Plan
from codegen.resolve import resolve
from codegen.schemas import Snapshot
from codegen.snapshot import load
from codegen.table import Choice, Family, Route, Row, Rows, ValueTable

TABLE = project.load_table()
FAMILIES = {family.name: family for family in TABLE.families}
PARTS = Templates(
    family=(project.TEMPLATES / "family.py").read_text("utf-8"),
    mapper=(project.TEMPLATES / "mapper.py").read_text("utf-8"),
)

EMIT_EVERYTHING = """
import hashlib, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "megatron"):
            raise ImportError(f"{name} is not to be imported")

sys.meta_path.insert(0, Blocker())

from codegen import project
from codegen.snapshot import load

for path, source in project.modules(project.load_table(), load(project.GENERATED / "schemas")).items():
    print(path, hashlib.sha256(source.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return load(project.GENERATED / "schemas")


def test_same_bytes_whatever_the_order_of_hashes(snapshot: Snapshot) -> None:
    listings = {emitted_under(seed) for seed in ("1", "2")}
    assert len(listings) == 1
    (listing,) = listings
    assert listing.split()[::2] == sorted(project.modules(TABLE, snapshot))


def emitted_under(seed: str) -> str:
    """Path and digest of everything that a fresh interpreter emits, without upstream."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(project.ROOT)}
    return subprocess.run(
        [sys.executable, "-c", EMIT_EVERYTHING], env=environment, check=True, capture_output=True, text=True
    ).stdout


ROUTES = {f"{name}.{route.mapper}": (name, route) for name, family in FAMILIES.items() for route in family.routes}


def first_places() -> Mapping[str, tuple[Row, ...]]:
    """For each route, the rows that no route before it has: what a shared row says, it says of every family."""
    seen: list[Row] = []
    found: dict[str, tuple[Row, ...]] = {}
    for label, (_, route) in ROUTES.items():
        rows = [placed.row for placed in collect(route.table)[0]]
        found[label] = tuple(row for row in rows if not any(row is other for other in seen))
        seen += found[label]
    return found


FIRST_PLACES = first_places()


@pytest.mark.parametrize("label", [label for label, rows in FIRST_PLACES.items() if rows])
def test_every_row_says_something(label: str, snapshot: Snapshot) -> None:
    """Without any one row the family does not resolve, or the generated package is another."""
    name, route = ROUTES[label]
    family = FAMILIES[name]
    rows, _ = collect(route.table)
    complete = outcome(family, route, rows, snapshot)
    silent = [
        f"{placed.file}: {placed.text}"
        for position, placed in enumerate(rows)
        if any(placed.row is row for row in FIRST_PLACES[label])
        if outcome(family, route, (*rows[:position], *rows[position + 1 :]), snapshot) == complete
    ]
    assert complete is not None
    assert not silent


def outcome(family: Family, route: Route, rows: tuple[Placed, ...], snapshot: Snapshot) -> tuple[str, ...] | None:
    """What is emitted for one route of the family with these rows; None where it does not resolve."""
    plain = tuple(placed.row for placed in rows)
    # A table of values that only `Choice` rows name goes with them.
    named = {table.name for row in collect(route.table)[0] for table in choices(row.row)}
    kept = tuple(table for table in value_tables(route.table) if table.name not in named)
    alone = replace(family, target=route.target, table=Rows(route.table.module, plain, tables=kept), hybrid=None)
    known = replace(snapshot, causal_lm={})
    try:
        (plan,) = resolve(known, [alone], TABLE.owners)
    except GenerationError:
        return None
    return text(plan)


def choices(row: Row) -> Iterator[ValueTable]:
    if isinstance(row, Choice):
        yield row.table


def text(plan: Plan) -> tuple[str, ...]:
    """Everything that rows of the family reach, before formatting. The order of value tables is not theirs."""
    return family_module((plan,), PARTS), registry_module([plan]), tables_module([plan])


def test_the_order_of_families_and_rows_of_a_snapshot_does_not_matter(snapshot: Snapshot) -> None:
    turned = replace(snapshot, hf=backwards(snapshot.hf), megatron=backwards(snapshot.megatron))
    plans = resolve(turned, [*reversed(TABLE.families)], TABLE.owners, TABLE.unmapped)
    emitted = {
        f"{TABLE.package}/{name}": text for name, text in emit(plans, turned, TABLE.owners, project.TEMPLATES).items()
    }
    assert emitted.items() <= project.modules(TABLE, snapshot).items()


def backwards[Kind](classes: Mapping[str, Kind]) -> dict[str, Kind]:
    return {path: classes[path] for path in reversed(list(classes))}


def mentions(file: Path) -> list[str]:
    """Lines that name a family or its config class, in code or comment."""
    classes = [family.config_class.rpartition(".")[2] for family in FAMILIES.values()]
    pattern = re.compile(rf"\b({'|'.join([*FAMILIES, *classes])})\b")
    lines = file.read_text("utf-8").splitlines()
    return [f"{file.name}:{number}: {line}" for number, line in enumerate(lines, 1) if pattern.search(line)]


def test_nothing_written_for_all_knows_a_family() -> None:
    """Neither templates nor runtime, and no stage after the rules."""
    folders = [project.TEMPLATES, *(project.ROOT / name for name in ("runtime", "codegen/emit", "codegen/resolve"))]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    assert len(files) > 15
    assert [line for file in files for line in mentions(file)] == []


@pytest.mark.parametrize(
    ("condition", "opposite"),
    [
        ("a", "not a"),
        ("not a", "a"),
        ("a == b", "a != b"),
        ("a in (b, c)", "a not in (b, c)"),
        ("a is not b", "a is b"),
        ("a < b", "not a < b"),
        ("a < b < c", "not a < b < c"),
        ("not a or b", "a and not b"),
        ("not a or (b and c != 1)", "a and (not b or c == 1)"),
        ("a and not (b or c)", "not a or (b or c)"),
        ("a or (b if c else d)", "not a and not (b if c else d)"),
        ("a if b else c", "not (a if b else c)"),
    ],
)
def test_negated(condition: str, opposite: str) -> None:
    """Also of NaN, of which no comparison by size is the opposite of another."""
    assert negated(condition) == opposite
    for values in product((False, True, 1, math.nan), repeat=4):
        names = dict(zip("abcd", values, strict=True))
        assert bool(eval(opposite, names)) == (not eval(condition, names))
