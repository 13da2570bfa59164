"""The cases of `test_parallel.py`: a config, and how its caller spreads the model over two processes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tests.families import PROOFS
from tests.families.proof import Keywords
from tests.numerics.cases import Case
from tests.selection import draw

WORLD = 2


@dataclass(frozen=True)
class ParallelCase:
    """A Hugging Face config, and how its caller spreads the model over two processes."""

    family: str
    name: str
    caller: Keywords
    changes: Keywords = dataclasses.field(default_factory=dict[str, Any])
    stages: tuple[int, ...] = ()
    """How many layers each stage must have, in the order in which the stages compute; empty without a pipeline."""
    error: str = ""
    """Part of what must be raised; empty where the case must run."""

    def case(self) -> Case:
        return Case(self.family, self.name, {**PROOFS[self.family].base, **self.changes})

    def __str__(self) -> str:
        return f"{self.family}-{self.name}"


TP: Keywords = {"tensor_model_parallel_size": 2}
# Megatron trains experts on split tensors only with sequences split, too.
TP_SP: Keywords = {**TP, "sequence_parallel": True}
PP: Keywords = {"pipeline_model_parallel_size": 2, "pipeline_dtype": torch.float32}
CP: Keywords = {"context_parallel_size": 2}
EP: Keywords = {"expert_model_parallel_size": 2}
BIASES: Keywords = {"attention_bias": True, "mlp_bias": True}
YARN: Keywords = PROOFS["llama"].cases["rope_yarn_mscales"]
LLAMA3: Keywords = PROOFS["llama"].cases["rope_llama3"]
WINDOW: Keywords = {"norm_topk_prob": True, "use_sliding_window": True, "sliding_window": 5}
TIED: Keywords = {"tie_word_embeddings": True}

LATENT: Keywords = {"moe_latent_size": 20}
SOME_ROPES: Keywords = {"no_rope_layers": [1, 1, 0]}

CASES: tuple[ParallelCase, ...] = (
    ParallelCase("llama", "tp", TP),
    ParallelCase("llama", "tp_sp", TP_SP),
    ParallelCase("llama", "tp_biases", TP, BIASES),
    ParallelCase("llama", "tp_tied_yarn", TP, {**TIED, **YARN}),
    ParallelCase("llama", "tp_no_groups_llama3", TP, {"num_key_value_heads": 4, **LLAMA3}),
    # Both ranks hold the one key and value, and split its queries.
    ParallelCase("llama", "tp_one_group", TP, {"num_key_value_heads": 1}),
    ParallelCase("llama", "pp_even", PP, {"num_hidden_layers": 4}, (2, 2)),
    ParallelCase("llama", "pp_first", {**PP, "num_layers_in_first_pipeline_stage": 1}, {}, (1, 2)),
    ParallelCase("llama", "pp_last", {**PP, "num_layers_in_last_pipeline_stage": 1}, YARN, (2, 1)),
    ParallelCase("llama", "pp_layout", {**PP, "pipeline_model_parallel_layout": "Et|ttL"}, LLAMA3, (1, 2)),
    ParallelCase("llama", "pp_tied", {**PP, "num_layers_in_first_pipeline_stage": 1}, TIED, (1, 2)),
    ParallelCase(
        "llama",
        "pp_virtual",
        {**PP, "virtual_pipeline_model_parallel_size": 2},
        {"num_hidden_layers": 4},
        (1, 1, 1, 1),
    ),
    ParallelCase("qwen3_moe", "tp_sp", TP_SP),
    ParallelCase("qwen3_moe", "tp_sp_normalised_window", TP_SP, WINDOW),
    ParallelCase("qwen3_moe", "ep", EP),
    ParallelCase("qwen3_moe", "ep_normalised", EP, {"norm_topk_prob": True}),
    ParallelCase("qwen3_moe", "tp_sp_ep", {**TP_SP, **EP, "expert_tensor_parallel_size": 1}, {"mlp_only_layers": [1]}),
    # Layers with and without experts on both stages; four of them, of which each rank computes every other.
    ParallelCase(
        "qwen3_moe",
        "pp_virtual_layout",
        {**PP, "pipeline_model_parallel_layout": "Et|t|tt|tL"},
        {"num_hidden_layers": 5, "mlp_only_layers": [1]},
        (1, 1, 2, 1),
    ),
    ParallelCase(
        "qwen3_moe",
        "pp_layout_dense_layers",
        {**PP, "pipeline_model_parallel_layout": "Ettt|ttL"},
        {"num_hidden_layers": 5, "decoder_sparse_step": 2, "mlp_only_layers": [3]},
        (3, 2),
    ),
    ParallelCase("deepseek_v3", "tp_sp", TP_SP),
    ParallelCase("deepseek_v3", "tp_sp_yarn", TP_SP, PROOFS["deepseek_v3"].cases["rope_yarn_mscales"]),
    ParallelCase("deepseek_v3", "ep", EP, {"n_shared_experts": 2}),
    ParallelCase("deepseek_v3", "pp_first", {**PP, "num_layers_in_first_pipeline_stage": 2}, {}, (2, 1)),
    ParallelCase("deepseek_v3", "pp_layout", {**PP, "pipeline_model_parallel_layout": "Et|ttL"}, {}, (1, 2)),
    ParallelCase("nemotron_h", "tp_sp", TP_SP),
    ParallelCase("nemotron_h", "tp_dense", TP, {"hybrid_override_pattern": "M-M*-"}),
    ParallelCase("nemotron_h", "ep", EP),
    ParallelCase("nemotron_h", "pp", {**PP, "hybrid_layer_pattern": "M-M|*E"}, {}, (3, 2)),
    ParallelCase(
        "nemotron_h",
        "pp_even",
        {**PP, "hybrid_layer_pattern": "ME*|M-E"},
        {"hybrid_override_pattern": "ME*M-E"},
        (3, 3),
    ),
    ParallelCase(
        "nemotron_h",
        "pp_virtual",
        {**PP, "hybrid_layer_pattern": "M|-|M*|E", "virtual_pipeline_model_parallel_size": 2},
        {},
        (1, 1, 2, 1),
    ),
    ParallelCase("nemotron_h", "ep_latent", EP, LATENT),
    ParallelCase("nemotron_h", "tp_sp_ep", {**TP_SP, **EP, "expert_tensor_parallel_size": 1}),
    # Lists by layer, of which every stage must take its own part: windows, rope, experts, attention with a state.
    ParallelCase("gpt_oss", "pp_last", {**PP, "num_layers_in_last_pipeline_stage": 1}, {}, (2, 1)),
    ParallelCase("smollm3", "pp_first", {**PP, "num_layers_in_first_pipeline_stage": 1}, SOME_ROPES, (1, 2)),
    ParallelCase("cwm", "pp_layout", {**PP, "pipeline_model_parallel_layout": "Et|ttL"}, {}, (1, 2)),
    ParallelCase("glm4_moe", "pp_first", {**PP, "num_layers_in_first_pipeline_stage": 1}, {}, (1, 2)),
    ParallelCase("qwen3_next", "pp_last", {**PP, "num_layers_in_last_pipeline_stage": 1}, {}, (2, 1)),
    # What is made or multiplied beside the layers: positions on the first stage, logits on the last.
    ParallelCase("gpt2", "pp_first", {**PP, "num_layers_in_first_pipeline_stage": 1}, {}, (1, 2)),
    ParallelCase("granite", "pp_last", {**PP, "num_layers_in_last_pipeline_stage": 1}, {}, (2, 1)),
    # What is split beside heads and experts: sinks, biases of experts, gates, norms of heads, states.
    # Megatron splits no expert that has a bias.
    ParallelCase("gpt_oss", "tp_sp", {**TP_SP, "expert_tensor_parallel_size": 1}),
    ParallelCase("gpt_oss", "ep", EP),
    ParallelCase("gpt2", "tp_sp", TP_SP),
    ParallelCase("granite", "tp", TP),
    ParallelCase("qwen3", "tp", TP),
    ParallelCase("qwen2_moe", "tp_sp", TP_SP),
    ParallelCase("qwen2_moe", "ep", EP),
    ParallelCase("qwen3_next", "tp_sp", TP_SP),
    ParallelCase("qwen3_5_text", "tp", TP),
    ParallelCase("bamba", "tp", TP),
)

NOT_ON_CPU: tuple[ParallelCase, ...] = (
    # It makes numbers of tokens plain where they come from a GPU, and nowhere else.
    ParallelCase(
        "qwen3_moe",
        "ep_alltoall",
        {**EP, "moe_token_dispatcher_type": "alltoall"},
        error="TypeError: all_to_all_single(): incompatible function arguments",
    ),
    # A package of GPU kernels.
    ParallelCase(
        "qwen3_moe",
        "ep_flex",
        {**EP, "moe_token_dispatcher_type": "flex"},
        error="ImportError: DeepEP is not installed",
    ),
    ParallelCase(
        "deepseek_v3",
        "ep_shared_expert_overlap",
        {**EP, "moe_shared_expert_overlap": True},
        error="ValueError: moe_shared_expert_overlap only works with alltoall or flex",
    ),
    ParallelCase("llama", "cp", CP, error="AssertionError: Context parallelism is only supported by TEDotProduct"),
    ParallelCase(
        "deepseek_v3", "cp", CP, error="AssertionError: Context parallelism is only supported by TEDotProduct"
    ),
    # Not a matter of the CPU: Megatron wants it so, which is why the cases above have sequence_parallel.
    ParallelCase("qwen3_moe", "tp", TP, error="ValueError: During training, performance may degrade if MoE and tensor"),
    # The harness's stand-in for Transformer Engine's duplicated linear layer is one for a single rank.
    ParallelCase("nemotron_h", "tp_sp_latent", TP_SP, LATENT, error="RuntimeError: mm: mat1 and mat2 shapes"),
)
"""What cannot run on CPUs, and how it is refused.

Not tried, because it needs what no CPU has: grouped matrix products and fused kernels of Transformer Engine, fp8, CUDA
graphs, `tp_comm_overlap` (read by Transformer Engine's layers only), and context parallelism of Mamba layers (their
kernels here stand for one part of the sequence).
"""


def drawn(cases: Sequence[ParallelCase], count: int) -> tuple[ParallelCase, ...]:
    """Of a slice, a case for each way to spread a model, and `count` more."""
    return draw(cases, count, "processes", kinds=lambda case: case.caller)
