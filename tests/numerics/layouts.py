"""Which weight is which, per kind of model: what proofs name or put together. `weights.py` says how to read a row."""

from __future__ import annotations

from tests.numerics.transforms import (
    centred_as_configured,
    delta_input,
    grouped_qkv,
    interleaved_gate_up,
    joined,
    padded_vocabulary,
    stacked_qkv,
    stacked_qkv_transposed,
    transposed,
)
from tests.numerics.weights import Layout, Row

# --- The whole model --------------------------------------------------------------------------------------------------

MODEL = (
    Row("embedding.word_embeddings.weight", ("model.embed_tokens.weight",), padded_vocabulary),
    Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
    Row("decoder.final_layernorm.{kind}", ("model.norm.{kind}",)),
    Row("decoder.final_norm.{kind}", ("model.norm.{kind}",)),
)

# --- A layer of attention and MLP, with Llama's names -----------------------------------------------------------------

NORMS = (
    Row("input_layernorm.{kind}", ("input_layernorm.{kind}",)),
    Row("pre_mlp_layernorm.{kind}", ("post_attention_layernorm.{kind}",)),
)
ATTENTION = (
    Row(
        "self_attention.linear_qkv.{kind}",
        ("self_attn.q_proj.{kind}", "self_attn.k_proj.{kind}", "self_attn.v_proj.{kind}"),
        grouped_qkv,
    ),
    Row("self_attention.linear_qkv.{kind}", ("self_attn.qkv_proj.{kind}",), stacked_qkv),
    Row("self_attention.linear_proj.{kind}", ("self_attn.o_proj.{kind}",)),
    Row("self_attention.q_layernorm.{kind}", ("self_attn.q_norm.{kind}",)),
    Row("self_attention.k_layernorm.{kind}", ("self_attn.k_norm.{kind}",)),
    Row("self_attention.core_attention.softmax_offset", ("self_attn.sinks",)),
)
LATENT_ATTENTION = (
    Row("self_attention.linear_q_down_proj.{kind}", ("self_attn.q_a_proj.{kind}",)),
    Row("self_attention.q_layernorm.{kind}", ("self_attn.q_a_layernorm.{kind}",)),
    Row("self_attention.linear_q_up_proj.{kind}", ("self_attn.q_b_proj.{kind}",)),
    Row("self_attention.linear_kv_down_proj.{kind}", ("self_attn.kv_a_proj_with_mqa.{kind}",)),
    Row("self_attention.kv_layernorm.{kind}", ("self_attn.kv_a_layernorm.{kind}",)),
    Row("self_attention.linear_kv_up_proj.{kind}", ("self_attn.kv_b_proj.{kind}",)),
    Row("self_attention.linear_proj.{kind}", ("self_attn.o_proj.{kind}",)),
)
# Qwen3-Next: the mixer of its linear layers.
DELTA_NET = (
    Row(
        "self_attention.in_proj.weight",
        ("linear_attn.in_proj_qkvz.weight", "linear_attn.in_proj_ba.weight"),
        delta_input,
    ),
    Row("self_attention.conv1d.weight", ("linear_attn.conv1d.weight",)),
    Row("self_attention.dt_bias", ("linear_attn.dt_bias",)),
    Row("self_attention.A_log", ("linear_attn.A_log",)),
    Row("self_attention.out_norm.weight", ("linear_attn.norm.weight",), centred_as_configured),
    Row("self_attention.out_proj.weight", ("linear_attn.out_proj.weight",)),
)
MLP = (
    Row("mlp.linear_fc1.{kind}", ("mlp.gate_proj.{kind}", "mlp.up_proj.{kind}"), joined),
    Row("mlp.linear_fc1.{kind}", ("mlp.gate_up_proj.{kind}",)),
    Row("mlp.linear_fc2.{kind}", ("mlp.down_proj.{kind}",)),
)
EXPERTS = (
    Row("mlp.router.{kind}", ("mlp.gate.{kind}",)),
    Row("mlp.router.expert_bias", ("mlp.gate.e_score_correction_bias",)),
    Row("mlp.experts.local_experts.{expert}.linear_fc1.weight", ("mlp.experts.gate_up_proj[{expert}]",)),
    Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("mlp.experts.down_proj[{expert}]",)),
    Row(
        "mlp.shared_experts.linear_fc1.weight",
        ("mlp.shared_experts.gate_proj.weight", "mlp.shared_experts.up_proj.weight"),
        joined,
    ),
    Row("mlp.shared_experts.linear_fc2.weight", ("mlp.shared_experts.down_proj.weight",)),
    # Qwen's single shared expert, with a gate of its own.
    Row(
        "mlp.shared_experts.linear_fc1.weight",
        ("mlp.shared_expert.gate_proj.weight", "mlp.shared_expert.up_proj.weight"),
        joined,
    ),
    Row("mlp.shared_experts.linear_fc2.weight", ("mlp.shared_expert.down_proj.weight",)),
    Row("mlp.shared_experts.gate_weight", ("mlp.shared_expert_gate.weight",)),
)
LLAMA = Layout("model.layers.{}.", MODEL, (*NORMS, *ATTENTION, *MLP, *EXPERTS))

