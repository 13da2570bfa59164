"""The Megatron fields that a caller may pass; the mapper decides all others.

For keywords of one's own: `keywords: GPTFields = {...}`, and then `to_megatron(hf, **keywords)`. Below each stands who
decides it, what its group is for, and Megatron's default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from mcore_mappers_runtime.sections import PositionFields
from mcore_mappers_runtime.settings import MapperFields

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
    """Suggested by the mapper (precision). One decision, the dtype of parameters, activations and what pipeline stages
    send. Megatron's default: torch.float32."""
    bf16: bool
    """Suggested by the mapper (precision). One decision, the dtype of parameters, activations and what pipeline stages
    send. Megatron's default: False."""
    fp16: bool
    """Suggested by the mapper (precision). One decision, the dtype of parameters, activations and what pipeline stages
    send. Megatron's default: False."""
    pipeline_dtype: dtype
    """Suggested by the mapper (precision). One decision, the dtype of parameters, activations and what pipeline stages
    send. Megatron's default: None."""
    fp32_residual_connection: bool
    """Suggested by the mapper (precision). Adds residuals in float32, as some Mamba configs ask (residual_in_fp32).
    Megatron's default: False."""
    moe_router_dtype: Literal["fp32", "fp64"] | None
    """Suggested by the mapper (precision). Computes the router, or the norm of the sparse-attention indexer, in a wider
    dtype. Megatron's default: None."""
    dsa_indexer_k_norm_fp32: bool
    """Suggested by the mapper (precision). Computes the router, or the norm of the sparse-attention indexer, in a wider
    dtype. Megatron's default: False."""
    attention_softmax_in_fp32: bool
    """Suggested by the mapper (precision). Softmax in float32, where the local attention has 16-bit scores;
    TransformerEngine always does so and reads no field. Megatron's default: True."""
    hidden_dropout: float
    """Suggested by the mapper (dropout). Acts only in training. Megatron's default: 0.1."""
    attention_dropout: float
    """Suggested by the mapper (dropout). Acts only in training. Megatron's default: 0.1."""
    init_method_std: float
    """Suggested by the mapper (initialisation). Standard deviation of new weights. Megatron's default: 0.02."""
    mtp_num_layers: int | None
    """Suggested by the mapper (multi-token prediction). Extra heads that are trained beside the model and leave its own
    logits alone: how many, whether one block serves all, and the weight of their loss. Megatron's default: None."""
    mtp_use_repeated_layer: bool
    """Suggested by the mapper (multi-token prediction). Extra heads that are trained beside the model and leave its own
    logits alone: how many, whether one block serves all, and the weight of their loss. Megatron's default: False."""
    mtp_loss_scaling_factor: float | None
    """Suggested by the mapper (multi-token prediction). Extra heads that are trained beside the model and leave its own
    logits alone: how many, whether one block serves all, and the weight of their loss. Megatron's default: 0.1."""
    moe_router_load_balancing_type: str | list[str]
    """Suggested by the mapper (load balancing). How training keeps experts equally busy. Megatron's default:
    "aux_loss"."""
    moe_aux_loss_coeff: float | list[float]
    """Suggested by the mapper (load balancing). How training keeps experts equally busy. Megatron's default: 0.0."""
    moe_router_bias_update_rate: float
    """Suggested by the mapper (load balancing). How training keeps experts equally busy. Megatron's default: 0.001."""
    moe_token_dispatcher_type: Literal["allgather", "alltoall", "flex"]
    """Suggested by the mapper (expert kernels). How tokens get to experts and how experts are multiplied: the same
    function, and what every large MoE is trained with, but not Megatron's defaults. Megatron's default: "allgather"."""
    moe_grouped_gemm: bool
    """Suggested by the mapper (expert kernels). How tokens get to experts and how experts are multiplied: the same
    function, and what every large MoE is trained with, but not Megatron's defaults. Megatron's default: False."""
    moe_permute_fusion: bool
    """Suggested by the mapper (expert kernels). How tokens get to experts and how experts are multiplied: the same
    function, and what every large MoE is trained with, but not Megatron's defaults. Megatron's default: False."""
    moe_shared_expert_overlap: bool
    """Suggested by the mapper (expert kernels). How tokens get to experts and how experts are multiplied: the same
    function, and what every large MoE is trained with, but not Megatron's defaults. Megatron's default: False."""
    bias_activation_fusion: bool
    """Suggested by the mapper (fusions). Several operations in one kernel, off by default. Megatron's default:
    False."""
    use_fused_weighted_squared_relu: bool
    """Suggested by the mapper (fusions). Several operations in one kernel, off by default. Megatron's default:
    False."""
    bias_dropout_fusion: bool
    """Suggested by the mapper (fusions). Several operations in one kernel, off by default. Megatron's default:
    False."""
    apply_rope_fusion: bool
    """Suggested by the mapper (fusions). Several operations in one kernel, off by default. Megatron's default:
    False."""
    masked_softmax_fusion: bool
    """Suggested by the mapper (fusions). Kernels of Apex and of Megatron's old extensions for the local implementation,
    where they raise without those packages; TransformerEngine's layers read neither. Megatron's default: False."""
    persist_layer_norm: bool
    """Suggested by the mapper (fusions). Kernels of Apex and of Megatron's old extensions for the local implementation,
    where they raise without those packages; TransformerEngine's layers read neither. Megatron's default: False."""
    gradient_accumulation_fusion: bool
    """Suggested by the mapper (fusions). Adds weight gradients in place into the buffer of Megatron's data-parallel
    wrapper; a training loop with another wrapper turns it off. Megatron's default: False."""
    cross_entropy_loss_fusion: bool
    """Suggested by the mapper (loss). Cross entropy in fewer kernels: the same loss. Megatron's default: False."""
    cross_entropy_fusion_impl: Literal["native", "te"]
    """Suggested by the mapper (loss). Cross entropy in fewer kernels: the same loss. Megatron's default: "native"."""
    deallocate_pipeline_outputs: bool
    """Suggested by the mapper (pipeline memory). Frees a stage's output once it is sent to the next. Megatron's
    default: False."""
    tensor_model_parallel_size: int
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: 1."""
    tensor_parallel_num_weight_shards: int | None
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: None."""
    sequence_parallel: bool
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: False."""
    context_parallel_size: int
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: 1."""
    cp_comm_type: str | list[str] | None
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: None."""
    hierarchical_context_parallel_sizes: list[int] | None
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: None."""
    hybrid_context_parallel: bool
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: False."""
    max_seqlen_per_dp_cp_rank: int | None
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: None."""
    pipeline_model_parallel_size: int
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: 1."""
    virtual_pipeline_model_parallel_size: int | None
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: None."""
    expert_model_parallel_size: int
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: 1."""
    expert_tensor_parallel_size: int | None
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: None."""
    expert_tensor_parallel_num_weight_shards: int | None
    """The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. Megatron's
    default: None."""
    pipeline_model_parallel_layout: str | list[Any] | PipelineParallelLayerLayout | None
    """The caller's (pipeline stages). Which layers lie on which pipeline stage, and in which order micro-batches pass
    through them. Megatron's default: None."""
    num_layers_in_first_pipeline_stage: int | None
    """The caller's (pipeline stages). Which layers lie on which pipeline stage, and in which order micro-batches pass
    through them. Megatron's default: None."""
    num_layers_in_last_pipeline_stage: int | None
    """The caller's (pipeline stages). Which layers lie on which pipeline stage, and in which order micro-batches pass
    through them. Megatron's default: None."""
    account_for_embedding_in_pipeline_split: bool
    """The caller's (pipeline stages). Which layers lie on which pipeline stage, and in which order micro-batches pass
    through them. Megatron's default: False."""
    account_for_loss_in_pipeline_split: bool
    """The caller's (pipeline stages). Which layers lie on which pipeline stage, and in which order micro-batches pass
    through them. Megatron's default: False."""
    microbatch_group_size_per_vp_stage: int | None
    """The caller's (pipeline stages). Which layers lie on which pipeline stage, and in which order micro-batches pass
    through them. Megatron's default: None."""
    pipeline_model_parallel_comm_backend: Literal["nccl", "ucc"] | None
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: None."""
    variable_seq_lengths: bool
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: False."""
    overlap_p2p_comm: bool
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: False."""
    overlap_p2p_comm_warmup_flush: bool
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: False."""
    batch_p2p_comm: bool
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: True."""
    batch_p2p_sync: bool
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: True."""
    use_ring_exchange_p2p: bool
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: False."""
    defer_embedding_wgrad_compute: bool
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: False."""
    wgrad_deferral_limit: int
    """The caller's (pipeline communication). How pipeline stages exchange activations, and what they compute while they
    wait. Megatron's default: 0."""
    tp_comm_overlap: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: False."""
    tp_comm_bulk_wgrad: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: True."""
    tp_comm_bulk_dgrad: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: True."""
    tp_comm_overlap_ag: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: True."""
    tp_comm_overlap_rs: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: True."""
    tp_comm_overlap_rs_dgrad: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: False."""
    tp_comm_split_ag: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: True."""
    tp_comm_atomic_ag: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: False."""
    tp_comm_split_rs: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: True."""
    tp_comm_atomic_rs: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: False."""
    tp_comm_overlap_disable_qkv: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: False."""
    tp_comm_overlap_disable_fc1: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: False."""
    tp_comm_bootstrap_backend: Literal["nccl", "mpi", "gloo"]
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: "nccl"."""
    symmetric_ar_type: Literal["two_shot", "one_shot", "multimem_all_reduce"] | None
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: None."""
    clone_scatter_output_in_embedding: bool
    """The caller's (tensor-parallel communication). How tensor-parallel ranks exchange activations, and what is
    overlapped with it. Megatron's default: True."""
    overlap_moe_expert_parallel_comm: bool
    """The caller's (expert communication). What is computed while tokens travel between expert-parallel ranks.
    Megatron's default: False."""
    delay_wgrad_compute: bool
    """The caller's (expert communication). What is computed while tokens travel between expert-parallel ranks.
    Megatron's default: False."""
    overlap_dispatch_backward_with_experts_wgrad: bool
    """The caller's (expert communication). What is computed while tokens travel between expert-parallel ranks.
    Megatron's default: False."""
    ep_overlap_early_attn_memory_release: bool
    """The caller's (expert communication). What is computed while tokens travel between expert-parallel ranks.
    Megatron's default: False."""
    high_priority_a2a_comm_stream: bool
    """The caller's (expert communication). What is computed while tokens travel between expert-parallel ranks.
    Megatron's default: False."""
    moe_flex_dispatcher_backend: Literal["deepep", "hybridep", "ncclep"]
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: "deepep"."""
    moe_flex_dispatcher_num_sms: int | None
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: None."""
    moe_permute_fusion_into_hybridep: bool
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: False."""
    moe_hybridep_pad_uneven_dispatch_inputs: bool
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: False."""
    moe_hybridep_num_blocks_permute: int | None
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: None."""
    moe_hybridep_num_blocks_unpermute: int | None
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: None."""
    moe_hybridep_num_sms_preprocessing: int
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: 108."""
    moe_ncclep_static_shape: bool
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: False."""
    moe_ncclep_zero_copy: bool
    """The caller's (expert communication). The library behind the "flex" dispatcher and its settings. Megatron's
    default: False."""
    perform_initialization: bool
    """The caller's (new weights). Whether, where and by which functions new weights are made. Megatron's default:
    True."""
    use_cpu_initialization: bool
    """The caller's (new weights). Whether, where and by which functions new weights are made. Megatron's default:
    False."""
    init_model_with_meta_device: bool
    """The caller's (new weights). Whether, where and by which functions new weights are made. Megatron's default:
    False."""
    init_method: Callable[..., Any] | None
    """The caller's (new weights). Whether, where and by which functions new weights are made. Megatron's default:
    None."""
    output_layer_init_method: Callable[..., Any] | None
    """The caller's (new weights). Whether, where and by which functions new weights are made. Megatron's default:
    None."""
    embedding_init_method: Callable[..., Any] | None
    """The caller's (new weights). Whether, where and by which functions new weights are made. Megatron's default:
    None."""
    embedding_init_method_std: float | None
    """The caller's (new weights). Whether, where and by which functions new weights are made. Megatron's default:
    None."""
    enable_autocast: bool
    """The caller's (numerics). Rounding and reproducibility: the same function, computed in another precision or order.
    Megatron's default: False."""
    autocast_dtype: dtype | None
    """The caller's (numerics). Rounding and reproducibility: the same function, computed in another precision or order.
    Megatron's default: None."""
    deterministic_mode: bool
    """The caller's (numerics). Rounding and reproducibility: the same function, computed in another precision or order.
    Megatron's default: False."""
    batch_invariant_mode: bool
    """The caller's (numerics). Rounding and reproducibility: the same function, computed in another precision or order.
    Megatron's default: False."""
    disable_bf16_reduced_precision_matmul: bool
    """The caller's (numerics). Rounding and reproducibility: the same function, computed in another precision or order.
    Megatron's default: False."""
    apply_query_key_layer_scaling: bool
    """The caller's (numerics). Rounding and reproducibility: the same function, computed in another precision or order.
    Megatron's default: False."""
    mamba_training_ssm_states_dtype: dtype | None
    """The caller's (numerics). Rounding and reproducibility: the same function, computed in another precision or order.
    Megatron's default: None."""
    calculate_per_token_loss: bool
    """The caller's (loss). What training minimises beside the model's own loss, how it is averaged, and where its
    gradient stops. Megatron's default: False."""
    mtp_detach_heads: bool
    """The caller's (loss). What training minimises beside the model's own loss, how it is averaged, and where its
    gradient stops. Megatron's default: False."""
    moe_z_loss_coeff: float | None
    """The caller's (loss). What training minimises beside the model's own loss, how it is averaged, and where its
    gradient stops. Megatron's default: None."""
    moe_router_quantile_balancing_ema: float
    """The caller's (loss). What training minimises beside the model's own loss, how it is averaged, and where its
    gradient stops. Megatron's default: 0.0."""
    dsa_indexer_loss_coeff: float | None
    """The caller's (loss). What training minimises beside the model's own loss, how it is averaged, and where its
    gradient stops. Megatron's default: None."""
    dsa_indexer_use_sparse_loss: bool
    """The caller's (loss). What training minimises beside the model's own loss, how it is averaged, and where its
    gradient stops. Megatron's default: False."""
    moe_input_jitter_eps: float | None
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    None."""
    moe_expert_capacity_factor: float | None
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    None."""
    moe_pad_expert_input_to_capacity: bool
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    False."""
    moe_token_drop_policy: Literal["probs", "position"]
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    "probs"."""
    moe_expert_rank_capacity_factor: float | None
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    None."""
    moe_enable_routing_replay: bool
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    False."""
    moe_router_force_load_balancing: bool
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    False."""
    moe_router_force_biased: float | None
    """The caller's (routing on request). Drops tokens, adds noise, replays or overrides routing. Megatron's default:
    None."""
    qk_clip: bool
    """The caller's (clipping). Rescales query and key weights after an optimizer step, or logs what would decide it.
    Megatron's default: False."""
    qk_clip_alpha: float
    """The caller's (clipping). Rescales query and key weights after an optimizer step, or logs what would decide it.
    Megatron's default: 0.5."""
    qk_clip_threshold: float
    """The caller's (clipping). Rescales query and key weights after an optimizer step, or logs what would decide it.
    Megatron's default: 100."""
    log_max_attention_logit: bool
    """The caller's (clipping). Rescales query and key weights after an optimizer step, or logs what would decide it.
    Megatron's default: False."""
    moe_single_grouped_weight: bool
    """The caller's (layouts). Stores the same parameters in another arrangement for the sake of a kernel. Megatron's
    default: False."""
    moe_single_grouped_bias: bool
    """The caller's (layouts). Stores the same parameters in another arrangement for the sake of a kernel. Megatron's
    default: False."""
    transformer_impl: Literal["local", "transformer_engine", "inference_optimized"]
    """The caller's (kernels). Which implementation of the same layers runs. Megatron's default:
    "transformer_engine"."""
    attention_backend: AttnBackend
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: AttnBackend.auto."""
    flash_attention_version: Literal[2, 3, 4] | None
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: None."""
    fused_single_qkv_rope: bool
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: False."""
    fused_residual_rmsnorm: bool
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: False."""
    use_transformer_engine_op_fuser: bool
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: False."""
    moe_router_fusion: bool
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: False."""
    dsa_kernel_backend: Literal["none", "tilelang", "cudnn"]
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: "none"."""
    use_mamba_mem_eff_path: bool
    """The caller's (kernels). Which kernel computes a layer, up to rounding. Megatron's default: True."""
    use_te_activation_func: bool
    """The caller's (kernels). Activations of TransformerEngine, which computes exact GELU by its tanh approximation: it
    can change the function, because the caller asks for it. Megatron's default: False."""
    memory_efficient_layer_norm: bool
    """The caller's (kernels). A norm of Apex that keeps less for the backward pass; PyTorch's norms raise with it.
    Megatron's default: False."""
    recompute_granularity: Literal["full", "selective"] | None
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: None."""
    recompute_method: Literal["uniform", "block"] | None
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: None."""
    recompute_num_layers: int | None
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: None."""
    recompute_modules: list[str] | None
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: None."""
    distribute_saved_activations: bool | None
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: False."""
    num_microbatches_with_partial_activation_checkpoints: int | None
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: None."""
    mlp_chunks_for_training: int
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: 1."""
    disable_parameter_transpose_cache: bool
    """The caller's (recompute). What the backward pass computes again instead of keeping it, and in how many pieces an
    MLP runs. Megatron's default: False."""
    cpu_offloading: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: False."""
    cpu_offloading_num_layers: int
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: 0."""
    cpu_offloading_activations: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: True."""
    cpu_offloading_weights: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: False."""
    cpu_offloading_double_buffering: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: False."""
    cpu_offloading_retain_pinned_cpu_buffers: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: False."""
    fine_grained_activation_offloading: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: False."""
    offload_modules: list[str] | None
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: []."""
    min_offloaded_tensor_size: int
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: 1048576."""
    delay_offload_until_cuda_graph: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: False."""
    delta_offload_bytes_across_pp_ranks: int
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: 0."""
    activation_offload_fraction: float
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: 1.0."""
    fine_grained_offloading_max_inflight_offloads: int | None
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: None."""
    moe_paged_stash: bool
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: False."""
    moe_paged_stash_page_size: int
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: 64."""
    moe_paged_stash_buffer_size_factor_cuda: float
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: 1.1."""
    moe_paged_stash_buffer_size_factor_cpu: float
    """The caller's (offloading). What is kept in the host's memory, or in pages, between the forward and the backward
    pass. Megatron's default: 0.0."""
    fp8: Literal["e4m3", "hybrid"] | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: None."""
    fp8_recipe: Literal["tensorwise", "delayed", "mxfp8", "blockwise", "custom"] | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: "delayed"."""
    fp8_param: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    fp8_quantizer_factory: str | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: None."""
    fp8_margin: int
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: 0."""
    fp8_interval: int
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: 1."""
    fp8_amax_history_len: int
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: 1."""
    fp8_amax_compute_algo: Literal["most_recent", "max"]
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: "most_recent"."""
    fp8_wgrad: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: True."""
    fp8_output_proj: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    fp8_dot_product_attention: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    fp8_multi_head_attention: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    tp_only_amax_red: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    first_last_layers_bf16: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    num_layers_at_start_in_bf16: int
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: 1."""
    num_layers_at_end_in_bf16: int
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: 1."""
    activation_func_fp8_input_store: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    moe_router_padding_for_quantization: bool | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    fp4: Literal["e2m1"] | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: None."""
    fp4_recipe: Literal["nvfp4", "custom"] | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: "nvfp4"."""
    fp4_param: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    fp4_quantizer_factory: str | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: None."""
    use_kitchen: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    use_kitchen_attention: bool
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: False."""
    kitchen_attention_backend: Literal["sdpa", "fa"]
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: "sdpa"."""
    quant_recipe: RecipeConfig | None
    """The caller's (quantization). Low-precision training: its formats, scales and exceptions, and padding that exists
    only for it. Megatron's default: None."""
    use_grouped_gemm_for_dense_mlp: bool
    """The caller's (quantization). Runs a dense MLP or the shared expert in MXFP8 or NVFP4 with one fused kernel, and
    the block size of that kernel, which nothing else reads. Megatron's default: False."""
    use_grouped_gemm_for_shared_expert: bool
    """The caller's (quantization). Runs a dense MLP or the shared expert in MXFP8 or NVFP4 with one fused kernel, and
    the block size of that kernel, which nothing else reads. Megatron's default: False."""
    moe_shared_expert_glu_interleave_size: int | None
    """The caller's (quantization). Runs a dense MLP or the shared expert in MXFP8 or NVFP4 with one fused kernel, and
    the block size of that kernel, which nothing else reads. Megatron's default: None."""
    cuda_graph_impl: Literal["none", "local", "transformer_engine", "full_iteration"]
    """The caller's (cuda graphs). What is captured in CUDA graphs, how, and the random number generator that this
    needs. Megatron's default: "none"."""
    cuda_graph_modules: str | CudaGraphModule | list[str] | list[CudaGraphModule]
    """The caller's (cuda graphs). What is captured in CUDA graphs, how, and the random number generator that this
    needs. Megatron's default: "full"."""
    cuda_graph_use_single_mempool: bool
    """The caller's (cuda graphs). What is captured in CUDA graphs, how, and the random number generator that this
    needs. Megatron's default: True."""
    cuda_graph_retain_backward_graph: bool
    """The caller's (cuda graphs). What is captured in CUDA graphs, how, and the random number generator that this
    needs. Megatron's default: False."""
    cuda_graph_warmup_steps: int
    """The caller's (cuda graphs). What is captured in CUDA graphs, how, and the random number generator that this
    needs. Megatron's default: 3."""
    inference_cuda_graph_scope: InferenceCudaGraphScope | None
    """The caller's (cuda graphs). What is captured in CUDA graphs, how, and the random number generator that this
    needs. Megatron's default: None."""
    use_te_rng_tracker: bool
    """The caller's (cuda graphs). What is captured in CUDA graphs, how, and the random number generator that this
    needs. Megatron's default: False."""
    flash_decode: bool
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: False."""
    mlp_chunks_for_prefill: int
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: 1."""
    moe_pad_experts_for_cuda_graph_inference: bool
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: False."""
    nccl_all_reduce_for_prefill: bool
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: False."""
    inference_rng_tracker: bool
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: False."""
    inference_sampling_seed: int
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: 42."""
    inference_fuse_tp_communication: bool
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: False."""
    inference_disable_triton_nvls_kernels: bool
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: False."""
    inference_grouped_gemm_backend: Literal["flashinfer", "torch", "vllm"]
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: "vllm"."""
    inference_moe_disable_fused_quant_kernels: bool
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: False."""
    inference_moe_token_dispatcher_type: Literal["nccl", "nvls"]
    """The caller's (inference). Read only while text is generated or a prompt is read in, or by the layers of
    transformer_impl="inference_optimized". Megatron's default: "nvls"."""
    timers: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    finalize_model_grads_func: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    grad_scale_func: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    moe_grad_scale_func: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    mtp_grad_scale_func: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    experimental_attention_variant_loss_scale_func: Callable[[Tensor], None] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    no_sync_func: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    grad_sync_func: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    param_sync_func: Callable[..., Any] | None
    """The caller's (hooks). Functions of the training loop: timers, scaling of losses, synchronisation of gradients and
    parameters. Megatron's default: None."""
    hetereogenous_dist_checkpoint: bool
    """The caller's (checkpoints). Whether a distributed checkpoint keeps layers apart instead of stacking them.
    Megatron's default: False."""
    barrier_with_L1_time: bool
    """The caller's (logging). What is measured, checked or written while the model runs. Megatron's default: True."""
    config_logger_dir: str
    """The caller's (logging). What is measured, checked or written while the model runs. Megatron's default: ""."""
    moe_per_layer_logging: bool
    """The caller's (logging). What is measured, checked or written while the model runs. Megatron's default: False."""
    test_mode: bool
    """The caller's (logging). What is measured, checked or written while the model runs. Megatron's default: False."""


