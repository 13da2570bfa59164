"""Choices about kernels, memory and what surrounds the model: callers', like those in `caller.py`."""

from __future__ import annotations

from codegen.table import Group, Owner

_INNER = ("TransformerConfig",)
_LATENT = ("MLATransformerConfig",)
_GPT = ("GPTModelConfig",)
_HYBRID = ("HybridModelConfig",)
_OUTER = ("GPTModelConfig", "HybridModelConfig")

KERNELS: tuple[Group, ...] = (
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
