"""What the generator decided, for tests that hold it to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from codegen import project, snapshot
from codegen.plan import Plan, Side
from codegen.project import GENERATED, load_table
from codegen.resolve import resolve
from codegen.resolve.collect import collect
from codegen.rows.guard import Guard, Restated, Values
from codegen.rows.interface import Row
from codegen.schemas import HfClass, Snapshot
from codegen.table import Family, Unread

SPECIAL: Final = ("llama", "qwen3_moe", "deepseek_v3", "nemotron_h")
"""One for each kind of model: dense, with experts, with latent attention, hybrid. They are tried most often."""

TABLE: Final = load_table()
TABLES: Final[Mapping[str, Family]] = {family.name: family for family in TABLE.families}

ONE_OF_EACH_TARGET: Final = tuple(
    {TABLES[family].targets[0].name: family for family in (*reversed(TABLES), *reversed(SPECIAL))}.values()
)
"""A family for each class of Megatron configs, a usual one where there is one: they differ in what a caller may say."""


@cache
def schemas() -> Snapshot:
    """The snapshot."""
    return snapshot.load(GENERATED / "schemas")


@cache
def modules() -> Mapping[str, str]:
    """Source of every generated module before formatting, by its path in `generated/`."""
    return project.modules(TABLE, schemas())


@cache
def described(family: str) -> tuple[Plan, HfClass]:
    """The plan of a family, and its class as the snapshot has it."""
    # That other classes have a family or are refused is not asked here.
    alone = replace(schemas(), causal_lm={})
    (plan,) = resolve(alone, (TABLES[family],), TABLE.owners, places=TABLE.places)
    return plan, plan.hf


def rows_of(plan: Plan) -> Sequence[Row]:
    """The rows of the overrides table that hold for what `to_megatron` gives."""
    return [placed.row for placed in plan.main.rows]


def rows_in_table(family: str) -> Sequence[Row]:
    """The same rows, as the table says without the snapshot."""
    return [placed.row for placed in collect(TABLES[family], TABLES[family].targets[0], TABLE.places)[0]]


def hard_wired(plan: Plan) -> Mapping[str, object]:
    """The keys that remote code alone knows, each with the one value that the class computes with."""
    return {
        row.field: row.test.in_files[0]
        for row in rows_of(plan)
        if isinstance(row, Guard) and isinstance(row.test, Values) and row.test.remote
    }


def restated(plan: Plan) -> Mapping[str, str]:
    """The keys that are a field under another name, and that field."""
    rows = (row for row in rows_of(plan) if isinstance(row, Guard))
    return {row.field: row.test.field for row in rows if isinstance(row.test, Restated)}


def unread(plan: Plan) -> Mapping[str, str]:
    """The keys that nobody reads, each with the reason."""
    return {row.key: row.why for row in rows_of(plan) if isinstance(row, Unread)}


@cache
def row_kinds(family: str) -> Mapping[str, frozenset[type[Row]]]:
    """By Hugging Face field, the kinds of the rows that are about it."""
    found: dict[str, frozenset[type[Row]]] = {}
    for row in rows_in_table(family):
        for name in row.reads:
            found[name] = found.get(name, frozenset()) | {type(row)}
    return found


@cache
def rope_readers() -> frozenset[str]:
    """The first family of those whose rows about `rope_parameters` are the same ones; the usual ones come first."""
    first: dict[tuple[int, ...], str] = {}
    for family in (*SPECIAL, *TABLES):
        rows = tuple(id(row) for row in rows_in_table(family) if "rope_parameters" in row.reads)
        first.setdefault(rows, family)
    return frozenset(first.values())


def verdicts(family: str) -> Mapping[str, str]:
    """The verdict on every Hugging Face field of what `to_megatron` gives."""
    return {each.field: each.verdict for each in described(family)[0].main.verdicts if each.side is Side.HUGGINGFACE}
