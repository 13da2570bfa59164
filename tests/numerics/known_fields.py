"""What is known of Megatron's fields before `test_owners.py` tries them, and the models with which it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import torch
from megatron.core.transformer.enums import AttnBackend

from tests.families.ropes import yarn
from tests.numerics.perturbations import Setting

# Dense, experts, latent attention, hybrid: all fields are tried on each of them.
ARCHETYPES = tuple(map(Setting, ("llama", "qwen3_moe", "deepseek_v3", "nemotron_h")))


class Kind(Enum):
    """Why a field that is not architecture is listed."""

    FUNCTION = "changes the function when the caller asks"
    ROUNDING = "computes in another precision"
    PARAMETERS = "changes what is stored beside the model's own parameters, or how far they are padded"
    PROCESSES = "needs more processes"
    RAISES = "cannot be tried on a CPU: raises"
    ELSEWHERE = "cannot be tried on a CPU: what it changes exists only in a GPU's layers"


@dataclass(frozen=True)
class Listed:
    kind: Kind
    fields: tuple[str, ...]
    why: str
    raises: str = ""
    """How the error begins, with `RAISES`."""


LISTED: tuple[Listed, ...] = (
    Listed(Kind.FUNCTION, ("hidden_dropout", "attention_dropout"), "dropout, in training"),
    Listed(Kind.FUNCTION, ("moe_router_load_balancing_type",), '"sinkhorn" and "quantile_balancing" choose otherwise'),
    Listed(Kind.FUNCTION, ("moe_expert_capacity_factor", "moe_token_drop_policy"), "drops tokens, or other ones"),
    Listed(Kind.FUNCTION, ("moe_input_jitter_eps",), "noise on the router's input, in eval mode too"),
    Listed(Kind.FUNCTION, ("moe_router_force_load_balancing", "moe_router_force_biased"), "random routing, for tests"),
    Listed(Kind.FUNCTION, ("bias_activation_fusion",), "its GELU is the tanh approximation"),
    Listed(Kind.ROUNDING, ("params_dtype", "moe_router_dtype"), "the precision of the weights, of the router's scores"),
    Listed(Kind.PARAMETERS, ("mtp_num_layers", "mtp_use_repeated_layer"), "heads beside the model"),
    Listed(Kind.PARAMETERS, ("should_pad_vocab", "make_vocab_size_divisible_by"), "rows that pad the vocabulary"),
    Listed(Kind.PARAMETERS, ("seq_length",), "the height of learned positions, for which a family must decide it"),
    Listed(
        Kind.PROCESSES,
        (
            "tensor_model_parallel_size",
            "pipeline_model_parallel_size",
            "virtual_pipeline_model_parallel_size",
            "context_parallel_size",
            "expert_model_parallel_size",
            "expert_tensor_parallel_size",
        ),
        "spreads the model over processes",
    ),
    Listed(
        Kind.PROCESSES,
        (
            "sequence_parallel",
            "defer_embedding_wgrad_compute",
            "overlap_moe_expert_parallel_comm",
            "delay_wgrad_compute",
            "ep_overlap_early_attn_memory_release",
        ),
        "raises in a model that is not spread",
    ),
    Listed(Kind.RAISES, ("bf16",), "says what params_dtype says, and is decided with it", "TypeError: bf16="),
    Listed(Kind.RAISES, ("fp16",), "the same", "TypeError: fp16="),
    Listed(Kind.RAISES, ("pipeline_dtype",), "follows from both", "TypeError: pipeline_dtype="),
    Listed(Kind.RAISES, ("moe_permute_fusion",), "TE", "ValueError: fused permutation is not available"),
    Listed(Kind.RAISES, ("apply_rope_fusion",), "TE", "ValueError: apply_rope_fusion is not available"),
    Listed(Kind.RAISES, ("persist_layer_norm",), "Apex", "AssertionError: persist_layer_norm not supported"),
    Listed(Kind.RAISES, ("memory_efficient_layer_norm",), "Apex", "AssertionError: memory_efficient_layer_norm not"),
    Listed(Kind.RAISES, ("gradient_accumulation_fusion",), "Apex", "RuntimeError: ColumnParallelLinear was called"),
    Listed(Kind.RAISES, ("symmetric_ar_type",), "TE", "AssertionError: Must have at least TE version 2.3"),
    Listed(Kind.RAISES, ("overlap_dispatch_backward_with_experts_wgrad",), "TE", "AssertionError: TE version >= 2.3.0"),
    Listed(Kind.RAISES, ("batch_invariant_mode",), "flash attention", "AssertionError: Batch invariant mode"),
    Listed(Kind.RAISES, ("moe_expert_rank_capacity_factor",), "the flex dispatcher", "ValueError: moe_expert_rank_cap"),
    Listed(Kind.RAISES, ("moe_paged_stash",), "the same", "ValueError: moe_paged_stash requires"),
    Listed(
        Kind.RAISES,
        ("moe_single_grouped_weight", "moe_single_grouped_bias"),
        "TE; it stores all experts as one parameter",
        "ValueError: moe_single_grouped_weight and moe_single_grouped_bias require transformer-engine",
    ),
    Listed(Kind.RAISES, ("cpu_offloading",), "TE", "AssertionError: CPU Offloading is enabled when TE is not present"),
    Listed(Kind.RAISES, ("moe_router_fusion",), "TE", "ValueError: fused_topk_with_score_function is not available"),
    Listed(Kind.RAISES, ("fused_single_qkv_rope",), "TE", "AssertionError: fused_single_qkv_rope requested"),
    Listed(Kind.RAISES, ("use_te_activation_func",), "TE, whose GELU is the tanh approximation", "RuntimeError: mm"),
    Listed(Kind.RAISES, ("use_grouped_gemm_for_shared_expert",), "TE", "RuntimeError: FusedSharedExpertMLP requires"),
    Listed(Kind.RAISES, ("mamba_training_ssm_states_dtype",), "a new mamba_ssm", "RuntimeError: mamba_training_ssm_st"),
    Listed(Kind.RAISES, ("use_kitchen",), "the package nvidia-kitchen", "AssertionError"),
    Listed(Kind.RAISES, ("restore_modelopt_state",), "TE", "ImportError: Transformer-Engine is not installed"),
    Listed(Kind.RAISES, ("cache_mla_latents",), "an inference kernel", "TypeError: 'NoneType' object is not callable"),
    Listed(Kind.RAISES, ("inference_fuse_tp_communication",), "TE", "AssertionError: inference_fuse_tp_communication"),
    Listed(Kind.RAISES, ("inference_disable_triton_nvls_kernels",), "TE", "AssertionError: inference_disable_triton"),
    Listed(
        Kind.RAISES, ("moe_router_padding_for_quantization",), "fp8 experts", "ValueError: fp8/fp4 must be specified"
    ),
    # An error of upstream's: it copies the process groups that modules get, which cannot be copied anywhere.
    Listed(Kind.RAISES, ("config_logger_dir",), "an error of upstream's", "TypeError: cannot pickle"),
    Listed(Kind.ELSEWHERE, ("transformer_impl",), "the same layers, and names of their own for norms and experts"),
    Listed(Kind.ELSEWHERE, ("moe_grouped_gemm", "mla_down_proj_fusion"), "TE's layers pack parameters"),
    Listed(Kind.ELSEWHERE, ("moe_shared_expert_overlap",), "raises with shared experts and this dispatcher"),
    Listed(Kind.ELSEWHERE, ("masked_softmax_fusion",), "raises in 16 bits, in which alone it acts"),
    Listed(Kind.ELSEWHERE, ("fp8", "fp4", "quant_recipe", "use_kitchen_attention"), "TE's layers quantize"),
    Listed(Kind.ELSEWHERE, ("cuda_graph_impl",), "nothing is captured"),
)

# Fields that only act, or only build, together with others.
TOGETHER: tuple[Setting, ...] = (
    Setting(
        "llama",
        only=frozenset({"bias_activation_fusion", "use_te_activation_func"}),
        huggingface={"hidden_act": "gelu"},
    ),
    Setting(
        "qwen3_moe",
        only=frozenset({"moe_token_drop_policy", "moe_pad_expert_input_to_capacity"}),
        caller={"moe_expert_capacity_factor": 0.5},
    ),
    Setting(
        "qwen2",
        only=frozenset(
            {"mtp_use_repeated_layer", "mtp_loss_scaling_factor", "mtp_detach_heads", "mtp_grad_scale_func"}
            | {"calculate_per_token_loss", "cross_entropy_loss_fusion", "fp16_lm_cross_entropy", "parallel_output"}
        ),
        caller={"mtp_num_layers": 2},
        labels=True,
    ),
    Setting(
        "llama",
        only=frozenset({"recompute_granularity", "recompute_method", "recompute_num_layers"})
        | {"distribute_saved_activations"},
        caller={"recompute_granularity": "full", "recompute_method": "uniform", "recompute_num_layers": 1},
    ),
    Setting("deepseek_v3", only=frozenset({"recompute_modules"}), caller={"recompute_granularity": "selective"}),
    Setting(
        "llama",
        only=frozenset({"attention_softmax_in_fp32", "masked_softmax_fusion", "apply_query_key_layer_scaling"}),
        caller={"params_dtype": torch.bfloat16},
    ),
    Setting("qwen3_moe", only=frozenset({"moe_router_dtype"}), caller={"params_dtype": torch.bfloat16}),
    Setting(
        "llama",
        only=frozenset({"init_method_std", "init_method", "output_layer_init_method", "embedding_init_method"}),
        caller={"perform_initialization": True},
    ),
    Setting("llama", only=frozenset({"fp8_param", "fp8_recipe"}), caller={"fp8": "hybrid"}),
    Setting("llama", only=frozenset({"fp8_output_proj"}), caller={"fp8": "hybrid", "fp8_recipe": "mxfp8"}),
    Setting("llama", only=frozenset({"fp4_param"}), caller={"fp4": "e2m1"}),
    Setting("llama", only=frozenset({"activation_func_fp8_input_store"}), caller={"bias_activation_fusion": True}),
    Setting("llama", only=frozenset({"batch_invariant_mode"}), caller={"attention_backend": AttnBackend.flash}),
    Setting("llama", only=frozenset({"variable_seq_lengths"}), caller={"moe_token_dispatcher_type": "alltoall"}),
    Setting(
        "llama",
        only=frozenset({"overlap_p2p_comm_warmup_flush"}),
        caller={"overlap_p2p_comm": True, "batch_p2p_comm": False},
    ),
    Setting(
        "qwen3_moe",
        only=frozenset({"moe_single_grouped_weight", "moe_single_grouped_bias"}),
        caller={"moe_grouped_gemm": True},
    ),
    Setting(
        "qwen3_moe",
        only=frozenset({"fine_grained_activation_offloading"}),
        caller={"offload_modules": ["expert_fc1"]},
    ),
    Setting("llama", only=frozenset({"seq_length"}), decided={"position_embedding_type": "learned_absolute"}),
)

DELTA_NET = {
    "linear_attention_freq": 2,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
}
ARCHITECTURE_TOGETHER: tuple[Setting, ...] = (
    Setting(
        "qwen3_moe",
        only=frozenset({"window_attn_skip_freq"}),
        huggingface={"use_sliding_window": True, "sliding_window": 5},
    ),
    Setting(
        "llama",
        only=frozenset({"mrope_section"}),
        decided={"position_embedding_type": "mrope", "mrope_section": [6, 3, 3]},
    ),
    Setting("llama", only=frozenset({"rope_scaling_factor"}), decided={"rope_scaling": True}),
    Setting(
        "llama",
        only=frozenset({*DELTA_NET, "linear_conv_kernel_dim", "experimental_attention_variant"}),
        decided={"experimental_attention_variant": "gated_delta_net", **DELTA_NET},
    ),
    Setting(
        "deepseek_v3",
        only=frozenset({"rotary_scaling_factor", "original_max_position_embeddings", "beta_fast", "beta_slow"})
        | {"mscale", "mscale_all_dim", "rope_type"},
        huggingface=yarn(mscale=1.0, mscale_all_dim=0.5),
    ),
    Setting(
        "llama",
        only=frozenset({"mup_base_hidden_size", "mup_embedding_mult", "mup_output_mult"})
        | {"mup_base_head_dim", "mup_attn_scale_power"},
        decided={"use_mup": True},
    ),
    Setting("qwen3_moe", only=frozenset({"moe_apply_probs_on_input"}), huggingface={"num_experts_per_tok": 1}),
    Setting(
        "nemotron_h",
        only=frozenset({"num_attention_heads", "kv_channels", "add_qkv_bias", "softmax_scale", "softmax_type"})
        | {"window_size", "qk_layernorm", "position_embedding_type", "num_moe_experts", "moe_router_topk", "use_mup"},
        huggingface={"hybrid_override_pattern": "M-"},
    ),
    Setting(
        "nemotron_h",
        only=frozenset({"ffn_hidden_size", "mamba_num_heads", "mamba_head_dim", "mamba_state_dim", "moe_layer_freq"}),
        huggingface={"hybrid_override_pattern": "*E"},
    ),
    Setting(
        "qwen3_moe",
        only=frozenset({"ffn_hidden_size", "num_moe_experts", "moe_ffn_hidden_size", "moe_router_topk"}),
        huggingface={"mlp_only_layers": [0, 1]},
    ),
    Setting("llama", only=frozenset({"add_qkv_bias"}), decided={"add_bias_linear": True}),
    Setting(
        "llama",
        only=frozenset({"rotary_base", "rotary_percent", "rotary_interleaved", "no_rope_freq", "rope_scaling"}),
        decided={"position_embedding_type": "none"},
    ),
)

ARCHITECTURE_LISTED: Mapping[str, str] = {
    "is_hybrid_model": "initialisation only: scales it by the number of layers, which hybrid models count otherwise",
    "apply_residual_connection_post_layernorm": "dead; architecture so that nobody asks for it in vain",
    "moe_mlp_glu_interleave_size": "read only by TE's grouped experts",
    **{
        f"dsa_indexer_{name}": "read only by the sparse attention, which cannot be built without TE's linear layers"
        for name in (
            *("n_heads", "head_dim", "topk", "topk_freq", "skip_topk_offset", "rope_interleaved"),
            *("rotate_activation", "scoring_relu", "k_norm_epsilon"),
        )
    },
}

TOLD_THOUGH_SAME: Mapping[str, str] = {
    "apply_residual_connection_post_layernorm": "asks for a model that Megatron does not compute, and gets another",
    "vocab_size": "the model is the same but for rows that pad it",
    "num_layers": "of a hybrid model it counts the symbols of the pattern, and is wrong where it does not",
    "num_query_groups": "latent attention without Transformer Engine does not read it",
    "qk_l2_norm": "layers without Transformer Engine do not read it",
    "moe_mlp_glu_interleave_size": "read only by TE's grouped experts",
    "multi_latent_attention": "a hybrid pattern says it; here that builds no rope, which this model has not",
    "heterogeneous_block_specs": "raises in any but hybrid models",
    "beta_fast": "so small a head does not turn by the difference",
    "beta_slow": "so small a head does not turn by the difference",
    "rotary_percent": "more than 1 is no share of a head; Megatron turns all of it then",
}
"""Fields whose difference is told where a model this small, and on a CPU, computes the same."""
