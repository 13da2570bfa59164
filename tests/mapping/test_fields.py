"""Single values: what becomes of each field.

Logits do not see everything that a mapper decides: how training starts, what it adds to the loss, in which numbers and
on which lengths it computes, how many layers a hybrid model says it has. And they see a number only where it differs
from the others of its model. So every value is here that `tests.mutants` could change without another test noticing.
"""

from __future__ import annotations

import dataclasses

import pytest
import torch
from megatron.core import utils
from megatron.core.activations import fast_gelu, squared_relu
from megatron.core.fusions.fused_bias_geglu import quick_gelu
from megatron.core.models.common.embeddings import rope_utils
from megatron.core.transformer.moe import moe_utils
from packaging.version import Version
from torch.nn.functional import gelu, relu, silu

from mcore_mappers_runtime import kernels
from tests.mapping.distinct import EVERYTHING, LLAMA3, YARN, YARN_ALL, Row, Values, megatron

# --- One value --------------------------------------------------------------------------------------------------------

BF16: Values = {"params_dtype": torch.bfloat16, "pipeline_dtype": torch.bfloat16, "bf16": True, "fp16": False}
FP16: Values = {"params_dtype": torch.float16, "pipeline_dtype": torch.float16, "bf16": False, "fp16": True}
FP32: Values = {"params_dtype": torch.float32, "pipeline_dtype": torch.float32, "bf16": False, "fp16": False}
DENSE = {"layers_block_type": ["linear_attention", "mlp"] * 2}
ONLY_MTP = {**DENSE, "num_nextn_predict_layers": 1}

ACTIVATIONS = {
    "silu": silu,
    "swish": silu,
    "gelu": gelu,
    "gelu_python": gelu,
    "gelu_pytorch_tanh": fast_gelu,
    "gelu_new": fast_gelu,
    "gelu_fast": fast_gelu,
    "quick_gelu": quick_gelu,
    "relu": relu,
    "relu2": squared_relu,
}
NO_COEFFICIENT: Values = {"moe_router_load_balancing_type": "sinkhorn"}
PLAIN_ALPHA: Values = {"rope_type": "default", "rope_theta": 7001.0, "alpha": 1000.0}
LAYOUT: Values = {"pipeline_model_parallel_layout": "Et*2|t*2mL", "pipeline_model_parallel_size": 2}

