"""Mellum 2."""

from __future__ import annotations

from tests.families.layer_ropes import (
    FULL,
    LAYER_ROPE,
    MIXED,
    ONE_OF_EACH,
    OTHER,
    ROPE_PARAMETERS,
    SLIDING,
    TWO_ROPES,
    TWO_SCALED,
    layered,
    layered_refused,
)
from tests.families.partial_ropes import breaking
from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import NOT_HYBRID, ROPES, rope, yarn
from tests.families.routers import ATTENTION_BIAS, AUXILIARY_LOSS, ONE_NORMALISED, TOO_MANY_EXPERTS, ZERO
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER_REFUSED, EXPERTS, OTHER_SIZES
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**EXPERTS, **MIXED, "sliding_window": 5},
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "rope_of_the_class": {"layer_types": None, "rope_parameters": None},
        "rope_of_no_layer": {"layer_types": [FULL] * 3, "rope_parameters": {**OTHER}},
        "window_nowhere": {"layer_types": [FULL] * 3},
        "no_window": {"layer_types": [FULL] * 3, "sliding_window": None},
        "window_everywhere": {"layer_types": [SLIDING] * 3},
        "window_in_turns": {"layer_types": [SLIDING, FULL, SLIDING]},
        "window_of_one": {"sliding_window": 1},
        "dense_layers": {"mlp_layer_types": ["dense", "sparse", "dense"]},
        "all_dense_layers": {"mlp_layer_types": ["dense"] * 3},
        "not_normalised": {"norm_topk_prob": False},
        "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
        "one_normalised_expert": {"num_experts_per_tok": 1, "norm_topk_prob": True},
        "all_experts": {"num_experts_per_tok": 8},
        "further_tokens": {"num_mtp_layers": 1},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "layer_types": [FULL, SLIDING],
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "layer_types": [SLIDING, FULL, SLIDING],
            "sliding_window": 7,
            "norm_topk_prob": False,
            "tie_word_embeddings": True,
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "pad_token_id": 3,
            "num_mtp_layers": 1,
            **layered(yarn(mscale=0.7, mscale_all_dim=0.9, truncate=False)),
        },
        "gelu": {"hidden_act": "gelu"},
        **ATTENTION,
        **{name: layered(each) for name, each in ROPES.items()},
        **TWO_ROPES,
    },
    refused=(
        *map(layered_refused, breaking(DECODER_REFUSED)),
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        TOO_MANY_EXPERTS,
        ONE_NORMALISED,
        Refused(
            "two_ropes", "rope_parameters", {"rope_parameters": {**OTHER}}, nearest=({}, {"layer_types": [FULL] * 3})
        ),
        TWO_SCALED,
        Refused("one_rope", "rope_parameters", {}, {**rope("default")}),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
        Refused("mlps_too_few", "mlp_layer_types", {}, {"mlp_layer_types": ["dense"]}),
        Refused("mlps_of_another_type", "mlp_layer_types", {}, {"mlp_layer_types": ["dense", "wide", "sparse"]}),
    ),
    layout=LLAMA,
    rope=LAYER_ROPE,
    shallow=NOTHING,
    swept=ONE_OF_EACH,
    hybrid=NOT_HYBRID | {"rope_llama3_where_full"},
    invisible=AUXILIARY_LOSS,
    values={
        "mlp_layer_types": (["dense"] * 3, ["sparse", "sparse", "dense"], ["dense"], ["wide"] * 3, [], None),
        "mtp_layer_types": ([FULL], [SLIDING], None),
        "mtp_mlp_layer_types": (["dense"], ["sparse"], None),
        "rope_parameters": ROPE_PARAMETERS,
    },
    zero=ZERO,
    none=frozenset({"dtype"}),
    partly=({"layer_types": [FULL] * 3},),
)
