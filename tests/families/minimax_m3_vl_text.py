"""The language model of MiniMax-M3 without sparse attention."""

from __future__ import annotations

import dataclasses

from tests.families.experts import LISTED, LISTED_REFUSED, MLP_TYPES
from tests.families.partial_ropes import PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import Proof, Refused
from tests.families.ropes import NOT_HYBRID, rope
from tests.families.routers import AUXILIARY_LOSS, LOCAL_EXPERTS, ONE_EXPERT, TOO_MANY_EXPERTS, ZERO
from tests.families.shared import ATTENTION, GENERAL, OTHER_SIZES, THREE_GROUPS
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import EXPERTS, MLP, MODEL, NORMS
from tests.numerics.weights import Layout, Row

FULL, SPARSE = "full_attention", "minimax_m3_sparse"

PROOF = Proof(
    base={
        **LOCAL_EXPERTS,
        "intermediate_size": 40,
        "dense_intermediate_size": 96,
        "shared_intermediate_size": 56,
        "routed_scaling_factor": 2.5,
        "mlp_layer_types": ["dense", "sparse", "sparse"],
        # Tiny activations would reach no other.
        "swiglu_limit": 0.7,
    },
    cases={
        "default": {},
        "one_expert": {"num_experts_per_tok": 1},
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "low_limit": {"swiglu_limit": 0.3},
        "no_scaling": {"routed_scaling_factor": 1.0},
        "wide_shared_expert": {"shared_intermediate_size": 72},
        "wide_mlp": {"dense_intermediate_size": 80},
        "dead_fields": {"rotary_dim": 24, "hidden_act": "gelu", "router_jitter_noise": 0.3, "index_topk_blocks": 1},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            **OTHER_SIZES,
            "intermediate_size": 24,
            "num_hidden_layers": 2,
            "mlp_layer_types": ["sparse", "dense"],
            "rms_norm_eps": 1e-5,
            "num_local_experts": 6,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "swiglu_limit": 1.5,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "num_experts_per_tok": 2,
            **rope("linear", factor=2.5, partial_rotary_factor=0.75),
        },
        **LISTED,
        **ATTENTION,
        **PARTIAL_ROPES,
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        # Of the scaled ropes, which look there.
        *(
            dataclasses.replace(row, equal="") if row.name == "partial_rotary_factor_outside" else row
            for row in PARTIAL_ROPE_REFUSED
        ),
        *LISTED_REFUSED,
        ONE_EXPERT,
        TOO_MANY_EXPERTS,
        Refused(
            "blocks",
            "layer_types",
            {
                "layer_types": [FULL, SPARSE, FULL],
                "index_n_heads": 2,
                "index_head_dim": 24,
                "index_block_size": 4,
                "index_topk_blocks": 2,
            },
        ),
        Refused("too_few_layer_types", "layer_types", {}, {"layer_types": [FULL]}),
        Refused(
            "another_rotated_width",
            "rotary_dim",
            {"rotary_dim": 8},
            nearest=({}, {"rotary_dim": 24}),
            equal="the class does not read it: what the file says beside it is what is computed",
        ),
        Refused("other_gain", "swiglu_alpha", {"swiglu_alpha": 1.2}),
        Refused("no_limit", "swiglu_limit", {"swiglu_limit": 0.0}, unseen="both sides clamp at zero alike"),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            *NORMS,
            *SELF_ATTENTION,
            *MLP,
            *EXPERTS,
            Row("mlp.shared_experts.linear_fc1.weight", ("mlp.shared_experts.gate_up_proj.weight",)),
        ),
    ),
    rope=PARTIAL_ROPE,
    shallow={"num_hidden_layers": 1, "mlp_layer_types": ["dense"]},
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    values={
        "mlp_layer_types": MLP_TYPES,
        "layer_types": ([FULL, SPARSE, FULL], [SPARSE] * 3, [FULL], [FULL] * 4, [], None),
    },
    zero=ZERO,
    # The default of rotary_dim says nothing.
    spellings=frozenset({"dtype", "rope_parameters", "rotary_dim"}),
)
