"""A second opinion: agreement with what Megatron-Bridge answered, but for the differences listed here.

`BRIDGE_ANSWERS` names a folder with its recorded answers, about the configs in `CONFIG_CORPUS` (`real_configs.jsonl`)
and about default instances of config classes (`class_defaults.jsonl`). A line has `case`, and in `megatron` the fields
that Bridge set or that differ from its own defaults; `hints` are arguments for the default instance.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from mcore_mappers import UnsupportedConfigError
from tests.mapping.support import fields, folder, load, mapped_families, printable, to_megatron

ANSWERS, CORPUS = folder("BRIDGE_ANSWERS"), folder("CONFIG_CORPUS")
pytestmark = pytest.mark.skipif(
    ANSWERS is None or CORPUS is None,
    reason="BRIDGE_ANSWERS and CONFIG_CORPUS do not both name a folder: recorded answers and what they are about",
)

REFUSED = "(refused)"
"""Stands for a field in `DIFFERENCES`: the mapper refuses what Bridge maps."""

NOT_COMPARED: Mapping[str, str] = {
    name: why
    for why, names in {
        "a kernel: suggested where TransformerEngine is installed, and the answers were recorded as if it were": (
            "apply_rope_fusion",
            "attention_softmax_in_fp32",
            "bias_activation_fusion",
            "bias_dropout_fusion",
            "cross_entropy_loss_fusion",
            "gradient_accumulation_fusion",
            "masked_softmax_fusion",
            "moe_grouped_gemm",
            "moe_permute_fusion",
            "moe_token_dispatcher_type",
            "persist_layer_norm",
        ),
        "left to the caller: no mapper of these families sets it": (
            "autocast_dtype",
            "cp_comm_type",
            "cross_entropy_fusion_impl",
            "first_last_layers_bf16",
            "hetereogenous_dist_checkpoint",
            "make_vocab_size_divisible_by",
            "moe_shared_expert_overlap",
            "mtp_loss_scaling_factor",
            "transformer_layer_spec",
        ),
    }.items()
    for name in names
}
"""Fields about which a mapper and Bridge need not agree, with the reason. Bridge must set each in some case."""

DIFFERENCES: tuple[tuple[str, str, str], ...] = (
    ("deepseek_v2/*", "kv_channels", "latent attention has widths of its own, and reads none of this"),
    ("deepseek_v2/*", "seq_length", "Bridge's constant; a suggestion"),
    *(
        ("deepseek_v2/*Lite*", name, "one group of which one is chosen is no limit")
        for name in ("moe_router_num_groups", "moe_router_group_topk")
    ),
    ("ernie4_5_moe", "moe_router_score_function", "Bridge has the scores of DeepSeek-V3; the class has a softmax"),
    ("ernie4_5_moe", "moe_router_pre_softmax", "the same"),
    ("ernie4_5_moe", "moe_router_enable_expert_bias", "the bias is a layer's, which Megatron has not beside a softmax"),
    ("deepseek_v2", REFUSED, "num_experts_per_tok is None in the class default, of which transformers builds no model"),
    ("gemma3_text*", "rope_scaling_factor", "Bridge has 1 for a rope of its own; nothing of ours reads it"),
    (
        "gemma3_text*",
        "rotary_base",
        "Bridge has a pair for a rope of its own; ours is that of the model",
    ),
    ("gemma3_text*", "window_size", "Bridge has a number for attention of its own, with the current token"),
    ("exaone_moe", "rope_scaling_factor", "Bridge's None; nothing reads it while rope_scaling is False"),
    ("glm4_moe*", "moe_aux_loss_coeff", "Bridge's constant; the config has none"),
    ("glm4_moe*", "moe_router_bias_update_rate", "Bridge holds the bias still; how it is trained is the caller's"),
    ("glm4_moe", "mtp_num_layers", "the class default is 1 since the transformers that Bridge answered with"),
    ("glm4_moe_lite*", "kv_channels", "Bridge reads head_dim, the width of rope; latent attention does not use it"),
    ("glm4_moe_lite*", "moe_router_pre_softmax", "Bridge's constant, which means nothing where scores are sigmoids"),
    ("glm4_moe_lite*", "mscale_all_dim", "Bridge's constant for YaRN, left over in a model without it"),
    ("glm4_moe_lite/*", "mtp_num_layers", "the class has no such field; the caller may ask for the layers"),
    ("glm_moe_dsa+hints", "dsa_indexer_loss_coeff", "how the indexer is trained is the caller's; the config has none"),
    ("glm_moe_dsa+hints", "dsa_indexer_use_sparse_loss", "how the indexer is trained is the caller's"),
    ("glm_moe_dsa+hints", "kv_channels", "Bridge reads head_dim, the width of rope; latent attention does not use it"),
    ("glm_moe_dsa+hints", "moe_flex_dispatcher_backend", "Bridge's constant for communication, which is the caller's"),
    ("glm_moe_dsa+hints", "moe_flex_dispatcher_num_sms", "Bridge's constant for communication, which is the caller's"),
    ("glm_moe_dsa+hints", "moe_router_pre_softmax", "Bridge's constant, which means nothing where scores are sigmoids"),
    ("glm_moe_dsa+hints", "mscale_all_dim", "Bridge's constant for YaRN, left over in a model without it"),
    ("hy_v3+hints", "bf16", "the default instance says no dtype, which is float32; Bridge has a constant"),
    ("hy_v3+hints", "params_dtype", "the default instance says no dtype, which is float32; Bridge has a constant"),
    ("hy_v3+hints", "moe_aux_loss_coeff", "Bridge's constant; the config has none"),
    ("hy_v3+hints", "moe_router_load_balancing_type", "Bridge suggests no balancing; the config does not say"),
    ("hy_v3+hints", "moe_router_bias_update_rate", "Bridge holds the bias still; how it is trained is the caller's"),
    ("hy_v3+hints", "mtp_num_layers", "the class has no such field; the caller may ask for the layers"),
    ("deepseek_v3/*Moonlight*", "moe_aux_loss_coeff", "Bridge's constant, a training choice like ours"),
    ("deepseek_v3/*Moonlight*", "mscale_all_dim", "read with YaRN alone, which the model does not have"),
    ("deepseek_v3*", "kv_channels", "Bridge reads head_dim, the width of rope; latent attention does not use it"),
    ("deepseek_v3*", "moe_router_pre_softmax", "Bridge's constant, which means nothing where scores are sigmoids"),
    ("deepseek_v3", "mscale_all_dim", "Bridge's constant for YaRN, left over in a model without it"),
    ("deepseek_v3", "mtp_num_layers", "the class default is 1 since the transformers that Bridge answered with"),
    ("gemma", "attention_backend", "Bridge chooses flash attention; the choice is the caller's"),
    ("gemma/*", "attention_backend", "Bridge chooses flash attention; the choice is the caller's"),
    *(("gpt_oss*", name, "Bridge's constant; the config says no dtype") for name in ("bf16", "params_dtype")),
    ("gpt_oss*", "moe_router_load_balancing_type", "Bridge turns off the loss of which the config has a coefficient"),
    ("gpt_oss*", "window_attn_skip_freq", "the same layers: Bridge says every second, whatever layer_types says"),
    *(
        (family, "moe_router_load_balancing_type", "Bridge's constant, a training choice like ours")
        for family in ("olmoe", "qwen3_next*")
    ),
    ("qwen3_5_moe_text", "moe_router_load_balancing_type", "Bridge's constant, a training choice like ours"),
    ("qwen3_5_moe_text", "ffn_hidden_size", "Bridge leaves it open, and no layer of the class has an MLP that wide"),
    ("qwen3_moe/*Coder*", "moe_aux_loss_coeff", "Bridge replaces the checkpoint's 0.0 with 1e-3"),
    ("nemotron", REFUSED, "transformers fills num_key_value_heads in no longer, and cannot build its own default"),
    ("nemotron_h", "mtp_num_layers", "Bridge's 0 and Megatron's None are both no such layer"),
    ("nemotron_h/*", "mtp_num_layers", "Bridge's 0 and Megatron's None are both no such layer"),
    ("nemotron_h+hints", "hybrid_layer_pattern", "Bridge keeps the MTP part of the pattern in a field of its own"),
    ("nemotron_h+hints", "mtp_hybrid_override_pattern", "deprecated: hybrid_layer_pattern has the MTP part"),
    ("nemotron_h+hints", "mtp_use_repeated_layer", "Bridge's constant, which means nothing for a single layer"),
    ("nemotron_h/*Nano-12B-v2*", "num_moe_experts", "Bridge takes the class default in a model without experts"),
    ("nemotron_h/*Nano-12B-v2*", "moe_ffn_hidden_size", "Bridge takes the class default in a model without experts"),
    (
        "nemotron_h/*Nano-12B-v2*",
        "moe_shared_expert_intermediate_size",
        "Bridge takes the class default in a model without experts",
    ),
    (
        "nemotron_h/*Nano-12B-v2*",
        "moe_router_topk_scaling_factor",
        "Bridge takes the class default in a model without experts",
    ),
    ("nemotron_h/*Nano-12B-v2*", "moe_router_num_groups", "Bridge takes the class default in a model without experts"),
    ("nemotron_h/*Nano-12B-v2*", "moe_router_group_topk", "Bridge takes the class default in a model without experts"),
)
"""Case pattern, field and reason. Every entry must be met by some case."""


@functools.cache
def recorded() -> dict[str, dict[str, Any]]:
    """Bridge's answers about mapped families, by case."""
    assert ANSWERS
    lines = [
        json.loads(line)
        for name in ("real_configs.jsonl", "class_defaults.jsonl")
        for line in (ANSWERS / name).read_text().splitlines()
    ]
    # A case is `family/file.json`, `family` or `family+hints`. A class that stood in for remote code is no family's.
    families = mapped_families()
    return {line["case"]: line for line in lines if line["case"].split("/")[0].removesuffix("+hints") in families}


