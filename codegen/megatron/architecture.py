"""Fields that decide what the model computes, or which parameters exist and how they are shaped.

An `Absence` pairs a field with the value that means "the model does not have it", which must be Megatron's own default,
or with `DECIDE` where there is no such value or where Megatron's default is a trap: 0 layers, LayerNorm, learned
positions, DeepSeek's rope. A field that is read only when another feature is on keeps Megatron's default, whatever it
is: it is absent as long as the feature is, and the `why` names the feature.

The order of groups, and of fields in a group, is the order of keyword arguments in generated code.
"""

from __future__ import annotations

from codegen.table import DECIDE, Absence, Binding, Group, Owner

_INNER = ("TransformerConfig",)
_LATENT = ("MLATransformerConfig",)
_HETEROGENEOUS = ("HeterogeneousTransformerConfig",)
_GPT = ("GPTModelConfig",)
_HYBRID = ("HybridModelConfig",)
_OUTER = ("GPTModelConfig", "HybridModelConfig")
_LAYERS = ("Layers",)

ARCHITECTURE: tuple[Group, ...] = (
    Group(
        section="sizes",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="attention",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="positions",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="normalization",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why=(
            "LayerNorm or RMSNorm, and its epsilon, have no absent value: MLATransformerConfig even changes the "
            "default of the first."
        ),
        fields=(
            Absence("normalization", DECIDE),
            Absence("layernorm_epsilon", DECIDE),
        ),
    ),
    Group(
        section="normalization",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why="Norms that only some models have, and what a norm's weight means (weight or 1 + weight).",
        fields=(
            Absence("layernorm_zero_centered_gamma", False),
            Absence("qk_layernorm", False),
            Absence("qk_l2_norm", False),
        ),
    ),
    Group(
        section="normalization",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why=(
            "BERT's order of norm and residual. No module of megatron-core reads it, so True would be ignored in "
            "silence; a model that needs it cannot be built, and nobody else may ask for it."
        ),
        fields=(Absence("apply_residual_connection_post_layernorm", False),),
    ),
    Group(
        section="mlp",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="mlp",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="latent attention",
        classes=_LATENT,
        owner=Owner.ARCHITECTURE,
        why="Ranks and head sizes of multi-latent attention. The defaults describe one DeepSeek model, not an absence.",
        fields=(
            Absence("q_lora_rank", DECIDE),
            Absence("kv_lora_rank", DECIDE),
            Absence("qk_head_dim", DECIDE),
            Absence("qk_pos_emb_head_dim", DECIDE),
            Absence("v_head_dim", DECIDE),
        ),
    ),
    Group(
        section="latent attention",
        classes=_LATENT,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="linear attention",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why="Which layers of a GPT model have another mixer than softmax attention, and which mixer. None means none.",
        fields=(
            Absence("experimental_attention_variant", None),
            Absence("linear_attention_freq", None),
        ),
    ),
    Group(
        section="linear attention",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="sparse attention",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="experts",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="experts",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why=(
            "Multiplies a token by its router weight before the expert instead of after, which is another function "
            "because experts are not linear. Read only by experts."
        ),
        fields=(Absence("moe_apply_probs_on_input", False),),
    ),
    Group(
        section="experts",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why=(
            "How the rows of a gated expert's first weight are read: gate and linear halves, or alternating blocks of "
            "them. Names and shapes stay the same, so weights in the other order load without an error and compute "
            "something else. Read only by grouped experts."
        ),
        fields=(Absence("moe_mlp_glu_interleave_size", None),),
    ),
    Group(
        section="router",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="mamba",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why=(
            "Says that num_layers counts the symbols of a hybrid pattern, of which one transformer layer has two: the "
            "initialisation of output layers is scaled by it."
        ),
        fields=(Absence("is_hybrid_model", False),),
    ),
    Group(
        section="mamba",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why="Shapes of Mamba-2 layers. Read only by Mamba layers, so a model without one has any value.",
        fields=(
            Absence("mamba_num_heads", None),
            Absence("mamba_head_dim", 64),
            Absence("mamba_num_groups", 8),
            Absence("mamba_state_dim", 128),
        ),
        feature="mamba_num_heads",
    ),
    Group(
        section="multipliers",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="heterogeneous layers",
        classes=_INNER,
        owner=Owner.ARCHITECTURE,
        why=(
            "Says that each layer has a config of its own. Only HeterogeneousTransformerConfig has such configs, and "
            "it sets this itself."
        ),
        fields=(Absence("heterogeneous_block_specs", False),),
    ),
    Group(
        section="heterogeneous layers",
        classes=_HETEROGENEOUS,
        owner=Owner.ARCHITECTURE,
        why=(
            "What each layer is, as JSON, or the path of a file that holds it, which is read where the JSON is empty. "
            "There is no model without either."
        ),
        fields=(
            Absence("heterogeneous_layers_config_encoded_json", DECIDE),
            Absence("heterogeneous_layers_config_path", ""),
        ),
    ),
    Group(
        section="vocabulary",
        classes=_OUTER,
        owner=Owner.ARCHITECTURE,
        why="Rows of the embedding, without padding, and whether the output layer has a weight of its own.",
        fields=(
            Absence("vocab_size", DECIDE),
            Absence("share_embeddings_and_output_weights", DECIDE),
        ),
    ),
    Group(
        section="positions",
        classes=_OUTER,
        owner=Owner.ARCHITECTURE,
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
    Group(
        section="positions",
        classes=_OUTER,
        owner=Owner.ARCHITECTURE,
        why="Linear interpolation of rotary positions. None means none.",
        fields=(Absence("seq_len_interpolation_factor", None),),
    ),
    Group(
        section="positions",
        classes=_OUTER,
        owner=Owner.ARCHITECTURE,
        why="The height of the table of learned positions.",
        fields=(Absence("seq_length", DECIDE),),
        bound=Binding("position_embedding_type", "learned_absolute"),
    ),
    Group(
        section="positions",
        classes=_GPT,
        owner=Owner.ARCHITECTURE,
        why="Llama 3's scaling of rotary frequencies. The factor is read only when the scaling is on.",
        fields=(
            Absence("rope_scaling", False),
            Absence("rope_scaling_factor", 8.0),
        ),
    ),
    Group(
        section="layer pattern",
        classes=_HYBRID,
        owner=Owner.ARCHITECTURE,
        why=(
            "The layers of a hybrid model, one symbol each: without it the model has none. The caller may pass the "
            "same pattern with pipeline marks added."
        ),
        fields=(Absence("hybrid_layer_pattern", DECIDE),),
    ),
    Group(
        section="layers: attention",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "One norm over all heads of queries and one of keys, or a weight of its own for each head, where Megatron "
            "has one weight for all heads."
        ),
        fields=(Absence("qk_layernorm_over_heads", False), Absence("qk_layernorm_by_head", False)),
    ),
    Group(
        section="layers: attention",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why="Norms of queries and keys after rope. Megatron has them before.",
        fields=(Absence("qk_layernorm_after_rope", False),),
    ),
    Group(
        section="layers: attention",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "Biases of the projections of attention. Megatron has that of the output projection exactly when every "
            "linear layer has one, and then those of queries, keys and values."
        ),
        fields=(Absence("qkv_bias", True), Absence("add_proj_bias", None)),
    ),
    Group(
        section="layers: attention",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "A norm of what queries are projected from, where they have no latent: Megatron has it whenever the latent "
            "of keys and values has one."
        ),
        fields=(Absence("q_layernorm", True),),
    ),
    Group(
        section="layers: attention",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "Query groups of each layer, and which layers have sinks: Megatron has as many groups in all layers, and "
            "sinks in all or in none."
        ),
        fields=(Absence("num_query_groups_by_layer", None), Absence("softmax_offset_freq", None)),
    ),
    Group(
        section="layers: attention",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why="How wide values are, and by what they are multiplied: Megatron's are as wide as keys, and as projected.",
        fields=(Absence("v_channels", None), Absence("attention_value_scale", 1.0)),
    ),
    Group(
        section="layers: positions",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "Ropes of single layers, and factors of the frequencies of a rope by the length of texts. Megatron has one "
            "rope for all layers and lengths."
        ),
        fields=(
            Absence("rotary_base_by_layer", None),
            Absence("rope_short_factor", None),
            Absence("rope_long_factor", None),
            Absence("rope_original_max_position_embeddings", None),
            Absence("rope_attention_factor", 1.0),
        ),
    ),
    Group(
        section="layers: soft caps",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why="Soft caps of scores and logits: Megatron takes scores and logits as they are.",
        fields=(Absence("attn_logit_softcapping", None), Absence("final_logit_softcapping", None)),
    ),
    Group(
        section="layers: queries and keys",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "Queries that grow with their position, chunks of a sequence that attend to themselves alone, and norms "
            "without weights in some layers: Megatron has the last in all layers, and nothing of the others."
        ),
        fields=(
            Absence("query_temperature_scale", None),
            Absence("query_temperature_length", None),
            Absence("query_temperature_start", 0),
            Absence("query_temperature_freq", None),
            Absence("attention_chunk_size", None),
            Absence("attention_chunk_freq", None),
            Absence("qk_l2_norm_freq", None),
        ),
    ),
    Group(
        section="layers: rope",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why="Bands of frequencies in which Llama 3's rope is scaled; Megatron hard-wires their bounds.",
        fields=(Absence("rope_scaling_low_freq_factor", 1.0), Absence("rope_scaling_high_freq_factor", 4.0)),
    ),
    Group(
        section="layers: norms",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "Where the norms of a layer are. Megatron has one before attention and one before the MLP, and none of "
            "what these add to the residual stream."
        ),
        fields=(
            Absence("input_layernorm", True),
            Absence("pre_mlp_layernorm", True),
            Absence("post_attention_layernorm", False),
            Absence("post_mlp_layernorm", False),
        ),
    ),
    Group(
        section="layers: norms",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why="What LayerNorm has beside what it divides by. Megatron's has a weight and a bias.",
        fields=(Absence("layernorm_bias", True), Absence("layernorm_weight", True)),
    ),
    Group(
        section="layers: branches",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "Attention and MLP that read the same. Megatron's MLP reads what attention has been added to, after a norm "
            "of its own."
        ),
        fields=(Absence("parallel_mlp", False), Absence("shared_layernorm", False)),
    ),
    Group(
        section="layers: output",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why="A bias of the output layer, which Megatron makes without one.",
        fields=(Absence("output_layer_bias", False),),
    ),
    Group(
        section="layers: residuals",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why="What attention, Mamba and MLPs add is multiplied before. Megatron adds it as it is.",
        fields=(Absence("residual_multiplier", 1.0),),
    ),
    Group(
        section="layers: experts",
        classes=_LAYERS,
        owner=Owner.ARCHITECTURE,
        why=(
            "How experts are chosen and weighed. Megatron has a bias of experts for other scores than softmax, ranks "
            "groups by a number of experts that follows from others, divides weights by their sum, however small, and "
            "sigmoid scores exactly where there are several, and chooses all experts of a token at once."
        ),
        fields=(
            Absence("moe_router_softmax_expert_bias", False),
            Absence("moe_router_norm_min", None),
            Absence("moe_router_norm_topk_prob", None),
            Absence("moe_router_group_score_topk", None),
            Absence("moe_router_sparse_mixer", False),
            Absence("moe_router_sparse_mixer_eps", 0.0),
        ),
    ),
)