SINGLE: tuple[Row, ...] = (
    Row("granitemoehybrid", {"router_aux_loss_coef": 0.0}, {"moe_aux_loss_coeff": 0.0}),
    Row("deepseek_v32", {}, {"attention_dropout": 0.0}),
    # Of "dynamic" alone it makes another base.
    Row("hunyuan_v1_dense", {"rope_parameters": PLAIN_ALPHA}, {"rotary_base": 7001}),
    *(Row("llama", {"hidden_act": name}, {"activation_func": known}) for name, known in ACTIVATIONS.items()),
    *(Row("llama", {"dtype": name}, values) for name, values in (("float16", FP16), ("float32", FP32), (None, FP32))),
    *(
        Row(family, {"dtype": torch.bfloat16}, {**FP32, "hidden_dropout": 0.3, "seq_length": 7}, caller)
        for family in ("llama", "qwen3_moe", "deepseek_v3", "nemotron_h")
        for caller in [{"bf16": False, "hidden_dropout": 0.3, "seq_length": 7}]
    ),
    Row(
        "deepseek_v2",
        {"topk_method": "group_limited_greedy", "n_group": 2, "topk_group": 2, "num_experts_per_tok": 4},
        {"moe_router_num_groups": 2, "moe_router_group_topk": 2, "moe_router_topk": 4},
    ),
    Row("solar_open", {"moe_intermediate_size": 23, "n_shared_experts": 1}, {"ffn_hidden_size": 23}),
    Row("llama", {"tie_word_embeddings": True, "use_cache": False}, {"share_embeddings_and_output_weights": True}),
    Row("llama", {"attention_bias": True, "mlp_bias": True, "use_cache": False}, {"add_bias_linear": True}),
    Row("llama", {"head_dim": None, "num_key_value_heads": None}, {"kv_channels": 16, "num_query_groups": 4}),
    Row(
        "llama",
        {"rope_parameters": LLAMA3, "max_position_embeddings": 9000},
        {"rope_scaling": True, "rope_scaling_factor": 32.0, "rotary_base": 7001, "seq_len_interpolation_factor": None},
    ),
    *(
        Row(
            family,
            {"rope_parameters": YARN_ALL},
            {
                "position_embedding_type": "yarn",
                "rotary_base": 7001,
                "yarn_rotary_scaling_factor": 4.0,
                "yarn_original_max_position_embeddings": 32,
                "yarn_beta_fast": 20.0,
                "yarn_beta_slow": 2.0,
                "yarn_mscale": 0.7,
                "yarn_mscale_all_dim": 0.9,
                "yarn_correction_range_round_to_int": True,
            },
        )
        for family in ("llama", "qwen3_moe")
    ),
    # What transformers derives the factor from.
    *(
        Row(family, {"rope_parameters": {**YARN, "factor": None}}, {name: 4.0})
        for family, name in (
            ("llama", "yarn_rotary_scaling_factor"),
            ("qwen3_moe", "yarn_rotary_scaling_factor"),
            ("deepseek_v3", "rotary_scaling_factor"),
        )
    ),
    Row("qwen3_moe", {"tie_word_embeddings": True, "use_cache": False}, {"share_embeddings_and_output_weights": True}),
    Row("qwen3_moe", {"head_dim": 24}, {"kv_channels": 24}),
    Row("qwen3_moe", {"use_sliding_window": True, "sliding_window": 7}, {"window_size": (6, 0)}),
    Row("qwen3_moe", {"use_sliding_window": True, "sliding_window": None}, {"window_size": None}),
    Row("qwen3_moe", {"use_sliding_window": False, "sliding_window": 7}, {"window_size": None}),
    Row("qwen3_moe", {"norm_topk_prob": True, "use_cache": False}, {"moe_router_pre_softmax": False}),
    Row("qwen3_moe", {"norm_topk_prob": False, "output_router_logits": True}, {"moe_router_pre_softmax": True}),
    Row("qwen3_moe", {"decoder_sparse_step": 2, "mlp_only_layers": [3]}, {"moe_layer_freq": [0, 1, 0, 0]}),
    Row("qwen3_moe", {"decoder_sparse_step": 3, "mlp_only_layers": [0]}, {"moe_layer_freq": [0, 0, 1, 0]}),
    Row("qwen3_moe", {}, {"moe_router_load_balancing_type": "sinkhorn", "moe_aux_loss_coeff": 0.0}, NO_COEFFICIENT),
    Row("qwen3_moe", {}, {"moe_aux_loss_coeff": 0.5}, {"moe_aux_loss_coeff": 0.5}),
    *(
        Row(
            family,
            {},
            {"moe_router_load_balancing_type": chosen, "moe_aux_loss_coeff": value},
            {"moe_router_load_balancing_type": chosen},
        )
        for family, value in (("qwen3_moe", 0.001), ("deepseek_v3", 1e-4), ("nemotron_h", 1e-4))
        for chosen in ("aux_loss", "seq_aux_loss", "global_aux_loss")
    ),
    Row("deepseek_v3", {"tie_word_embeddings": True}, {"share_embeddings_and_output_weights": True}),
    Row("deepseek_v3", {"tie_word_embeddings": False}, {"share_embeddings_and_output_weights": False}),
    Row(
        "deepseek_v3",
        {"rope_parameters": {"rope_type": "default", "rope_theta": 7001.5}},
        {
            "rope_type": "rope",
            "rotary_base": 7001.5,
            "rotary_percent": 1.0,
            "rotary_scaling_factor": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 0.0,
        },
    ),
    Row("deepseek_v3", {"n_shared_experts": 0}, {"moe_shared_expert_intermediate_size": None}),
    Row("deepseek_v3", {"first_k_dense_replace": 0}, {"moe_layer_freq": [1, 1, 1, 1]}),
    Row("deepseek_v3", {"first_k_dense_replace": 7}, {"moe_layer_freq": [0, 0, 0, 0]}),
    Row("qwen2", {"num_nextn_predict_layers": 2}, {"mtp_num_layers": 2}),
    Row("deepseek_v3", {"num_mtp_layers": 0}, {"mtp_num_layers": None}),
    Row("deepseek_v3", {"num_mtp_layers": 3}, {"mtp_num_layers": 1}, LAYOUT),
    Row("deepseek_v3", {}, {"mtp_num_layers": None}, {"mtp_num_layers": None}),
    Row(
        "nemotron_h",
        {**DENSE, "num_experts_per_tok": 4, "routed_scaling_factor": 1.7, "n_group": 2, "topk_group": 2},
        {
            "moe_router_topk": 2,
            "moe_router_topk_scaling_factor": None,
            "hybrid_layer_pattern": "M-M-",
            "num_layers": 4,
            "num_moe_experts": None,
            "moe_ffn_hidden_size": None,
            "moe_shared_expert_intermediate_size": None,
            "moe_router_num_groups": None,
            "moe_router_group_topk": None,
            "add_bias_linear": False,
        },
    ),
    # No logits show these: a model without attention, and one that cannot be built on a CPU.
    Row("mamba2", {}, {"num_attention_heads": 6, "kv_channels": 16}),
    Row("glm_moe_dsa", {}, {"dsa_indexer_k_norm_epsilon": 1e-6}),
    Row("nemotron_h", {**DENSE, "mlp_bias": True}, {"add_bias_linear": True}),
    Row("nemotron_h", {"mlp_hidden_act": "silu"}, {"activation_func": silu, "gated_linear_unit": False}),
    Row("nemotron_h", {}, {"hybrid_layer_pattern": "ME|*-"}, {"hybrid_layer_pattern": "ME|*-"}),
    # Experts in a prediction layer only are not suggested, but the caller may ask for them.
    Row("nemotron_h", ONLY_MTP, {"hybrid_layer_pattern": "M-M-", "num_moe_experts": None, "mtp_num_layers": None}),
    Row(
        "nemotron_h",
        ONLY_MTP,
        {"hybrid_layer_pattern": "M-M-/*E", "num_moe_experts": 8, "moe_ffn_hidden_size": 32, "mtp_num_layers": 1},
        {"mtp_num_layers": 1},
    ),
    Row(
        "nemotron_h",
        {**DENSE, "num_nextn_predict_layers": 1, "mtp_layers_block_type": ["mlp"]},
        {"hybrid_layer_pattern": "M-M-/-", "num_moe_experts": None, "mtp_num_layers": 1},
    ),
    Row(
        "nemotron_h",
        {"num_nextn_predict_layers": 2},
        {"hybrid_layer_pattern": "ME*-/*E/*E", "mtp_num_layers": 2, "num_layers": 4},
    ),
    Row("nemotron_h", {"num_nextn_predict_layers": 2}, {"hybrid_layer_pattern": "ME*-"}, {"mtp_num_layers": None}),
    Row("nemotron_h", {"num_nextn_predict_layers": 2}, {"hybrid_layer_pattern": "ME*-/*E"}, {"mtp_num_layers": 1}),
)


