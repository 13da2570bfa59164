"""MiMo V2 Flash."""

from __future__ import annotations

import dataclasses

from tests.families.experts import GROUPED_DECODER, GROUPS, LISTED, LISTED_REFUSED, MLP_TYPES
from tests.families.layer_ropes import (
    FULL,
    LAYER_ROPE,
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
from tests.families.ropes import DEFAULT, NOT_HYBRID, rope
from tests.families.shared import ACTIVATION, ATTENTION, GENERAL, OTHER_SIZES, REMOTE, ROUTER, THREE_GROUPS
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

_WINDOWS = {"layer_types": [SLIDING] * 3}
_MIXED = {"layer_types": [FULL, SLIDING, SLIDING]}
_IN_OTHER_WORDS: Keywords = {
    "hybrid_layer_pattern": [0, 1, 1],
    "moe_layer_freq": [0, 1, 1],
    "swa_num_key_value_heads": 4,
    "swa_rope_theta": DEFAULT["rope_parameters"]["rope_theta"],
}


def _rotating(part: float, keywords: Keywords) -> Keywords:
    """The same ropes of layers, all of which rotate this part of each head."""
    ropes = {kind: {"partial_rotary_factor": part, **rope} for kind, rope in keywords["rope_parameters"].items()}
    return {**_MIXED, **keywords, "rope_parameters": ropes}


_OF_A_PART = {FULL: {**DEFAULT["rope_parameters"], "partial_rotary_factor": 0.5}, SLIDING: OTHER[FULL]}

PROOF = Proof(
    base={
        **{name: value for name, value in GROUPED_DECODER.items() if name != "n_shared_experts"},
        **layered(DEFAULT),
        "layer_types": [FULL] * 3,
        "sliding_window": 5,
        "v_head_dim": 24,
        "attention_value_scale": None,
        "mlp_layer_types": ["dense", "sparse", "sparse"],
    },
    cases={
        "default": {},
        "biases": {"attention_bias": True},
        "windows": _WINDOWS,
        "windows_and_one_group": {**_WINDOWS, "num_key_value_heads": 1},
        "window_of_one": {**_WINDOWS, "sliding_window": 1},
        "value_scale_of_one": {"attention_value_scale": 1.0},
        "scaled_values": {"attention_value_scale": 0.707},
        "narrow_values": {"v_head_dim": 16},
        "narrow_values_and_biases": {"v_head_dim": 10, "attention_bias": True},
        "narrow_values_and_windows": {**_WINDOWS, "v_head_dim": 16},
        "two_kinds": _MIXED,
        "two_kinds_in_turns": {"layer_types": [SLIDING, FULL, SLIDING]},
        "two_kinds_and_one_group": {**_MIXED, "num_key_value_heads": 1},
        "two_kinds_and_biases": {**_MIXED, "attention_bias": True},
        "said_beside_ropes": {
            "rope_theta": DEFAULT["rope_parameters"]["rope_theta"],
            "partial_rotary_factor": 0.334,
        },
        "in_other_words": {**_MIXED, **_IN_OTHER_WORDS},
        "published": {
            **_MIXED,
            "v_head_dim": 16,
            "attention_value_scale": 0.707,
            "num_key_value_heads": 1,
            "rope_parameters": None,
        },
        "rope_of_no_layer": {"rope_parameters": {**OTHER}},
        "rope_of_the_class": {"rope_parameters": None},
        "other_sizes": {
            **OTHER_SIZES,
            "v_head_dim": 8,
            "num_hidden_layers": 2,
            "layer_types": [FULL] * 2,
            "mlp_layer_types": ["sparse", "dense"],
            "rms_norm_eps": 1e-5,
            "n_routed_experts": 6,
            "n_group": 3,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "layer_types": [SLIDING, FULL, SLIDING],
            "sliding_window": 7,
            "v_head_dim": 10,
            "attention_value_scale": 1.7,
            "attention_bias": True,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "pad_token_id": 3,
            **layered(rope("linear", factor=2.5)),
        },
        "gelu": {"hidden_act": "gelu"},
        **LISTED,
        **GROUPS,
        **ATTENTION,
        **{name: layered(each) for name, each in PARTIAL_ROPES.items()},
        **{name: _rotating(0.5 if "yarn" not in name else 1.0, each) for name, each in TWO_ROPES.items()},
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        *ROUTER,
        # Of the scaled ropes, which look there.
        *(
            dataclasses.replace(row, equal="") if row.name == "partial_rotary_factor_outside" else row
            for row in map(layered_refused, PARTIAL_ROPE_REFUSED)
        ),
        *LAYER_TYPES_REFUSED,
        *LISTED_REFUSED,
        Refused("two_kinds", "layer_types", _MIXED),
        dataclasses.replace(TWO_SCALED, start=_MIXED, layers=True),
        Refused(
            "two_parts",
            "rope_parameters",
            {"rope_parameters": _OF_A_PART},
            start=_MIXED,
            nearest=(_rotating(0.5, {"rope_parameters": {**OTHER}}),),
            layers=True,
        ),
        Refused(
            "odd_own_rope",
            "head_dim",
            _rotating(0.55, {"rope_parameters": {**OTHER}}),
            start=_MIXED,
            nearest=(_rotating(0.5, {"rope_parameters": {**OTHER}}),),
            layers=True,
        ),
        Refused("no_groups_with_windows", "num_key_value_heads", {"num_key_value_heads": 4}, start=_WINDOWS),
        Refused(
            "no_groups_with_some_windows",
            "num_key_value_heads",
            {"num_key_value_heads": 4},
            start=_MIXED,
            nearest=(NOTHING, {"num_key_value_heads": 1}),
            layers=True,
        ),
        *(
            Refused(key, key, {key: value}, start={**_MIXED, **_IN_OTHER_WORDS}, equal=REMOTE, layers=True)
            for key, value in (
                ("hybrid_layer_pattern", [0, 1, 0]),
                ("moe_layer_freq", [1, 1, 1]),
                ("swa_num_key_value_heads", 2),
                ("swa_rope_theta", 5.0),
            )
        ),
        Refused("scaling_unsaid", "routed_scaling_factor", {}, {"routed_scaling_factor": None}),
        Refused("narrow_values", "v_head_dim", {"v_head_dim": 16}),
        Refused("wide_values", "v_head_dim", {"v_head_dim": 26}, layers=True),
        Refused("value_scale", "attention_value_scale", {"attention_value_scale": 0.707}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}, start=_WINDOWS),
    ),
    layout=LLAMA,
    rope=dataclasses.replace(LAYER_ROPE, types=PARTIAL_ROPE.types),
    shallow=NOTHING,
    swept={"num_hidden_layers": 2, "layer_types": [FULL] * 2, "mlp_layer_types": ["dense", "sparse"]},
    hybrid=NOT_HYBRID,
    values={
        "mlp_layer_types": MLP_TYPES,
        "layer_types": ([SLIDING] * 3, [FULL, SLIDING, FULL], [FULL], [FULL] * 4, [], None),
        "rope_parameters": ROPE_PARAMETERS,
        "v_head_dim": (24, 16, 8),
    },
    equal={"attention_value_scale": "None is 1", "sliding_window": "no layer has a window"},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "attention_value_scale"}),
    none=frozenset({"dtype", "attention_value_scale"}),
)