class GPTModelFields(TypedDict, total=False):
    """Fields of GPTModelConfig."""

    seq_length: int
    """Suggested by the mapper (sequence length). The longest sequence. Megatron's default: 1024."""
    should_pad_vocab: bool
    """Suggested by the mapper (vocabulary). Adds rows to the vocabulary until tensor parallelism divides it, which
    Megatron leaves off by default and most vocabularies need. Megatron's default: False."""
    parallel_output: bool
    """The caller's (tensor-parallel communication). Whether each tensor-parallel rank keeps its part of the logits or
    gathers them all. Megatron's default: True."""
    scatter_embedding_sequence_parallel: bool
    """The caller's (tensor-parallel communication). How the embedding's output is spread with sequence parallelism, and
    the settings file of tp_comm_overlap. Megatron's default: True."""
    tp_comm_overlap_cfg: str | dict[str, Any] | None
    """The caller's (tensor-parallel communication). How the embedding's output is spread with sequence parallelism, and
    the settings file of tp_comm_overlap. Megatron's default: None."""
    fp16_lm_cross_entropy: bool
    """The caller's (loss). The precision of the cross entropy. Megatron's default: False."""
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    restore_modelopt_state: bool
    """The caller's (layer specs). Builds ModelOpt's layers, in which quantization and sparsity live. Megatron's
    default: False."""
    transformer_layer_spec: ModuleSpec | Callable[[GPTModelConfig], ModuleSpec] | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses from the config,
    which are outside the mapper's promise, and an option of ModelOpt's layers. Megatron's default: None."""
    use_arbitrary_attention_mask: bool | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses from the config,
    which are outside the mapper's promise, and an option of ModelOpt's layers. Megatron's default: None."""
    make_vocab_size_divisible_by: int
    """The caller's (vocabulary). To a multiple of what the vocabulary is padded, if it is. Megatron's default: 128."""


