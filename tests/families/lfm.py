"""Which weight is which in Liquid's models."""

from __future__ import annotations

from tests.numerics.layouts import MODEL
from tests.numerics.transforms import grouped_qkv, joined
from tests.numerics.weights import Layout, Row

LFM = Layout(
    "model.layers.{}.",
    (
        *(row for row in MODEL if "final" not in row.target),
        Row("decoder.final_layernorm.weight", ("model.embedding_norm.weight",)),
        Row("decoder.final_norm.weight", ("model.embedding_norm.weight",)),
    ),
    (
        Row("input_layernorm.weight", ("operator_norm.weight",)),
        Row("pre_mlp_layernorm.weight", ("ffn_norm.weight",)),
        Row(
            "self_attention.linear_qkv.{kind}",
            ("self_attn.q_proj.{kind}", "self_attn.k_proj.{kind}", "self_attn.v_proj.{kind}"),
            grouped_qkv,
        ),
        Row("self_attention.linear_proj.weight", ("self_attn.out_proj.weight",)),
        Row("self_attention.q_layernorm.weight", ("self_attn.q_layernorm.weight",)),
        Row("self_attention.k_layernorm.weight", ("self_attn.k_layernorm.weight",)),
        Row("mlp.linear_fc1.weight", ("feed_forward.w1.weight", "feed_forward.w3.weight"), joined),
        Row("mlp.linear_fc2.weight", ("feed_forward.w2.weight",)),
        # LFM2 with experts.
        Row("mlp.router.weight", ("feed_forward.gate.weight",)),
        Row("mlp.router.expert_bias", ("feed_forward.expert_bias",)),
        Row("mlp.experts.local_experts.{expert}.linear_fc1.weight", ("feed_forward.experts.gate_up_proj[{expert}]",)),
        Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("feed_forward.experts.down_proj[{expert}]",)),
        # LFM3.
        Row("self_attention.linear_proj.weight", ("self_attn.o_proj.weight",)),
        Row("self_attention.q_layernorm.weight", ("self_attn.q_norm.weight",)),
        Row("self_attention.k_layernorm.weight", ("self_attn.k_norm.weight",)),
    ),
)
