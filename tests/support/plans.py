"""What the generator decided, for tests that hold it to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from codegen import snapshot
from codegen.plan import Plan, Side
from codegen.project import GENERATED, load_table, plans
from codegen.resolve.rows import collect
from codegen.schemas import HfClass, Snapshot
from codegen.table import Row


@cache
def known() -> tuple[Snapshot, Mapping[str, Plan]]:
    """The snapshot, and the plan of every family."""
    schemas = snapshot.load(GENERATED / "schemas")
    found = plans(load_table(), schemas)
    return schemas, {plan.family.name: plan for plan in found if plan.route.target is plan.family.target}


def described(family: str) -> tuple[Plan, HfClass]:
    """The plan of a family, and its class as the snapshot has it."""
    schemas, found = known()
    return found[family], schemas.hf[found[family].family.config_class]


def rows_of(plan: Plan) -> Sequence[Row]:
    """The rows of the overrides table that hold for a family."""
    return [placed.row for placed in collect(plan.family.table)[0]]


def verdicts(family: str) -> Mapping[str, str]:
    """The verdict on every Hugging Face field."""
    return {each.field: each.verdict for each in described(family)[0].verdicts if each.side is Side.HUGGINGFACE}
