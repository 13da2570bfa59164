"""Megatron fields that are not the caller's, with what they decide, in the order of the table."""

from __future__ import annotations

from mcore_mappers_runtime.registry import Owners

OWNERS = Owners(
    groups=(
        (
            "architecture",
            "Shapes of the parameters. Megatron's defaults are 0, or are derived by rules that Hugging Face "
            "configs need not follow (heads of hidden_size // num_attention_heads, an MLP four times as wide, no "
            "grouped queries).",
            ("num_layers", "hidden_size", "ffn_hidden_size", "num_attention_heads", "num_query_groups", "kv_channels"),
        ),
        (
            "architecture",
            "Additions to plain softmax attention. The defaults are causal attention over all positions, scaled "
            "by 1/sqrt(head size), without an output gate or a sink. The skip frequency is read only with a "
            "window.",
            (
                "multi_latent_attention",
                "softmax_scale",
                "softmax_type",
                "attention_output_gate",
                "window_size",
                "window_attn_skip_freq",
            ),
        ),
        (
            "architecture",
            "How rotary embeddings are applied, and in which layers. The defaults are halves rather than "
            "interleaved pairs, in every layer, with one position per token (mrope_section is read only with "
            '"mrope" positions).',
            ("rotary_interleaved", "no_rope_freq", "mrope_section"),
        ),
        (
            "architecture",
            "LayerNorm or RMSNorm, and its epsilon, have no absent value: MLATransformerConfig even changes the "
            "default of the first.",
            ("normalization", "layernorm_epsilon"),
        ),
        (
            "architecture",
            "Norms that only some models have, and what a norm's weight means (weight or 1 + weight).",
            ("layernorm_zero_centered_gamma", "qk_layernorm", "qk_l2_norm"),
        ),
        (
            "architecture",
            "BERT's order of norm and residual. No module of megatron-core reads it, so True would be ignored in "
            "silence; a model that needs it cannot be built, and nobody else may ask for it.",
            ("apply_residual_connection_post_layernorm",),
        ),
        (
            "architecture",
            "Every model has an activation and either has or lacks gates and biases. Megatron's defaults (GELU, "
            "no gate, biases everywhere) are GPT-2's; add_bias_linear also covers the attention's linear layers.",
            ("gated_linear_unit", "activation_func", "add_bias_linear"),
        ),
        (
            "architecture",
            "Departures from an MLP of linear layers with or without biases: biases on query, key and value "
            "alone; clamping and an offset inside a gated unit, which are read only with gated_linear_unit.",
            ("add_qkv_bias", "activation_func_clamp_value", "glu_linear_offset"),
        ),
        (
            "architecture",
            "Ranks and head sizes of multi-latent attention. The defaults describe one DeepSeek model, not an absence.",
            ("q_lora_rank", "kv_lora_rank", "qk_head_dim", "qk_pos_emb_head_dim", "v_head_dim"),
        ),
        (
            "architecture",
            "Rotary embeddings of multi-latent attention. The defaults are DeepSeek's YaRN with a factor of 40, "
            "and the outer config writes its own rotary_base and rotary_percent over those given here. "
            "mscale_all_dim with a factor above 1 scales the softmax whatever the rope type.",
            (
                "rope_type",
                "rotary_base",
                "rotary_percent",
                "rotary_scaling_factor",
                "original_max_position_embeddings",
                "beta_fast",
                "beta_slow",
                "mscale",
                "mscale_all_dim",
            ),
        ),
        (
            "architecture",
            "Which layers of a GPT model have another mixer than softmax attention, and which mixer. None means none.",
            ("experimental_attention_variant", "linear_attention_freq"),
        ),
        (
            "architecture",
            "Shapes of Gated DeltaNet. Read only by that mixer (and checked when a GPT model asks for it), so a "
            "model without one has any value.",
            (
                "linear_conv_kernel_dim",
                "linear_key_head_dim",
                "linear_value_head_dim",
                "linear_num_key_heads",
                "linear_num_value_heads",
            ),
        ),
        (
            "architecture",
            "Shapes and arithmetic of DeepSeek's sparse-attention indexer, which selects the keys that a query "
            "sees. Read only by that attention and by the layer specs that place it.",
            (
                "dsa_indexer_n_heads",
                "dsa_indexer_head_dim",
                "dsa_indexer_topk",
                "dsa_indexer_topk_freq",
                "dsa_indexer_skip_topk_offset",
                "dsa_indexer_rope_interleaved",
                "dsa_indexer_rotate_activation",
                "dsa_indexer_scoring_relu",
                "dsa_indexer_k_norm_epsilon",
            ),
        ),
        (
            "architecture",
            "Which layers have experts, how many and how wide. None experts means a dense model, and the rest has "
            "no effect on a dense model's parameters or outputs.",
            (
                "num_moe_experts",
                "moe_layer_freq",
                "moe_ffn_hidden_size",
                "moe_shared_expert_intermediate_size",
                "moe_shared_expert_gate",
                "moe_latent_size",
            ),
        ),
        (
            "architecture",
            "Multiplies a token by its router weight before the expert instead of after, which is another "
            "function because experts are not linear. Read only by experts.",
            ("moe_apply_probs_on_input",),
        ),
        (
            "architecture",
            "How the rows of a gated expert's first weight are read: gate and linear halves, or alternating "
            "blocks of them. Names and shapes stay the same, so weights in the other order load without an error "
            "and compute something else. Read only by grouped experts.",
            ("moe_mlp_glu_interleave_size",),
        ),
        (
            "architecture",
            "How a token's experts are chosen and weighted, and whether the router has a bias per expert. Read "
            "only in MoE layers and by checks in __post_init__ that these values pass, so a dense model has any "
            "of them.",
            (
                "moe_router_topk",
                "moe_router_score_function",
                "moe_router_pre_softmax",
                "moe_router_topk_scaling_factor",
                "moe_router_enable_expert_bias",
                "moe_router_num_groups",
                "moe_router_group_topk",
            ),
        ),
        (
            "architecture",
            "Says that num_layers counts the symbols of a hybrid pattern, of which one transformer layer has two: "
            "the initialisation of output layers is scaled by it.",
            ("is_hybrid_model",),
        ),
        (
            "architecture",
            "Shapes of Mamba-2 layers. Read only by Mamba layers, so a model without one has any value.",
            ("mamba_num_heads", "mamba_head_dim", "mamba_num_groups", "mamba_state_dim"),
        ),
        (
            "architecture",
            "Multipliers of embeddings, logits and attention scores. They act only with use_mup, which changes "
            "the softmax scale by itself unless softmax_scale is given.",
            (
                "use_mup",
                "mup_base_hidden_size",
                "mup_embedding_mult",
                "mup_output_mult",
                "mup_base_head_dim",
                "mup_attn_scale_power",
            ),
        ),
        (
            "architecture",
            "Says that each layer has a config of its own. Only HeterogeneousTransformerConfig has such configs, "
            "and it sets this itself.",
            ("heterogeneous_block_specs",),
        ),
        (
            "architecture",
            "What each layer is, as JSON, or the path of a file that holds it, which is read where the JSON is "
            "empty. There is no model without either.",
            ("heterogeneous_layers_config_encoded_json", "heterogeneous_layers_config_path"),
        ),
        (
            "architecture",
            "Rows of the embedding, without padding, and whether the output layer has a weight of its own.",
            ("vocab_size", "share_embeddings_and_output_weights"),
        ),
        (
            "architecture",
            "The kind of positions and the frequencies of rotary ones. The default kind differs between the two "
            "classes, and the default frequencies are written into an inner MLA config unless they are given "
            "here.",
            ("position_embedding_type", "rotary_base", "rotary_percent"),
        ),
        (
            "architecture",
            "Linear interpolation of rotary positions. None means none.",
            ("seq_len_interpolation_factor",),
        ),
        (
            "architecture",
            "Llama 3's scaling of rotary frequencies. The factor is read only when the scaling is on.",
            ("rope_scaling", "rope_scaling_factor"),
        ),
        (
            "architecture",
            "The layers of a hybrid model, one symbol each: without it the model has none. The caller may pass "
            "the same pattern with pipeline marks added.",
            ("hybrid_layer_pattern",),
        ),
        (
            "architecture",
            "One norm over all heads of queries and one of keys, or a weight of its own for each head, where "
            "Megatron has one weight for all heads.",
            ("qk_layernorm_over_heads", "qk_layernorm_by_head"),
        ),
        (
            "architecture",
            "Norms of queries and keys after rope. Megatron has them before.",
            ("qk_layernorm_after_rope",),
        ),
        (
            "architecture",
            "Biases of the projections of attention. Megatron has that of the output projection exactly when "
            "every linear layer has one, and then those of queries, keys and values.",
            ("qkv_bias", "add_proj_bias"),
        ),
        (
            "architecture",
            "A norm of what queries are projected from, where they have no latent: Megatron has it whenever the "
            "latent of keys and values has one.",
            ("q_layernorm",),
        ),
        (
            "architecture",
            "Which channels the rope of latent attention rotates together. Megatron's are neighbours.",
            ("mla_rotary_interleaved",),
        ),
        (
            "architecture",
            "Heads and query groups of each layer, and which layers have sinks: Megatron has as many in all "
            "layers, and sinks in all or in none.",
            ("num_attention_heads_by_layer", "num_query_groups_by_layer", "softmax_offset_freq"),
        ),
        (
            "architecture",
            "How wide values are, and by what they are multiplied: Megatron's are as wide as keys, and as projected.",
            ("v_channels", "attention_value_scale"),
        ),
        (
            "architecture",
            "One gate for each head on what attention gives. Megatron has one for each channel of each head.",
            ("attention_output_gate_by_head",),
        ),
        (
            "architecture",
            "Ropes of single layers, which part of a head these rotate, and factors of the frequencies of a rope "
            "by the length of texts. Megatron has one rope for all layers and lengths.",
            (
                "rotary_base_by_layer",
                "rotary_percent_by_layer",
                "rope_short_factor",
                "rope_long_factor",
                "rope_original_max_position_embeddings",
                "rope_attention_factor",
            ),
        ),
        (
            "architecture",
            "Soft caps of scores and logits: Megatron takes scores and logits as they are.",
            ("attn_logit_softcapping", "final_logit_softcapping"),
        ),
        (
            "architecture",
            "Queries that grow with their position, chunks of a sequence that attend to themselves alone, and "
            "norms without weights in some layers: Megatron has the last in all layers, and nothing of the "
            "others.",
            (
                "query_temperature_scale",
                "query_temperature_length",
                "query_temperature_start",
                "query_temperature_freq",
                "attention_chunk_size",
                "attention_chunk_freq",
                "qk_l2_norm_freq",
            ),
        ),
        (
            "architecture",
            "Bands of frequencies in which Llama 3's rope is scaled; Megatron hard-wires their bounds.",
            ("rope_scaling_low_freq_factor", "rope_scaling_high_freq_factor"),
        ),
        (
            "architecture",
            "Where the norms of a layer are. Megatron has one before attention and one before the MLP, and none "
            "of what these add to the residual stream.",
            ("input_layernorm", "pre_mlp_layernorm", "post_attention_layernorm", "post_mlp_layernorm"),
        ),
        (
            "architecture",
            "What LayerNorm has beside what it divides by. Megatron's has a weight and a bias.",
            ("layernorm_bias", "layernorm_weight"),
        ),
        (
            "architecture",
            "Attention and MLP that read the same. Megatron's MLP reads what attention has been added to, after a "
            "norm of its own.",
            ("parallel_mlp", "shared_layernorm"),
        ),
        ("architecture", "A bias of the output layer, which Megatron makes without one.", ("output_layer_bias",)),
        (
            "architecture",
            "What attention, Mamba and MLPs add is multiplied before. Megatron adds it as it is.",
            ("residual_multiplier",),
        ),
        (
            "architecture",
            "Bounds of what a gated MLP or expert multiplies, after the activation of the gate, in some layers. "
            "Megatron has one bound for all layers and experts, before the activation.",
            ("mlp_glu_clamp_by_layer", "moe_expert_glu_clamp_by_layer"),
        ),
        (
            "architecture",
            "How experts are chosen and weighed. Megatron has a bias of experts for other scores than softmax, "
            "ranks groups by a number of experts that follows from others, divides weights by their sum, however "
            "small, and sigmoid scores exactly where there are several, and chooses all experts of a token at "
            "once.",
            (
                "moe_router_softmax_expert_bias",
                "moe_router_norm_min",
                "moe_router_norm_topk_prob",
                "moe_router_group_score_topk",
                "moe_router_sparse_mixer",
                "moe_router_sparse_mixer_eps",
            ),
        ),
        (
            "suggested",
            "One decision, the dtype of parameters, activations and what pipeline stages send. The Hugging Face "
            "config has it as dtype.",
            ("params_dtype", "bf16", "fp16", "pipeline_dtype"),
        ),
        (
            "suggested",
            "Adds residuals in float32, as some Mamba configs ask (residual_in_fp32). Only rounding changes.",
            ("fp32_residual_connection",),
        ),
        (
            "suggested",
            "Computes the router, or the norm of the sparse-attention indexer, in a wider dtype. Only rounding "
            "changes, but a close choice of experts or keys can turn on it.",
            ("moe_router_dtype", "dsa_indexer_k_norm_fp32"),
        ),
        (
            "suggested",
            "Softmax in float32, where the local attention has 16-bit scores; TransformerEngine always does so "
            "and reads no field. Only rounding changes.",
            ("attention_softmax_in_fp32",),
        ),
        (
            "suggested",
            "Acts only in training. Megatron's default is 0.1 for both; a Hugging Face model has none unless its "
            "config says so.",
            ("hidden_dropout", "attention_dropout"),
        ),
        (
            "suggested",
            "Standard deviation of new weights. Hugging Face configs have it as initializer_range; it does "
            "nothing to weights that are loaded.",
            ("init_method_std",),
        ),
        (
            "suggested",
            "Extra heads that are trained beside the model and leave its own logits alone: how many, whether one "
            "block serves all, and the weight of their loss. The last two are read only when there are any.",
            ("mtp_num_layers", "mtp_use_repeated_layer", "mtp_loss_scaling_factor"),
        ),
        (
            "suggested",
            "How training keeps experts equally busy. The auxiliary losses and the update of expert biases do not "
            'touch the forward pass; "sinkhorn" and "quantile_balancing" do choose other experts, and are never '
            "suggested.",
            ("moe_router_load_balancing_type", "moe_aux_loss_coeff", "moe_router_bias_update_rate"),
        ),
        (
            "suggested",
            "How tokens get to experts and how experts are multiplied: the same function, and what every large "
            "MoE is trained with, but not Megatron's defaults. Grouped experts store the same parameters under "
            "other names.",
            ("moe_token_dispatcher_type", "moe_grouped_gemm", "moe_permute_fusion", "moe_shared_expert_overlap"),
        ),
        (
            "suggested",
            "Several operations in one kernel, off by default. Whether one computes the same function, or runs at "
            "all, depends on the model's activation, biases and positions.",
            ("bias_activation_fusion", "use_fused_weighted_squared_relu", "bias_dropout_fusion", "apply_rope_fusion"),
        ),
        (
            "suggested",
            "Kernels of Apex and of Megatron's old extensions for the local implementation, where they raise "
            "without those packages; TransformerEngine's layers read neither.",
            ("masked_softmax_fusion", "persist_layer_norm"),
        ),
        (
            "suggested",
            "Adds weight gradients in place into the buffer of Megatron's data-parallel wrapper; a training loop "
            "with another wrapper turns it off. The forward pass is the same.",
            ("gradient_accumulation_fusion",),
        ),
        (
            "suggested",
            "Cross entropy in fewer kernels: the same loss. Logits are not touched.",
            ("cross_entropy_loss_fusion", "cross_entropy_fusion_impl"),
        ),
        (
            "suggested",
            "Frees a stage's output once it is sent to the next. It costs nothing, and without pipeline stages "
            "there is nothing to free.",
            ("deallocate_pipeline_outputs",),
        ),
        (
            "suggested",
            "The longest sequence. The model keeps it for its position embedding, if that is learned, and "
            "otherwise computes nothing with it; the Hugging Face config has max_position_embeddings.",
            ("seq_length",),
        ),
        (
            "suggested",
            "Adds rows to the vocabulary until tensor parallelism divides it, which Megatron leaves off by "
            "default and most vocabularies need. The added rows are no part of the model.",
            ("should_pad_vocab",),
        ),
    ),
    bound=(
        (
            "position_embedding_type",
            "learned_absolute",
            "The height of the table of learned positions.",
            ("seq_length",),
        ),
    ),
    attributes=frozenset(
        {
            "yarn_beta_fast",
            "yarn_beta_slow",
            "yarn_correction_range_round_to_int",
            "yarn_mscale",
            "yarn_mscale_all_dim",
            "yarn_original_max_position_embeddings",
            "yarn_rotary_scaling_factor",
        }
    ),
    restated=frozenset({"hybrid_layer_pattern"}),
    derived=frozenset(
        {
            "_cpu_offloading_context",
            "cuda_graph_scope",
            "enable_cuda_graph",
            "expert_gtp_weight_remat_size",
            "external_cuda_graph",
            "gtp_weight_remat_size",
            "hybrid_attention_ratio",
            "hybrid_mlp_ratio",
            "hybrid_override_pattern",
            "moe_deepep_num_sms",
            "moe_enable_deepep",
            "moe_hybridep_num_sms",
            "moe_layer_recompute",
            "moe_router_padding_for_fp8",
            "moe_router_topk_limited_devices",
            "moe_token_dropping",
            "mtp_hybrid_override_pattern",
            "mtp_standalone",
            "mup_width_mult",
            "per_block_parameters",
            "transformer",
            "use_inference_optimized_layers",
        }
    ),
)
