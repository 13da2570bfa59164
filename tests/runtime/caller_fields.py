"""What callers pass: legal fields of Megatron, alone and in combinations that belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import torch
from megatron.core.transformer.enums import AttnBackend

from tests.selection import draw

Fields = Mapping[str, Any]

BF16: Fields = {"pipeline_model_parallel_size": 2, "bf16": True, "pipeline_dtype": torch.bfloat16}
OVERLAP: Fields = {"overlap_moe_expert_parallel_comm": True, "expert_model_parallel_size": 2, "bf16": True}
SELECTIVE: Fields = {"recompute_granularity": "selective"}
FLASH: Fields = {"attention_backend": AttnBackend.flash, "flash_attention_version": 3}
ALLTOALL: Fields = {"moe_token_dispatcher_type": "alltoall"}

PARALLEL: list[Fields] = [
    {"tensor_model_parallel_size": 2},
    {"tensor_model_parallel_size": 2, "sequence_parallel": True},
    {"tensor_model_parallel_size": 2, "sequence_parallel": True, "tp_comm_overlap": True},
    {"expert_tensor_parallel_size": 1},
    {"expert_model_parallel_size": 2},
    {"context_parallel_size": 2},
    {"context_parallel_size": 2, "cp_comm_type": "a2a"},
    {"pipeline_model_parallel_size": 2},
    BF16,
    BF16 | {"virtual_pipeline_model_parallel_size": 2},
    BF16 | {"num_layers_in_first_pipeline_stage": 1},
    BF16 | {"account_for_embedding_in_pipeline_split": True, "account_for_loss_in_pipeline_split": True},
    BF16 | {"pipeline_model_parallel_layout": "Ettt|tL"},
    BF16 | {"pipeline_model_parallel_layout": [["embedding", *["decoder"] * 3], ["decoder", "loss"]]},
    BF16 | {"pipeline_model_parallel_layout": "Ettt|tmL", "mtp_num_layers": 1},
    BF16 | {"pipeline_model_parallel_layout": "Et*3|tm*2L", "mtp_num_layers": 2},
    BF16 | {"defer_embedding_wgrad_compute": True, "gradient_accumulation_fusion": True},
    {"variable_seq_lengths": True},
    {"variable_seq_lengths": True} | ALLTOALL,
]
MEMORY: list[Fields] = [
    {"recompute_granularity": "full", "recompute_method": "uniform", "recompute_num_layers": 1},
    SELECTIVE,
    SELECTIVE | {"recompute_modules": ["mlp", "moe", "layernorm", "shared_experts"]},
    SELECTIVE | {"recompute_modules": ["mla_up_proj"]},
    SELECTIVE | {"recompute_modules": ["moe_act"]},
    SELECTIVE | {"recompute_modules": ["moe_act"], "moe_grouped_gemm": True},
    {"cpu_offloading": True, "cpu_offloading_num_layers": 1},
    {"fine_grained_activation_offloading": True, "offload_modules": ["core_attn"]},
    {"fine_grained_activation_offloading": True, "offload_modules": ["moe_act", "expert_fc1"]},
]
PRECISION: list[Fields] = [
    {"bf16": True},
    {"fp16": True},
    {"params_dtype": torch.float16},
    {"bf16": True, "params_dtype": torch.bfloat16},
    {"bf16": True, "fp16": True},
    {"fp32_residual_connection": True},
    {"apply_query_key_layer_scaling": True},
    {"fp8": "hybrid"},
    {"fp8": "e4m3", "fp8_recipe": "mxfp8"},
    {"fp8": "hybrid", "fp8_recipe": "tensorwise", "first_last_layers_bf16": True},
    {"fp8": "hybrid", "fp8_param": True},
    {"fp8": "hybrid", "moe_router_padding_for_quantization": True},
    {"fp8": "hybrid", "moe_router_padding_for_quantization": True} | ALLTOALL,
    {"fp4": "e2m1"},
]
EXPERTS: list[Fields] = [
    {"moe_token_dispatcher_type": "allgather"},
    ALLTOALL,
    {"moe_token_dispatcher_type": "flex"},
    {"moe_token_dispatcher_type": "flex", "moe_flex_dispatcher_backend": "hybridep"},
    {"moe_token_dispatcher_type": "flex", "moe_flex_dispatcher_backend": "ncclep"},
    {"moe_flex_dispatcher_backend": "ncclep"},
    *(
        {"moe_router_load_balancing_type": kind}
        for kind in ("aux_loss", "seq_aux_loss", "global_aux_loss", "none", "sinkhorn", "quantile_balancing")
    ),
    {"moe_router_load_balancing_type": ["aux_loss", "seq_aux_loss"], "moe_aux_loss_coeff": [1e-3, 1e-2]},
    {"moe_router_load_balancing_type": ["aux_loss"]},
    {"moe_aux_loss_coeff": [1e-3]},
    {"moe_aux_loss_coeff": 0.0},
    {"moe_expert_capacity_factor": 1.0},
    {"moe_expert_capacity_factor": 1.0, "moe_pad_expert_input_to_capacity": True},
    {"moe_expert_capacity_factor": -1.0},
    {"moe_router_dtype": None},
    {"moe_router_fusion": True},
    {"moe_input_jitter_eps": 1e-2},
    {"moe_grouped_gemm": False},
    {"moe_grouped_gemm": True},
    {"moe_permute_fusion": False},
    {"moe_shared_expert_overlap": True},
    {"moe_shared_expert_overlap": True} | ALLTOALL,
    OVERLAP,
    OVERLAP | ALLTOALL,
    OVERLAP | ALLTOALL | {"delay_wgrad_compute": True},
]
KERNELS: list[Fields] = [
    {"transformer_impl": "local"},
    {"transformer_impl": "transformer_engine"},
    {"transformer_impl": "inference_optimized"},
    {"transformer_impl": "inference_optimized", "expert_tensor_parallel_size": 1},
    {"deterministic_mode": True},
    {"batch_invariant_mode": True} | FLASH,
    {"batch_invariant_mode": True, "attention_dropout": 0.0} | FLASH,
    {"use_te_activation_func": True},
    {"use_transformer_engine_op_fuser": True},
    *({name: value} for name in ("bias_activation_fusion", "bias_dropout_fusion") for value in (True, False)),
    *({name: value} for name in ("apply_rope_fusion", "gradient_accumulation_fusion") for value in (True, False)),
    {"persist_layer_norm": True},
    {"masked_softmax_fusion": False},
    {"memory_efficient_layer_norm": True},
    {"fused_single_qkv_rope": True},
    {"fused_residual_rmsnorm": True},
    {"activation_func_fp8_input_store": True},
    {"flash_decode": True},
    {"cross_entropy_fusion_impl": "te"},
    {"cross_entropy_loss_fusion": True},
    *({"cuda_graph_impl": kind} for kind in ("local", "transformer_engine", "full_iteration")),
    *(
        {"cuda_graph_impl": kind, "cuda_graph_modules": modules}
        for kind in ("local", "transformer_engine")
        for modules in (["attn"], ["moe_router"], ["moe_router", "moe_preprocess"], ["mlp"], ["moe"])
    ),
]
OTHER: list[Fields] = [
    {"mtp_num_layers": None},
    {"mtp_num_layers": 1},
    {"mtp_num_layers": 2},
    {"hidden_dropout": 0.1},
    {"attention_dropout": 0.1},
    {"init_method_std": 0.1, "embedding_init_method_std": 0.5},
    {"use_cpu_initialization": True},
    {"seq_length": 64},
    {"should_pad_vocab": False},
    {"make_vocab_size_divisible_by": 64},
    {"calculate_per_token_loss": True},
]
ALL = [*PARALLEL, *MEMORY, *PRECISION, *EXPERTS, *KERNELS, *OTHER]


SOME_PAIRS = 400
"""Of more than seven thousand."""


def choices(about: str) -> Iterator[dict[str, Any]]:
    """Every entry alone, and every two that do not contradict each other; of a slice, some of these."""
    for fields in ALL:
        yield dict(fields)
    for first, second in draw(combinations(ALL, 2), SOME_PAIRS, f"pairs of fields for {about}"):
        if all(first[name] == second[name] for name in first.keys() & second.keys()):
            yield {**first, **second}