class GPTFields(TransformerFields, GPTModelFields, PositionFields, total=False):
    """Fields of GPTModelConfig and of its TransformerConfig."""


class HeterogeneousTransformerFields(TransformerFields, total=False):
    """Fields of HeterogeneousTransformerConfig."""


class GPTHeterogeneousFields(HeterogeneousTransformerFields, GPTModelFields, MapperFields, total=False):
    """Fields of GPTModelConfig and of its HeterogeneousTransformerConfig."""


class GPTLearnedModelFields(TypedDict, total=False):
    """Fields of GPTModelConfig."""

    should_pad_vocab: bool
    """Suggested by the mapper (vocabulary). Adds rows to the vocabulary until tensor parallelism divides it, which
    Megatron leaves off by default and most vocabularies need. Megatron's default: False."""
    parallel_output: bool
    """The caller's (tensor-parallel communication). Whether each tensor-parallel rank keeps its part of the logits or
    gathers them all. Megatron's default: True."""
    scatter_embedding_sequence_parallel: bool
    """The caller's (tensor-parallel communication). How the embedding's output is spread with sequence parallelism, and
    the settings file of tp_comm_overlap. Megatron's default: True."""
    tp_comm_overlap_cfg: str | dict[str, Any] | None
    """The caller's (tensor-parallel communication). How the embedding's output is spread with sequence parallelism, and
    the settings file of tp_comm_overlap. Megatron's default: None."""
    fp16_lm_cross_entropy: bool
    """The caller's (loss). The precision of the cross entropy. Megatron's default: False."""
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    restore_modelopt_state: bool
    """The caller's (layer specs). Builds ModelOpt's layers, in which quantization and sparsity live. Megatron's
    default: False."""
    transformer_layer_spec: ModuleSpec | Callable[[GPTModelConfig], ModuleSpec] | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses from the config,
    which are outside the mapper's promise, and an option of ModelOpt's layers. Megatron's default: None."""
    use_arbitrary_attention_mask: bool | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses from the config,
    which are outside the mapper's promise, and an option of ModelOpt's layers. Megatron's default: None."""
    make_vocab_size_divisible_by: int
    """The caller's (vocabulary). To a multiple of what the vocabulary is padded, if it is. Megatron's default: 128."""


