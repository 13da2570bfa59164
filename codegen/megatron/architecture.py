"""Fields that decide what the model computes, or which parameters exist and how they are shaped.

An `Absence` pairs a field with the value that means "the model does not have it", which must be Megatron's own default,
or with `DECIDE` where there is no such value or where Megatron's default is a trap: 0 layers, LayerNorm, learned
positions, DeepSeek's rope. A field that is read only when another feature is on keeps Megatron's default, whatever it
is: it is absent as long as the feature is, and the `why` names the feature.

The order of groups, and of fields in a group, is the order of keyword arguments in generated code.
"""

from __future__ import annotations

from functools import partial

from codegen.table import DECIDE, Absence, Binding, Group, Owner

_architecture = partial(Group, owner=Owner.ARCHITECTURE)
_inner = partial(_architecture, classes=("TransformerConfig",))
_latent = partial(_architecture, classes=("MLATransformerConfig",))
_heterogeneous = partial(_architecture, classes=("HeterogeneousTransformerConfig",))
_gpt = partial(_architecture, classes=("GPTModelConfig",))
_hybrid = partial(_architecture, classes=("HybridModelConfig",))
_outer = partial(_architecture, classes=("GPTModelConfig", "HybridModelConfig"))

ARCHITECTURE: tuple[Group, ...] = (
    _inner(
        section="sizes",
        why=(
            "Shapes of the parameters. Megatron's defaults are 0, or are derived by rules that Hugging Face configs "
            "need not follow (heads of hidden_size // num_attention_heads, an MLP four times as wide, no grouped "
            "queries)."
        ),
        fields=(
            Absence("num_layers", DECIDE),
            Absence("hidden_size", DECIDE),
            Absence("ffn_hidden_size", DECIDE),
            Absence("num_attention_heads", DECIDE),
            Absence("num_query_groups", DECIDE),
            Absence("kv_channels", DECIDE),
        ),
    ),
    _inner(
        section="attention",
        why=(
            "Additions to plain softmax attention. The defaults are causal attention over all positions, scaled by "
            "1/sqrt(head size), without an output gate or a sink. The skip frequency is read only with a window."
        ),
        fields=(
            Absence("multi_latent_attention", DECIDE),
            Absence("softmax_scale", None),
            Absence("softmax_type", "vanilla"),
            Absence("attention_output_gate", False),
            Absence("window_size", None),
            Absence("window_attn_skip_freq", None),
        ),
    ),
    _inner(
        section="positions",
        why=(
            "How rotary embeddings are applied, and in which layers. The defaults are halves rather than interleaved "
            'pairs, in every layer, with one position per token (mrope_section is read only with "mrope" positions).'
        ),
        fields=(
            Absence("rotary_interleaved", False),
            Absence("no_rope_freq", None),
            Absence("mrope_section", None),
        ),
    ),
    _inner(
        section="normalization",
        why=(
            "LayerNorm or RMSNorm, and its epsilon, have no absent value: MLATransformerConfig even changes the "
            "default of the first."
        ),
        fields=(
            Absence("normalization", DECIDE),
            Absence("layernorm_epsilon", DECIDE),
        ),
    ),
    _inner(
        section="normalization",
        why="Norms that only some models have, and what a norm's weight means (weight or 1 + weight).",
        fields=(
            Absence("layernorm_zero_centered_gamma", False),
            Absence("qk_layernorm", False),
            Absence("qk_l2_norm", False),
        ),
    ),
    _inner(
        section="normalization",
        why=(
            "BERT's order of norm and residual. No module of megatron-core reads it, so True would be ignored in "
            "silence; a model that needs it cannot be built, and nobody else may ask for it."
        ),
        fields=(Absence("apply_residual_connection_post_layernorm", False),),
    ),
    _inner(
        section="mlp",
        why=(
            "Every model has an activation and either has or lacks gates and biases. Megatron's defaults (GELU, no "
            "gate, biases everywhere) are GPT-2's; add_bias_linear also covers the attention's linear layers."
        ),
        fields=(
            Absence("gated_linear_unit", DECIDE),
            Absence("activation_func", DECIDE),
            Absence("add_bias_linear", DECIDE),
        ),
    ),
    _inner(
        section="mlp",
        why=(
            "Departures from an MLP of linear layers with or without biases: biases on query, key and value alone; "
            "clamping and an offset inside a gated unit, which are read only with gated_linear_unit."
        ),
        fields=(
            Absence("add_qkv_bias", False),
            Absence("activation_func_clamp_value", None),
            Absence("glu_linear_offset", 0.0),
        ),
    ),
    _latent(
        section="latent attention",
        why="Ranks and head sizes of multi-latent attention. The defaults describe one DeepSeek model, not an absence.",
        fields=(
            Absence("q_lora_rank", DECIDE),
            Absence("kv_lora_rank", DECIDE),
            Absence("qk_head_dim", DECIDE),
            Absence("qk_pos_emb_head_dim", DECIDE),
            Absence("v_head_dim", DECIDE),
        ),
    ),
    _latent(
        section="latent attention",
        why=(
            "Rotary embeddings of multi-latent attention. The defaults are DeepSeek's YaRN with a factor of 40, and "
            "the outer config writes its own rotary_base and rotary_percent over those given here. mscale_all_dim "
            "with a factor above 1 scales the softmax whatever the rope type."
        ),
        fields=(
            Absence("rope_type", DECIDE),
            Absence("rotary_base", DECIDE),
            Absence("rotary_percent", DECIDE),
            Absence("rotary_scaling_factor", DECIDE),
            Absence("original_max_position_embeddings", DECIDE),
            Absence("beta_fast", DECIDE),
            Absence("beta_slow", DECIDE),
            Absence("mscale", DECIDE),
            Absence("mscale_all_dim", DECIDE),
        ),
    ),
    _inner(
        section="linear attention",
        why="Which layers of a GPT model have another mixer than softmax attention, and which mixer. None means none.",
        fields=(
            Absence("experimental_attention_variant", None),
            Absence("linear_attention_freq", None),
        ),
    ),
    _inner(
        section="linear attention",
        why=(
            "Shapes of Gated DeltaNet. Read only by that mixer (and checked when a GPT model asks for it), so a model "
            "without one has any value."
        ),
        fields=(
            Absence("linear_conv_kernel_dim", 4),
            Absence("linear_key_head_dim", 128),
            Absence("linear_value_head_dim", 128),
            Absence("linear_num_key_heads", 16),
            Absence("linear_num_value_heads", 32),
        ),
        feature="experimental_attention_variant",
    ),
    _inner(
        section="sparse attention",
        why=(
            "Shapes and arithmetic of DeepSeek's sparse-attention indexer, which selects the keys that a query sees. "
            "Read only by that attention and by the layer specs that place it."
        ),
        fields=(
            Absence("dsa_indexer_n_heads", None),
            Absence("dsa_indexer_head_dim", None),
            Absence("dsa_indexer_topk", None),
            Absence("dsa_indexer_topk_freq", 1),
            Absence("dsa_indexer_skip_topk_offset", 0),
            Absence("dsa_indexer_rope_interleaved", False),
            Absence("dsa_indexer_rotate_activation", True),
            Absence("dsa_indexer_scoring_relu", True),
            Absence("dsa_indexer_k_norm_epsilon", None),
        ),
    ),
    _inner(
        section="experts",
        why=(
            "Which layers have experts, how many and how wide. None experts means a dense model, and the rest has no "
            "effect on a dense model's parameters or outputs."
        ),
        fields=(
            Absence("num_moe_experts", None),
            Absence("moe_layer_freq", 1),
            Absence("moe_ffn_hidden_size", None),
            Absence("moe_shared_expert_intermediate_size", None),
            Absence("moe_shared_expert_gate", False),
            Absence("moe_latent_size", None),
        ),
        feature="num_moe_experts",
    ),
    _inner(
        section="experts",
        why=(
            "Multiplies a token by its router weight before the expert instead of after, which is another function "
            "because experts are not linear. Read only by experts."
        ),
        fields=(Absence("moe_apply_probs_on_input", False),),
    ),
    _inner(
        section="experts",
        why=(
            "How the rows of a gated expert's first weight are read: gate and linear halves, or alternating blocks of "
            "them. Names and shapes stay the same, so weights in the other order load without an error and compute "
            "something else. Read only by grouped experts."
        ),
        fields=(Absence("moe_mlp_glu_interleave_size", None),),
    ),
    _inner(
        section="router",
        why=(
            "How a token's experts are chosen and weighted, and whether the router has a bias per expert. Read only "
            "in MoE layers and by checks in __post_init__ that these values pass, so a dense model has any of them."
        ),
        fields=(
            Absence("moe_router_topk", 2),
            Absence("moe_router_score_function", "softmax"),
            Absence("moe_router_pre_softmax", False),
            Absence("moe_router_topk_scaling_factor", None),
            Absence("moe_router_enable_expert_bias", False),
            Absence("moe_router_num_groups", None),
            Absence("moe_router_group_topk", None),
        ),
        feature="num_moe_experts",
    ),
    _inner(
        section="mamba",
        why=(
            "Says that num_layers counts the symbols of a hybrid pattern, of which one transformer layer has two: the "
            "initialisation of output layers is scaled by it."
        ),
        fields=(Absence("is_hybrid_model", False),),
    ),
    _inner(
        section="mamba",
        why="Shapes of Mamba-2 layers. Read only by Mamba layers, so a model without one has any value.",
        fields=(
            Absence("mamba_num_heads", None),
            Absence("mamba_head_dim", 64),
            Absence("mamba_num_groups", 8),
            Absence("mamba_state_dim", 128),
        ),
        feature="mamba_num_heads",
    ),
    _inner(
        section="multipliers",
        why=(
            "Multipliers of embeddings, logits and attention scores. They act only with use_mup, which changes the "
            "softmax scale by itself unless softmax_scale is given."
        ),
        fields=(
            Absence("use_mup", False),
            Absence("mup_base_hidden_size", None),
            Absence("mup_embedding_mult", 1.0),
            Absence("mup_output_mult", 1.0),
            Absence("mup_base_head_dim", None),
            Absence("mup_attn_scale_power", 1.0),
        ),
        feature="use_mup",
    ),
    _inner(
        section="heterogeneous layers",
        why=(
            "Says that each layer has a config of its own. Only HeterogeneousTransformerConfig has such configs, and "
            "it sets this itself."
        ),
        fields=(Absence("heterogeneous_block_specs", False),),
    ),
    _heterogeneous(
        section="heterogeneous layers",
        why=(
            "What each layer is, as JSON, or the path of a file that holds it, which is read where the JSON is empty. "
            "There is no model without either."
        ),
        fields=(
            Absence("heterogeneous_layers_config_encoded_json", DECIDE),
            Absence("heterogeneous_layers_config_path", ""),
        ),
    ),
    _outer(
        section="vocabulary",
        why="Rows of the embedding, without padding, and whether the output layer has a weight of its own.",
        fields=(
            Absence("vocab_size", DECIDE),
            Absence("share_embeddings_and_output_weights", DECIDE),
        ),
    ),
    _outer(
        section="positions",
        why=(
            "The kind of positions and the frequencies of rotary ones. The default kind differs between the two "
            "classes, and the default frequencies are written into an inner MLA config unless they are given here."
        ),
        fields=(
            Absence("position_embedding_type", DECIDE),
            Absence("rotary_base", DECIDE),
            Absence("rotary_percent", DECIDE),
        ),
    ),
    _outer(
        section="positions",
        why="Linear interpolation of rotary positions. None means none.",
        fields=(Absence("seq_len_interpolation_factor", None),),
    ),
    _outer(
        section="positions",
        why="The height of the table of learned positions.",
        fields=(Absence("seq_length", DECIDE),),
        bound=Binding("position_embedding_type", "learned_absolute"),
    ),
    _gpt(
        section="positions",
        why="Llama 3's scaling of rotary frequencies. The factor is read only when the scaling is on.",
        fields=(
            Absence("rope_scaling", False),
            Absence("rope_scaling_factor", 8.0),
        ),
    ),
    _hybrid(
        section="layer pattern",
        why=(
            "The layers of a hybrid model, one symbol each: without it the model has none. The caller may pass the "
            "same pattern with pipeline marks added."
        ),
        fields=(Absence("hybrid_layer_pattern", DECIDE),),
    ),
)
