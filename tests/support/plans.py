"""What the generator decided, for tests that hold it to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from codegen import snapshot
from codegen.constants import Scalar
from codegen.plan import Plan, Side
from codegen.project import GENERATED, load_table, plans
from codegen.rows.guard import Guard, Values
from codegen.rows.row import Row
from codegen.schemas import HfClass, Snapshot


@cache
def known() -> tuple[Snapshot, Mapping[str, Plan]]:
    """The snapshot, and the plan of every family."""
    schemas = snapshot.load(GENERATED / "schemas")
    return schemas, {plan.family.name: plan for plan in plans(load_table(), schemas)}


def described(family: str) -> tuple[Plan, HfClass]:
    """The plan of a family, and its class as the snapshot has it."""
    plan = known()[1][family]
    return plan, plan.hf


def rows_of(plan: Plan) -> Sequence[Row]:
    """The rows of the overrides table that hold for what `to_megatron` gives."""
    return [placed.row for placed in plan.main.rows]


def hard_wired(plan: Plan) -> Mapping[str, Scalar]:
    """The keys that remote code alone knows, each with the one value that the class computes with."""
    return {
        row.field: row.test.allowed[0]
        for row in rows_of(plan)
        if isinstance(row, Guard) and isinstance(row.test, Values) and row.test.remote
    }


def verdicts(family: str) -> Mapping[str, str]:
    """The verdict on every Hugging Face field of what `to_megatron` gives."""
    return {each.field: each.verdict for each in described(family)[0].main.verdicts if each.side is Side.HUGGINGFACE}