class GPTLearnedFields(TransformerFields, GPTLearnedModelFields, MapperFields, total=False):
    """Fields of GPTModelConfig and of its TransformerConfig."""


class MLATransformerFields(TransformerFields, total=False):
    """Fields of MLATransformerConfig."""

    mla_down_proj_fusion: bool
    """The caller's (layouts). Keeps the down projections of queries and of keys and values in one weight;
    TransformerEngine only. Megatron's default: False."""
    cache_mla_latents: bool
    """The caller's (inference). What the key-value cache of dynamic inference holds. Megatron's default: False."""


class GPTMLAFields(MLATransformerFields, GPTModelFields, MapperFields, total=False):
    """Fields of GPTModelConfig and of its MLATransformerConfig."""


class HybridModelFields(TypedDict, total=False):
    """Fields of HybridModelConfig."""

    seq_length: int
    """Suggested by the mapper (sequence length). The longest sequence. Megatron's default: 8192."""
    should_pad_vocab: bool
    """Suggested by the mapper (vocabulary). Adds rows to the vocabulary until tensor parallelism divides it, which
    Megatron leaves off by default and most vocabularies need. Megatron's default: False."""
    parallel_output: bool
    """The caller's (tensor-parallel communication). Whether each tensor-parallel rank keeps its part of the logits or
    gathers them all. Megatron's default: True."""
    fp16_lm_cross_entropy: bool
    """The caller's (loss). The precision of the cross entropy. Megatron's default: False."""
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    restore_modelopt_state: bool
    """The caller's (layer specs). Builds ModelOpt's layers, in which quantization and sparsity live. Megatron's
    default: False."""
    hybrid_stack_spec: ModuleSpec | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses, which are outside
    the mapper's promise. Megatron's default: None."""
    make_vocab_size_divisible_by: int
    """The caller's (vocabulary). To a multiple of what the vocabulary is padded, if it is. Megatron's default: 128."""


class HybridFields(TransformerFields, HybridModelFields, MapperFields, total=False):
    """Fields of HybridModelConfig and of its TransformerConfig."""

    hybrid_layer_pattern: str | None
    """The mapper's, which the caller may say in another form (layer pattern). The layers of a hybrid model, one symbol
    each: without it the model has none. Megatron's default: None."""