@pytest.mark.parametrize("flipped", [False, True], ids=["", "other flags"])
@pytest.mark.parametrize("row", [*EVERYTHING, *SINGLE], ids=str)
def test_becomes(row: Row, flipped: bool) -> None:
    actual, _ = megatron(row, flipped=flipped)
    wrong = {
        name: (actual.get(name, "absent"), value)
        for name, value in row.expected.items()
        if actual.get(name, "absent") != value
    }
    assert not wrong, "field: (actual, expected)"


@pytest.mark.parametrize("row", EVERYTHING, ids=lambda row: row.family)
def test_provenance(row: Row) -> None:
    actual, deviations = megatron(row)
    said = actual["extra_checkpoint_metadata"]["mcore_mappers"]
    assert (said["family"], said["deviations"]) == (row.family, list(deviations))


# --- Kernels ----------------------------------------------------------------------------------------------------------

EVERYWHERE: Values = {"bias_dropout_fusion": True, "gradient_accumulation_fusion": True, "masked_softmax_fusion": True}
SILU: Values = {**EVERYWHERE, "bias_activation_fusion": True}
EXPERTS: Values = {"moe_permute_fusion": True, "moe_grouped_gemm": True, "moe_token_dispatcher_type": "alltoall"}
NO_EXPERTS: Values = {"moe_permute_fusion": False, "moe_grouped_gemm": False, "moe_token_dispatcher_type": "allgather"}
YARN_ROPE = {"rope_parameters": YARN}

KERNELS: tuple[Row, ...] = (
    Row("llama", {}, {**SILU, **NO_EXPERTS, "apply_rope_fusion": True}),
    Row("llama", YARN_ROPE, {**SILU, **NO_EXPERTS, "apply_rope_fusion": False}),
    Row("llama", {"hidden_act": "gelu"}, {**EVERYWHERE, "bias_activation_fusion": False}),
    Row("qwen3_moe", {}, {**SILU, **EXPERTS, "apply_rope_fusion": True}),
    Row("qwen3_moe", YARN_ROPE, {**SILU, **EXPERTS, "apply_rope_fusion": False}),
    Row("deepseek_v3", {}, {**SILU, **EXPERTS, "apply_rope_fusion": False}),
    Row(
        "nemotron_h",
        {},
        {**EVERYWHERE, **EXPERTS, "apply_rope_fusion": False, "use_fused_weighted_squared_relu": True},
    ),
    Row("nemotron_h", {"mlp_hidden_act": "silu"}, {**EVERYWHERE, **EXPERTS, "bias_activation_fusion": False}),
    Row("nemotron_h", {**DENSE, "mlp_bias": True}, {**EVERYWHERE, **NO_EXPERTS, "apply_rope_fusion": False}),
)


@pytest.fixture
def everything_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the mapper is told of the stack, and what `__post_init__` finds when it looks for the same."""
    flags = kernels.Installed(*[True] * len(dataclasses.fields(kernels.Installed)))
    monkeypatch.setattr(kernels, "installed", lambda: flags)
    for name in ("fused_apply_rotary_pos_emb", "fused_apply_rotary_pos_emb_thd"):
        monkeypatch.setattr(rope_utils, name, object())
    for name in (
        "permute",
        "permute_with_probs",
        "unpermute",
        "sort_chunks_by_index",
        "sort_chunks_by_index_with_probs",
    ):
        monkeypatch.setattr(moe_utils, f"fused_{name}", object())
    monkeypatch.setattr(utils, "_te_version", Version("2.16.0"))


@pytest.mark.usefixtures("everything_installed")
@pytest.mark.parametrize("flipped", [False, True], ids=["", "other flags"])
@pytest.mark.parametrize("row", KERNELS, ids=str)
def test_kernels_where_everything_is_installed(row: Row, flipped: bool) -> None:
    test_becomes(row, flipped)
