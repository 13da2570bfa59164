"""What models have that stock Megatron lacks: the fields of `Layers`, which `mcore_mappers.layers` computes.

Each is paired with the value that means that a model does not have it, as in `architecture`, and each `why` says what
Megatron has instead. The order of groups and of their fields is the order of keyword arguments in generated code.
"""

from __future__ import annotations

from codegen.table import Absence, Group, Owner


def _lacking(section: str, why: str, *fields: Absence) -> Group:
    return Group(f"layers: {section}", ("Layers",), Owner.ARCHITECTURE, why, fields)


LAYERS: tuple[Group, ...] = (
    _lacking(
        "attention",
        (
            "One norm over all heads of queries and one of keys, or a weight of its own for each head, where Megatron "
            "has one weight for all heads."
        ),
        Absence("qk_layernorm_over_heads", False),
        Absence("qk_layernorm_by_head", False),
    ),
    _lacking(
        "attention",
        "Norms of queries and keys after rope. Megatron has them before.",
        Absence("qk_layernorm_after_rope", False),
    ),
    _lacking(
        "attention",
        (
            "Biases of the projections of attention. Megatron has that of the output projection exactly when every "
            "linear layer has one, and then those of queries, keys and values."
        ),
        Absence("qkv_bias", True),
        Absence("add_proj_bias", None),
    ),
    _lacking(
        "attention",
        (
            "A norm of what queries are projected from, where they have no latent: Megatron has it whenever the latent "
            "of keys and values has one."
        ),
        Absence("q_layernorm", True),
    ),
    _lacking(
        "attention",
        "Which channels the rope of latent attention rotates together. Megatron's are neighbours.",
        Absence("mla_rotary_interleaved", True),
    ),
    _lacking(
        "attention",
        (
            "Heads and query groups of each layer, and which layers have sinks: Megatron has as many in all layers, "
            "and sinks in all or in none."
        ),
        Absence("num_attention_heads_by_layer", None),
        Absence("num_query_groups_by_layer", None),
        Absence("softmax_offset_freq", None),
    ),
    _lacking(
        "attention",
        "How wide values are, and by what they are multiplied: Megatron's are as wide as keys, and as projected.",
        Absence("v_channels", None),
        Absence("attention_value_scale", 1.0),
    ),
    _lacking(
        "attention",
        "One gate for each head on what attention gives. Megatron has one for each channel of each head.",
        Absence("attention_output_gate_by_head", False),
    ),
    _lacking(
        "positions",
        (
            "Ropes of single layers, which part of a head these rotate, and factors of the frequencies of a rope by "
            "the length of texts. Megatron has one rope for all layers and lengths."
        ),
        Absence("rotary_base_by_layer", None),
        Absence("rotary_percent_by_layer", None),
        Absence("rope_short_factor", None),
        Absence("rope_long_factor", None),
        Absence("rope_original_max_position_embeddings", None),
        Absence("rope_attention_factor", 1.0),
    ),
    _lacking(
        "soft caps",
        "Soft caps of scores and logits: Megatron takes scores and logits as they are.",
        Absence("attn_logit_softcapping", None),
        Absence("final_logit_softcapping", None),
    ),
    _lacking(
        "queries and keys",
        (
            "Queries that grow with their position, chunks of a sequence that attend to themselves alone, and norms "
            "without weights in some layers: Megatron has the last in all layers, and nothing of the others."
        ),
        Absence("query_temperature_scale", None),
        Absence("query_temperature_length", None),
        Absence("query_temperature_start", 0),
        Absence("query_temperature_freq", None),
        Absence("attention_chunk_size", None),
        Absence("attention_chunk_freq", None),
        Absence("qk_l2_norm_freq", None),
    ),
    _lacking(
        "rope",
        "Bands of frequencies in which Llama 3's rope is scaled; Megatron hard-wires their bounds.",
        Absence("rope_scaling_low_freq_factor", 1.0),
        Absence("rope_scaling_high_freq_factor", 4.0),
    ),
    _lacking(
        "norms",
        (
            "Where the norms of a layer are. Megatron has one before attention and one before the MLP, and none of "
            "what these add to the residual stream."
        ),
        Absence("input_layernorm", True),
        Absence("pre_mlp_layernorm", True),
        Absence("post_attention_layernorm", False),
        Absence("post_mlp_layernorm", False),
    ),
    _lacking(
        "norms",
        "What LayerNorm has beside what it divides by. Megatron's has a weight and a bias.",
        Absence("layernorm_bias", True),
        Absence("layernorm_weight", True),
    ),
    _lacking(
        "branches",
        (
            "Attention and MLP that read the same. Megatron's MLP reads what attention has been added to, after a norm "
            "of its own."
        ),
        Absence("parallel_mlp", False),
        Absence("shared_layernorm", False),
    ),
    _lacking(
        "output",
        "A bias of the output layer, which Megatron makes without one.",
        Absence("output_layer_bias", False),
    ),
    _lacking(
        "residuals",
        "What attention, Mamba and MLPs add is multiplied before. Megatron adds it as it is.",
        Absence("residual_multiplier", 1.0),
    ),
    _lacking(
        "MLPs",
        (
            "Bounds of what a gated MLP or expert multiplies, after the activation of the gate, in some layers. "
            "Megatron has one bound for all layers and experts, before the activation."
        ),
        Absence("mlp_glu_clamp_by_layer", None),
        Absence("moe_expert_glu_clamp_by_layer", None),
    ),
    _lacking(
        "experts",
        (
            "How experts are chosen and weighed. Megatron has a bias of experts for other scores than softmax, ranks "
            "groups by a number of experts that follows from others, divides weights by their sum, however small, and "
            "sigmoid scores exactly where there are several, and chooses all experts of a token at once."
        ),
        Absence("moe_router_softmax_expert_bias", False),
        Absence("moe_router_norm_min", None),
        Absence("moe_router_norm_topk_prob", None),
        Absence("moe_router_group_score_topk", None),
        Absence("moe_router_sparse_mixer", False),
        Absence("moe_router_sparse_mixer_eps", 0.0),
    ),
)
