"""Step-3.5, and the language model of Step-3.7."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.families.experts import LISTED, LISTED_REFUSED, MLP_TYPES
from tests.families.layer_ropes import (
    FULL,
    LAYER_ROPE,
    ONE_OF_EACH,
    OTHER,
    ROPE_PARAMETERS,
    SLIDING,
    TWO_ROPES,
    TWO_SCALED,
    layered,
    layered_refused,
)
from tests.families.partial_ropes import PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import NOTHING, Keywords, Proof, Refused
from tests.families.ropes import DEFAULT, NOT_HYBRID, llama3, rope
from tests.families.shared import ATTENTION, DECODER, GENERAL, OTHER_SIZES, THREE_GROUPS
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import EXPERTS, MLP, MODEL, NORMS
from tests.numerics.transforms import grouped_qkv, head_gated_qkv, stacked_qkv
from tests.numerics.weights import Layout, Row

_PLAIN = DEFAULT["rope_parameters"]


def _ropes(full: Keywords, sliding: Keywords) -> Keywords:
    """A rope of each type of layer."""
    return {**full, "rope_parameters": {FULL: full["rope_parameters"], SLIDING: sliding["rope_parameters"]}}


_HALF = rope("default", partial_rotary_factor=0.5)
_SCALED = llama3(8.0)
# As published, but for a length at which tiny models show it.
_PUBLISHED = {
    "factor": 2.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 32.0,
    "original_max_position_embeddings": 4096,
    "partial_rotary_factor": 0.5,
}


def _bands(**keys: float) -> Keywords:
    return {"max_position_embeddings": 20000, **rope("llama3", rope_theta=90000.0, **{**_PUBLISHED, **keys})}


_SCALED_HALF = {**_SCALED, "rope_parameters": {**_SCALED["rope_parameters"], "partial_rotary_factor": 0.5}}
_PARTS = {
    "parts_of_one_base": _ropes(_HALF, rope("default")),
    "part_where_sliding": _ropes(DEFAULT, _HALF),
    "parts_of_two_bases": _ropes(_HALF, rope("default", rope_theta=90.0, partial_rotary_factor=0.75)),
    "rope_linear_part_where_full": _ropes(rope("linear", factor=2.5, partial_rotary_factor=0.25), DEFAULT),
    "rope_llama3_part_where_full": _ropes(_SCALED_HALF, DEFAULT),
    "rope_bands_of_a_length": _ropes(
        _bands(low_freq_factor=2.0, partial_rotary_factor=1.0), rope("default", rope_theta=90.0)
    ),
}

# What stands beside the ropes of layers the class drops.
_BANDS = ("low_freq_factor", "high_freq_factor", "original_max_position_embeddings")
_TYPES = {
    **PARTIAL_ROPE.types,
    "llama3": (*PARTIAL_ROPE.types["llama3"], *_BANDS),
    "yarn": tuple(key for key in PARTIAL_ROPE.types["yarn"] if key != "truncate"),
}


def _has_other_bands(value: Any, keys: frozenset[str]) -> bool:
    """Whether nothing is wrong with ropes but bands that Megatron does not have."""
    found: list[Any] = [each.get(key) for each in LAYER_ROPE.read(value) for key in _BANDS if f".{key}" in keys]
    named = {f".{key}" for key in _BANDS}
    return bool(found) and keys <= named and all(type(each) in (int, float) and each > 0 for each in found)


def _refused(row: Refused) -> Refused:
    if row.name == "rope_longrope":
        # transformers asks for the heads of all layers at once.
        return dataclasses.replace(row, start={**row.start, "num_sliding_attention_heads": 4})
    if row.name == "rope_yarn_broken_length":
        return dataclasses.replace(
            row, equal="truncated, as the class has it always, both lengths give the same bounds"
        )
    return row


PROOF = Proof(
    base={
        **DECODER,
        **layered(DEFAULT),
        "num_sliding_attention_heads": 6,
        "layer_types": [FULL, SLIDING, SLIDING],
        "sliding_window": 5,
        "mlp_layer_types": ["dense", "sparse", "sparse"],
        "n_routed_experts": 8,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
        "share_expert_dim": 56,
        "moe_router_scaling_factor": 2.5,
    },
    cases={
        "default": {},
        "other_type_first": {"layer_types": [SLIDING, FULL, SLIDING]},
        "windows": {"layer_types": [SLIDING] * 3},
        "no_windows": {"layer_types": [FULL] * 3},
        "window_of_one": {"sliding_window": 1},
        "as_many_heads": {"num_sliding_attention_heads": 4},
        "fewer_heads": {"num_sliding_attention_heads": 2},
        "heads_unsaid": {"num_sliding_attention_heads": None},
        "scale": {"query_pre_attn_scalar": 20},
        "scale_between": {"query_pre_attn_scalar": 20.5},
        "scale_unsaid": {"query_pre_attn_scalar": None},
        # Tiny activations would reach no others.
        "bounds": {"swiglu_limits": [0.0, 0.3, 0.2], "swiglu_limits_shared": [0.3, None, 0.1]},
        "bounds_of_experts": {"swiglu_limits": [None, None, 0.3]},
        "bounds_of_mlps": {"swiglu_limits_shared": [0.2, 0.0, 0.0]},
        "bounds_of_further_layers": {"swiglu_limits": [0.3, 0.3, 0.2, 0.1]},
        "bounds_of_none": {"swiglu_limits": [0.0] * 3, "swiglu_limits_shared": []},
        "one_expert": {"num_experts_per_tok": 1},
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "no_scaling": {"moe_router_scaling_factor": 1.0},
        "wide_shared_expert": {"share_expert_dim": 72},
        "padding_token": {"pad_token_id": 5},
        "predicting": {"num_nextn_predict_layers": 1, "mtp_layer_types": [FULL], "mtp_mlp_layer_types": ["dense"]},
        "rope_of_the_class": {"rope_parameters": None},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "num_sliding_attention_heads": 9,
            "layer_types": [SLIDING, FULL],
            "mlp_layer_types": ["sparse", "dense"],
            "rms_norm_eps": 1e-5,
            "n_routed_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True, "gating": "per-head", "use_moe_router_bias": True},
        "published": {
            "swiglu_limits": [0.0, 0.0, 0.3],
            "swiglu_limits_shared": [0.0, 0.0, 0.4],
            **_ropes(_bands(), DEFAULT),
        },
        "combined": {
            "layer_types": [SLIDING, FULL, SLIDING],
            "sliding_window": 7,
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "num_key_value_heads": 1,
            "num_sliding_attention_heads": 5,
            "query_pre_attn_scalar": 30,
            "swiglu_limits": [0.3, None, None],
            "swiglu_limits_shared": [0.5, 0.4, None],
            "tie_word_embeddings": True,
            "num_experts_per_tok": 2,
            "pad_token_id": 3,
            **_ropes(rope("linear", factor=2.5, partial_rotary_factor=0.5), rope("default", rope_theta=900.0)),
        },
        **LISTED,
        **{name: each for name, each in ATTENTION.items() if name != "no_groups"},
        "no_groups": {"num_key_value_heads": 4, "num_sliding_attention_heads": 8},
        **{name: layered(each) for name, each in PARTIAL_ROPES.items()},
        **TWO_ROPES,
        **_PARTS,
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        # Of the scaled ropes, which look there.
        *(
            dataclasses.replace(row, equal="") if row.name == "partial_rotary_factor_outside" else row
            for row in map(_refused, map(layered_refused, PARTIAL_ROPE_REFUSED))
            # Bands are any.
            if row.name not in {f"rope_llama3_{key}" for key in _BANDS}
        ),
        *LAYER_TYPES_REFUSED,
        *LISTED_REFUSED,
        TWO_SCALED,
        Refused(
            "odd_own_rope",
            "head_dim",
            _ropes(rope("default", partial_rotary_factor=0.55), rope("default", partial_rotary_factor=0.5)),
            nearest=(_ropes(_HALF, DEFAULT),),
        ),
        Refused(
            "own_rope_of_nothing",
            "head_dim",
            _ropes(DEFAULT, rope("default", partial_rotary_factor=0.01)),
            nearest=(_ropes(DEFAULT, _HALF),),
        ),
        Refused("heads_that_leave_a_rest", "num_sliding_attention_heads", {"num_sliding_attention_heads": 5}),
        Refused(
            "heads_overridden_otherwise",
            "per_layer_config",
            {"per_layer_config": {1: {"num_attention_heads": 6}, 2: {"num_attention_heads": 2}}},
        ),
        Refused("heads_not_overridden", "per_layer_config", {"per_layer_config": {}}),
        Refused("biases_of_attention", "attention_bias", {"attention_bias": True}),
        Refused("biases_of_mlps", "mlp_bias", {"mlp_bias": True}),
        Refused("another_activation", "hidden_act", {}, {"hidden_act": "gelu"}),
        Refused("too_few_bounds", "swiglu_limits", {"swiglu_limits": [0.3]}),
        Refused("too_few_bounds_of_mlps", "swiglu_limits_shared", {"swiglu_limits_shared": [0.3]}),
        Refused("bound_below_zero", "swiglu_limits", {"swiglu_limits": [0.0, -0.3, 0.0]}),
        Refused("bound_of_mlps_below_zero", "swiglu_limits_shared", {"swiglu_limits_shared": [-0.3, 0.0, 0.0]}),
        Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
        Refused(
            "gates_of_channels", "gating", {}, {"gating": False}, unseen="the class multiplies by gates of heads alone"
        ),
        Refused("not_causal_at_all", "use_bidirectional_attention", {}, {"use_bidirectional_attention": True}),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            *NORMS,
            Row(
                "self_attention.linear_qkv.weight",
                tuple(f"self_attn.{name}_proj.weight" for name in ("q", "k", "v", "g")),
                head_gated_qkv,
            ),
            # All but fused weights without gates.
            *(row for row in SELF_ATTENTION if row.transform not in (grouped_qkv, stacked_qkv)),
            *MLP,
            *EXPERTS,
        ),
    ),
    rope=dataclasses.replace(
        LAYER_ROPE,
        types=_TYPES,
        bad=tuple((value, keys) for value, keys in LAYER_ROPE.bad if not _has_other_bands(value, keys)),
    ),
    shallow=NOTHING,
    swept={**ONE_OF_EACH, "mlp_layer_types": ["dense", "sparse"]},
    hybrid=NOT_HYBRID
    | {"published", "rope_llama3_where_full", "rope_llama3_part_where_full", "rope_bands_of_a_length"},
    values={
        "mlp_layer_types": MLP_TYPES,
        "layer_types": ([SLIDING] * 3, [FULL, SLIDING, FULL], [FULL], [FULL] * 4, [], None),
        "rope_parameters": (*ROPE_PARAMETERS, OTHER),
        "num_sliding_attention_heads": (2, 8, 5),
        "gating": (True, "per-head", False),
        "use_bidirectional_attention": (False, True),
        "layer_scale_init_value": (0.1, 0.2),
        "mtp_layer_types": ([FULL], [SLIDING], None),
        "mtp_mlp_layer_types": (["dense"], ["sparse"], None),
        "swiglu_limits": ([0.3] * 3, [0.0, 0.0, 0.2], [0.3], [], None),
        "swiglu_limits_shared": ([0.3] * 3, [0.0, 0.0, 0.2], [0.3], [], None),
    },
    equal={
        "gating": "True is 'per-head'",
        "num_mtp_layers": "another name of num_nextn_predict_layers, which decides nothing",
        "swiglu_limits": "an empty list is none",
        "swiglu_limits_shared": "an empty list is none",
    },
    # Without a window.
    partly=({"layer_types": [FULL] * 3},),
    # Heads of a type of layer that no layer has say nothing.
    spellings=frozenset(
        {
            *("dtype", "rope_parameters", "query_pre_attn_scalar", "swiglu_limits", "swiglu_limits_shared"),
            *("num_attention_heads", "num_sliding_attention_heads", "per_layer_config"),
        }
    ),
    none=frozenset({"dtype", "swiglu_limits", "swiglu_limits_shared"}),
)