class HybridLearnedModelFields(TypedDict, total=False):
    """Fields of HybridModelConfig."""

    should_pad_vocab: bool
    """Suggested by the mapper (vocabulary). Adds rows to the vocabulary until tensor parallelism divides it, which
    Megatron leaves off by default and most vocabularies need. Megatron's default: False."""
    parallel_output: bool
    """The caller's (tensor-parallel communication). Whether each tensor-parallel rank keeps its part of the logits or
    gathers them all. Megatron's default: True."""
    fp16_lm_cross_entropy: bool
    """The caller's (loss). The precision of the cross entropy. Megatron's default: False."""
    pre_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    post_wrap_hooks: list[Callable[[list[MegatronModule]], list[MegatronModule]]]
    """The caller's (hooks). Functions that may replace the built model. Megatron's default: []."""
    restore_modelopt_state: bool
    """The caller's (layer specs). Builds ModelOpt's layers, in which quantization and sparsity live. Megatron's
    default: False."""
    hybrid_stack_spec: ModuleSpec | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses, which are outside
    the mapper's promise. Megatron's default: None."""
    make_vocab_size_divisible_by: int
    """The caller's (vocabulary). To a multiple of what the vocabulary is padded, if it is. Megatron's default: 128."""


class HybridLearnedFields(TransformerFields, HybridLearnedModelFields, MapperFields, total=False):
    """Fields of HybridModelConfig and of its TransformerConfig."""

    hybrid_layer_pattern: str | None
    """The mapper's, which the caller may say in another form (layer pattern). The layers of a hybrid model, one symbol
    each: without it the model has none. Megatron's default: None."""


