"""The Megatron fields that a caller may pass; the mapper decides all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from mcore_mappers_runtime.settings import MetadataFields

if TYPE_CHECKING:
    from collections.abc import Callable

    from megatron.core.quantization.quant_config import RecipeConfig
    from megatron.core.transformer.enums import AttnBackend, CudaGraphModule, InferenceCudaGraphScope
    from megatron.core.transformer.module import MegatronModule
    from megatron.core.transformer.pipeline_parallel_layer_layout import PipelineParallelLayerLayout
    from megatron.core.transformer.spec_utils import ModuleSpec
    from megatron.training.models.gpt import GPTModelConfig
    from torch import Tensor, dtype


class TransformerFields(TypedDict, total=False):
    """Fields of TransformerConfig."""

    params_dtype: dtype
    bf16: bool
    fp16: bool
    pipeline_dtype: dtype
    fp32_residual_connection: bool
    moe_router_dtype: Literal["fp32", "fp64"] | None
    dsa_indexer_k_norm_fp32: bool
    attention_softmax_in_fp32: bool
    hidden_dropout: float
    attention_dropout: float
    init_method_std: float
    mtp_num_layers: int | None
    mtp_use_repeated_layer: bool
    mtp_loss_scaling_factor: float | None
    moe_router_load_balancing_type: str | list[str]
    moe_aux_loss_coeff: float | list[float]
    moe_router_bias_update_rate: float
    moe_token_dispatcher_type: Literal["allgather", "alltoall", "flex"]
    moe_grouped_gemm: bool
    moe_permute_fusion: bool
    moe_shared_expert_overlap: bool
    bias_activation_fusion: bool
    use_fused_weighted_squared_relu: bool
    bias_dropout_fusion: bool
    apply_rope_fusion: bool
    masked_softmax_fusion: bool
    persist_layer_norm: bool
    gradient_accumulation_fusion: bool
    cross_entropy_loss_fusion: bool
    cross_entropy_fusion_impl: Literal["native", "te"]
    deallocate_pipeline_outputs: bool
    tensor_model_parallel_size: int
    tensor_parallel_num_weight_shards: int | None
    sequence_parallel: bool
    context_parallel_size: int
    cp_comm_type: str | list[str] | None
    hierarchical_context_parallel_sizes: list[int] | None
    hybrid_context_parallel: bool
    max_seqlen_per_dp_cp_rank: int | None
    pipeline_model_parallel_size: int
    virtual_pipeline_model_parallel_size: int | None
    expert_model_parallel_size: int
    expert_tensor_parallel_size: int | None
    expert_tensor_parallel_num_weight_shards: int | None
    pipeline_model_parallel_layout: str | list[Any] | PipelineParallelLayerLayout | None
    num_layers_in_first_pipeline_stage: int | None
    num_layers_in_last_pipeline_stage: int | None
    account_for_embedding_in_pipeline_split: bool
    account_for_loss_in_pipeline_split: bool
    microbatch_group_size_per_vp_stage: int | None
    pipeline_model_parallel_comm_backend: Literal["nccl", "ucc"] | None
    variable_seq_lengths: bool
    overlap_p2p_comm: bool
    overlap_p2p_comm_warmup_flush: bool
    batch_p2p_comm: bool
    batch_p2p_sync: bool
    use_ring_exchange_p2p: bool
    defer_embedding_wgrad_compute: bool
    wgrad_deferral_limit: int
    tp_comm_overlap: bool
    tp_comm_bulk_wgrad: bool
    tp_comm_bulk_dgrad: bool
    tp_comm_overlap_ag: bool
    tp_comm_overlap_rs: bool
    tp_comm_overlap_rs_dgrad: bool
    tp_comm_split_ag: bool
    tp_comm_atomic_ag: bool
    tp_comm_split_rs: bool
    tp_comm_atomic_rs: bool
    tp_comm_overlap_disable_qkv: bool
    tp_comm_overlap_disable_fc1: bool
    tp_comm_bootstrap_backend: Literal["nccl", "mpi", "gloo"]
    symmetric_ar_type: Literal["two_shot", "one_shot", "multimem_all_reduce"] | None
    clone_scatter_output_in_embedding: bool
    overlap_moe_expert_parallel_comm: bool
    delay_wgrad_compute: bool
    overlap_dispatch_backward_with_experts_wgrad: bool
    ep_overlap_early_attn_memory_release: bool
    high_priority_a2a_comm_stream: bool
    moe_flex_dispatcher_backend: Literal["deepep", "hybridep", "ncclep"]
    moe_flex_dispatcher_num_sms: int | None
    moe_permute_fusion_into_hybridep: bool
    moe_hybridep_pad_uneven_dispatch_inputs: bool
    moe_hybridep_num_blocks_permute: int | None
    moe_hybridep_num_blocks_unpermute: int | None
    moe_hybridep_num_sms_preprocessing: int
    moe_ncclep_static_shape: bool
    moe_ncclep_zero_copy: bool
    perform_initialization: bool
    use_cpu_initialization: bool
    init_model_with_meta_device: bool
    init_method: Callable[..., Any] | None
    output_layer_init_method: Callable[..., Any] | None
    embedding_init_method: Callable[..., Any] | None
    embedding_init_method_std: float | None
    enable_autocast: bool
    autocast_dtype: dtype | None
    deterministic_mode: bool
    batch_invariant_mode: bool
    disable_bf16_reduced_precision_matmul: bool
    apply_query_key_layer_scaling: bool
    mamba_training_ssm_states_dtype: dtype | None
    calculate_per_token_loss: bool
    mtp_detach_heads: bool
    moe_z_loss_coeff: float | None
    moe_router_quantile_balancing_ema: float
    dsa_indexer_loss_coeff: float | None
    dsa_indexer_use_sparse_loss: bool
    moe_input_jitter_eps: float | None
    moe_expert_capacity_factor: float | None
    moe_pad_expert_input_to_capacity: bool
    moe_token_drop_policy: Literal["probs", "position"]
    moe_expert_rank_capacity_factor: float | None
    moe_enable_routing_replay: bool
    moe_router_force_load_balancing: bool
    moe_router_force_biased: float | None
    qk_clip: bool
    qk_clip_alpha: float
    qk_clip_threshold: float
    log_max_attention_logit: bool
    moe_single_grouped_weight: bool
    moe_single_grouped_bias: bool
    transformer_impl: Literal["local", "transformer_engine", "inference_optimized"]
    attention_backend: AttnBackend
    flash_attention_version: Literal[2, 3, 4] | None
    fused_single_qkv_rope: bool
    fused_residual_rmsnorm: bool
    use_transformer_engine_op_fuser: bool
    moe_router_fusion: bool
    dsa_kernel_backend: Literal["none", "tilelang", "cudnn"]
    use_mamba_mem_eff_path: bool
    use_te_activation_func: bool
    memory_efficient_layer_norm: bool
    recompute_granularity: Literal["full", "selective"] | None
    recompute_method: Literal["uniform", "block"] | None
    recompute_num_layers: int | None
    recompute_modules: list[str] | None
    distribute_saved_activations: bool | None
    num_microbatches_with_partial_activation_checkpoints: int | None
    mlp_chunks_for_training: int
    disable_parameter_transpose_cache: bool
    cpu_offloading: bool
    cpu_offloading_num_layers: int
    cpu_offloading_activations: bool
    cpu_offloading_weights: bool
    cpu_offloading_double_buffering: bool
    cpu_offloading_retain_pinned_cpu_buffers: bool
    fine_grained_activation_offloading: bool
    offload_modules: list[str] | None
    min_offloaded_tensor_size: int
    delay_offload_until_cuda_graph: bool
    delta_offload_bytes_across_pp_ranks: int
    activation_offload_fraction: float
    fine_grained_offloading_max_inflight_offloads: int | None
    moe_paged_stash: bool
    moe_paged_stash_page_size: int
    moe_paged_stash_buffer_size_factor_cuda: float
    moe_paged_stash_buffer_size_factor_cpu: float
    fp8: Literal["e4m3", "hybrid"] | None
    fp8_recipe: Literal["tensorwise", "delayed", "mxfp8", "blockwise", "custom"] | None
    fp8_param: bool
    fp8_quantizer_factory: str | None
    fp8_margin: int
    fp8_interval: int
    fp8_amax_history_len: int
    fp8_amax_compute_algo: Literal["most_recent", "max"]
    fp8_wgrad: bool
    fp8_output_proj: bool
    fp8_dot_product_attention: bool
    fp8_multi_head_attention: bool
    tp_only_amax_red: bool
    first_last_layers_bf16: bool
    num_layers_at_start_in_bf16: int
    num_layers_at_end_in_bf16: int
    activation_func_fp8_input_store: bool
    moe_router_padding_for_quantization: bool | None
    fp4: Literal["e2m1"] | None
    fp4_recipe: Literal["nvfp4", "custom"] | None
    fp4_param: bool
    fp4_quantizer_factory: str | None
    use_kitchen: bool
    use_kitchen_attention: bool
    kitchen_attention_backend: Literal["sdpa", "fa"]
    quant_recipe: RecipeConfig | None
    use_grouped_gemm_for_dense_mlp: bool
    use_grouped_gemm_for_shared_expert: bool
    moe_shared_expert_glu_interleave_size: int | None
    cuda_graph_impl: Literal["none", "local", "transformer_engine", "full_iteration"]
    cuda_graph_modules: str | CudaGraphModule | list[str] | list[CudaGraphModule]
    cuda_graph_use_single_mempool: bool
    cuda_graph_retain_backward_graph: bool
    cuda_graph_warmup_steps: int
    inference_cuda_graph_scope: InferenceCudaGraphScope | None
    use_te_rng_tracker: bool
    flash_decode: bool
    mlp_chunks_for_prefill: int
    moe_pad_experts_for_cuda_graph_inference: bool
    nccl_all_reduce_for_prefill: bool
    inference_rng_tracker: bool
    inference_sampling_seed: int
    inference_fuse_tp_communication: bool
    inference_disable_triton_nvls_kernels: bool
    inference_grouped_gemm_backend: Literal["flashinfer", "torch", "vllm"]
    inference_moe_disable_fused_quant_kernels: bool
    inference_moe_token_dispatcher_type: Literal["nccl", "nvls"]
    timers: Callable[..., Any] | None
    finalize_model_grads_func: Callable[..., Any] | None
    grad_scale_func: Callable[..., Any] | None
    moe_grad_scale_func: Callable[..., Any] | None
    mtp_grad_scale_func: Callable[..., Any] | None
    experimental_attention_variant_loss_scale_func: Callable[[Tensor], None] | None
    no_sync_func: Callable[..., Any] | None
    grad_sync_func: Callable[..., Any] | None
    param_sync_func: Callable[..., Any] | None
    hetereogenous_dist_checkpoint: bool
    barrier_with_L1_time: bool
    config_logger_dir: str
    moe_per_layer_logging: bool
    test_mode: bool


class GPTModelFields(TypedDict, total=False):
    """Fields of GPTModelConfig."""

    seq_length: int
    should_pad_vocab: bool
    parallel_output: bool
    scatter_embedding_sequence_parallel: bool
    tp_comm_overlap_cfg: str | dict[str, Any] | None
    fp16_lm_cross_entropy: bool
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    restore_modelopt_state: bool
    transformer_layer_spec: ModuleSpec | Callable[[GPTModelConfig], ModuleSpec] | None
    use_arbitrary_attention_mask: bool | None
    make_vocab_size_divisible_by: int


class GPTFields(TransformerFields, GPTModelFields, MetadataFields, total=False):
    """Fields of GPTModelConfig and of its TransformerConfig."""


class GPTLearnedModelFields(TypedDict, total=False):
    """Fields of GPTModelConfig."""

    should_pad_vocab: bool
    parallel_output: bool
    scatter_embedding_sequence_parallel: bool
    tp_comm_overlap_cfg: str | dict[str, Any] | None
    fp16_lm_cross_entropy: bool
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    restore_modelopt_state: bool
    transformer_layer_spec: ModuleSpec | Callable[[GPTModelConfig], ModuleSpec] | None
    use_arbitrary_attention_mask: bool | None
    make_vocab_size_divisible_by: int


class GPTLearnedFields(TransformerFields, GPTLearnedModelFields, MetadataFields, total=False):
    """Fields of GPTModelConfig and of its TransformerConfig."""


class MLATransformerFields(TransformerFields, total=False):
    """Fields of MLATransformerConfig."""

    mla_down_proj_fusion: bool
    cache_mla_latents: bool


class GPTMLAFields(MLATransformerFields, GPTModelFields, MetadataFields, total=False):
    """Fields of GPTModelConfig and of its MLATransformerConfig."""


class HybridModelFields(TypedDict, total=False):
    """Fields of HybridModelConfig."""

    seq_length: int
    should_pad_vocab: bool
    parallel_output: bool
    fp16_lm_cross_entropy: bool
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    restore_modelopt_state: bool
    hybrid_stack_spec: ModuleSpec | None
    make_vocab_size_divisible_by: int


class HybridFields(TransformerFields, HybridModelFields, MetadataFields, total=False):
    """Fields of HybridModelConfig and of its TransformerConfig."""

    hybrid_layer_pattern: str | None


class HybridLearnedModelFields(TypedDict, total=False):
    """Fields of HybridModelConfig."""

    should_pad_vocab: bool
    parallel_output: bool
    fp16_lm_cross_entropy: bool
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    restore_modelopt_state: bool
    hybrid_stack_spec: ModuleSpec | None
    make_vocab_size_divisible_by: int


class HybridLearnedFields(TransformerFields, HybridLearnedModelFields, MetadataFields, total=False):
    """Fields of HybridModelConfig and of its TransformerConfig."""

    hybrid_layer_pattern: str | None


class HybridMLAFields(MLATransformerFields, HybridModelFields, MetadataFields, total=False):
    """Fields of HybridModelConfig and of its MLATransformerConfig."""

    hybrid_layer_pattern: str | None


class AnyFields(HybridMLAFields, total=False):
    """Fields of any target, for a config whose class only run time knows."""

    scatter_embedding_sequence_parallel: bool
    tp_comm_overlap_cfg: str | dict[str, Any] | None
    transformer_layer_spec: ModuleSpec | Callable[[GPTModelConfig], ModuleSpec] | None
    use_arbitrary_attention_mask: bool | None
