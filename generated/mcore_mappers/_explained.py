"""Which fields decide which, what is ignored and what Megatron derives, with reasons. No mapper reads it."""

from __future__ import annotations

from mcore_mappers_runtime.explained import Decided, Explained, OfFamily, Rules

EXPLAINED = Explained(
    parts={
        "after_dense": Rules(
            decided=(Decided((), reads=("first_k_dense_replace", "num_hidden_layers"), binds="expert_layers"),)
        ),
        "all_biases": Rules(
            decided=(Decided(("add_bias_linear",), why="Every linear layer but the output layer has a bias."),)
        ),
        "all_experts": Rules(decided=(Decided((), reads=("num_hidden_layers",), binds="expert_layers"),)),
        "alpha_rope": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    takes=("head_dim",),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    takes=("head_dim",),
                    binds="rope",
                    only="HybridModelConfig",
                ),
            )
        ),
        "at_once_if_said": Rules(
            decided=(Decided(("parallel_mlp",), reads=("use_parallel_residual",), only="GPTModelConfig"),)
        ),
        "attention": Rules(
            decided=(Decided((), reads=("num_hidden_layers",), binds="mixers", only="HybridModelConfig"),)
        ),
        "attention_bias": Rules(
            decided=(
                Decided(("add_bias_linear",), why="No MLP has a bias."),
                Decided(
                    ("add_proj_bias",),
                    reads=("attention_bias",),
                    why="None, as Megatron's linear layers, or with the others.",
                ),
                Decided(("add_qkv_bias",), reads=("attention_bias",)),
            )
        ),
        "balanced": Rules(
            decided=(
                Decided(
                    ("moe_router_load_balancing_type", "moe_aux_loss_coeff"),
                    reads=("router_aux_loss_coef",),
                    why="Training only; left out where the caller balances in a way that has no coefficient.",
                ),
            )
        ),
        "balanced_by_bias": Rules(
            decided=(
                Decided(
                    ("moe_router_load_balancing_type", "moe_aux_loss_coeff"),
                    why="Training only; left out where the caller balances in a way that has no coefficient.",
                ),
            )
        ),
        "balanced_by_loss": Rules(
            decided=(
                Decided(
                    ("moe_router_load_balancing_type", "moe_aux_loss_coeff"),
                    reads=("router_aux_loss_coef",),
                    why="Training only; left out where the caller balances in a way that has no coefficient.",
                ),
            )
        ),
        "biases": Rules(
            decided=(
                Decided(("add_bias_linear",), reads=("mlp_bias",)),
                Decided(
                    ("add_proj_bias",), reads=("attention_bias", "mlp_bias"), why="None, where it has what the MLP has."
                ),
                Decided(("add_qkv_bias",), reads=("attention_bias", "mlp_bias"), why="Where the MLP has none."),
                Decided(
                    ("qkv_bias",),
                    reads=("attention_bias", "mlp_bias"),
                    why="Attention may be without those of the MLP.",
                ),
            )
        ),
        "biases_together": Rules(decided=(Decided(("add_bias_linear",), reads=("mlp_bias",)),)),
        "clamped_gate": Rules(
            decided=(
                Decided(("activation_func",), why="x * sigmoid(1.702 * x), in which the class has swiglu_alpha."),
                Decided(("activation_func_clamp_value",), reads=("swiglu_limit",)),
                Decided(("gated_linear_unit",), why="gate_up_proj holds both: Hugging Face has no flag."),
                Decided(("glu_linear_offset",), why="The gate multiplies 1 + up: Hugging Face has no flag."),
            )
        ),
        "counted_mtp": Rules(
            decided=(
                Decided(
                    ("mtp_num_layers",),
                    reads=("num_mtp_layers",),
                    why="Checkpoints have them; transformers does not build them.",
                ),
            )
        ),
        "counted_mtp_with_query_latent": Rules(
            decided=(
                Decided(
                    ("mtp_num_layers",),
                    reads=("num_mtp_layers", "q_lora_rank"),
                    why="Checkpoints have them; transformers does not build them, and Megatron none whose queries have no norm.",
                ),
            )
        ),
        "counted_shared_experts": Rules(
            decided=(
                Decided(
                    ("moe_shared_expert_intermediate_size",),
                    reads=("moe_intermediate_size", "n_shared_experts"),
                    why="One shared MLP, as wide as all shared experts together.",
                ),
            )
        ),
        "decoder_in_composite": Rules(
            decided=(
                Decided(
                    ("share_embeddings_and_output_weights",),
                    why="The class does not declare it: text_config() sets what the composite says.",
                    takes=("tied",),
                ),
                Decided((), reads=("tie_word_embeddings",), binds="tied"),
            )
        ),
        "delta_net": Rules(
            decided=(
                Decided(("attention_output_gate",), why="q_proj holds a gate too: Hugging Face has no flag."),
                Decided(
                    ("layernorm_zero_centered_gamma",), why="Norms multiply by 1 + weight: Hugging Face has no flag."
                ),
                Decided((), reads=("layer_types", "num_hidden_layers"), binds="linear", only="GPTModelConfig"),
                Decided((), reads=("layer_types", "num_hidden_layers"), binds="linear", only="HybridModelConfig"),
            )
        ),
        "delta_net_decoder": Rules(
            decided=(
                Decided(
                    ("experimental_attention_variant",),
                    why="None where every layer has attention.",
                    takes=("linear",),
                    only="GPTModelConfig",
                ),
                Decided(
                    ("linear_attention_freq",),
                    why="1 for a layer with Gated DeltaNet.",
                    takes=("linear",),
                    only="GPTModelConfig",
                ),
                Decided((), takes=("linear",), binds="mixers", only="HybridModelConfig"),
            )
        ),
        "delta_net_sizes": Rules(
            decided=(
                Decided(("linear_conv_kernel_dim",), reads=("linear_conv_kernel_dim",)),
                Decided(("linear_key_head_dim",), reads=("linear_key_head_dim",)),
                Decided(("linear_num_key_heads",), reads=("linear_num_key_heads",)),
                Decided(("linear_num_value_heads",), reads=("linear_num_value_heads",)),
                Decided(("linear_value_head_dim",), reads=("linear_value_head_dim",)),
            )
        ),
        "dense": Rules(
            decided=(Decided((), reads=("num_hidden_layers",), binds="expert_layers", only="HybridModelConfig"),)
        ),
        "derived_head_dim": Rules(
            decided=(
                Decided(("kv_channels",), reads=("hidden_size", "num_attention_heads"), why="The class has no other."),
            )
        ),
        "expert_layers": Rules(
            decided=(
                Decided(("moe_layer_freq",), takes=("expert_layers",), only="GPTModelConfig"),
                Decided(
                    ("moe_layer_freq",), why="The pattern says which layers have experts.", only="HybridModelConfig"
                ),
            )
        ),
        "experts_alone": Rules(decided=(Decided(("ffn_hidden_size",), reads=("moe_intermediate_size",)),)),
        "gated_mlp": Rules(
            decided=(
                Decided(("activation_func",), reads=("hidden_act",)),
                Decided(("gated_linear_unit",), why="gate_proj and up_proj: Hugging Face has no flag."),
            )
        ),
        "gated_shared_expert": Rules(
            decided=(Decided(("moe_shared_expert_gate",), why="shared_expert_gate: Hugging Face has no flag."),)
        ),
        "gemma_decoder": Rules(
            decided=(
                Decided(("activation_func",), reads=("hidden_activation",)),
                Decided(("gated_linear_unit",), why="gate_proj and up_proj: Hugging Face has no flag."),
                Decided(("layernorm_zero_centered_gamma",), why="Norms multiply by one plus their weight."),
                Decided(
                    ("softmax_scale",), reads=("query_pre_attn_scalar",), why="The width of a head has no part in it."
                ),
            )
        ),
        "given_head_dim": Rules(decided=(Decided(("kv_channels",), reads=("head_dim",)),)),
        "given_shared_experts": Rules(
            decided=(
                Decided(
                    ("moe_shared_expert_intermediate_size",),
                    reads=("moe_intermediate_size",),
                    why="One shared MLP, as wide as all shared experts together.",
                    takes=("n_shared_experts",),
                ),
                Decided((), reads=("n_shared_experts",), binds="n_shared_experts"),
            )
        ),
        "given_window": Rules(
            decided=(
                Decided(
                    ("window_size",),
                    why="Megatron counts the tokens before the current one.",
                    takes=("sliding", "sliding_window"),
                ),
                Decided((), reads=("sliding_window",), binds="sliding_window"),
            )
        ),
        "gpt2_decoder": Rules(
            decided=(
                Decided(("hybrid_layer_pattern",), takes=("mtp_num_layers", "pattern"), only="HybridModelConfig"),
                Decided(
                    ("is_hybrid_model",),
                    why="num_layers counts symbols of the pattern, which initialisation must know.",
                    only="HybridModelConfig",
                ),
                Decided(("num_layers",), takes=("pattern",), only="HybridModelConfig"),
                Decided(("seq_length",), reads=("n_positions",)),
                Decided(
                    ("softmax_scale",),
                    reads=("scale_attn_weights",),
                    why="None scales by the square root of the width of a head.",
                ),
                Decided((), reads=("n_layer",), binds="expert_layers", only="HybridModelConfig"),
                Decided((), reads=("n_layer",), binds="mixers", only="HybridModelConfig"),
                Decided((), takes=("expert_layers", "mixers"), binds="pattern", only="HybridModelConfig"),
            )
        ),
        "gpt2_multi_head": Rules(
            decided=(
                Decided(("num_query_groups",), reads=("n_head",), why="Every head has keys and values of its own."),
            )
        ),
        "gpt2_names": Rules(
            decided=(
                Decided(("activation_func",), reads=("activation_function",)),
                Decided(("attention_dropout",), reads=("attn_pdrop",)),
                Decided(
                    ("ffn_hidden_size",),
                    reads=("n_embd", "n_inner"),
                    why="Four times as wide where the config does not say it.",
                ),
                Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                Decided(("hidden_dropout",), reads=("resid_pdrop",)),
                Decided(("hidden_size",), reads=("n_embd",)),
                Decided(("init_method_std",), reads=("initializer_range",)),
                Decided(("kv_channels",), reads=("n_embd", "n_head"), why="The class has no other."),
                Decided(("layernorm_epsilon",), reads=("layer_norm_epsilon",)),
                Decided(("multi_latent_attention",), why="Keys and values are projected from the hidden state itself."),
                Decided(("num_attention_heads",), reads=("n_head",)),
                Decided(("num_layers",), reads=("n_layer",), only="GPTModelConfig"),
                Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
            )
        ),
        "gptj_decoder": Rules(
            decided=(
                Decided(("add_proj_bias",), why="The output projection of attention has no bias."),
                Decided(
                    ("output_layer_bias",), why="Hugging Face has no flag: the output layer of the class has a bias."
                ),
                Decided(
                    ("position_embedding_type",), why="Hugging Face has no flag: the class rotates queries and keys."
                ),
                Decided(("qkv_bias",), why="Queries, keys and values have no bias."),
                Decided(("rotary_base",), why="Hugging Face has no field for it."),
                Decided(
                    ("rotary_interleaved",), why="Hugging Face has no flag: the class rotates pairs of neighbours."
                ),
                Decided(
                    ("rotary_percent",),
                    reads=("n_embd", "n_head", "rotary_dim"),
                    why="The part of a head that is rotated.",
                ),
                Decided(("seq_length",), reads=("n_positions",)),
                Decided(("yarn_beta_fast",), why="Read with YaRN's positions alone."),
                Decided(("yarn_beta_slow",), why="Read with YaRN's positions alone."),
                Decided(("yarn_correction_range_round_to_int",), why="Read with YaRN's positions alone."),
                Decided(("yarn_mscale",), why="Read with YaRN's positions alone."),
                Decided(("yarn_mscale_all_dim",), why="Read with YaRN's positions alone."),
                Decided(("yarn_original_max_position_embeddings",), why="Read with YaRN's positions alone."),
                Decided(("yarn_rotary_scaling_factor",), why="Read with YaRN's positions alone."),
            )
        ),
        "granite_experts": Rules(
            decided=(
                Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                Decided(("num_moe_experts",), reads=("num_local_experts",)),
            )
        ),
        "granite_shared_mlp": Rules(
            decided=(
                Decided(("moe_shared_expert_gate",), why="The shared MLP is added as it is."),
                Decided(
                    ("moe_shared_expert_intermediate_size",),
                    reads=("shared_intermediate_size",),
                    why="None where there is no shared MLP.",
                ),
            )
        ),
        "grouped_query": Rules(
            decided=(
                Decided(("multi_latent_attention",), why="Keys and values are projected from the hidden state itself."),
                Decided(("num_query_groups",), reads=("num_key_value_heads",)),
            )
        ),
        "head_dim": Rules(decided=(Decided(("kv_channels",), reads=("head_dim",)),)),
        "interleaved_bands": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                ),
                Decided(("rope_scaling_high_freq_factor",), reads=("rope_parameters",)),
                Decided(("rope_scaling_low_freq_factor",), reads=("rope_parameters",)),
                Decided(
                    ("rotary_interleaved",), why="Hugging Face has no flag: the class rotates pairs of neighbours."
                ),
            )
        ),
        "interleaved_partial_rope": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                ),
                Decided(
                    ("rotary_interleaved",), why="Hugging Face has no flag: the class rotates pairs of neighbours."
                ),
            )
        ),
        "interleaved_rope": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                ),
                Decided(
                    ("rotary_interleaved",), why="Hugging Face has no flag: the class rotates pairs of neighbours."
                ),
            )
        ),
        "kernels": Rules(
            decided=(
                Decided(
                    (
                        "gradient_accumulation_fusion",
                        "cross_entropy_loss_fusion",
                        "deallocate_pipeline_outputs",
                        "attention_softmax_in_fp32",
                        "masked_softmax_fusion",
                        "persist_layer_norm",
                        "bias_activation_fusion",
                        "bias_dropout_fusion",
                        "apply_rope_fusion",
                        "use_fused_weighted_squared_relu",
                        "moe_token_dispatcher_type",
                        "moe_grouped_gemm",
                        "moe_permute_fusion",
                    ),
                    why="Kernels that the installed stack has, for the same function.",
                ),
            )
        ),
        "language_model": Rules(
            decided=(
                Decided(
                    ("fp16", "bf16", "params_dtype", "pipeline_dtype"),
                    why="One decision: the checkpoint's dtype, or what the caller says by one of the first three.",
                    takes=("dtype",),
                ),
                Decided(
                    ("should_pad_vocab",),
                    why="Tensor parallelism needs a multiple; the padding rows are never looked up.",
                ),
                Decided(("vocab_size",), reads=("vocab_size",)),
                Decided((), reads=("dtype",), binds="dtype"),
            ),
            ignored={
                "dead: no causal language model of these families computes in chunks": ("chunk_size_feed_forward",),
                "metadata or inference: trades memory for time, and computes the same": ("gradient_checkpointing",),
                "metadata or inference: belongs to classification heads, which a language model does not have": (
                    "id2label",
                    "label2id",
                    "problem_type",
                ),
                "metadata or inference: chooses what a forward call returns, not what it computes": (
                    "output_hidden_states",
                    "return_dict",
                ),
                "metadata or inference: chooses which hidden states are returned beside the logits": (
                    "tie_last_hidden_states",
                ),
                "metadata or inference: describes the file, not the computation": ("transformers_version",),
            },
        ),
        "latent": Rules(
            decided=(
                Decided(("add_bias_linear",), why="No linear layer has a bias when attention_bias is False."),
                Decided(("kv_lora_rank",), reads=("kv_lora_rank",)),
                Decided(("multi_latent_attention",), why="Queries, keys and values go through latents of low rank."),
                Decided(("num_query_groups",), reads=("num_key_value_heads",)),
                Decided(("position_embedding_type",), why="The kind of rope of latent attention is rope_type."),
                Decided(("qk_head_dim",), reads=("qk_nope_head_dim",)),
                Decided(("qk_layernorm",), why="The norms of latents."),
                Decided(("qk_pos_emb_head_dim",), reads=("qk_rope_head_dim",)),
                Decided(
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
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                ),
                Decided(("v_head_dim",), reads=("v_head_dim",)),
                Decided((), reads=("num_hidden_layers",), binds="mixers", only="HybridModelConfig"),
            ),
            ignored={
                "dead: derived from the two parts of a head; the model adds them itself": ("qk_head_dim",),
            },
        ),
        "layer_norm": Rules(
            decided=(Decided(("normalization",), why="Hugging Face has no flag: the class is LayerNorm."),)
        ),
        "layer_ropes": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings",),
                    takes=("ropes",),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings",),
                    takes=("ropes",),
                    binds="rope",
                    only="HybridModelConfig",
                ),
                Decided(("rotary_base_by_layer",), reads=("layer_types",), takes=("ropes",), only="GPTModelConfig"),
                Decided(
                    ("rotary_base_by_layer",),
                    reads=("layer_types",),
                    why="Every layer has two symbols.",
                    takes=("ropes",),
                    only="HybridModelConfig",
                ),
                Decided((), reads=("layer_types", "rope_parameters"), binds="ropes"),
            )
        ),
        "layered_window": Rules(
            decided=(
                Decided(
                    ("window_attn_skip_freq",),
                    why="1 for a layer with a window.",
                    takes=("sliding",),
                    only="GPTModelConfig",
                ),
                Decided(
                    ("window_attn_skip_freq",),
                    why="1 for a layer with a window; every layer has two symbols.",
                    takes=("sliding",),
                    only="HybridModelConfig",
                ),
                Decided(
                    ("window_size",),
                    reads=("sliding_window",),
                    why="Megatron counts the tokens before the current one.",
                    takes=("sliding",),
                ),
                Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
            )
        ),
        "learned": Rules(
            decided=(Decided(("position_embedding_type",), why="A table of positions, added to the embedding."),)
        ),
        "lfm": Rules(
            decided=(
                Decided(("activation_func",), why="Hugging Face has no flag: the class always uses SiLU."),
                Decided(("gated_linear_unit",), why="w1 and w3: Hugging Face has no flag."),
                Decided(("layernorm_epsilon",), reads=("norm_eps",)),
                Decided(("normalization",), why="Hugging Face has no flag: the class is RMSNorm."),
            ),
            ignored={
                "metadata or inference: belongs to convolutions, which no layer has": ("conv_L_cache", "conv_bias"),
            },
        ),
        "limited_router": Rules(
            decided=(
                Decided(
                    ("moe_router_group_score_topk",), why="A group ranks by its best expert.", takes=("ranked_alike",)
                ),
                Decided(("moe_router_group_topk",), reads=("topk_group",), takes=("grouped",)),
                Decided(
                    ("moe_router_load_balancing_type", "moe_aux_loss_coeff"),
                    why="Training only; left out where the caller balances in a way that has no coefficient.",
                ),
                Decided(
                    ("moe_router_num_groups",),
                    reads=("n_group",),
                    why="Read where topk_method says so.",
                    takes=("grouped",),
                ),
                Decided(
                    ("moe_router_pre_softmax",), why="The weights are of a softmax over all experts, never normalised."
                ),
                Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                Decided(("moe_router_topk_scaling_factor",), reads=("routed_scaling_factor",)),
                Decided(("moe_shared_expert_gate",), why="Shared experts are added as they are."),
                Decided(
                    (), reads=("n_group", "num_experts_per_tok", "topk_group"), takes=("grouped",), binds="ranked_alike"
                ),
                Decided((), reads=("topk_method",), binds="grouped"),
            )
        ),
        "listed_experts": Rules(
            decided=(Decided((), reads=("mlp_layer_types", "num_hidden_layers"), binds="expert_layers"),)
        ),
        "local_experts": Rules(
            decided=(
                Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                Decided(("num_moe_experts",), reads=("num_local_experts",)),
            )
        ),
        "logit_scale": Rules(
            decided=(
                Decided(("mup_embedding_mult",), why="Embeddings are what is looked up."),
                Decided(("mup_output_mult",), reads=("logit_scale",)),
                Decided(
                    ("softmax_scale",),
                    reads=("hidden_size", "num_attention_heads"),
                    why="As ever; with use_mup Megatron has another, if it is left out.",
                    takes=("head_dim",),
                ),
            )
        ),
        "long_rope": Rules(
            decided=(
                Decided(
                    (
                        "rope_short_factor",
                        "rope_long_factor",
                        "rope_original_max_position_embeddings",
                        "rope_attention_factor",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="long",
                ),
            )
        ),
        "mamba": Rules(
            decided=(
                Decided(("mamba_head_dim",), reads=("mamba_head_dim",)),
                Decided(("mamba_num_groups",), reads=("n_groups",)),
                Decided(("mamba_num_heads",), reads=("mamba_num_heads",)),
                Decided(("mamba_state_dim",), reads=("ssm_state_size",)),
            ),
            ignored={
                "dead: the width of a Mamba layer is mamba_num_heads * mamba_head_dim": ("expand",),
                "dead: states are cached for generation only": ("mamba_ssm_cache_dtype",),
                "initialisation only: scales the initial weights of Mamba's output projection": (
                    "rescale_prenorm_residual",
                ),
                "initialisation only: draws the initial time steps of new Mamba layers": (
                    "time_step_floor",
                    "time_step_max",
                ),
                "dead: the class clamps at time_step_min instead": ("time_step_limit",),
                "metadata or inference: kernels are chosen by what is installed; the class only warns": (
                    "use_mamba_kernels",
                ),
            },
        ),
        "mixer": Rules(
            decided=(
                Decided(("mamba_head_dim",), reads=("mamba_d_head",)),
                Decided(("mamba_num_groups",), reads=("mamba_n_groups",)),
                Decided(("mamba_num_heads",), reads=("mamba_n_heads",)),
                Decided(("mamba_state_dim",), reads=("mamba_d_state",)),
            )
        ),
        "multi_head": Rules(
            decided=(
                Decided(("multi_latent_attention",), why="Keys and values are projected from the hidden state itself."),
                Decided(
                    ("num_query_groups",),
                    reads=("num_attention_heads",),
                    why="Every head has keys and values of its own.",
                ),
            )
        ),
        "multipliers": Rules(
            decided=(
                Decided(("mup_output_mult",), why="Megatron multiplies.", takes=("logits_scaling",)),
                Decided((), reads=("logits_scaling",), binds="logits_scaling"),
            )
        ),
        "mup": Rules(
            decided=(
                Decided(("mup_attn_scale_power",), why="Not read where softmax_scale is given."),
                Decided(("mup_base_head_dim",), why="Not read where softmax_scale is given."),
                Decided(
                    ("mup_base_hidden_size",),
                    reads=("hidden_size",),
                    why="The width itself: nothing else is scaled, and initialisation and learning rates stay what they are.",
                ),
                Decided(("use_mup",), why="Megatron's multipliers act only with it."),
            )
        ),
        "no_attention_bias": Rules(
            decided=(Decided(("add_bias_linear",), why="No linear layer has a bias when attention_bias is False."),)
        ),
        "no_bias": Rules(decided=(Decided(("add_bias_linear",), why="No linear layer of the class has a bias."),)),
        "no_norm_bias": Rules(decided=(Decided(("layernorm_bias",), why="Norms of the class have a weight alone."),)),
        "no_padding_row": Rules(
            ignored={
                "metadata or inference: the embedding of the class has no padding row; classification heads look here": (
                    "pad_token_id",
                ),
            }
        ),
        "no_positions": Rules(
            decided=(
                Decided(("position_embedding_type",), why="The class has no positional information."),
                Decided(("yarn_beta_fast",), why="Not read without rotary positions."),
                Decided(("yarn_beta_slow",), why="Not read without rotary positions."),
                Decided(("yarn_correction_range_round_to_int",), why="Not read without rotary positions."),
                Decided(("yarn_mscale",), why="Not read without rotary positions."),
                Decided(("yarn_mscale_all_dim",), why="Not read without rotary positions."),
                Decided(("yarn_original_max_position_embeddings",), why="Not read without rotary positions."),
                Decided(("yarn_rotary_scaling_factor",), why="Not read without rotary positions."),
            )
        ),
        "no_shared_experts": Rules(
            decided=(
                Decided(("moe_shared_expert_gate",), why="There are no shared experts."),
                Decided(("moe_shared_expert_intermediate_size",), why="There are no shared experts."),
            )
        ),
        "normalised": Rules(
            decided=(
                Decided(("moe_router_norm_min",), reads=("num_experts_per_tok",), why="Where a token has one expert."),
                Decided(
                    ("moe_router_pre_softmax",),
                    reads=("num_experts_per_tok",),
                    why="A softmax over the chosen experts alone, which of one is its score divided by itself.",
                ),
            )
        ),
        "normalised_if_said": Rules(
            decided=(
                Decided(
                    ("moe_router_norm_min",),
                    reads=("norm_topk_prob", "num_experts_per_tok"),
                    why="Where a token has one expert, whose score is divided by itself.",
                ),
                Decided(
                    ("moe_router_pre_softmax",),
                    reads=("norm_topk_prob", "num_experts_per_tok"),
                    why="Softmax over all experts, or over the chosen ones: the latter is the former, normalised.",
                ),
            )
        ),
        "normalised_several": Rules(
            decided=(
                Decided(
                    ("moe_router_pre_softmax",),
                    why="A softmax over the chosen experts alone: Hugging Face has no flag.",
                ),
            )
        ),
        "norms_after": Rules(
            decided=(
                Decided(("input_layernorm",), why="The class has no norm before attention."),
                Decided(("pre_mlp_layernorm",), why="The class has no norm before the MLP."),
            )
        ),
        "not_rotary": Rules(
            decided=(
                Decided(("rotary_base",), why="Not read without rotary positions."),
                Decided(("rotary_percent",), why="Not read without rotary positions."),
            )
        ),
        "num_shared_experts": Rules(
            decided=(
                Decided(
                    ("moe_shared_expert_intermediate_size",),
                    reads=("moe_intermediate_size", "num_shared_experts"),
                    why="One shared MLP, as wide as all shared experts together.",
                ),
            )
        ),
        "numbered_experts": Rules(
            decided=(
                Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                Decided(("num_moe_experts",), reads=("num_experts",)),
            )
        ),
        "numbered_layers": Rules(
            decided=(
                Decided(("hybrid_layer_pattern",), takes=("mtp_num_layers", "pattern"), only="HybridModelConfig"),
                Decided(
                    ("is_hybrid_model",),
                    why="num_layers counts symbols of the pattern, which initialisation must know.",
                    only="HybridModelConfig",
                ),
                Decided(("num_layers",), reads=("num_hidden_layers",), only="GPTModelConfig"),
                Decided(("num_layers",), takes=("pattern",), only="HybridModelConfig"),
                Decided((), takes=("expert_layers", "mixers"), binds="pattern", only="HybridModelConfig"),
            )
        ),
        "olmo_experts": Rules(
            decided=(
                Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                Decided(("num_moe_experts",), reads=("num_experts",)),
            )
        ),
        "on_hidden_state": Rules(
            decided=(Decided(("moe_latent_size",), why="Experts work on the hidden state itself."),)
        ),
        "one_kind_of_layer": Rules(
            ignored={
                "metadata or inference: this class has one kind of layer; only the cache of generation and a nested "
                "rope_parameters look here": ("layer_types",),
            }
        ),
        "one_norm": Rules(
            decided=(
                Decided(("parallel_mlp",), why="The MLP of the class reads what attention reads."),
                Decided(("shared_layernorm",), why="The class has one norm before both."),
            )
        ),
        "one_norm_if_at_once": Rules(
            decided=(
                Decided(("parallel_mlp",), reads=("use_parallel_residual",), only="GPTModelConfig"),
                Decided(
                    ("shared_layernorm",),
                    reads=("use_parallel_residual",),
                    why="With one norm before both.",
                    only="GPTModelConfig",
                ),
            )
        ),
        "one_rank": Rules(
            ignored={
                "dead: the class computes as one rank, whatever the training did": ("pretraining_tp",),
            }
        ),
        "optional_head_dim": Rules(
            decided=(
                Decided(
                    ("kv_channels",),
                    reads=("head_dim", "hidden_size", "num_attention_heads"),
                    why="The model divides where the config does not say.",
                ),
            )
        ),
        "optional_query_latent": Rules(
            decided=(
                Decided(("q_layernorm",), reads=("q_lora_rank",), why="What has no latent has no norm."),
                Decided(
                    ("q_lora_rank",),
                    reads=("q_lora_rank",),
                    why="Without it queries are projected from the hidden states.",
                ),
            )
        ),
        "optional_v_head_dim": Rules(
            decided=(
                Decided(
                    ("kv_channels",),
                    why="The width of a head of the attention's output; latent attention reads nothing else from it.",
                    takes=("v_head_dim",),
                ),
            )
        ),
        "own_ropes": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings",),
                    takes=("ropes",),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings",),
                    takes=("ropes",),
                    binds="rope",
                    only="HybridModelConfig",
                ),
                Decided(("rotary_base_by_layer",), reads=("layer_types",), takes=("ropes",), only="GPTModelConfig"),
                Decided(
                    ("rotary_base_by_layer",),
                    reads=("layer_types",),
                    why="Every layer has two symbols.",
                    takes=("ropes",),
                    only="HybridModelConfig",
                ),
                Decided((), reads=("layer_types", "rope_parameters"), binds="ropes"),
            )
        ),
        "padding_token": Rules(
            ignored={
                "padding token: its embedding row starts at zero and gets no gradient; what other tokens compute does "
                "not depend on it": ("pad_token_id",),
            }
        ),
        "partial_rope": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="HybridModelConfig",
                ),
            )
        ),
        "qk_norm": Rules(decided=(Decided(("qk_layernorm",), why="q_norm and k_norm: Hugging Face has no flag."),)),
        "qk_norm_after_rope": Rules(
            decided=(
                Decided(("qk_layernorm",), why="query_layernorm and key_layernorm: Hugging Face has no flag."),
                Decided(("qk_layernorm_after_rope",), why="They norm what rope has rotated."),
            )
        ),
        "qk_norm_over_heads": Rules(
            decided=(
                Decided(
                    ("qk_layernorm_over_heads",), why="They norm all heads together, and each channel has a weight."
                ),
            )
        ),
        "qkv_bias": Rules(
            decided=(
                Decided(("add_bias_linear",), why="Query, key and value alone have biases."),
                Decided(("add_qkv_bias",), why="Hugging Face has no flag: the class has these biases always."),
            )
        ),
        "query_latent": Rules(decided=(Decided(("q_lora_rank",), reads=("q_lora_rank",)),)),
        "qwen_window": Rules(
            ignored={
                "dead: only fills in layer_types where a config is built without them; layer_types decides": (
                    "max_window_layers",
                ),
            }
        ),
        "remote_mtp": Rules(
            decided=(
                Decided(
                    ("mtp_num_layers",),
                    why="Checkpoints of MiMo have them; transformers does not build them.",
                    takes=("predicting",),
                ),
                Decided(
                    (),
                    reads=("num_nextn_predict_layers",),
                    why="MiMo's code has this class and layers that predict further tokens",
                    binds="predicting",
                ),
            )
        ),
        "rms_norm": Rules(
            decided=(
                Decided(("layernorm_epsilon",), reads=("rms_norm_eps",)),
                Decided(("normalization",), why="Hugging Face has no flag: the class is RMSNorm."),
            )
        ),
        "root_of_width": Rules(
            decided=(
                Decided(
                    ("mup_embedding_mult",),
                    reads=("hidden_size",),
                    why="transformers rounds the root of the width to the dtype of the weights.",
                ),
                Decided(("mup_output_mult",), why="Logits are what the output layer yields."),
            )
        ),
        "rope": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="HybridModelConfig",
                ),
            )
        ),
        "rope_layers": Rules(
            decided=(
                Decided(
                    ("no_rope_freq",),
                    why="1 for a layer without rope; every layer has two symbols.",
                    takes=("without_rope",),
                    only="HybridModelConfig",
                ),
                Decided(
                    ("no_rope_freq",),
                    why="1 for a layer without rope; in no_rope_layers it is 1 for one with it.",
                    takes=("without_rope",),
                    only="GPTModelConfig",
                ),
                Decided((), reads=("no_rope_layers", "num_hidden_layers"), binds="without_rope"),
            )
        ),
        "rope_or_long_rope": Rules(
            decided=(
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="HybridModelConfig",
                ),
            )
        ),
        "routed_experts": Rules(
            decided=(
                Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                Decided(("num_moe_experts",), reads=("n_routed_experts",)),
            )
        ),
        "router_logits": Rules(
            ignored={
                "metadata or inference: chooses whether the scores are returned beside the logits": (
                    "output_router_logits",
                ),
            }
        ),
        "router_of_groups": Rules(
            decided=(
                Decided(
                    ("moe_router_enable_expert_bias",), why="e_score_correction_bias, which every such router has."
                ),
                Decided(("moe_router_group_topk",), reads=("topk_group",)),
                Decided(("moe_router_num_groups",), reads=("n_group",)),
                Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                Decided(("moe_router_topk_scaling_factor",), reads=("routed_scaling_factor",)),
                Decided(("moe_shared_expert_gate",), why="Shared experts are added as they are."),
            )
        ),
        "sandwich_norms": Rules(
            decided=(
                Decided(
                    ("post_attention_layernorm",), why="Hugging Face has no flag: the class norms what attention gives."
                ),
                Decided(("post_mlp_layernorm",), why="Hugging Face has no flag: the class norms what the MLP gives."),
            )
        ),
        "scaled_by_depth": Rules(
            decided=(
                Decided(("mup_embedding_mult",), reads=("scale_emb",)),
                Decided(
                    ("mup_output_mult",),
                    reads=("dim_model_base", "hidden_size"),
                    why="The class divides hidden states by hidden_size / dim_model_base before the output layer.",
                ),
                Decided(("residual_multiplier",), reads=("num_hidden_layers", "scale_depth")),
            )
        ),
        "scales": Rules(
            decided=(
                Decided(("mup_embedding_mult",), reads=("embedding_multiplier",)),
                Decided(("residual_multiplier",), reads=("residual_multiplier",)),
                Decided(("softmax_scale",), reads=("attention_multiplier",)),
            )
        ),
        "scored_by_sigmoid": Rules(
            decided=(
                Decided(
                    ("moe_router_dtype",),
                    why="Both sides score in float32, whatever dtype the weights have; in Megatron that is params_dtype.",
                ),
                Decided(("moe_router_pre_softmax",), why="There is no softmax."),
                Decided(
                    ("moe_router_score_function",), why="Hugging Face has no flag: the class scores with a sigmoid."
                ),
            )
        ),
        "sectioned_partial_rope": Rules(
            decided=(
                Decided(
                    ("mrope_section",),
                    why="Read only with three positions of each token, for which a caller may ask.",
                    takes=("mrope_section",),
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="HybridModelConfig",
                ),
                Decided((), reads=("rope_parameters",), takes=("rope",), binds="mrope_section"),
            )
        ),
        "sectioned_rope": Rules(
            decided=(
                Decided(
                    ("mrope_section",),
                    why="Read only with three positions of each token, for which a caller may ask.",
                    takes=("mrope_section",),
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="HybridModelConfig",
                ),
                Decided((), reads=("rope_parameters",), takes=("rope",), binds="mrope_section"),
            )
        ),
        "sections_of_neighbours": Rules(
            decided=(
                Decided(
                    ("mrope_section",),
                    why="Read only with three positions of each token, which Megatron does not have for pairs of neighbours.",
                    takes=("mrope_section",),
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                ),
                Decided((), reads=("rope_parameters",), takes=("rope",), binds="mrope_section"),
            )
        ),
        "several_normalised_if_said": Rules(
            decided=(
                Decided(
                    ("moe_router_pre_softmax",),
                    reads=("norm_topk_prob",),
                    why="Softmax over all experts, or over the chosen ones: the latter is the former, normalised.",
                ),
            )
        ),
        "shared_expert_width": Rules(
            decided=(Decided(("moe_shared_expert_intermediate_size",), reads=("shared_expert_intermediate_size",)),)
        ),
        "sigmoid_scores": Rules(
            decided=(
                Decided(("moe_router_enable_expert_bias",), why="The router has no bias."),
                Decided(
                    ("moe_router_norm_topk_prob",),
                    reads=("norm_topk_prob", "num_experts_per_tok"),
                    why="None, where it is as Megatron has it.",
                ),
                Decided(("moe_router_topk_scaling_factor",), why="Weights of experts are not scaled."),
            )
        ),
        "sinks": Rules(
            decided=(
                Decided(("no_rope_freq",), why="1 for a layer without rope.", takes=("thetas",), only="GPTModelConfig"),
                Decided(
                    ("no_rope_freq",),
                    why="1 for a layer without rope; every layer has two symbols.",
                    takes=("thetas",),
                    only="HybridModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    takes=("thetas",),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    takes=("thetas",),
                    binds="rope",
                    only="HybridModelConfig",
                ),
                Decided(("softmax_type",), why="sinks, one for each head: Hugging Face has no flag."),
                Decided((), reads=("layer_rope_theta", "num_hidden_layers"), binds="thetas"),
            )
        ),
        "sizes_without_padding": Rules(
            decided=(
                Decided(("attention_dropout",), reads=("attention_dropout",)),
                Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                Decided(("hidden_size",), reads=("hidden_size",)),
                Decided(("init_method_std",), reads=("initializer_range",)),
                Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                Decided(("seq_length",), reads=("max_position_embeddings",)),
                Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
            )
        ),
        "softmax_scores": Rules(
            decided=(
                Decided(
                    ("moe_router_dtype",),
                    why="Close scores are easier to tell apart; transformers takes at least the softmax in float32.",
                ),
                Decided(("moe_router_enable_expert_bias",), why="The router has no bias."),
                Decided(
                    ("moe_router_score_function",), why="Hugging Face has no flag: the class scores with a softmax."
                ),
                Decided(("moe_router_topk_scaling_factor",), why="Weights of experts are not scaled."),
            )
        ),
        "sparse": Rules(
            decided=(
                Decided(("dsa_indexer_head_dim",), reads=("index_head_dim",)),
                Decided(
                    ("dsa_indexer_k_norm_epsilon",), why="Hugging Face has no field: the norm of the indexer's keys."
                ),
                Decided(("dsa_indexer_n_heads",), reads=("index_n_heads",)),
                Decided(
                    ("dsa_indexer_rotate_activation",),
                    why="transformers leaves out the Hadamard transform: it is orthogonal, and products of vectors keep their "
                    "value.",
                ),
                Decided(("dsa_indexer_topk",), reads=("index_topk",)),
                Decided(
                    ("experimental_attention_variant",), why="Every layer has an indexer, or uses that of another."
                ),
                Decided(("linear_conv_kernel_dim",), why="No layer has linear attention."),
                Decided(("linear_key_head_dim",), why="No layer has linear attention."),
                Decided(("linear_num_key_heads",), why="No layer has linear attention."),
                Decided(("linear_num_value_heads",), why="No layer has linear attention."),
                Decided(("linear_value_head_dim",), why="No layer has linear attention."),
                Decided((), reads=("num_hidden_layers",), binds="mixers", only="HybridModelConfig"),
            ),
            ignored={
                "dead: only fills in mlp_layer_types where a config is built without them; mlp_layer_types decides": (
                    "first_k_dense_replace",
                ),
                "dead: no MLP of the class has a bias, whatever this says": ("mlp_bias",),
            },
        ),
        "stated_sections": Rules(
            decided=(
                Decided(
                    ("mrope_section",),
                    why="Megatron does not read it with one position of each token; the class is not built without it.",
                    takes=("mrope_section",),
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "rope_scaling",
                        "rope_scaling_factor",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="GPTModelConfig",
                ),
                Decided(
                    (
                        "position_embedding_type",
                        "rotary_percent",
                        "rotary_base",
                        "seq_len_interpolation_factor",
                        "yarn_rotary_scaling_factor",
                        "yarn_original_max_position_embeddings",
                        "yarn_beta_fast",
                        "yarn_beta_slow",
                        "yarn_mscale",
                        "yarn_mscale_all_dim",
                        "yarn_correction_range_round_to_int",
                    ),
                    reads=("max_position_embeddings", "rope_parameters"),
                    binds="rope",
                    only="HybridModelConfig",
                ),
                Decided((), reads=("rope_parameters",), takes=("rope",), binds="mrope_section"),
            )
        ),
        "stepped_experts": Rules(
            decided=(
                Decided(
                    (),
                    reads=("decoder_sparse_step", "num_hidden_layers"),
                    takes=("mlp_only_layers",),
                    binds="expert_layers",
                ),
                Decided((), reads=("mlp_only_layers", "num_hidden_layers"), binds="mlp_only_layers"),
            )
        ),
        "tokens": Rules(
            ignored={
                "metadata or inference: read by generation and tokenizers only": ("bos_token_id", "eos_token_id"),
                "metadata or inference: keys and values are kept for generation only": ("use_cache",),
            }
        ),
        "undeclared_head_dim": Rules(
            decided=(
                Decided(
                    ("kv_channels",),
                    reads=("hidden_size", "num_attention_heads"),
                    why="The class declares no head_dim, but checkpoints set it and the model reads it.",
                    takes=("head_dim",),
                ),
                Decided((), reads=("head_dim",), binds="head_dim"),
            )
        ),
        "ungrouped": Rules(
            decided=(
                Decided(("moe_router_group_topk",), why="All experts compete."),
                Decided(("moe_router_num_groups",), why="All experts compete."),
            )
        ),
        "used_biases": Rules(
            decided=(Decided(("add_bias_linear",), reads=("use_bias",), why="Of attention and MLP alike."),)
        ),
        "v_head_dim": Rules(
            decided=(
                Decided(
                    ("kv_channels",),
                    reads=("v_head_dim",),
                    why="The width of a head of the attention's output; latent attention reads nothing else from it.",
                ),
            )
        ),
        "window": Rules(
            decided=(
                Decided(
                    ("window_size",),
                    reads=("sliding_window",),
                    why="Megatron counts the tokens before the current one.",
                ),
            )
        ),
    },
    families={
        "afmoe": OfFamily(
            parts=(
                "attention",
                "balanced_by_bias",
                "expert_layers",
                "gated_mlp",
                "given_window",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "mup",
                "no_attention_bias",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "sandwich_norms",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_output_gate",), why="gate_proj of the attention: Hugging Face has no flag."),
                    Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                    Decided(("moe_router_enable_expert_bias",), why="expert_bias: Hugging Face has no flag."),
                    Decided(
                        ("moe_router_norm_topk_prob",),
                        reads=("num_experts_per_tok",),
                        why="Where a token has one expert, whose score the class divides by itself.",
                    ),
                    Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                    Decided(("moe_router_topk_scaling_factor",), reads=("route_scale",)),
                    Decided(("moe_shared_expert_gate",), why="Shared experts are added as they are."),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("moe_intermediate_size",),
                        why="One shared MLP, as wide as all shared experts together.",
                        takes=("num_shared_experts",),
                    ),
                    Decided(("mup_embedding_mult",), reads=("hidden_size", "mup_enabled")),
                    Decided(("mup_output_mult",), why="Logits are what the output layer yields."),
                    Decided(
                        ("no_rope_freq",),
                        why="1 for a layer without positions: each without a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("no_rope_freq",),
                        why="1 for a layer without positions; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided(("num_moe_experts",), reads=("num_experts",)),
                    Decided(
                        ("softmax_scale",),
                        why="As ever; with use_mup Megatron has another, if it is left out.",
                        takes=("head_dim",),
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                    Decided((), reads=("num_dense_layers", "num_hidden_layers"), binds="expert_layers"),
                    Decided((), reads=("num_shared_experts",), binds="num_shared_experts"),
                ),
                ignored={
                    "dead: only fills in layer_types where a config is built without them; layer_types decides": (
                        "global_attn_every_n_layers",
                    ),
                },
            ),
        ),
        "apertus": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                )
            ),
        ),
        "apertus1p5_text": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                )
            ),
        ),
        "arcee": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="up_proj and down_proj, and no gate."),
                )
            ),
        ),
        "aria_text": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "attention_bias",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "one_rank",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_router_norm_min",), reads=("moe_topk",), why="Where a token has one expert."),
                    Decided(
                        ("moe_router_pre_softmax",),
                        reads=("moe_topk",),
                        why="A softmax over the chosen experts alone, which of one is its score divided by itself.",
                    ),
                    Decided(("moe_router_topk",), reads=("moe_topk",)),
                    Decided(("moe_shared_expert_gate",), why="Shared experts are added as they are."),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("intermediate_size", "moe_num_shared_experts"),
                        why="One shared MLP, as wide as all shared experts together.",
                    ),
                    Decided(("num_moe_experts",), reads=("moe_num_experts",)),
                )
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "axk1": OfFamily(
            parts=(
                "dense",
                "gated_mlp",
                "kernels",
                "language_model",
                "latent",
                "numbered_layers",
                "one_kind_of_layer",
                "one_rank",
                "padding_token",
                "query_latent",
                "rms_norm",
                "router_logits",
                "sizes_without_padding",
                "tokens",
                "v_head_dim",
            ),
            own=Rules(
                ignored={
                    "metadata or inference: belongs to experts, which no layer has": (
                        "moe_intermediate_size",
                        "n_group",
                        "n_routed_experts",
                        "n_shared_experts",
                        "norm_topk_prob",
                        "num_experts_per_tok",
                        "routed_scaling_factor",
                        "topk_group",
                    ),
                }
            ),
        ),
        "bamba": OfFamily(
            parts=(
                "attention_bias",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "mixer",
                "numbered_layers",
                "padding_token",
                "partial_rope",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(Decided((), reads=("attn_layer_indices", "num_hidden_layers"), binds="mixers"),),
                ignored={
                    "metadata or inference: attn_layer_indices, layer by layer": ("layers_block_type",),
                    "metadata or inference: chooses how many logits generation asks for": ("num_logits_to_keep",),
                },
            ),
        ),
        "biogpt": OfFamily(
            parts=(
                "all_biases",
                "attention",
                "dense",
                "derived_head_dim",
                "kernels",
                "language_model",
                "layer_norm",
                "learned",
                "multi_head",
                "not_rotary",
                "numbered_layers",
                "padding_token",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("attention_dropout",), reads=("attention_probs_dropout_prob",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), reads=("hidden_dropout_prob",)),
                    Decided(("layernorm_epsilon",), why="The class has PyTorch's default, whatever layer_norm_eps is."),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                ),
                ignored={
                    "dead: the class has PyTorch's default": ("layer_norm_eps",),
                },
            ),
            replaced=frozenset({"attention_dropout", "hidden_dropout", "seq_length"}),
        ),
        "codegen": OfFamily(
            parts=(
                "all_biases",
                "gpt2_multi_head",
                "gpt2_names",
                "gptj_decoder",
                "kernels",
                "language_model",
                "layer_norm",
                "one_norm",
                "tokens",
            ),
            own=Rules(
                ignored={
                    "metadata or inference: the class reads n_positions; up to 5.23.0 a number follows from it that no "
                    "layer takes": ("n_ctx",),
                }
            ),
        ),
        "cohere": OfFamily(
            parts=(
                "gated_mlp",
                "grouped_query",
                "interleaved_rope",
                "kernels",
                "language_model",
                "layer_norm",
                "logit_scale",
                "mup",
                "no_attention_bias",
                "no_norm_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "one_norm",
                "padding_token",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("layernorm_epsilon",), reads=("layer_norm_eps",)),
                    Decided(("qk_layernorm",), reads=("use_qk_norm",)),
                    Decided(("qk_layernorm_by_head",), reads=("use_qk_norm",), why="Each head has weights of its own."),
                )
            ),
        ),
        "cohere2": OfFamily(
            parts=(
                "gated_mlp",
                "given_window",
                "grouped_query",
                "interleaved_rope",
                "kernels",
                "language_model",
                "layer_norm",
                "logit_scale",
                "mup",
                "no_attention_bias",
                "no_norm_bias",
                "numbered_layers",
                "one_norm",
                "padding_token",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("layernorm_epsilon",), reads=("layer_norm_eps",)),
                    Decided(
                        ("no_rope_freq",),
                        why="1 for a layer without positions: each without a window.",
                        takes=("sliding",),
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "cosmos3_edge_text": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_rank",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "stated_sections",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                ),
                ignored={
                    "metadata or inference: read by the composite's layers for images": ("layer_norm_eps",),
                },
            ),
        ),
        "cwm": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "given_window",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_rank",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="No linear layer has a bias when mlp_bias is False."),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "deepseek": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "derived_head_dim",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_rank",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                    Decided(
                        ("moe_router_load_balancing_type", "moe_aux_loss_coeff"),
                        reads=("aux_loss_alpha", "seq_aux"),
                        why="Training only; left out where the caller balances in a way that has no coefficient.",
                    ),
                    Decided(
                        ("moe_router_pre_softmax",),
                        reads=("norm_topk_prob", "num_experts_per_tok"),
                        why="Softmax over all experts, or over the chosen ones, which normalises them, but never a single one.",
                    ),
                    Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                    Decided(("moe_shared_expert_gate",), why="Shared experts are added as they are."),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("moe_intermediate_size", "n_shared_experts"),
                        why="One shared MLP, as wide as all shared experts together.",
                    ),
                    Decided(("num_moe_experts",), reads=("n_routed_experts",)),
                    Decided(
                        (),
                        reads=("first_k_dense_replace", "moe_layer_freq", "num_hidden_layers"),
                        binds="expert_layers",
                    ),
                )
            ),
            replaced=frozenset({"gradient_checkpointing", "tie_last_hidden_states"}),
        ),
        "deepseek_ocr2_text": OfFamily(
            parts=(
                "attention",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "limited_router",
                "listed_experts",
                "no_attention_bias",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "one_rank",
                "padding_token",
                "rms_norm",
                "rope",
                "routed_experts",
                "router_logits",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("moe_router_dtype",),
                        why="Close scores are easier to tell apart; transformers takes at least the softmax in float32.",
                    ),
                    Decided(("moe_router_enable_expert_bias",), why="The router has no bias."),
                    Decided(
                        ("moe_router_score_function",), why="Hugging Face has no flag: the class scores with a softmax."
                    ),
                )
            ),
        ),
        "deepseek_v2": OfFamily(
            parts=(
                "after_dense",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "kernels",
                "language_model",
                "latent",
                "limited_router",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "one_rank",
                "optional_query_latent",
                "padding_token",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "sizes_without_padding",
                "tokens",
                "v_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("moe_router_dtype",),
                        why="Close scores are easier to tell apart; transformers takes at least the softmax in float32.",
                    ),
                    Decided(("moe_router_enable_expert_bias",), why="The router has no bias."),
                    Decided(
                        ("moe_router_score_function",), why="Hugging Face has no flag: the class scores with a softmax."
                    ),
                ),
                ignored={
                    "dead: the class does not normalise the weights of experts, whatever this says": (
                        "norm_topk_prob",
                    ),
                },
            ),
        ),
        "deepseek_v3": OfFamily(
            parts=(
                "after_dense",
                "balanced_by_bias",
                "counted_mtp_with_query_latent",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "kernels",
                "language_model",
                "latent",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "one_rank",
                "optional_query_latent",
                "optional_v_head_dim",
                "padding_token",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "deepseek_v32": OfFamily(
            parts=(
                "balanced_by_bias",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "kernels",
                "language_model",
                "listed_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "query_latent",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "sparse",
                "tokens",
                "v_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="No linear layer has a bias when attention_bias is False."),
                    Decided(
                        ("attention_dropout",), why="Megatron's sparse attention drops nothing, whatever this says."
                    ),
                    Decided(("kv_lora_rank",), reads=("kv_lora_rank",)),
                    Decided(
                        ("multi_latent_attention",), why="Queries, keys and values go through latents of low rank."
                    ),
                    Decided(("num_query_groups",), reads=("num_key_value_heads",)),
                    Decided(("position_embedding_type",), why="The kind of rope of latent attention is rope_type."),
                    Decided(("qk_head_dim",), reads=("qk_nope_head_dim",)),
                    Decided(("qk_layernorm",), why="The norms of latents."),
                    Decided(("qk_pos_emb_head_dim",), reads=("qk_rope_head_dim",)),
                    Decided(
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
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                    ),
                    Decided(("v_head_dim",), reads=("v_head_dim",)),
                ),
                ignored={
                    "dead: derived from the two parts of a head; the model adds them itself": ("qk_head_dim",),
                },
            ),
            replaced=frozenset({"attention_dropout"}),
        ),
        "dots1": OfFamily(
            parts=(
                "after_dense",
                "attention",
                "attention_bias",
                "balanced_by_bias",
                "expert_layers",
                "gated_mlp",
                "given_shared_experts",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                    Decided(("num_moe_experts",), reads=("n_routed_experts",)),
                ),
                ignored={
                    "dead: only fills in layer_types where a config is built without them; layer_types decides": (
                        "max_window_layers",
                    ),
                },
            ),
        ),
        "emu3_text_model": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "no_attention_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(decided=(Decided(("hidden_dropout",), reads=("attention_dropout",)),)),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "ernie4_5": OfFamily(
            parts=(
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "interleaved_rope",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
                "used_biases",
            ),
            own=Rules(decided=(Decided(("attention_dropout",), why="The class has no dropout in attention."),)),
            replaced=frozenset({"attention_dropout"}),
        ),
        "ernie4_5_moe": OfFamily(
            parts=(
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "interleaved_rope",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="No linear layer has a bias when use_bias is False."),
                    Decided(("attention_dropout",), why="The class has no dropout in attention."),
                    Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                    Decided(
                        ("moe_router_enable_expert_bias",),
                        why="Megatron rejects it for softmax scores; layers have the bias.",
                    ),
                    Decided(
                        ("moe_router_load_balancing_type", "moe_aux_loss_coeff"),
                        reads=("router_aux_loss_coef",),
                        why="Training only; left out where the caller balances in a way that has no coefficient.",
                    ),
                    Decided(("moe_router_norm_min",), reads=("moe_norm_min",)),
                    Decided(("moe_router_pre_softmax",), why="Softmax over all experts: Hugging Face has no flag."),
                    Decided(
                        ("moe_router_softmax_expert_bias",), why="e_score_correction_bias: Hugging Face has no flag."
                    ),
                    Decided(("moe_router_topk",), reads=("moe_k",)),
                    Decided(("moe_shared_expert_gate",), why="Shared experts are added as they are."),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("moe_intermediate_size",),
                        why="One shared MLP, as wide as all shared experts together.",
                        takes=("num_shared_experts",),
                    ),
                    Decided(("num_moe_experts",), reads=("moe_num_experts",)),
                    Decided(
                        (),
                        reads=(
                            "moe_layer_end_index",
                            "moe_layer_interval",
                            "moe_layer_start_index",
                            "num_hidden_layers",
                        ),
                        binds="expert_layers",
                    ),
                    Decided((), reads=("moe_num_shared_experts",), binds="num_shared_experts"),
                )
            ),
            replaced=frozenset({"attention_dropout", "moe_router_enable_expert_bias"}),
        ),
        "exaone": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "exaone4": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "no_bias",
                "norms_after",
                "numbered_layers",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "sandwich_norms",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("no_rope_freq",),
                        reads=("sliding_window",),
                        why="1 for a layer without positions: each without a window, if any may have one.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("no_rope_freq",),
                        reads=("sliding_window",),
                        why="The same by symbol, of which every layer has two.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided(
                        ("window_size",),
                        reads=("sliding_window",),
                        why="Megatron counts the tokens before the current one.",
                        takes=("sliding",),
                    ),
                ),
                ignored={
                    "metadata or inference: only fills in layer_types where a config is built without them; layer_types decides": (
                        "sliding_window_pattern",
                    ),
                },
            ),
            replaced=frozenset({"window_size"}),
        ),
        "exaone_moe": OfFamily(
            parts=(
                "attention",
                "balanced_by_bias",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "listed_experts",
                "no_bias",
                "num_shared_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                    Decided(
                        ("no_rope_freq",),
                        why="1 for a layer without positions: each without a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("no_rope_freq",),
                        why="1 for a layer without positions; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided(("num_moe_experts",), reads=("num_experts",)),
                ),
                ignored={
                    "dead: only fills in mlp_layer_types where a config is built without them; mlp_layer_types decides": (
                        "first_k_dense_replace",
                    ),
                    "metadata or inference: only fills in layer_types where a config is built without them; layer_types decides": (
                        "sliding_window_pattern",
                    ),
                },
            ),
        ),
        "falcon": OfFamily(
            parts=(
                "attention",
                "dense",
                "derived_head_dim",
                "kernels",
                "language_model",
                "layer_norm",
                "no_padding_row",
                "numbered_layers",
                "one_kind_of_layer",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("activation",)),
                    Decided(("add_bias_linear",), reads=("bias",), why="Of attention and MLP alike."),
                    Decided(("attention_dropout",), why="The class has no dropout in attention."),
                    Decided(("ffn_hidden_size",), reads=("ffn_hidden_size",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), why="Megatron's is of more than the class's, which must be zero."),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_epsilon",)),
                    Decided(
                        ("multi_latent_attention",), why="Keys and values are projected from the hidden state itself."
                    ),
                    Decided(
                        ("num_query_groups",),
                        why="One for all heads, or one for each, in the older architecture.",
                        takes=("num_kv_heads",),
                    ),
                    Decided(("parallel_mlp",), reads=("parallel_attn",), only="GPTModelConfig"),
                    Decided(
                        ("shared_layernorm",),
                        reads=("new_decoder_architecture", "num_ln_in_parallel_attn", "parallel_attn"),
                        why="The new architecture has a norm before each, unless it is said to have one.",
                        only="GPTModelConfig",
                    ),
                    Decided(
                        (),
                        reads=("multi_query", "new_decoder_architecture", "num_attention_heads", "num_kv_heads"),
                        binds="num_kv_heads",
                    ),
                ),
                ignored={
                    "metadata or inference: a view of hidden_size and num_attention_heads": ("head_dim",),
                    "dead: a view of alibi": ("rotary",),
                },
            ),
            replaced=frozenset({"attention_dropout", "ffn_hidden_size", "hidden_dropout", "tie_last_hidden_states"}),
        ),
        "flex_olmo": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "no_shared_experts",
                "normalised_if_said",
                "norms_after",
                "numbered_layers",
                "olmo_experts",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "qk_norm_over_heads",
                "rms_norm",
                "rope",
                "router_logits",
                "sandwich_norms",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                )
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "flint": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "scored_by_sigmoid",
                "shared_expert_width",
                "sigmoid_scores",
                "sizes_without_padding",
                "stepped_experts",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("moe_shared_expert_gate",), why="The shared expert is added as it is."),
                    Decided(
                        ("no_rope_freq",),
                        why="Layers without a window have no positions.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("no_rope_freq",),
                        why="Layers without a window have no positions; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided(("softmax_type",), why="sinks, one for each head: Hugging Face has no flag."),
                )
            ),
        ),
        "gemma": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "mup",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "root_of_width",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("layernorm_zero_centered_gamma",), why="Norms multiply by one plus their weight."),
                    Decided(
                        ("softmax_scale",),
                        reads=("head_dim",),
                        why="As ever; with use_mup Megatron has another, if it is left out.",
                    ),
                )
            ),
        ),
        "gemma2": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "gemma_decoder",
                "given_window",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "mup",
                "numbered_layers",
                "padding_token",
                "rms_norm",
                "root_of_width",
                "rope",
                "sandwich_norms",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("attn_logit_softcapping",), reads=("attn_logit_softcapping",)),
                    Decided(("final_logit_softcapping",), reads=("final_logit_softcapping",)),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "gemma3_text": OfFamily(
            parts=(
                "attention",
                "dense",
                "gemma_decoder",
                "given_window",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "mup",
                "no_attention_bias",
                "numbered_layers",
                "own_ropes",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "root_of_width",
                "sandwich_norms",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "glm": OfFamily(
            parts=(
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "interleaved_partial_rope",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone may have biases."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                )
            ),
        ),
        "glm4": OfFamily(
            parts=(
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "interleaved_partial_rope",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "sandwich_norms",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone may have biases."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                )
            ),
        ),
        "glm4_moe": OfFamily(
            parts=(
                "after_dense",
                "attention",
                "balanced_by_bias",
                "counted_mtp",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "partial_rope",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone may have biases."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                    Decided(("qk_layernorm",), reads=("use_qk_norm",)),
                )
            ),
        ),
        "glm4_moe_lite": OfFamily(
            parts=(
                "balanced_by_bias",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "kernels",
                "language_model",
                "latent",
                "listed_experts",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "one_rank",
                "optional_query_latent",
                "padding_token",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "v_head_dim",
            ),
            own=Rules(),
        ),
        "glm4v_moe_text": OfFamily(
            parts=(
                "after_dense",
                "attention",
                "balanced_by_loss",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sectioned_partial_rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone may have biases."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                )
            ),
        ),
        "glm4v_text": OfFamily(
            parts=(
                "decoder_in_composite",
                "derived_head_dim",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "qkv_bias",
                "rms_norm",
                "sandwich_norms",
                "sections_of_neighbours",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(
                        ("rotary_interleaved",), why="Hugging Face has no flag: the class rotates pairs of neighbours."
                    ),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                )
            ),
            replaced=frozenset({"bos_token_id", "eos_token_id"}),
        ),
        "glm_moe_dsa": OfFamily(
            parts=(
                "balanced_by_bias",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "kernels",
                "language_model",
                "listed_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "query_latent",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "sparse",
                "tokens",
                "v_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="No linear layer has a bias when attention_bias is False."),
                    Decided(
                        ("attention_dropout",), why="Megatron's sparse attention drops nothing, whatever this says."
                    ),
                    Decided(
                        ("dsa_indexer_rope_interleaved",),
                        why="The indexer rotates pairs of neighbours, as attention does.",
                    ),
                    Decided(("dsa_indexer_skip_topk_offset",), takes=("period",)),
                    Decided(
                        ("dsa_indexer_topk_freq",),
                        why="Other layers use what an earlier one picked.",
                        takes=("period",),
                    ),
                    Decided(("kv_lora_rank",), reads=("kv_lora_rank",)),
                    Decided(
                        ("multi_latent_attention",), why="Queries, keys and values go through latents of low rank."
                    ),
                    Decided(("num_query_groups",), reads=("num_key_value_heads",)),
                    Decided(("position_embedding_type",), why="The kind of rope of latent attention is rope_type."),
                    Decided(("qk_head_dim",), reads=("qk_nope_head_dim",)),
                    Decided(("qk_layernorm",), why="The norms of latents."),
                    Decided(("qk_pos_emb_head_dim",), reads=("qk_rope_head_dim",)),
                    Decided(
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
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                    ),
                    Decided(("v_head_dim",), reads=("v_head_dim",)),
                    Decided((), reads=("indexer_types", "num_hidden_layers"), binds="period", only="GPTModelConfig"),
                    Decided((), reads=("indexer_types", "num_hidden_layers"), binds="period", only="HybridModelConfig"),
                ),
                ignored={
                    "dead: derived from the two parts of a head; the model adds them itself": ("qk_head_dim",),
                },
            ),
            replaced=frozenset({"attention_dropout"}),
        ),
        "glm_ocr_text": OfFamily(
            parts=(
                "decoder_in_composite",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "no_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "sandwich_norms",
                "sections_of_neighbours",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(
                        ("rotary_interleaved",), why="Hugging Face has no flag: the class rotates pairs of neighbours."
                    ),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                )
            ),
            replaced=frozenset({"bos_token_id", "eos_token_id"}),
        ),
        "gpt2": OfFamily(
            parts=(
                "all_biases",
                "gpt2_decoder",
                "gpt2_multi_head",
                "gpt2_names",
                "kernels",
                "language_model",
                "layer_norm",
                "learned",
                "no_padding_row",
                "not_rotary",
                "tokens",
            ),
            own=Rules(
                ignored={
                    "metadata or inference: computes the same scores in float32, and the same weights": (
                        "reorder_and_upcast_attn",
                    ),
                    "metadata or inference: belongs to the multiple choice head of GPT2DoubleHeadsModel": (
                        "summary_activation",
                        "summary_first_dropout",
                        "summary_proj_to_labels",
                        "summary_type",
                        "summary_use_proj",
                    ),
                }
            ),
        ),
        "gpt_bigcode": OfFamily(
            parts=(
                "all_biases",
                "gpt2_decoder",
                "gpt2_names",
                "kernels",
                "language_model",
                "layer_norm",
                "learned",
                "no_padding_row",
                "not_rotary",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("num_query_groups",),
                        reads=("multi_query", "n_head"),
                        why="All heads share keys and values, or every head has its own.",
                    ),
                ),
                ignored={
                    "metadata or inference: the class keeps it, and always takes the softmax in float32": (
                        "attention_softmax_in_fp32",
                        "scale_attention_softmax_in_fp32",
                    ),
                    "dead: follows from multi_query, at which the model looks itself": ("num_key_value_heads",),
                },
            ),
        ),
        "gpt_neo": OfFamily(
            parts=(
                "all_biases",
                "kernels",
                "language_model",
                "layer_norm",
                "learned",
                "no_padding_row",
                "not_rotary",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("activation_function",)),
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(
                        ("ffn_hidden_size",),
                        reads=("hidden_size", "intermediate_size"),
                        why="Four times as wide where the config does not say it.",
                    ),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), reads=("resid_dropout",)),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("hybrid_layer_pattern",), takes=("mtp_num_layers", "pattern"), only="HybridModelConfig"),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(
                        ("is_hybrid_model",),
                        why="num_layers counts symbols of the pattern, which initialisation must know.",
                        only="HybridModelConfig",
                    ),
                    Decided(("kv_channels",), reads=("hidden_size", "num_heads"), why="The class has no other."),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_epsilon",)),
                    Decided(
                        ("multi_latent_attention",), why="Keys and values are projected from the hidden state itself."
                    ),
                    Decided(("num_attention_heads",), reads=("num_heads",)),
                    Decided(("num_layers",), reads=("num_layers",), only="GPTModelConfig"),
                    Decided(("num_layers",), takes=("pattern",), only="HybridModelConfig"),
                    Decided(
                        ("num_query_groups",), reads=("num_heads",), why="Every head has keys and values of its own."
                    ),
                    Decided(("qkv_bias",), why="Queries, keys and values have no bias."),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                    Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
                    Decided(("softmax_scale",), why="The class does not scale the scores of attention."),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("local",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("local",),
                        only="HybridModelConfig",
                    ),
                    Decided(
                        ("window_size",),
                        reads=("window_size",),
                        why="Megatron counts the tokens before the current one.",
                        takes=("local",),
                    ),
                    Decided((), reads=("attention_layers", "attention_types", "num_layers"), binds="local"),
                    Decided((), reads=("num_layers",), binds="expert_layers", only="HybridModelConfig"),
                    Decided((), reads=("num_layers",), binds="mixers", only="HybridModelConfig"),
                    Decided((), takes=("expert_layers", "mixers"), binds="pattern", only="HybridModelConfig"),
                ),
                ignored={
                    "metadata or inference: belongs to classification heads, which a language model does not have": (
                        "classifier_dropout",
                    ),
                },
            ),
            replaced=frozenset({"tie_last_hidden_states"}),
        ),
        "gpt_neox": OfFamily(
            parts=(
                "all_biases",
                "at_once_if_said",
                "attention",
                "dense",
                "derived_head_dim",
                "kernels",
                "language_model",
                "layer_norm",
                "multi_head",
                "no_padding_row",
                "numbered_layers",
                "one_kind_of_layer",
                "partial_rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("add_proj_bias",), reads=("attention_bias",), why="None, where it has what the MLP has."),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), reads=("hidden_dropout",)),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_eps",)),
                    Decided(("qkv_bias",), reads=("attention_bias",)),
                ),
                ignored={
                    "metadata or inference: belongs to classification heads, which a language model does not have": (
                        "classifier_dropout",
                    ),
                    "metadata or inference: the class is a decoder whatever this says": ("is_decoder",),
                },
            ),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "gpt_oss": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "balanced_by_loss",
                "clamped_gate",
                "expert_layers",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "local_experts",
                "no_shared_experts",
                "normalised",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "rms_norm",
                "rope",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="All projections, experts and routers of the class have biases."),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("softmax_type",), why="sinks, one for each head: Hugging Face has no flag."),
                ),
                ignored={
                    "dead: the experts of the class compute a clamped gate of their own": ("hidden_act",),
                },
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "gptj": OfFamily(
            parts=(
                "all_biases",
                "gpt2_multi_head",
                "gpt2_names",
                "gptj_decoder",
                "kernels",
                "language_model",
                "layer_norm",
                "no_padding_row",
                "one_norm",
                "tokens",
            ),
            own=Rules(),
        ),
        "granite": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "multipliers",
                "mup",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "scales",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(),
        ),
        "granite4_vision_text": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "multipliers",
                "mup",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "scales",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                ignored={
                    "metadata or inference: read where a composite draws parameters of its own, of whose kind none is here": (
                        "text_config",
                    ),
                }
            ),
        ),
        "granite_docling_text": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "multipliers",
                "mup",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "scales",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(),
        ),
        "granite_swa": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "given_window",
                "grouped_query",
                "kernels",
                "language_model",
                "multipliers",
                "mup",
                "numbered_layers",
                "padding_token",
                "rms_norm",
                "scales",
                "sinks",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "granitemoe": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "attention_bias",
                "balanced",
                "expert_layers",
                "gated_mlp",
                "granite_experts",
                "grouped_query",
                "kernels",
                "language_model",
                "multipliers",
                "mup",
                "no_shared_experts",
                "normalised",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "router_logits",
                "scales",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                    Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
                )
            ),
        ),
        "granitemoe_swa": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "attention_bias",
                "balanced",
                "expert_layers",
                "gated_mlp",
                "given_window",
                "granite_experts",
                "granite_shared_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "multipliers",
                "mup",
                "normalised",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "rms_norm",
                "router_logits",
                "scales",
                "sinks",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                    Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "granitemoehybrid": OfFamily(
            parts=(
                "attention_bias",
                "balanced",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "mixer",
                "multipliers",
                "mup",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "rms_norm",
                "router_logits",
                "scales",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("ffn_hidden_size",),
                        reads=("shared_intermediate_size",),
                        why="An MLP that all tokens share, beside the experts or alone.",
                    ),
                    Decided(
                        ("moe_ffn_hidden_size",),
                        reads=("intermediate_size",),
                        why="The width of experts alone.",
                        takes=("num_local_experts",),
                    ),
                    Decided(("moe_router_norm_min",), why="Where a token has one expert.", takes=("router_topk",)),
                    Decided(
                        ("moe_router_pre_softmax",),
                        why="A softmax over the chosen experts alone, which of one is its score divided by itself.",
                        takes=("router_topk",),
                    ),
                    Decided(("moe_router_topk",), takes=("router_topk",)),
                    Decided(("moe_shared_expert_gate",), why="The shared MLP is added as it is."),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("shared_intermediate_size",),
                        takes=("num_local_experts",),
                    ),
                    Decided(("num_moe_experts",), why="None in a model without experts.", takes=("num_local_experts",)),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings", "position_embedding_type", "rope_parameters"),
                        binds="rope",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="linear"),
                    Decided((), reads=("num_experts_per_tok",), takes=("num_local_experts",), binds="router_topk"),
                    Decided((), reads=("num_local_experts",), binds="num_local_experts"),
                    Decided((), takes=("linear", "num_local_experts"), binds="expert_layers"),
                    Decided((), takes=("linear",), binds="mixers"),
                )
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "granitemoeshared": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "attention_bias",
                "balanced",
                "expert_layers",
                "gated_mlp",
                "granite_experts",
                "granite_shared_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "multipliers",
                "mup",
                "normalised",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "router_logits",
                "scales",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                    Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
                )
            ),
        ),
        "helium": OfFamily(
            parts=(
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "interleaved_rope",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="No other linear layer has a bias when mlp_bias is False."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                )
            ),
        ),
        "hunyuan_v1_dense": OfFamily(
            parts=(
                "alpha_rope",
                "attention",
                "attention_bias",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "one_rank",
                "padding_token",
                "qk_norm_after_rope",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                ignored={
                    "metadata or inference: ends documents, in what makes batches of them": ("eod_token_id",),
                }
            ),
        ),
        "hunyuan_v1_moe": OfFamily(
            parts=(
                "all_experts",
                "alpha_rope",
                "attention",
                "attention_bias",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "one_rank",
                "padding_token",
                "qk_norm_after_rope",
                "rms_norm",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_router_norm_min",), why="Where a token has one expert.", takes=("moe_topk",)),
                    Decided(
                        ("moe_router_pre_softmax",),
                        why="A softmax over the chosen experts alone, which of one is its score divided by itself.",
                        takes=("moe_topk",),
                    ),
                    Decided(("moe_router_topk",), why="As many in every layer.", takes=("moe_topk",)),
                    Decided(("moe_shared_expert_gate",), why="The shared MLP is added as it is."),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("intermediate_size",),
                        why="One MLP that all tokens share, as wide as an expert.",
                    ),
                    Decided(("num_moe_experts",), reads=("num_experts",)),
                    Decided((), reads=("moe_topk", "num_hidden_layers"), binds="moe_topk"),
                ),
                ignored={
                    "metadata or inference: separates texts, in what makes batches of them": (
                        "eod_token_id",
                        "sep_token_id",
                    ),
                },
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "hy_v3": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "balanced_by_bias",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "listed_experts",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",)),
                    Decided(
                        ("moe_router_enable_expert_bias",),
                        why="e_score_correction_bias, which every layer of experts has.",
                    ),
                    Decided(
                        ("moe_router_norm_topk_prob",),
                        reads=("num_experts_per_tok",),
                        why="Where a token has one expert, whose score the class divides by itself.",
                    ),
                    Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                    Decided(("moe_router_topk_scaling_factor",), reads=("router_scaling_factor",)),
                    Decided(("moe_shared_expert_gate",), why="Shared experts are added as they are."),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("intermediate_size", "moe_intermediate_size"),
                        why="One shared MLP, as wide as all shared experts together; with none, transformers makes it a dense one.",
                        takes=("num_shared_experts",),
                    ),
                    Decided(("num_moe_experts",), reads=("num_experts",)),
                    Decided((), reads=("num_shared_experts",), binds="num_shared_experts"),
                ),
                ignored={
                    "metadata or inference: two numbers are added in float32 and rounded once either way, as torch does "
                    "it for every dtype": ("enable_moe_fp32_combine",),
                },
            ),
        ),
        "hyperclovax": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "mup",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "scales",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("mup_output_mult",), reads=("logits_scaling",)),
                    Decided(("post_attention_layernorm",), reads=("use_post_norm",)),
                    Decided(("post_mlp_layernorm",), reads=("use_post_norm",)),
                )
            ),
        ),
        "internlm3": OfFamily(
            parts=(
                "attention",
                "biases_together",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "iquestcoder": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "jais2": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "layer_norm",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_eps",)),
                )
            ),
        ),
        "lara_mini": OfFamily(
            parts=(
                "all_experts",
                "balanced_by_loss",
                "delta_net_decoder",
                "delta_net_sizes",
                "expert_layers",
                "experts_alone",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "no_attention_bias",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "several_normalised_if_said",
                "shared_expert_width",
                "softmax_scores",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("moe_shared_expert_gate",), why="The shared expert is added as it is."),
                    Decided(
                        ("no_rope_freq",),
                        why="Attention without a window has no positions.",
                        takes=("kinds",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("no_rope_freq",),
                        why="Attention without a window has no positions; every layer has two symbols.",
                        takes=("kinds",),
                        only="HybridModelConfig",
                    ),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                    Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="kinds", only="GPTModelConfig"),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="kinds", only="HybridModelConfig"),
                    Decided((), takes=("kinds",), binds="linear"),
                    Decided((), takes=("kinds",), binds="sliding"),
                ),
                ignored={
                    "metadata or inference: the one MLP of a layer, the shared expert, is given its own width": (
                        "intermediate_size",
                    ),
                },
            ),
            replaced=frozenset({"sliding"}),
        ),
        "lfm2": OfFamily(
            parts=(
                "attention",
                "dense",
                "grouped_query",
                "kernels",
                "language_model",
                "lfm",
                "no_bias",
                "numbered_layers",
                "padding_token",
                "qk_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), why="The class has no dropout in attention."),
                    Decided(
                        ("ffn_hidden_size",),
                        reads=(
                            "block_auto_adjust_ff_dim",
                            "block_ffn_dim_multiplier",
                            "block_multiple_of",
                            "intermediate_size",
                        ),
                        why="Two thirds of what the config says, rounded up, unless it says not to adjust it.",
                    ),
                ),
                ignored={
                    "metadata or inference: only fills in layer_types where a config is built without them; layer_types decides": (
                        "full_attn_idxs",
                    ),
                },
            ),
            replaced=frozenset({"attention_dropout", "ffn_hidden_size"}),
        ),
        "lfm2_moe": OfFamily(
            parts=(
                "attention",
                "balanced_by_bias",
                "expert_layers",
                "grouped_query",
                "kernels",
                "language_model",
                "lfm",
                "no_bias",
                "no_shared_experts",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rope",
                "router_logits",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), why="The class has no dropout in attention."),
                    Decided(("moe_router_dtype",), why="Close scores are easier to tell apart."),
                    Decided(("moe_router_enable_expert_bias",), reads=("use_expert_bias",)),
                    Decided(("moe_router_topk_scaling_factor",), reads=("routed_scaling_factor",)),
                    Decided((), reads=("num_dense_layers", "num_hidden_layers"), binds="expert_layers"),
                )
            ),
            replaced=frozenset({"attention_dropout", "moe_router_dtype"}),
        ),
        "lfm3": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layer_ropes",
                "layered_window",
                "lfm",
                "numbered_layers",
                "padding_token",
                "qk_norm",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "llama": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "one_rank",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "llama4_text": OfFamily(
            parts=(
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "interleaved_bands",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "rms_norm",
                "rope_layers",
                "router_logits",
                "scored_by_sigmoid",
                "sigmoid_scores",
                "sizes_without_padding",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_chunk_freq",), reads=("layer_types",)),
                    Decided(("attention_chunk_size",), reads=("attention_chunk_size", "layer_types")),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size_mlp",)),
                    Decided(
                        ("moe_apply_probs_on_input",), why="A score multiplies what its expert gets, not what it gives."
                    ),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(
                        ("moe_router_dtype",),
                        why="Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.",
                    ),
                    Decided(
                        ("moe_router_topk",), why="The only number with which a score can multiply what an expert gets."
                    ),
                    Decided(("moe_shared_expert_gate",), why="The shared expert is added as it is."),
                    Decided(("moe_shared_expert_intermediate_size",), reads=("intermediate_size",)),
                    Decided(("num_moe_experts",), reads=("num_local_experts",)),
                    Decided(
                        ("qk_l2_norm",),
                        reads=("use_qk_norm",),
                        why="Norms without weights, here after rope, with which they commute.",
                        takes=("without_rope",),
                    ),
                    Decided(("qk_l2_norm_freq",), reads=("use_qk_norm",), takes=("without_rope",)),
                    Decided(("query_temperature_freq",), takes=("scales_queries", "without_rope")),
                    Decided(("query_temperature_length",), reads=("floor_scale",), takes=("scales_queries",)),
                    Decided(("query_temperature_scale",), reads=("attn_scale",), takes=("scales_queries",)),
                    Decided(("query_temperature_start",), takes=("scales_queries",)),
                    Decided(
                        (),
                        reads=("attn_scale", "attn_temperature_tuning", "floor_scale"),
                        takes=("without_rope",),
                        binds="scales_queries",
                    ),
                    Decided((), reads=("moe_layers", "num_hidden_layers"), binds="expert_layers"),
                ),
                ignored={
                    "dead: only fills in moe_layers where a config is built without them; moe_layers decides": (
                        "interleave_moe_layer_step",
                    ),
                    "dead: only fills in no_rope_layers where a config is built without them; no_rope_layers decides": (
                        "no_rope_layer_interval",
                    ),
                    "dead: the router of the class adds no noise": ("router_jitter_noise",),
                },
            ),
            replaced=frozenset({"ffn_hidden_size", "moe_router_dtype", "moe_router_norm_topk_prob"}),
        ),
        "mamba2": OfFamily(
            parts=("kernels", "language_model", "no_positions", "not_rotary", "tokens"),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("add_bias_linear",), why="Mamba's projections have no biases."),
                    Decided(("attention_dropout",), why="The class has no dropout in attention."),
                    Decided(("ffn_hidden_size",), why="No layer has an MLP."),
                    Decided(("fp32_residual_connection",), reads=("residual_in_fp32",)),
                    Decided(("gated_linear_unit",), why="No layer has an MLP."),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("hybrid_layer_pattern",), takes=("mtp_num_layers", "pattern"), only="HybridModelConfig"),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(
                        ("is_hybrid_model",),
                        why="num_layers counts symbols of the pattern, which initialisation must know.",
                        only="HybridModelConfig",
                    ),
                    Decided(("kv_channels",), reads=("head_dim",), why="No layer attends."),
                    Decided(("layernorm_epsilon",), why="layer_norm_epsilon can be no other."),
                    Decided(("mamba_head_dim",), reads=("head_dim",)),
                    Decided(("mamba_num_groups",), reads=("n_groups",)),
                    Decided(("mamba_num_heads",), reads=("num_heads",)),
                    Decided(("mamba_state_dim",), reads=("state_size",)),
                    Decided(("multi_latent_attention",), why="No layer attends."),
                    Decided(("normalization",), why="Hugging Face has no flag: the class is RMSNorm."),
                    Decided(
                        ("num_attention_heads",),
                        reads=("num_heads",),
                        why="No layer attends, but tensor parallelism must divide the number, as it must that of Mamba's heads.",
                    ),
                    Decided(("num_layers",), takes=("pattern",)),
                    Decided(
                        ("num_query_groups",),
                        reads=("num_heads",),
                        why="No layer attends, but tensor parallelism must divide the number, as it must that of Mamba's heads.",
                    ),
                    Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
                    Decided((), reads=("num_hidden_layers",), binds="pattern"),
                ),
                ignored={
                    "metadata or inference: every layer is of one kind; the cache of generation looks here": (
                        "layer_types",
                    ),
                    "dead: the embedding of the class has no padding row": ("pad_token_id",),
                    "initialisation only: scales the initial weights of Mamba's output projection": (
                        "rescale_prenorm_residual",
                    ),
                    "initialisation only: draws the initial time steps of new Mamba layers": (
                        "time_step_floor",
                        "time_step_max",
                        "time_step_min",
                    ),
                },
            ),
            replaced=frozenset({"tie_last_hidden_states"}),
        ),
        "mellum": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layer_ropes",
                "layered_window",
                "listed_experts",
                "no_shared_experts",
                "normalised_if_said",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                ignored={
                    "dead: the class does not build the layers that predict further tokens": (
                        "mtp_layer_types",
                        "mtp_mlp_layer_types",
                        "num_mtp_layers",
                    ),
                }
            ),
        ),
        "mimo_v2_flash": OfFamily(
            parts=(
                "attention",
                "balanced_by_bias",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "listed_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone may have biases."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                    Decided(("attention_value_scale",), reads=("attention_value_scale",)),
                    Decided(("moe_router_topk_scaling_factor",), reads=("routed_scaling_factor",)),
                    Decided(("moe_shared_expert_intermediate_size",), why="There are no shared experts."),
                    Decided(
                        ("num_query_groups",),
                        reads=("num_key_value_heads",),
                        why="Layers with a window have twice as many.",
                        takes=("sliding",),
                    ),
                    Decided(
                        ("num_query_groups_by_layer",),
                        reads=("num_key_value_heads",),
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("num_query_groups_by_layer",),
                        reads=("num_key_value_heads",),
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "rope_scaling",
                            "rope_scaling_factor",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings",),
                        takes=("ropes",),
                        binds="rope",
                        only="GPTModelConfig",
                    ),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings",),
                        takes=("ropes",),
                        binds="rope",
                        only="HybridModelConfig",
                    ),
                    Decided(("rotary_base_by_layer",), reads=("layer_types",), takes=("ropes",), only="GPTModelConfig"),
                    Decided(
                        ("rotary_base_by_layer",),
                        reads=("layer_types",),
                        why="Every layer has two symbols.",
                        takes=("ropes",),
                        only="HybridModelConfig",
                    ),
                    Decided(("softmax_offset_freq",), takes=("sliding",), only="GPTModelConfig"),
                    Decided(("softmax_offset_freq",), takes=("sliding",), only="HybridModelConfig"),
                    Decided(
                        ("softmax_type",), why="Layers with a window have sinks, one for each head.", takes=("sliding",)
                    ),
                    Decided(("v_channels",), reads=("head_dim", "v_head_dim")),
                    Decided((), reads=("layer_types", "rope_parameters"), binds="ropes"),
                )
            ),
            replaced=frozenset({"moe_router_topk_scaling_factor", "num_query_groups"}),
        ),
        "minicpm": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "derived_head_dim",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "long_rope",
                "mup",
                "numbered_layers",
                "one_rank",
                "padding_token",
                "rms_norm",
                "rope_or_long_rope",
                "scaled_by_depth",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("softmax_scale",),
                        reads=("hidden_size", "num_attention_heads"),
                        why="As ever; with use_mup Megatron has another, if it is left out.",
                    ),
                )
            ),
            replaced=frozenset({"gradient_checkpointing", "tie_last_hidden_states"}),
        ),
        "minimax_m2": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "local_experts",
                "no_bias",
                "no_shared_experts",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "partial_rope",
                "qk_norm",
                "qk_norm_over_heads",
                "rms_norm",
                "router_logits",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(
                        ("moe_router_enable_expert_bias",), why="e_score_correction_bias: Hugging Face has no flag."
                    ),
                    Decided(
                        ("moe_router_norm_topk_prob",),
                        reads=("num_experts_per_tok",),
                        why="Where a token has one expert, whose score the class divides by itself.",
                    ),
                    Decided(("moe_router_topk_scaling_factor",), why="Weights of experts are not scaled."),
                )
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "minimax_m3_vl_text": OfFamily(
            parts=(
                "attention",
                "balanced_by_loss",
                "clamped_gate",
                "expert_layers",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "listed_experts",
                "no_bias",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "partial_rope",
                "qk_norm",
                "rms_norm",
                "router_logits",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("dense_intermediate_size",)),
                    Decided(
                        ("layernorm_zero_centered_gamma",),
                        why="Norms multiply by 1 + weight: Hugging Face has no flag.",
                    ),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(
                        ("moe_router_dtype",),
                        why="Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.",
                    ),
                    Decided(
                        ("moe_router_enable_expert_bias",),
                        why="e_score_correction_bias, which every router of the class has.",
                    ),
                    Decided(
                        ("moe_router_norm_topk_prob",),
                        reads=("num_experts_per_tok",),
                        why="Where a token has one expert, whose score the class divides by itself.",
                    ),
                    Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                    Decided(("moe_router_topk_scaling_factor",), reads=("routed_scaling_factor",)),
                    Decided(("moe_shared_expert_gate",), why="The shared expert is added as it is."),
                    Decided(("moe_shared_expert_intermediate_size",), reads=("shared_intermediate_size",)),
                    Decided(("num_moe_experts",), reads=("num_local_experts",)),
                ),
                ignored={
                    "dead: MLPs and experts of the class compute a clamped gate of their own": ("hidden_act",),
                    "metadata or inference: belongs to the choice of blocks, which no layer makes": (
                        "index_block_size",
                        "index_head_dim",
                        "index_local_blocks",
                        "index_n_heads",
                        "index_topk_blocks",
                    ),
                    "dead: the router of the class adds no noise": ("router_jitter_noise",),
                },
            ),
            replaced=frozenset({"ffn_hidden_size", "moe_router_dtype"}),
        ),
        "ministral": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "given_window",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "no_bias",
                "numbered_layers",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "ministral3": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "no_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
                "window",
            ),
            own=Rules(
                decided=(
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "rope_scaling",
                            "rope_scaling_factor",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                        only="GPTModelConfig",
                    ),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                        only="HybridModelConfig",
                    ),
                    Decided(("query_temperature_length",), reads=("rope_parameters",)),
                    Decided(("query_temperature_scale",), reads=("rope_parameters",)),
                )
            ),
        ),
        "mistral": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "no_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
                "window",
            ),
            own=Rules(),
        ),
        "mixtral": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "local_experts",
                "no_bias",
                "no_shared_experts",
                "normalised",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "optional_head_dim",
                "padding_token",
                "rms_norm",
                "rope",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "ungrouped",
                "window",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                )
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "nemotron": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "layer_norm",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "partial_rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("layernorm_epsilon",), reads=("norm_eps",)),
                    Decided(("layernorm_zero_centered_gamma",), why="LayerNorm1P: a norm multiplies by 1 + weight."),
                )
            ),
        ),
        "nemotron_h": OfFamily(
            parts=(
                "grouped_query",
                "language_model",
                "mamba",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("mlp_hidden_act",)),
                    Decided(("add_bias_linear",), reads=("mlp_bias",)),
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("gated_linear_unit",), why="up_proj and down_proj, no gate."),
                    Decided(
                        (
                            "gradient_accumulation_fusion",
                            "cross_entropy_loss_fusion",
                            "deallocate_pipeline_outputs",
                            "attention_softmax_in_fp32",
                            "masked_softmax_fusion",
                            "persist_layer_norm",
                            "bias_activation_fusion",
                            "bias_dropout_fusion",
                            "apply_rope_fusion",
                            "use_fused_weighted_squared_relu",
                            "moe_token_dispatcher_type",
                            "moe_grouped_gemm",
                            "moe_permute_fusion",
                        ),
                        reads=("mlp_bias", "n_routed_experts"),
                        why="Kernels that the installed stack has, for the same function.",
                        takes=("pattern",),
                    ),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("hybrid_layer_pattern",), takes=("mtp_num_layers", "pattern")),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(
                        ("is_hybrid_model",),
                        why="num_layers counts symbols of the pattern, which initialisation must know.",
                    ),
                    Decided(("kv_channels",), reads=("head_dim",)),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_epsilon",)),
                    Decided(("moe_ffn_hidden_size",), reads=("moe_intermediate_size",), takes=("has_experts",)),
                    Decided(("moe_latent_size",), reads=("moe_latent_size",), takes=("has_experts",)),
                    Decided(("moe_layer_freq",), why="The pattern says where experts are."),
                    Decided(("moe_router_group_topk",), reads=("topk_group",), takes=("has_experts",)),
                    Decided(
                        ("moe_router_load_balancing_type", "moe_aux_loss_coeff"),
                        why="Training only; left out where the caller balances in a way that has no coefficient.",
                    ),
                    Decided(("moe_router_num_groups",), reads=("n_group",), takes=("has_experts",)),
                    Decided(("moe_router_topk",), reads=("num_experts_per_tok",), takes=("has_experts",)),
                    Decided(
                        ("moe_router_topk_scaling_factor",), reads=("routed_scaling_factor",), takes=("has_experts",)
                    ),
                    Decided(
                        ("moe_shared_expert_intermediate_size",),
                        reads=("moe_shared_expert_intermediate_size",),
                        takes=("has_experts",),
                    ),
                    Decided(
                        ("mtp_num_layers",),
                        reads=("num_nextn_predict_layers",),
                        why="Checkpoints have them; transformers does not build them. Experts there alone are left to the caller.",
                        takes=("pattern",),
                    ),
                    Decided(("normalization",), why="Hugging Face has no flag: the class is RMSNorm."),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("num_layers",), reads=("num_hidden_layers",)),
                    Decided(
                        ("num_moe_experts",),
                        reads=("n_routed_experts",),
                        why="A pattern without experts is a dense model, whatever the expert fields hold.",
                        takes=("has_experts",),
                    ),
                    Decided(
                        ("position_embedding_type",), why="The attention of the class has no positional information."
                    ),
                    Decided(("rotary_base",), why="Not read without rotary positions."),
                    Decided(("rotary_percent",), why="Not read without rotary positions."),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                    Decided(("share_embeddings_and_output_weights",), why="The class never ties them."),
                    Decided(("yarn_beta_fast",), why="Not read without rotary positions."),
                    Decided(("yarn_beta_slow",), why="Not read without rotary positions."),
                    Decided(("yarn_correction_range_round_to_int",), why="Not read without rotary positions."),
                    Decided(("yarn_mscale",), why="Not read without rotary positions."),
                    Decided(("yarn_mscale_all_dim",), why="Not read without rotary positions."),
                    Decided(("yarn_original_max_position_embeddings",), why="Not read without rotary positions."),
                    Decided(("yarn_rotary_scaling_factor",), why="Not read without rotary positions."),
                    Decided(
                        (),
                        reads=("layers_block_type", "mtp_layers_block_type", "num_nextn_predict_layers"),
                        binds="pattern",
                    ),
                    Decided((), takes=("pattern",), binds="has_experts"),
                ),
                ignored={
                    "dead: the class has no dropout on the residual stream": ("hidden_dropout",),
                    "dead: layers_block_type, spelt as Megatron does": ("hybrid_override_pattern",),
                    "dead: asks for a schedule that the class does not have": ("moe_shared_expert_overlap",),
                    "dead: mtp_layers_block_type, spelt as Megatron does": ("mtp_hybrid_override_pattern",),
                    "dead: moe_shared_expert_intermediate_size is the width of all of them": ("n_shared_experts",),
                    "metadata or inference: chooses how many logits generation asks for": ("num_logits_to_keep",),
                    "dead: the embedding of the class has no padding row": ("pad_token_id",),
                    "dead: the class adds residuals in the dtype of its weights": ("residual_in_fp32",),
                    "metadata or inference: only the cache of generation looks here; the mask has no window": (
                        "sliding_window",
                    ),
                },
            ),
            replaced=frozenset(
                {"moe_router_group_topk", "moe_router_num_groups", "moe_router_topk", "moe_router_topk_scaling_factor"}
            ),
        ),
        "nemotron_nas": OfFamily(
            parts=(
                "biases_together",
                "derived_head_dim",
                "gated_mlp",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_rank",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("ffn_hidden_size",),
                        reads=("hidden_size",),
                        why="Each layer has its own; here stands what Megatron itself would derive.",
                    ),
                    Decided(("heterogeneous_block_specs",), why="Megatron's config of such layers sets it itself."),
                    Decided(("heterogeneous_layers_config_encoded_json",), takes=("blocks",)),
                    Decided(("multi_latent_attention",), why="Attention is Llama's."),
                    Decided(
                        ("num_query_groups",),
                        reads=("num_attention_heads",),
                        why="Each layer has its own; here stands what Megatron itself would derive.",
                    ),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "rope_scaling",
                            "rope_scaling_factor",
                            "seq_len_interpolation_factor",
                        ),
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                    ),
                    Decided(
                        (),
                        reads=("block_configs", "hidden_size", "num_attention_heads", "num_hidden_layers"),
                        binds="blocks",
                    ),
                ),
                ignored={
                    "dead: the code makes it None, whatever a file says: each layer has its own": (
                        "intermediate_size",
                        "num_key_value_heads",
                    ),
                },
            ),
            replaced=frozenset({"ffn_hidden_size", "gradient_checkpointing", "tie_last_hidden_states"}),
        ),
        "olmo": OfFamily(
            parts=(
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layer_norm",
                "no_attention_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("layernorm_bias",), why="Norms of the class have no parameters."),
                    Decided(("layernorm_epsilon",), why="The class has no other."),
                    Decided(("layernorm_weight",), why="Norms of the class have no parameters."),
                )
            ),
        ),
        "olmo2": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "norms_after",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "qk_norm_over_heads",
                "rms_norm",
                "rope",
                "sandwich_norms",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(),
        ),
        "olmo3": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "given_window",
                "grouped_query",
                "kernels",
                "language_model",
                "no_attention_bias",
                "norms_after",
                "numbered_layers",
                "own_ropes",
                "padding_token",
                "qk_norm",
                "qk_norm_over_heads",
                "rms_norm",
                "sandwich_norms",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "olmoe": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "no_shared_experts",
                "normalised_if_said",
                "numbered_layers",
                "olmo_experts",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "qk_norm_over_heads",
                "rms_norm",
                "rope",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                )
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "opt": OfFamily(
            parts=(
                "attention",
                "dense",
                "derived_head_dim",
                "kernels",
                "language_model",
                "layer_norm",
                "learned",
                "multi_head",
                "not_rotary",
                "numbered_layers",
                "padding_token",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("activation_function",)),
                    Decided(("add_bias_linear",), reads=("enable_bias",)),
                    Decided(("ffn_hidden_size",), reads=("ffn_dim",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), reads=("dropout",)),
                    Decided(("init_method_std",), reads=("init_std",)),
                    Decided(("layernorm_epsilon",), why="The class has PyTorch's default, and no field."),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                ),
                ignored={
                    "initialisation only: where it is set beside init_std, new weights are drawn by this": (
                        "initializer_range",
                    ),
                },
            ),
            replaced=frozenset({"ffn_hidden_size", "hidden_dropout", "init_method_std", "seq_length"}),
        ),
        "paddleocr_vl_text": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "padding_token",
                "rms_norm",
                "sectioned_rope",
                "sizes_without_padding",
                "tokens",
                "used_biases",
            ),
            own=Rules(decided=(Decided(("attention_dropout",), why="The class has no dropout in attention."),)),
            replaced=frozenset({"attention_dropout"}),
        ),
        "persimmon": OfFamily(
            parts=(
                "all_biases",
                "attention",
                "dense",
                "derived_head_dim",
                "kernels",
                "language_model",
                "layer_norm",
                "multi_head",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "partial_rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), why="Megatron's is of more than the class's, which must be zero."),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_eps",)),
                    Decided(("qk_layernorm",), reads=("qk_layernorm",)),
                )
            ),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "phi": OfFamily(
            parts=(
                "all_biases",
                "grouped_query",
                "kernels",
                "language_model",
                "layer_norm",
                "numbered_layers",
                "one_kind_of_layer",
                "one_norm",
                "padding_token",
                "partial_rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), reads=("resid_pdrop",)),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_eps",)),
                    Decided(
                        ("output_layer_bias",),
                        why="Hugging Face has no flag: the output layer of the class has a bias.",
                    ),
                    Decided(("qk_layernorm",), reads=("qk_layernorm",)),
                )
            ),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "phi3": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "long_rope",
                "no_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
                "window",
            ),
            own=Rules(
                decided=(
                    Decided(("hidden_dropout",), why="Megatron's is of more than the class's, which must be zero."),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "rope_scaling",
                            "rope_scaling_factor",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                        only="GPTModelConfig",
                    ),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                        only="HybridModelConfig",
                    ),
                ),
                ignored={
                    "dead: the class has no dropout on the embeddings": ("embd_pdrop",),
                },
            ),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "phimoe": OfFamily(
            parts=(
                "all_experts",
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layer_norm",
                "no_shared_experts",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
                "window",
            ),
            own=Rules(
                decided=(
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("layernorm_epsilon",), reads=("rms_norm_eps",)),
                    Decided(("moe_ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(
                        ("moe_router_pre_softmax",), why="Each weight is of a softmax before the expert is chosen."
                    ),
                    Decided(("moe_router_sparse_mixer",), why="sparsemixer: Hugging Face has no flag."),
                    Decided(("moe_router_sparse_mixer_eps",), reads=("router_jitter_noise",)),
                    Decided(("moe_router_topk",), why="The router chooses two."),
                    Decided(("num_moe_experts",), reads=("num_local_experts",)),
                    Decided(("output_layer_bias",), reads=("lm_head_bias",)),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "rope_scaling",
                            "rope_scaling_factor",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings", "rope_parameters"),
                        binds="rope",
                    ),
                    Decided(
                        (
                            "rope_short_factor",
                            "rope_long_factor",
                            "rope_original_max_position_embeddings",
                            "rope_attention_factor",
                        ),
                        reads=("rope_parameters",),
                        binds="long",
                    ),
                )
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "qwen2": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_layers",
                "padding_token",
                "qkv_bias",
                "qwen_window",
                "remote_mtp",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(),
        ),
        "qwen2_5_omni_text": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_layers",
                "padding_token",
                "qkv_bias",
                "qwen_window",
                "rms_norm",
                "sectioned_rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(),
        ),
        "qwen2_5_vl_text": OfFamily(
            parts=(
                "attention",
                "decoder_in_composite",
                "dense",
                "derived_head_dim",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_layers",
                "padding_token",
                "qkv_bias",
                "qwen_window",
                "rms_norm",
                "sectioned_rope",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                )
            ),
        ),
        "qwen2_moe": OfFamily(
            parts=(
                "attention",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "gated_shared_expert",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "normalised_if_said",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "rms_norm",
                "rope",
                "router_logits",
                "shared_expert_width",
                "sizes_without_padding",
                "softmax_scores",
                "stepped_experts",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone can have biases."),
                    Decided(("add_qkv_bias",), reads=("qkv_bias",)),
                ),
                ignored={
                    "dead: only fills in layer_types where a config is built without them; layer_types decides": (
                        "max_window_layers",
                    ),
                },
            ),
        ),
        "qwen2_vl_text": OfFamily(
            parts=(
                "attention",
                "decoder_in_composite",
                "dense",
                "derived_head_dim",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_layers",
                "padding_token",
                "qkv_bias",
                "qwen_window",
                "rms_norm",
                "sectioned_rope",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                )
            ),
        ),
        "qwen3": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_layers",
                "padding_token",
                "qk_norm",
                "qwen_window",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "qwen3_5_moe_text": OfFamily(
            parts=(
                "all_experts",
                "balanced_by_loss",
                "delta_net",
                "delta_net_decoder",
                "delta_net_sizes",
                "expert_layers",
                "experts_alone",
                "gated_mlp",
                "gated_shared_expert",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "no_attention_bias",
                "normalised_several",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "partial_rope",
                "qk_norm",
                "rms_norm",
                "router_logits",
                "shared_expert_width",
                "softmax_scores",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                    Decided(("share_embeddings_and_output_weights",), reads=("tie_word_embeddings",)),
                )
            ),
        ),
        "qwen3_5_text": OfFamily(
            parts=(
                "delta_net",
                "delta_net_decoder",
                "delta_net_sizes",
                "dense",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "no_attention_bias",
                "numbered_layers",
                "padding_token",
                "partial_rope",
                "qk_norm",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "qwen3_moe": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "no_shared_experts",
                "normalised_if_said",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "stepped_experts",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
                "window",
            ),
            own=Rules(),
        ),
        "qwen3_next": OfFamily(
            parts=(
                "balanced_by_loss",
                "delta_net",
                "delta_net_decoder",
                "delta_net_sizes",
                "expert_layers",
                "gated_mlp",
                "gated_shared_expert",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "no_attention_bias",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "partial_rope",
                "qk_norm",
                "rms_norm",
                "router_logits",
                "several_normalised_if_said",
                "shared_expert_width",
                "sizes_without_padding",
                "softmax_scores",
                "stepped_experts",
                "tokens",
                "ungrouped",
            ),
            own=Rules(),
        ),
        "qwen3_omni_moe_text": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "balanced_by_loss",
                "decoder_in_composite",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "no_shared_experts",
                "normalised_if_said",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "softmax_scores",
                "stepped_experts",
                "tokens",
                "undeclared_head_dim",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                ),
                ignored={
                    "metadata or inference: belongs to what makes sound of codes": ("codebook_size", "num_quantizers"),
                },
            ),
        ),
        "qwen3_vl_moe_text": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "balanced_by_loss",
                "expert_layers",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "no_shared_experts",
                "normalised",
                "numbered_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "router_logits",
                "sizes_without_padding",
                "softmax_scores",
                "stepped_experts",
                "tokens",
                "ungrouped",
            ),
            own=Rules(),
        ),
        "qwen3_vl_text": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "decoder_in_composite",
                "dense",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "rope",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("attention_dropout",), reads=("attention_dropout",)),
                    Decided(("ffn_hidden_size",), reads=("intermediate_size",)),
                    Decided(("hidden_dropout",), why="The class has no dropout on the residual stream."),
                    Decided(("hidden_size",), reads=("hidden_size",)),
                    Decided(("init_method_std",), reads=("initializer_range",)),
                    Decided(("num_attention_heads",), reads=("num_attention_heads",)),
                    Decided(("seq_length",), reads=("max_position_embeddings",)),
                )
            ),
            replaced=frozenset({"bos_token_id", "eos_token_id"}),
        ),
        "sarvam_mla": OfFamily(
            parts=(
                "after_dense",
                "balanced_by_bias",
                "counted_mtp_with_query_latent",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "kernels",
                "language_model",
                "latent",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "one_rank",
                "optional_query_latent",
                "optional_v_head_dim",
                "padding_token",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(),
        ),
        "sarvam_moe": OfFamily(
            parts=(
                "after_dense",
                "attention",
                "balanced_by_bias",
                "counted_mtp",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "partial_rope",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone may have biases."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                    Decided(("qk_layernorm",), reads=("use_qk_norm",)),
                )
            ),
        ),
        "seed_oss": OfFamily(
            parts=(
                "attention",
                "dense",
                "gated_mlp",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "numbered_layers",
                "one_kind_of_layer",
                "one_rank",
                "padding_token",
                "rms_norm",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), reads=("mlp_bias",)),
                    Decided(
                        ("add_proj_bias",),
                        reads=("attention_out_bias", "mlp_bias"),
                        why="None, where it has what the MLP has.",
                    ),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                    Decided(("hidden_dropout",), reads=("residual_dropout",)),
                    Decided(
                        ("qkv_bias",),
                        reads=("attention_bias", "mlp_bias"),
                        why="Attention may be without those of the MLP.",
                    ),
                )
            ),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "smollm3": OfFamily(
            parts=(
                "attention",
                "biases",
                "dense",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "numbered_layers",
                "padding_token",
                "rms_norm",
                "rope",
                "rope_layers",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
            ),
            own=Rules(
                ignored={
                    "dead: only fills in no_rope_layers where a config is built without them; no_rope_layers decides": (
                        "no_rope_layer_interval",
                    ),
                }
            ),
        ),
        "solar_open": OfFamily(
            parts=(
                "all_experts",
                "attention",
                "balanced_by_bias",
                "counted_shared_experts",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "numbered_layers",
                "on_hidden_state",
                "one_kind_of_layer",
                "padding_token",
                "rms_norm",
                "rope",
                "routed_experts",
                "router_logits",
                "router_of_groups",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_bias_linear",), why="Query, key and value alone may have biases."),
                    Decided(("add_qkv_bias",), reads=("attention_bias",)),
                    Decided(("ffn_hidden_size",), reads=("moe_intermediate_size",), why="No layer has a dense MLP."),
                ),
                ignored={
                    "metadata or inference: the width of dense layers, of which the class has none; its shared MLP is "
                    "given another": ("intermediate_size",),
                },
            ),
            replaced=frozenset({"ffn_hidden_size"}),
        ),
        "stablelm": OfFamily(
            parts=(
                "attention",
                "dense",
                "derived_head_dim",
                "gated_mlp",
                "grouped_query",
                "kernels",
                "language_model",
                "layer_norm",
                "no_bias",
                "numbered_layers",
                "one_kind_of_layer",
                "one_norm_if_at_once",
                "padding_token",
                "partial_rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("add_qkv_bias",), reads=("use_qkv_bias",)),
                    Decided(("hidden_dropout",), why="Megatron's is of more than the class's, which must be zero."),
                    Decided(("layernorm_epsilon",), reads=("layer_norm_eps",)),
                )
            ),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "starcoder2": OfFamily(
            parts=(
                "attention",
                "dense",
                "grouped_query",
                "kernels",
                "language_model",
                "layer_norm",
                "numbered_layers",
                "one_kind_of_layer",
                "padding_token",
                "rope",
                "sizes_without_padding",
                "tokens",
                "undeclared_head_dim",
                "window",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), reads=("hidden_act",)),
                    Decided(("add_bias_linear",), reads=("use_bias",)),
                    Decided(("gated_linear_unit",), why="Two linear layers and no gate: Hugging Face has no flag."),
                    Decided(("hidden_dropout",), reads=("residual_dropout",)),
                    Decided(("layernorm_epsilon",), reads=("norm_epsilon",)),
                )
            ),
            replaced=frozenset({"hidden_dropout"}),
        ),
        "step3p5": OfFamily(
            parts=(
                "attention",
                "balanced_by_bias",
                "expert_layers",
                "gated_mlp",
                "given_head_dim",
                "grouped_query",
                "kernels",
                "language_model",
                "layered_window",
                "listed_experts",
                "numbered_layers",
                "on_hidden_state",
                "padding_token",
                "qk_norm",
                "rms_norm",
                "routed_experts",
                "router_logits",
                "scored_by_sigmoid",
                "sizes_without_padding",
                "tokens",
                "ungrouped",
            ),
            own=Rules(
                decided=(
                    Decided(("activation_func",), why="The class makes hidden_act that when a config is built."),
                    Decided(("add_bias_linear",), why="No linear layer of the class has a bias."),
                    Decided(("attention_output_gate_by_head",), why="g_proj of every layer."),
                    Decided(
                        ("layernorm_zero_centered_gamma",),
                        why="Norms multiply by 1 + weight: Hugging Face has no flag.",
                    ),
                    Decided(("mlp_glu_clamp_by_layer",), takes=("of_mlps",), only="GPTModelConfig"),
                    Decided(("mlp_glu_clamp_by_layer",), takes=("of_mlps",), only="HybridModelConfig"),
                    Decided(("moe_expert_glu_clamp_by_layer",), takes=("of_experts",), only="GPTModelConfig"),
                    Decided(("moe_expert_glu_clamp_by_layer",), takes=("of_experts",), only="HybridModelConfig"),
                    Decided(
                        ("moe_router_dtype",),
                        why="Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.",
                    ),
                    Decided(
                        ("moe_router_enable_expert_bias",),
                        why="e_score_correction_bias, which every router of the class has.",
                    ),
                    Decided(
                        ("moe_router_norm_topk_prob",),
                        reads=("num_experts_per_tok",),
                        why="Where a token has one expert, whose score the class divides by itself.",
                    ),
                    Decided(("moe_router_topk",), reads=("num_experts_per_tok",)),
                    Decided(("moe_router_topk_scaling_factor",), reads=("moe_router_scaling_factor",)),
                    Decided(("moe_shared_expert_gate",), why="The shared expert is added as it is."),
                    Decided(("moe_shared_expert_intermediate_size",), reads=("share_expert_dim",)),
                    Decided(
                        ("num_attention_heads",),
                        reads=("num_attention_heads",),
                        why="Layers with a window may have another number.",
                        takes=("num_sliding_heads", "sliding"),
                    ),
                    Decided(("num_attention_heads_by_layer",), takes=("heads_by_layer",), only="GPTModelConfig"),
                    Decided(("num_attention_heads_by_layer",), takes=("heads_by_layer",), only="HybridModelConfig"),
                    Decided(
                        ("num_moe_experts",),
                        reads=("n_routed_experts", "num_local_experts"),
                        why="Two names of one number.",
                    ),
                    Decided(("num_query_groups",), reads=("num_key_value_heads",)),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "rope_scaling",
                            "rope_scaling_factor",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings",),
                        takes=("banded",),
                        binds="rope",
                        only="GPTModelConfig",
                    ),
                    Decided(
                        (
                            "position_embedding_type",
                            "rotary_percent",
                            "rotary_base",
                            "seq_len_interpolation_factor",
                            "yarn_rotary_scaling_factor",
                            "yarn_original_max_position_embeddings",
                            "yarn_beta_fast",
                            "yarn_beta_slow",
                            "yarn_mscale",
                            "yarn_mscale_all_dim",
                            "yarn_correction_range_round_to_int",
                        ),
                        reads=("max_position_embeddings",),
                        takes=("ropes",),
                        binds="rope",
                        only="HybridModelConfig",
                    ),
                    Decided(("rope_scaling_high_freq_factor",), takes=("banded",), only="GPTModelConfig"),
                    Decided(("rope_scaling_low_freq_factor",), takes=("banded",), only="GPTModelConfig"),
                    Decided(("rotary_base_by_layer",), reads=("layer_types",), takes=("ropes",), only="GPTModelConfig"),
                    Decided(
                        ("rotary_base_by_layer",),
                        reads=("layer_types",),
                        why="Every layer has two symbols.",
                        takes=("ropes",),
                        only="HybridModelConfig",
                    ),
                    Decided(
                        ("rotary_percent_by_layer",), reads=("layer_types",), takes=("ropes",), only="GPTModelConfig"
                    ),
                    Decided(
                        ("rotary_percent_by_layer",),
                        reads=("layer_types",),
                        why="Every layer has two symbols.",
                        takes=("ropes",),
                        only="HybridModelConfig",
                    ),
                    Decided(("softmax_scale",), takes=("scalar",)),
                    Decided((), reads=("layer_types", "rope_parameters"), binds="ropes"),
                    Decided(
                        (),
                        reads=("num_attention_heads",),
                        takes=("num_sliding_heads", "sliding"),
                        binds="heads_by_layer",
                    ),
                    Decided((), reads=("num_hidden_layers", "swiglu_limits_shared"), binds="of_mlps"),
                    Decided((), reads=("num_sliding_attention_heads",), binds="num_sliding_heads"),
                    Decided((), reads=("query_pre_attn_scalar",), binds="scalar"),
                    Decided((), reads=("swiglu_limits",), takes=("expert_layers",), binds="of_experts"),
                    Decided((), takes=("ropes",), binds="banded", only="GPTModelConfig"),
                ),
                ignored={
                    "metadata or inference: is of the vision model beside this one": ("layer_scale_init_value",),
                    "metadata or inference: is about layers that predict further tokens, which the class does not build": (
                        "mtp_layer_types",
                        "mtp_mlp_layer_types",
                        "num_nextn_predict_layers",
                    ),
                },
            ),
            replaced=frozenset(
                {"activation_func", "moe_router_dtype", "num_attention_heads", "num_moe_experts", "num_query_groups"}
            ),
        ),
        "vaultgemma": OfFamily(
            parts=(
                "attention",
                "attention_bias",
                "dense",
                "gemma_decoder",
                "given_window",
                "grouped_query",
                "head_dim",
                "kernels",
                "language_model",
                "mup",
                "numbered_layers",
                "padding_token",
                "rms_norm",
                "root_of_width",
                "rope",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(
                    Decided(("attn_logit_softcapping",), reads=("attn_logit_softcapping",)),
                    Decided(("final_logit_softcapping",), reads=("final_logit_softcapping",)),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window.",
                        takes=("sliding",),
                        only="GPTModelConfig",
                    ),
                    Decided(
                        ("window_attn_skip_freq",),
                        why="1 for a layer with a window; every layer has two symbols.",
                        takes=("sliding",),
                        only="HybridModelConfig",
                    ),
                    Decided((), reads=("layer_types", "num_hidden_layers"), binds="sliding"),
                )
            ),
        ),
        "youtu": OfFamily(
            parts=(
                "dense",
                "gated_mlp",
                "kernels",
                "language_model",
                "latent",
                "numbered_layers",
                "one_kind_of_layer",
                "optional_query_latent",
                "optional_v_head_dim",
                "padding_token",
                "rms_norm",
                "sizes_without_padding",
                "tokens",
            ),
            own=Rules(
                decided=(Decided(("init_method_std",), reads=("initializer_range",)),),
                ignored={
                    "initialisation only: the width of the embedding's first values, which Megatron leaves to the caller": (
                        "embedding_initializer_range",
                    ),
                },
            ),
            replaced=frozenset({"init_method_std"}),
        ),
    },
    derived=(
        ("The inner config itself. The generated code builds it from all the other fields.", ("transformer",)),
        (
            "Computed from other fields in __post_init__: the number of weight shards over the tensor-parallel "
            "size, the pipeline layout, hidden_size over mup_base_hidden_size.",
            ("gtp_weight_remat_size", "expert_gtp_weight_remat_size", "mtp_standalone", "mup_width_mult"),
        ),
        (
            "Parsed in __post_init__ from the JSON that says what each layer is; the constructor does not take it.",
            ("per_block_parameters",),
        ),
        ("Set by the transformer block that owns it.", ("_cpu_offloading_context",)),
        (
            "Deprecated: __post_init__ warns and writes the field that replaced it (cuda_graph_impl, "
            "cuda_graph_modules, recompute_modules, moe_flex_dispatcher_backend, moe_flex_dispatcher_num_sms, "
            "moe_router_padding_for_quantization, moe_router_num_groups with moe_router_group_topk).",
            (
                "enable_cuda_graph",
                "external_cuda_graph",
                "cuda_graph_scope",
                "moe_layer_recompute",
                "moe_enable_deepep",
                "moe_deepep_num_sms",
                "moe_hybridep_num_sms",
                "moe_router_padding_for_fp8",
                "moe_router_topk_limited_devices",
            ),
        ),
        (
            'Neither __post_init__ nor any module of megatron-core reads it: unsupported ("should remain False"), '
            "replaced by transformer_impl, or replaced by the part of hybrid_layer_pattern after the slash.",
            ("moe_token_dropping", "use_inference_optimized_layers", "mtp_hybrid_override_pattern"),
        ),
        (
            "Deprecated in favour of hybrid_layer_pattern, and the builder does not pass it to the model.",
            ("hybrid_attention_ratio", "hybrid_mlp_ratio", "hybrid_override_pattern"),
        ),
    ),
)