class HybridMLAFields(MLATransformerFields, HybridModelFields, MapperFields, total=False):
    """Fields of HybridModelConfig and of its MLATransformerConfig."""

    hybrid_layer_pattern: str | None
    """The mapper's, which the caller may say in another form (layer pattern). The layers of a hybrid model, one symbol
    each: without it the model has none. Megatron's default: None."""


class AnyFields(HybridMLAFields, PositionFields, total=False):
    """Fields of any target, for a config whose class only run time knows."""

    scatter_embedding_sequence_parallel: bool
    """The caller's (tensor-parallel communication). How the embedding's output is spread with sequence parallelism, and
    the settings file of tp_comm_overlap. Megatron's default: True."""
    tp_comm_overlap_cfg: str | dict[str, Any] | None
    """The caller's (tensor-parallel communication). How the embedding's output is spread with sequence parallelism, and
    the settings file of tp_comm_overlap. Megatron's default: None."""
    transformer_layer_spec: ModuleSpec | Callable[[GPTModelConfig], ModuleSpec] | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses from the config,
    which are outside the mapper's promise, and an option of ModelOpt's layers. Megatron's default: None."""
    use_arbitrary_attention_mask: bool | None
    """The caller's (layer specs). Layers of the caller's own instead of those that Megatron chooses from the config,
    which are outside the mapper's promise, and an option of ModelOpt's layers. Megatron's default: None."""
