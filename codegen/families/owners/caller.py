"""Choices about machines, memory, numerics and the training run: a mapper never sets them.

Nothing about a checkpoint says what they should be. Most leave parameters and logits alone; the groups of which that is
not true say so: layouts that store the same parameters otherwise, and what changes the forward pass because the caller
asks for it.
"""

from __future__ import annotations

from codegen.table import Group, Owner

_INNER = ("TransformerConfig",)
_LATENT = ("MLATransformerConfig",)
_GPT = ("GPTModelConfig",)
_HYBRID = ("HybridModelConfig",)
_OUTER = ("GPTModelConfig", "HybridModelConfig")

CALLER: tuple[Group, ...] = (
    Group(
        section="parallelism",
        classes=_INNER,
        owner=Owner.CALLER,
        why="Over how many devices the model, the sequence and the experts are spread.",
        fields=(
            "tensor_model_parallel_size",
            "tensor_parallel_num_weight_shards",
            "sequence_parallel",
            "context_parallel_size",
            "cp_comm_type",
            "hierarchical_context_parallel_sizes",
            "hybrid_context_parallel",
            "max_seqlen_per_dp_cp_rank",
            "pipeline_model_parallel_size",
            "virtual_pipeline_model_parallel_size",
            "expert_model_parallel_size",
            "expert_tensor_parallel_size",
            "expert_tensor_parallel_num_weight_shards",
        ),
    ),
    Group(
        section="pipeline stages",
        classes=_INNER,
        owner=Owner.CALLER,
        why="Which layers lie on which pipeline stage, and in which order micro-batches pass through them.",
        fields=(
            "pipeline_model_parallel_layout",
            "num_layers_in_first_pipeline_stage",
            "num_layers_in_last_pipeline_stage",
            "account_for_embedding_in_pipeline_split",
            "account_for_loss_in_pipeline_split",
            "microbatch_group_size_per_vp_stage",
        ),
    ),
    Group(
        section="pipeline communication",
        classes=_INNER,
        owner=Owner.CALLER,
        why="How pipeline stages exchange activations, and what they compute while they wait.",
        fields=(
            "pipeline_model_parallel_comm_backend",
            "variable_seq_lengths",
            "overlap_p2p_comm",
            "overlap_p2p_comm_warmup_flush",
            "batch_p2p_comm",
            "batch_p2p_sync",
            "use_ring_exchange_p2p",
            "defer_embedding_wgrad_compute",
            "wgrad_deferral_limit",
        ),
    ),
    Group(
        section="tensor-parallel communication",
        classes=_INNER,
        owner=Owner.CALLER,
        why="How tensor-parallel ranks exchange activations, and what is overlapped with it.",
        fields=(
            "tp_comm_overlap",
            "tp_comm_bulk_wgrad",
            "tp_comm_bulk_dgrad",
            "tp_comm_overlap_ag",
            "tp_comm_overlap_rs",
            "tp_comm_overlap_rs_dgrad",
            "tp_comm_split_ag",
            "tp_comm_atomic_ag",
            "tp_comm_split_rs",
            "tp_comm_atomic_rs",
            "tp_comm_overlap_disable_qkv",
            "tp_comm_overlap_disable_fc1",
            "tp_comm_bootstrap_backend",
            "symmetric_ar_type",
            "clone_scatter_output_in_embedding",
        ),
    ),
    Group(
        section="tensor-parallel communication",
        classes=_OUTER,
        owner=Owner.CALLER,
        why="Whether each tensor-parallel rank keeps its part of the logits or gathers them all.",
        fields=("parallel_output",),
    ),
    Group(
        section="tensor-parallel communication",
        classes=_GPT,
        owner=Owner.CALLER,
        why="How the embedding's output is spread with sequence parallelism, and the settings file of tp_comm_overlap.",
        fields=("scatter_embedding_sequence_parallel", "tp_comm_overlap_cfg"),
    ),
    Group(
        section="expert communication",
        classes=_INNER,
        owner=Owner.CALLER,
        why="What is computed while tokens travel between expert-parallel ranks.",
        fields=(
            "overlap_moe_expert_parallel_comm",
            "delay_wgrad_compute",
            "overlap_dispatch_backward_with_experts_wgrad",
            "ep_overlap_early_attn_memory_release",
            "high_priority_a2a_comm_stream",
        ),
    ),
    Group(
        section="expert communication",
        classes=_INNER,
        owner=Owner.CALLER,
        why='The library behind the "flex" dispatcher and its settings. They suit a machine, not a model.',
        fields=(
            "moe_flex_dispatcher_backend",
            "moe_flex_dispatcher_num_sms",
            "moe_permute_fusion_into_hybridep",
            "moe_hybridep_pad_uneven_dispatch_inputs",
            "moe_hybridep_num_blocks_permute",
            "moe_hybridep_num_blocks_unpermute",
            "moe_hybridep_num_sms_preprocessing",
            "moe_ncclep_static_shape",
            "moe_ncclep_zero_copy",
        ),
    ),
    Group(
        section="new weights",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Whether, where and by which functions new weights are made. Megatron derives the functions from "
            "init_method_std where they are None. Weights that are loaded replace them all."
        ),
        fields=(
            "perform_initialization",
            "use_cpu_initialization",
            "init_model_with_meta_device",
            "init_method",
            "output_layer_init_method",
            "embedding_init_method",
            "embedding_init_method_std",
        ),
    ),
    Group(
        section="numerics",
        classes=_INNER,
        owner=Owner.CALLER,
        why="Rounding and reproducibility: the same function, computed in another precision or order.",
        fields=(
            "enable_autocast",
            "autocast_dtype",
            "deterministic_mode",
            "batch_invariant_mode",
            "disable_bf16_reduced_precision_matmul",
            "apply_query_key_layer_scaling",
            "mamba_training_ssm_states_dtype",
        ),
    ),
    Group(
        section="loss",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "What training minimises beside the model's own loss, how it is averaged, and where its gradient stops. "
            "The forward pass without labels does not read it, and no Hugging Face config of a mapped family has a "
            "value."
        ),
        fields=(
            "calculate_per_token_loss",
            "mtp_detach_heads",
            "moe_z_loss_coeff",
            "moe_router_quantile_balancing_ema",
            "dsa_indexer_loss_coeff",
            "dsa_indexer_use_sparse_loss",
        ),
    ),
    Group(
        section="loss",
        classes=_OUTER,
        owner=Owner.CALLER,
        why="The precision of the cross entropy.",
        fields=("fp16_lm_cross_entropy",),
    ),
    Group(
        section="routing on request",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Drops tokens, adds noise, replays or overrides routing. It can change what the model computes, because "
            "the caller asks for that; the model itself has none of it, and neither do the defaults."
        ),
        fields=(
            "moe_input_jitter_eps",
            "moe_expert_capacity_factor",
            "moe_pad_expert_input_to_capacity",
            "moe_token_drop_policy",
            "moe_expert_rank_capacity_factor",
            "moe_enable_routing_replay",
            "moe_router_force_load_balancing",
            "moe_router_force_biased",
        ),
    ),
    Group(
        section="clipping",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Rescales query and key weights after an optimizer step, or logs what would decide it. The forward pass "
            "only records the largest attention logit."
        ),
        fields=("qk_clip", "qk_clip_alpha", "qk_clip_threshold", "log_max_attention_logit"),
    ),
    Group(
        section="layouts",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Stores the same parameters in another arrangement for the sake of a kernel. Names or shapes differ, so "
            "that weights in the other arrangement do not load by mistake."
        ),
        fields=("moe_single_grouped_weight", "moe_single_grouped_bias"),
    ),
    Group(
        section="layouts",
        classes=_LATENT,
        owner=Owner.CALLER,
        why="Keeps the down projections of queries and of keys and values in one weight; TransformerEngine only.",
        fields=("mla_down_proj_fusion",),
    ),
    Group(
        section="kernels",
        classes=_INNER,
        owner=Owner.CALLER,
        why="Which implementation of the same layers runs. It decides under which names norms and experts are stored.",
        fields=("transformer_impl",),
    ),
    Group(
        section="kernels",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Which kernel computes a layer, up to rounding. They need particular hardware, libraries or shapes at run "
            "time, and most of them raise where they cannot run."
        ),
        fields=(
            "attention_backend",
            "flash_attention_version",
            "fused_single_qkv_rope",
            "fused_residual_rmsnorm",
            "use_transformer_engine_op_fuser",
            "moe_router_fusion",
            "dsa_kernel_backend",
            "use_mamba_mem_eff_path",
        ),
    ),
    Group(
        section="kernels",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Activations of TransformerEngine, which computes exact GELU by its tanh approximation: it can change the "
            "function, because the caller asks for it."
        ),
        fields=("use_te_activation_func",),
    ),
    Group(
        section="kernels",
        classes=_INNER,
        owner=Owner.CALLER,
        why="A norm of Apex that keeps less for the backward pass; PyTorch's norms raise with it.",
        fields=("memory_efficient_layer_norm",),
    ),
    Group(
        section="recompute",
        classes=_INNER,
        owner=Owner.CALLER,
        why="What the backward pass computes again instead of keeping it, and in how many pieces an MLP runs.",
        fields=(
            "recompute_granularity",
            "recompute_method",
            "recompute_num_layers",
            "recompute_modules",
            "distribute_saved_activations",
            "num_microbatches_with_partial_activation_checkpoints",
            "mlp_chunks_for_training",
            "disable_parameter_transpose_cache",
        ),
    ),
    Group(
        section="offloading",
        classes=_INNER,
        owner=Owner.CALLER,
        why="What is kept in the host's memory, or in pages, between the forward and the backward pass.",
        fields=(
            "cpu_offloading",
            "cpu_offloading_num_layers",
            "cpu_offloading_activations",
            "cpu_offloading_weights",
            "cpu_offloading_double_buffering",
            "cpu_offloading_retain_pinned_cpu_buffers",
            "fine_grained_activation_offloading",
            "offload_modules",
            "min_offloaded_tensor_size",
            "delay_offload_until_cuda_graph",
            "delta_offload_bytes_across_pp_ranks",
            "activation_offload_fraction",
            "fine_grained_offloading_max_inflight_offloads",
            "moe_paged_stash",
            "moe_paged_stash_page_size",
            "moe_paged_stash_buffer_size_factor_cuda",
            "moe_paged_stash_buffer_size_factor_cpu",
        ),
    ),
    Group(
        section="quantization",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Low-precision training: its formats, scales and exceptions, and padding that exists only for it. How a "
            "checkpoint is stored is no advice on it."
        ),
        fields=(
            "fp8",
            "fp8_recipe",
            "fp8_param",
            "fp8_quantizer_factory",
            "fp8_margin",
            "fp8_interval",
            "fp8_amax_history_len",
            "fp8_amax_compute_algo",
            "fp8_wgrad",
            "fp8_output_proj",
            "fp8_dot_product_attention",
            "fp8_multi_head_attention",
            "tp_only_amax_red",
            "first_last_layers_bf16",
            "num_layers_at_start_in_bf16",
            "num_layers_at_end_in_bf16",
            "activation_func_fp8_input_store",
            "moe_router_padding_for_quantization",
            "fp4",
            "fp4_recipe",
            "fp4_param",
            "fp4_quantizer_factory",
            "use_kitchen",
            "use_kitchen_attention",
            "kitchen_attention_backend",
            "quant_recipe",
        ),
    ),
    Group(
        section="quantization",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Runs a dense MLP or the shared expert in MXFP8 or NVFP4 with one fused kernel, and the block size of "
            "that kernel, which nothing else reads."
        ),
        fields=(
            "use_grouped_gemm_for_dense_mlp",
            "use_grouped_gemm_for_shared_expert",
            "moe_shared_expert_glu_interleave_size",
        ),
    ),
    Group(
        section="cuda graphs",
        classes=_INNER,
        owner=Owner.CALLER,
        why="What is captured in CUDA graphs, how, and the random number generator that this needs.",
        fields=(
            "cuda_graph_impl",
            "cuda_graph_modules",
            "cuda_graph_use_single_mempool",
            "cuda_graph_retain_backward_graph",
            "cuda_graph_warmup_steps",
            "inference_cuda_graph_scope",
            "use_te_rng_tracker",
        ),
    ),
    Group(
        section="inference",
        classes=_INNER,
        owner=Owner.CALLER,
        why=(
            "Read only while text is generated or a prompt is read in, or by the layers of "
            'transformer_impl="inference_optimized".'
        ),
        fields=(
            "flash_decode",
            "mlp_chunks_for_prefill",
            "moe_pad_experts_for_cuda_graph_inference",
            "nccl_all_reduce_for_prefill",
            "inference_rng_tracker",
            "inference_sampling_seed",
            "inference_fuse_tp_communication",
            "inference_disable_triton_nvls_kernels",
            "inference_grouped_gemm_backend",
            "inference_moe_disable_fused_quant_kernels",
            "inference_moe_token_dispatcher_type",
        ),
    ),
    Group(
        section="inference",
        classes=_LATENT,
        owner=Owner.CALLER,
        why="What the key-value cache of dynamic inference holds.",
        fields=("cache_mla_latents",),
    ),
    Group(
        section="hooks",
        classes=_INNER,
        owner=Owner.CALLER,
        why="Functions of the training loop: timers, scaling of losses, synchronisation of gradients and parameters.",
        fields=(
            "timers",
            "finalize_model_grads_func",
            "grad_scale_func",
            "moe_grad_scale_func",
            "mtp_grad_scale_func",
            "experimental_attention_variant_loss_scale_func",
            "no_sync_func",
            "grad_sync_func",
            "param_sync_func",
        ),
    ),
    Group(
        section="hooks",
        classes=_OUTER,
        owner=Owner.CALLER,
        why="Functions that may replace the built model. What they return is outside the mapper's promise.",
        fields=("pre_wrap_hooks", "post_wrap_hooks"),
    ),
    Group(
        section="layer specs",
        classes=_OUTER,
        owner=Owner.CALLER,
        why="Builds ModelOpt's layers, in which quantization and sparsity live.",
        fields=("restore_modelopt_state",),
    ),
    Group(
        section="layer specs",
        classes=_GPT,
        owner=Owner.CALLER,
        why=(
            "Layers of the caller's own instead of those that Megatron chooses from the config, which are outside the "
            "mapper's promise, and an option of ModelOpt's layers."
        ),
        fields=("transformer_layer_spec", "use_arbitrary_attention_mask"),
    ),
    Group(
        section="layer specs",
        classes=_HYBRID,
        owner=Owner.CALLER,
        why=(
            "Layers of the caller's own instead of those that Megatron chooses, which are outside the mapper's "
            "promise."
        ),
        fields=("hybrid_stack_spec",),
    ),
    Group(
        section="vocabulary",
        classes=_OUTER,
        owner=Owner.CALLER,
        why="To a multiple of what the vocabulary is padded, if it is. The added rows are no part of the model.",
        fields=("make_vocab_size_divisible_by",),
    ),
    Group(
        section="checkpoints",
        classes=_INNER,
        owner=Owner.CALLER,
        why="Whether a distributed checkpoint keeps layers apart instead of stacking them.",
        fields=("hetereogenous_dist_checkpoint",),
    ),
    Group(
        section="checkpoints",
        classes=_OUTER,
        owner=Owner.CALLER,
        why=(
            "The caller's notes in a checkpoint, to which the mapper adds one key of its own: where the config is "
            "from."
        ),
        fields=("extra_checkpoint_metadata",),
    ),
    Group(
        section="logging",
        classes=_INNER,
        owner=Owner.CALLER,
        why="What is measured, checked or written while the model runs.",
        fields=("barrier_with_L1_time", "config_logger_dir", "moe_per_layer_logging", "test_mode"),
    ),
)
