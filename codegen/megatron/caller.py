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
)
