"""Ropes that mappers refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.numerics.cases import Keywords, rope, yarn
from tests.numerics.refused import DECODERS, ROPES, STALE, Refused

LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
LONG = {"short_factor": [1.1] * 12, "long_factor": [2.0] * 12, "factor": 4.0, "original_max_position_embeddings": 32}
SHORT_LONG = {**LONG, "short_factor": [1.1] * 4, "long_factor": [2.0] * 4}
# A text of 64 tokens is longer than this.
SHORT = {"max_position_embeddings": 32}


def llama3(**keys: Any) -> Keywords:
    return {"max_position_embeddings": 20000, **rope("llama3", **{**LLAMA3, **keys})}


def without(keys: Keywords, *names: str) -> Keywords:
    """The same rope less some keys."""
    return {"rope_parameters": {key: value for key, value in keys["rope_parameters"].items() if key not in names}}


DEFAULT = rope("default")

ROPE_REFUSALS: Sequence[Refused] = (
    Refused("rope_theta_outside", "rope_theta", {}, {"rope_theta": 500.0}, start=DEFAULT, equal=STALE, families=ROPES),
    Refused(
        "partial_rotary_factor_outside",
        "partial_rotary_factor",
        {},
        {"partial_rotary_factor": 0.5},
        start=rope("linear", factor=2.5),
        families=DECODERS,
    ),
    Refused(
        "partial_rotary_factor_outside",
        "partial_rotary_factor",
        {},
        {"partial_rotary_factor": 0.5},
        start=yarn(),
        families=("deepseek_v3",),
    ),
    Refused(
        "original_length_outside",
        "original_max_position_embeddings",
        {},
        {"original_max_position_embeddings": 64},
        start=yarn(),
        families=ROPES,
    ),
    # Types of rope.
    Refused("rope_dynamic", "rope_parameters.rope_type", rope("dynamic", factor=2.0), start=SHORT, families=ROPES),
    Refused("rope_longrope", "rope_parameters.rope_type", rope("longrope", **LONG), start=SHORT, families=DECODERS),
    Refused(
        "rope_longrope",
        "rope_parameters.rope_type",
        rope("longrope", **SHORT_LONG),
        start=SHORT,
        families=("deepseek_v3",),
    ),
    Refused(
        "rope_proportional",
        "rope_parameters.rope_type",
        rope("proportional", partial_rotary_factor=0.5),
        nearest=(DEFAULT,),
        tries=({"rotary_percent": 0.5},),
        families=ROPES,
    ),
    Refused("rope_axial", "rope_parameters.rope_type", rope("axial"), nearest=(DEFAULT,), families=ROPES),
    Refused("rope_unknown", "rope_parameters.rope_type", rope("spiral"), nearest=(DEFAULT,), families=ROPES),
    Refused(
        "rope_linear_mla",
        "rope_parameters.rope_type",
        rope("linear", factor=2.5),
        nearest=(DEFAULT,),
        tries=({"rotary_scaling_factor": 2.5}, {"seq_len_interpolation_factor": 2.5}),
        families=("deepseek_v3",),
    ),
    Refused(
        "rope_llama3_mla",
        "rope_parameters.rope_type",
        llama3(original_max_position_embeddings=64),
        nearest=(DEFAULT,),
        tries=({"rope_scaling": True, "rope_scaling_factor": 8.0},),
        families=("deepseek_v3",),
    ),
    # Keys of rope.
    Refused(
        "rope_linear_no_factor",
        "rope_parameters.factor",
        {},
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 700.0}},
        start=DEFAULT,
        families=DECODERS,
    ),
    Refused(
        "rope_linear_factor_zero",
        "rope_parameters.factor",
        rope("linear", factor=0.0),
        nearest=(DEFAULT,),
        families=DECODERS,
    ),
    Refused(
        "rope_theta_none",
        "rope_parameters.rope_theta",
        {},
        {"rope_parameters": {"rope_type": "default"}},
        families=ROPES,
    ),
    Refused(
        "rope_type_none",
        "rope_parameters.rope_type",
        {},
        {"rope_parameters": {"rope_theta": 700.0}},
        start=DEFAULT,
        families=ROPES,
    ),
    Refused("rope_empty", "rope_parameters", {}, {"rope_parameters": {}}, families=ROPES),
    *(
        Refused(
            f"rope_llama3_{key}",
            f"rope_parameters.{key}",
            llama3(**{key: value}),
            nearest=(llama3(),),
            families=DECODERS,
        )
        for key, value in {
            "low_freq_factor": 2.0,
            "high_freq_factor": 8.0,
            "original_max_position_embeddings": 4096,
        }.items()
    ),
    Refused(
        "rope_partial_scaled",
        "rope_parameters.partial_rotary_factor",
        rope("linear", factor=2.5, partial_rotary_factor=0.5),
        nearest=(rope("linear", factor=2.5),),
        families=DECODERS,
    ),
    Refused(
        "rope_partial_yarn",
        "rope_parameters.partial_rotary_factor",
        yarn(partial_rotary_factor=0.5),
        nearest=(yarn(),),
        families=ROPES,
    ),
    Refused(
        "rope_partial_default",
        "rope_parameters.partial_rotary_factor",
        rope("default", partial_rotary_factor=0.5),
        nearest=(DEFAULT,),
        equal="the class rotates the whole head, whatever whoever wrote this meant",
        families=ROPES,
    ),
    Refused(
        "rope_yarn_no_factor", "rope_parameters.factor", {}, without(yarn(), "factor"), start=yarn(), families=ROPES
    ),
    Refused(
        "rope_yarn_theta_one",
        "rope_parameters.rope_theta",
        {"rope_parameters": {**yarn()["rope_parameters"], "rope_theta": 1.0}},
        nearest=(yarn(),),
        families=ROPES,
    ),
    Refused(
        "rope_yarn_attention_factor",
        "rope_parameters.attention_factor",
        yarn(factor=1.0, attention_factor=1.3),
        nearest=(yarn(factor=1.0),),
        tries=({"yarn_mscale": 1.3, "yarn_mscale_all_dim": 0.0},),
        families=DECODERS,
    ),
    Refused(
        "rope_yarn_attention_factor",
        "rope_parameters.attention_factor",
        yarn(factor=1.0, attention_factor=1.3),
        nearest=(yarn(factor=1.0),),
        tries=({"mscale": 1.3},),
        families=("deepseek_v3",),
    ),
    Refused(
        "rope_yarn_attention_factor_zero",
        "rope_parameters.attention_factor",
        yarn(attention_factor=0.0),
        nearest=(yarn(),),
        families=ROPES,
    ),
    Refused(
        "rope_yarn_negative_beta", "rope_parameters.beta_fast", yarn(beta_fast=-1.0), nearest=(yarn(),), families=ROPES
    ),
    Refused(
        "rope_yarn_broken_length",
        "rope_parameters.original_max_position_embeddings",
        yarn(original_max_position_embeddings=40.5, truncate=False),
        nearest=[yarn(original_max_position_embeddings=length, truncate=False) for length in (40, 41)],
        families=DECODERS,
    ),
    Refused(
        "rope_yarn_broken_length",
        "rope_parameters.original_max_position_embeddings",
        yarn(original_max_position_embeddings=40.5),
        nearest=(yarn(original_max_position_embeddings=40),),
        equal="the range of frequencies that it decides is rounded here; not for every such length",
        families=("deepseek_v3",),
    ),
    Refused(
        "rope_yarn_truncate_mla",
        "rope_parameters.truncate",
        yarn(truncate=False, beta_fast=2.5, beta_slow=0.3),
        nearest=(yarn(beta_fast=2.5, beta_slow=0.3),),
        tries=({"yarn_correction_range_round_to_int": False},),
        families=("deepseek_v3",),
    ),
    Refused(
        "rope_yarn_factor_none_mla",
        "rope_parameters.factor",
        yarn(factor=None, mscale_all_dim=0.9),
        nearest=(yarn(mscale_all_dim=0.9),),
        families=("deepseek_v3",),
    ),
)
