"""Ropes: cases, refusals and what their keys can be, of Megatron's GPT reader and of that of latent attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.bad_ropes import BAD_GPT_ROPES, BAD_MLA_ROPES
from tests.families.proof import Keywords, Refused, Rope

STALE: Final = "set after construction it does nothing here, but whoever wrote it meant something"


def rope(rope_type: str, **keys: Any) -> Keywords:
    return {"rope_parameters": {"rope_type": rope_type, "rope_theta": 700.0, **keys}}


def llama3(factor: float) -> Keywords:
    constants = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
    # So large a theta that a head which is rotated in part, too, has channels slow enough to be scaled.
    return {"max_position_embeddings": 20000, **rope("llama3", rope_theta=90000.0, factor=factor, **constants)}


def yarn(**keys: Any) -> Keywords:
    return rope("yarn", **{"factor": 4.0, "original_max_position_embeddings": 32, **keys})


# --- Cases ------------------------------------------------------------------------------------------------------------

ROPES: Mapping[str, Keywords] = {
    "rope_theta": rope("default"),
    "rope_linear": rope("linear", factor=2.5),
    "rope_linear_factor": rope("linear", factor=7),
    "rope_dynamic": rope("dynamic", factor=2.5),
    "rope_llama3": llama3(8.0),
    "rope_llama3_factor": llama3(32.0),
    "rope_yarn": yarn(),
    "rope_yarn_length": yarn(original_max_position_embeddings=16),
    "rope_yarn_betas": yarn(beta_fast=2.5, beta_slow=0.3),
    "rope_yarn_zero_betas": yarn(beta_fast=0, beta_slow=0),
    "rope_yarn_no_truncation": yarn(truncate=False, beta_fast=2.5, beta_slow=0.3),
    "rope_yarn_mscales": yarn(mscale=0.7, mscale_all_dim=0.9),
    "rope_yarn_mscale_alone": yarn(mscale=0.7),
    "rope_yarn_mscale_all_dim_alone": yarn(mscale_all_dim=0.7),
    "rope_yarn_mscale_zero": yarn(mscale=0.0, mscale_all_dim=0.7),
    "rope_yarn_attention_factor": yarn(attention_factor=1.3),
    "rope_yarn_attention_factor_small": yarn(attention_factor=0.6, mscale=0.3, mscale_all_dim=0.9),
    "rope_yarn_factor_one": yarn(factor=1.0),
}

NOT_HYBRID: Final = frozenset({"rope_llama3", "rope_llama3_factor"})
"""Of these, what a hybrid model cannot have."""
MLA_ROPES: Mapping[str, Keywords] = {
    "rope_theta": rope("default"),
    "rope_dynamic": rope("dynamic", factor=2.5),
    "rope_yarn": yarn(mscale=1.0, mscale_all_dim=1.0),
    "rope_yarn_mscales": yarn(mscale=0.7, mscale_all_dim=0.9),
    "rope_yarn_no_mscales": yarn(),
    "rope_yarn_length": yarn(original_max_position_embeddings=16),
    "rope_yarn_mscale_alone": yarn(mscale=0.7),
    "rope_yarn_mscale_all_dim_alone": yarn(mscale_all_dim=0.9),
    "rope_yarn_mscale_zero": yarn(mscale=0.0, mscale_all_dim=0.9),
    "rope_yarn_attention_factor": yarn(attention_factor=1.3, mscale_all_dim=0.9),
    "rope_yarn_betas": yarn(mscale=1.0, mscale_all_dim=1.0, beta_fast=2.5, beta_slow=0.3),
    "rope_yarn_factor_one": yarn(factor=1.0, mscale=0.7, mscale_all_dim=0.9),
}

# --- What decides something -------------------------------------------------------------------------------------------

YARN_KEYS = (
    "factor",
    "original_max_position_embeddings",
    "attention_factor",
    "mscale",
    "mscale_all_dim",
    "beta_fast",
    "beta_slow",
)
GPT_ROPE = Rope(
    {
        "default": ("rope_theta",),
        "linear": ("factor",),
        # Up to the length of the deviation it is the default.
        "dynamic": (),
        "llama3": ("factor",),
        "yarn": (*YARN_KEYS, "truncate"),
    },
    BAD_GPT_ROPES,
)
MLA_ROPE = Rope({"default": ("rope_theta",), "dynamic": (), "yarn": YARN_KEYS}, BAD_MLA_ROPES)

# --- Refusals ---------------------------------------------------------------------------------------------------------

LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
LONG = {"short_factor": [1.1] * 12, "long_factor": [2.0] * 12, "factor": 4.0, "original_max_position_embeddings": 32}
SHORT_LONG = {**LONG, "short_factor": [1.1] * 4, "long_factor": [2.0] * 4}
# A text of 64 tokens is longer than this.
SHORT = {"max_position_embeddings": 32}


def _llama3(**keys: Any) -> Keywords:
    return {"max_position_embeddings": 20000, **rope("llama3", **{**LLAMA3, **keys})}


def _without(keys: Keywords, *names: str) -> Keywords:
    """The same rope less some keys."""
    return {"rope_parameters": {key: value for key, value in keys["rope_parameters"].items() if key not in names}}


DEFAULT = rope("default")

# Of both readers.
_SHARED: Sequence[Refused] = (
    Refused("rope_theta_outside", "rope_theta", {}, {"rope_theta": 500.0}, start=DEFAULT, equal=STALE),
    Refused(
        "original_length_outside",
        "original_max_position_embeddings",
        {},
        {"original_max_position_embeddings": 64},
        start=yarn(),
    ),
    Refused(
        "rope_dynamic_factor",
        "rope_parameters.factor",
        rope("dynamic", factor=1e30),
        nearest=(rope("dynamic", factor=2.5),),
    ),
    Refused(
        "rope_proportional",
        "rope_parameters.rope_type",
        rope("proportional", partial_rotary_factor=0.5),
        nearest=(DEFAULT,),
        tries=({"rotary_percent": 0.5},),
    ),
    Refused("rope_axial", "rope_parameters.rope_type", rope("axial"), nearest=(DEFAULT,)),
    Refused("rope_unknown", "rope_parameters.rope_type", rope("spiral"), nearest=(DEFAULT,)),
    Refused(
        "rope_theta_none",
        "rope_parameters.rope_theta",
        {},
        {"rope_parameters": {"rope_type": "default"}},
    ),
    Refused(
        "rope_type_none",
        "rope_parameters.rope_type",
        {},
        {"rope_parameters": {"rope_theta": 700.0}},
        start=DEFAULT,
    ),
    Refused("rope_empty", "rope_parameters", {}, {"rope_parameters": {}}),
    Refused(
        "rope_partial_yarn",
        "rope_parameters.partial_rotary_factor",
        yarn(partial_rotary_factor=0.5),
        nearest=(yarn(),),
    ),
    Refused(
        "rope_partial_default",
        "rope_parameters.partial_rotary_factor",
        rope("default", partial_rotary_factor=0.5),
        nearest=(DEFAULT,),
        equal="the class rotates the whole head, whatever whoever wrote this meant",
    ),
    Refused("rope_yarn_no_factor", "rope_parameters.factor", {}, _without(yarn(), "factor"), start=yarn()),
    Refused(
        "rope_yarn_theta_one",
        "rope_parameters.rope_theta",
        {"rope_parameters": {**yarn()["rope_parameters"], "rope_theta": 1.0}},
        nearest=(yarn(),),
    ),
    Refused(
        "rope_yarn_attention_factor_zero",
        "rope_parameters.attention_factor",
        yarn(attention_factor=0.0),
        nearest=(yarn(),),
    ),
    Refused("rope_yarn_negative_beta", "rope_parameters.beta_fast", yarn(beta_fast=-1.0), nearest=(yarn(),)),
)
ROPE_REFUSED: Sequence[Refused] = (
    *_SHARED,
    Refused(
        "partial_rotary_factor_outside",
        "partial_rotary_factor",
        {},
        {"partial_rotary_factor": 0.5},
        start=rope("linear", factor=2.5),
    ),
    Refused("rope_longrope", "rope_parameters.rope_type", rope("longrope", **LONG), start=SHORT),
    Refused(
        "rope_linear_no_factor",
        "rope_parameters.factor",
        {},
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 700.0}},
        start=DEFAULT,
    ),
    Refused(
        "rope_linear_factor_zero",
        "rope_parameters.factor",
        rope("linear", factor=0.0),
        nearest=(DEFAULT,),
    ),
    *(
        Refused(
            f"rope_llama3_{key}",
            f"rope_parameters.{key}",
            _llama3(**{key: value}),
            nearest=(_llama3(),),
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
    ),
    Refused(
        "rope_yarn_attention_factor",
        "rope_parameters.attention_factor",
        yarn(factor=1.0, attention_factor=1.3),
        nearest=(yarn(factor=1.0),),
        tries=({"yarn_mscale": 1.3, "yarn_mscale_all_dim": 0.0},),
    ),
    Refused(
        "rope_yarn_broken_length",
        "rope_parameters.original_max_position_embeddings",
        yarn(original_max_position_embeddings=40.5, truncate=False),
        nearest=[yarn(original_max_position_embeddings=length, truncate=False) for length in (40, 41)],
    ),
)
MLA_ROPE_REFUSED: Sequence[Refused] = (
    *_SHARED,
    Refused(
        "partial_rotary_factor_outside",
        "partial_rotary_factor",
        {},
        {"partial_rotary_factor": 0.5},
        start=yarn(),
    ),
    Refused(
        "rope_longrope",
        "rope_parameters.rope_type",
        rope("longrope", **SHORT_LONG),
        start=SHORT,
    ),
    Refused(
        "rope_linear_mla",
        "rope_parameters.rope_type",
        rope("linear", factor=2.5),
        nearest=(DEFAULT,),
        tries=({"rotary_scaling_factor": 2.5}, {"seq_len_interpolation_factor": 2.5}),
    ),
    Refused(
        "rope_llama3_mla",
        "rope_parameters.rope_type",
        _llama3(original_max_position_embeddings=64),
        nearest=(DEFAULT,),
        tries=({"rope_scaling": True, "rope_scaling_factor": 8.0},),
    ),
    Refused(
        "rope_yarn_attention_factor",
        "rope_parameters.attention_factor",
        yarn(factor=1.0, attention_factor=1.3),
        nearest=(yarn(factor=1.0),),
        tries=({"mscale": 1.3},),
    ),
    Refused(
        "rope_yarn_broken_length",
        "rope_parameters.original_max_position_embeddings",
        yarn(original_max_position_embeddings=40.5),
        nearest=(yarn(original_max_position_embeddings=40),),
        equal="the range of frequencies that it decides is rounded here; not for every such length",
    ),
    Refused(
        "rope_yarn_truncate_mla",
        "rope_parameters.truncate",
        yarn(truncate=False, beta_fast=2.5, beta_slow=0.3),
        nearest=(yarn(beta_fast=2.5, beta_slow=0.3),),
        tries=({"yarn_correction_range_round_to_int": False},),
    ),
    Refused(
        "rope_yarn_factor_none_mla",
        "rope_parameters.factor",
        yarn(factor=None, mscale_all_dim=0.9),
        nearest=(yarn(mscale_all_dim=0.9),),
    ),
)
