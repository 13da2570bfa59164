"""`_explained.py` says of every field what the resolver does: its verdict, and the reason or the fields for it."""

from __future__ import annotations

from typing import Any

import pytest

import mcore_mappers as mcore_mappers
from codegen.plan import Plan, Side
from mcore_mappers_runtime.explained import Explanation, explanation
from tests.support.plans import TABLES, described

PLANS = {family: described(family)[0] for family in TABLES}
TARGETS = [(name, mapper.target.name) for name, plan in PLANS.items() for mapper in plan.mappers]


def both(plan: Plan, target: str) -> tuple[Any, Explanation]:
    """A mapper of the plan, and what the package says of it."""
    mapper = next(each for each in plan.mappers if each.target.name == target)
    values = {each.field: None for each in mapper.verdicts if each.side is Side.MEGATRON}
    # What makes another owner of some fields, as the model of the target has it.
    values |= {"position_embedding_type": "learned_absolute"} if mapper.target.bound else {}
    return mapper, explanation(plan.family.name, mapper.target.model_name, values)


@pytest.mark.parametrize(("family", "target"), TARGETS)
def test_every_verdict_is_the_resolvers(family: str, target: str) -> None:
    mapper, explained = both(PLANS[family], target)
    for verdict in mapper.verdicts:
        if verdict.side is Side.HUGGINGFACE:
            said = explained.huggingface(verdict.field)
        else:
            said = explained.megatron(verdict.field)
        if verdict.verdict == "caller":
            assert said is None, verdict
            continue
        assert said is not None, verdict
        assert said.verdict == verdict.verdict, verdict
        if verdict.verdict in ("ignored", "derived"):
            assert said.reason == verdict.reason


@pytest.mark.parametrize(("family", "target"), TARGETS)
def test_every_field_that_is_computed_has_a_source_or_a_reason(family: str, target: str) -> None:
    mapper, explained = both(PLANS[family], target)
    known = {each.name for each in PLANS[family].hf.attributes} | {
        placed.row.remote_key for placed in mapper.rows if placed.row.remote_key
    }
    for verdict in mapper.verdicts:
        if verdict.side is Side.MEGATRON and verdict.expression:
            said = explained.megatron(verdict.field)
            assert said is not None, verdict
            assert said.others or said.reason, verdict
            assert set(said.others) <= known, verdict
            if verdict.expression.startswith("hf."):
                assert verdict.expression.removeprefix("hf.").partition(" ")[0] in said.others


def test_sources_are_followed_through_values_that_rows_share() -> None:
    _, explained = both(PLANS["qwen3_moe"], "hybrid")
    assert set(explained.sources("num_layers")) == {"num_hidden_layers", "decoder_sparse_step", "mlp_only_layers"}
