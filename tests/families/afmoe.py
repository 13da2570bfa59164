"""Trinity: norms around gated attention and experts, and positions in layers with a window alone."""

from __future__ import annotations

from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM, OTHER_SIZES, required
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import EXPERTS, MLP, MODEL
from tests.numerics.transforms import gated_qkv, grouped_qkv
from tests.numerics.weights import Layout, Row

PROOF = Proof(
    base={
        **DECODER,
        "num_experts": 8,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
        "num_shared_experts": 1,
        "num_dense_layers": 1,
        "route_scale": 2.5,
        "sliding_window": 5,
        "global_attn_every_n_layers": 3,
    },
    cases={
        "default": {},
        "one_expert": {"num_experts_per_tok": 1},
        "scaled_embeddings": {"mup_enabled": True},
        "window_below": {"layer_types": ["sliding_attention", "full_attention", "full_attention"]},
        "window_everywhere": {"layer_types": ["sliding_attention"] * 3},
        "window_nowhere": {"layer_types": ["full_attention"] * 3},
        "window_of_one": {"sliding_window": 1},
        "no_dense_layers": {"num_dense_layers": 0},
        "two_dense_layers": {"num_dense_layers": 2},
        "more_dense_layers_than_layers": {"num_dense_layers": 7},
        "two_shared_experts": {"num_shared_experts": 2},
        "no_shared_experts": {"num_shared_experts": 0},
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "no_scaling": {"route_scale": 1.0},
        "groups_derived": {"num_key_value_heads": None},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "combined": {
            "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
            "mup_enabled": True,
            "num_shared_experts": 2,
            "tie_word_embeddings": True,
            "num_experts_per_tok": 2,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        NO_GROUPS,
        NO_HEAD_DIM,
        *required("attention_dropout", "sliding_window", "num_dense_layers", "num_shared_experts"),
        *required("num_experts", "num_experts_per_tok", "route_scale"),
        Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            Row("input_layernorm.{kind}", ("input_layernorm.{kind}",)),
            Row("pre_mlp_layernorm.{kind}", ("pre_mlp_layernorm.{kind}",)),
            Row(
                "self_attention.linear_qkv.weight",
                tuple(f"self_attn.{name}_proj.weight" for name in ("q", "gate", "k", "v")),
                gated_qkv,
            ),
            # All but a fused weight without a gate.
            *(row for row in SELF_ATTENTION if row.transform is not grouped_qkv),
            *MLP,
            *EXPERTS,
            Row("mlp.router.weight", ("mlp.router.gate.weight",)),
            Row("mlp.router.expert_bias", ("mlp.expert_bias",)),
        ),
    ),
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    swept=NOTHING,
    equal={"mup_enabled": "None is False"},
    # Without a window.
    partly=({"layer_types": ["full_attention"] * 3},),
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "mup_enabled", "num_dense_layers"}),
    zero=frozenset({"initializer_range", "attention_dropout", "num_shared_experts", "num_dense_layers"}),
    none=frozenset({"dtype", "mup_enabled"}),
)
