"""What the generator decided, for tests that hold it to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from codegen import snapshot
from codegen.plan import Plan, Side
from codegen.project import GENERATED, load_table
from codegen.resolve import resolve
from codegen.resolve.rows import collect, reads
from codegen.schemas import HfClass, Snapshot
from codegen.table import Family, HardWired, RemoteKey, Row

SPECIAL: Final = ("llama", "qwen3_moe", "deepseek_v3", "nemotron_h")
"""One for each kind of model: dense, with experts, with latent attention, hybrid. They are tried most often."""


TABLES: Final[Mapping[str, Family]] = {family.name: family for family in load_table().families}

ONE_OF_EACH_TARGET: Final = tuple(
    {TABLES[family].target.name: family for family in (*reversed(TABLES), *reversed(SPECIAL))}.values()
)
"""A family for each class of Megatron configs, a usual one where there is one: they differ in what a caller may say."""


@cache
def schemas() -> Snapshot:
    """The snapshot."""
    return snapshot.load(GENERATED / "schemas")


@cache
def described(family: str) -> tuple[Plan, HfClass]:
    """The plan of a family, and its class as the snapshot has it."""
    known = TABLES[family]
    found = resolve(schemas(), (known,), load_table().owners)
    return next(plan for plan in found if plan.route.target is known.target), schemas().hf[known.config_class]


def rows_of(plan: Plan) -> Sequence[Row]:
    """The rows of the overrides table that hold for a family."""
    return [placed.row for placed in collect(plan.family.table)[0]]


@cache
def row_kinds(family: str) -> Mapping[str, frozenset[type[Row]]]:
    """By Hugging Face field, the kinds of the rows that are about it, as the table says without the snapshot."""
    found: dict[str, frozenset[type[Row]]] = {}
    for row in (placed.row for placed in collect(TABLES[family].table)[0]):
        for name in reads(row) | ({row.key} if isinstance(row, HardWired | RemoteKey) else frozenset()):
            found[name] = found.get(name, frozenset()) | {type(row)}
    return found


@cache
def rope_readers() -> frozenset[str]:
    """The first family of those whose rows about `rope_parameters` are the same ones; the usual ones come first."""
    first: dict[tuple[int, ...], str] = {}
    for family in (*SPECIAL, *TABLES):
        rows = (placed.row for placed in collect(TABLES[family].table)[0])
        first.setdefault(tuple(id(row) for row in rows if "rope_parameters" in reads(row)), family)
    return frozenset(first.values())


def verdicts(family: str) -> Mapping[str, str]:
    """The verdict on every Hugging Face field."""
    return {each.field: each.verdict for each in described(family)[0].verdicts if each.side is Side.HUGGINGFACE}