def without_nulls(bridge: dict[str, Any]) -> dict[str, Any]:
    """Bridge's answer, with the sizes that Megatron derives from others where it has None for them."""
    heads, hidden = bridge["num_attention_heads"], bridge["hidden_size"]
    derived = {"kv_channels": hidden // heads, "num_query_groups": heads, "ffn_hidden_size": 4 * hidden}
    return bridge | {name: value for name, value in derived.items() if bridge.get(name) is None}


@functools.cache
def differences(case: str) -> dict[str, tuple[object, object]]:
    """Field to the two values, Bridge's first, of every field that both have and that differs."""
    assert CORPUS
    answer = recorded()[case]
    if case.endswith(".json"):
        hf = load(CORPUS / case)
    else:
        hf = CONFIG_MAPPING[answer["model_type"]](**answer.get("hints", {}))
    try:
        ours = {name: printable(value) for name, value in fields(to_megatron(hf, layers=True)).items()}
    except UnsupportedConfigError as error:
        return {REFUSED: ("mapped", str(error))}
    theirs = without_nulls(answer["megatron"])
    compared = ours.keys() & theirs.keys() - NOT_COMPARED.keys()
    return {name: (theirs[name], ours[name]) for name in sorted(compared) if theirs[name] != ours[name]}


def listed(case: str, field: str) -> bool:
    """Is this difference in the list?"""
    return any(fnmatchcase(case, pattern) and field == name for pattern, name, _ in DIFFERENCES)


def test_agrees_but_for_the_listed_differences() -> None:
    unlisted = {
        case: {field: values for field, values in differences(case).items() if not listed(case, field)}
        for case in recorded()
    }
    assert not {case: found for case, found in unlisted.items() if found}, "case: field: (Bridge, ours)"


def test_no_entry_is_unused() -> None:
    unused = [
        (pattern, field)
        for pattern, field, _ in DIFFERENCES
        if not any(fnmatchcase(case, pattern) and field in differences(case) for case in recorded())
    ]
    unset = [name for name in NOT_COMPARED if not any(name in answer["megatron"] for answer in recorded().values())]
    assert not unused + unset


def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    compared = sum(len(answer["megatron"].keys() - NOT_COMPARED.keys()) for answer in recorded().values())
    differing = sum(len(differences(case)) for case in recorded())
    summary = f"{len(recorded())} cases, {compared} values, {differing} differ ({len(DIFFERENCES)} entries)"
    with capsys.disabled():
        print(f"\nBridge: {summary}")