DEEPSEEK = Layout("model.layers.{}.", MODEL, (*NORMS, *LATENT_ATTENTION, *MLP, *EXPERTS))

QWEN3_NEXT = Layout("model.layers.{}.", MODEL, (*NORMS, *ATTENTION, *DELTA_NET, *MLP, *EXPERTS))

# --- Other shapes -----------------------------------------------------------------------------------------------------

GPT_OSS = Layout(
    "model.layers.{}.",
    MODEL,
    (
        *NORMS,
        *ATTENTION,
        Row("mlp.router.{kind}", ("mlp.router.{kind}",)),
        Row(
            "mlp.experts.local_experts.{expert}.linear_fc1.weight",
            ("mlp.experts.gate_up_proj[{expert}]",),
            interleaved_gate_up,
        ),
        Row(
            "mlp.experts.local_experts.{expert}.linear_fc1.bias",
            ("mlp.experts.gate_up_proj_bias[{expert}]",),
            interleaved_gate_up,
        ),
        Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("mlp.experts.down_proj[{expert}]",), transposed),
        Row("mlp.experts.local_experts.{expert}.linear_fc2.bias", ("mlp.experts.down_proj_bias[{expert}]",)),
    ),
)

STARCODER2 = Layout(
    "model.layers.{}.",
    MODEL,
    (
        *NORMS,
        *ATTENTION,
        Row("mlp.linear_fc1.{kind}", ("mlp.c_fc.{kind}",)),
        Row("mlp.linear_fc2.{kind}", ("mlp.c_proj.{kind}",)),
    ),
)

GPT2 = Layout(
    "transformer.h.{}.",
    (
        Row("embedding.word_embeddings.weight", ("transformer.wte.weight",), padded_vocabulary),
        Row("embedding.position_embeddings.weight", ("transformer.wpe.weight",)),
        Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
        Row("decoder.final_layernorm.{kind}", ("transformer.ln_f.{kind}",)),
        Row("decoder.final_norm.{kind}", ("transformer.ln_f.{kind}",)),
    ),
    (
        Row("input_layernorm.{kind}", ("ln_1.{kind}",)),
        Row("self_attention.linear_qkv.{kind}", ("attn.c_attn.{kind}",), stacked_qkv_transposed),
        Row("self_attention.linear_proj.{kind}", ("attn.c_proj.{kind}",), transposed),
        Row("pre_mlp_layernorm.{kind}", ("ln_2.{kind}",)),
        Row("mlp.linear_fc1.{kind}", ("mlp.c_fc.{kind}",), transposed),
        Row("mlp.linear_fc2.{kind}", ("mlp.c_proj.{kind}",), transposed),
    ),
)

# Nemotron-H: a layer is a norm and one mixer, of four kinds.
NEMOTRON_H = Layout(
    "model.layers.{}.",
    (
        Row("embedding.word_embeddings.weight", ("model.embeddings.weight",), padded_vocabulary),
        Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
        Row("decoder.final_norm.weight", ("model.norm_f.weight",)),
    ),
    (
        Row("norm.weight", ("norm.weight",)),
        Row("mixer.in_proj.weight", ("mixer.in_proj.weight",)),
        Row("mixer.conv1d_{kind}", ("mixer.conv1d.{kind}",)),
        Row("mixer.dt_bias", ("mixer.dt_bias",)),
        Row("mixer.A_log", ("mixer.A_log",)),
        Row("mixer.D", ("mixer.D",)),
        Row("mixer.norm.weight", ("mixer.norm.weight",)),
        Row("mixer.out_proj.weight", ("mixer.out_proj.weight",)),
        Row("input_layernorm.weight", ("norm.weight",)),
        Row(
            "self_attention.linear_qkv.weight",
            ("mixer.q_proj.weight", "mixer.k_proj.weight", "mixer.v_proj.weight"),
            grouped_qkv,
        ),
        Row("self_attention.linear_proj.weight", ("mixer.o_proj.weight",)),
        Row("pre_mlp_layernorm.weight", ("norm.weight",)),
        Row("mlp.linear_fc1.{kind}", ("mixer.up_proj.{kind}",)),
        Row("mlp.linear_fc2.{kind}", ("mixer.down_proj.{kind}",)),
        Row("mlp.router.weight", ("mixer.gate.weight",)),
        Row("mlp.router.expert_bias", ("mixer.gate.e_score_correction_bias",)),
        Row("mlp.experts.local_experts.{expert}.linear_fc1.weight", ("mixer.experts.up_proj[{expert}]",)),
        Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("mixer.experts.down_proj[{expert}]",)),
        Row("mlp.shared_experts.linear_fc1.weight", ("mixer.shared_experts.up_proj.weight",)),
        Row("mlp.shared_experts.linear_fc2.weight", ("mixer.shared_experts.down_proj.weight",)),
        Row("mlp.fc1_latent_proj.{kind}", ("mixer.fc1_latent_proj.{kind}",)),
        Row("mlp.fc2_latent_proj.{kind}", ("mixer.fc2_latent_proj.{kind}",)),
    ),
)
