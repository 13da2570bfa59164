"""On which side of each bound a config is refused, and when a deviation is said."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
import torch

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from mcore_mappers_runtime.layered import layers_of
from tests.mapping.distinct import LINEAR, LLAMA3, YARN, Row, Values, huggingface, megatron
from tests.support.about import about
from tests.support.hf import CLASSES, FAMILIES, config

UNMASKED = ("deepseek", "mamba2", "minicpm", "nemotron_nas")
"""Families that read no `is_causal`: Mamba-2 has no attention to mask, and code beside checkpoints knows none."""
DENSE = {"layers_block_type": ["linear_attention", "mlp"] * 2}
NO_MAMBA = {"layers_block_type": ["full_attention", "mlp", "moe", "mlp"]}
ROPED = ("llama", "qwen3_moe", "deepseek_v3")
ROUTED = ("deepseek_v3", "nemotron_h")
GROUPED = (
    *("deepseek_v3", "deepseek_v32", "dots1", "exaone_moe", "glm4_moe", "glm4_moe_lite", "glm_moe_dsa"),
    *("nemotron_h", "solar_open"),
)
"""Families whose router chooses groups of experts by the sum of each group's best two."""
THREES: Values = {
    "num_key_value_heads": 3,
    "num_attention_heads": 4,
    "vocab_size": 321,
    "hidden_size": 72,
    "intermediate_size": 96,
    "max_position_embeddings": 126,
    "num_hidden_layers": 6,
    "decoder_sparse_step": 3,
    "moe_intermediate_size": 33,
    "num_experts": 12,
    "num_experts_per_tok": 6,
    "n_routed_experts": 12,
    "ssm_state_size": 15,
    "mamba_num_heads": 12,
    "mamba_head_dim": 15,
    "head_dim": 18,
    "n_groups": 3,
    "n_group": 3,
    "topk_group": 3,
}
MTP = {"num_nextn_predict_layers": 1}
MTP_MAMBA = {**MTP, "mtp_layers_block_type": ["linear_attention"]}


def hints(family: str) -> set[str]:
    return {each.name for each in dataclasses.fields(CLASSES[family])}


def router(experts: int, groups: int, kept: int, chosen: int, normalised: bool = True) -> Values:
    return {
        "n_routed_experts": experts,
        "n_group": groups,
        "topk_group": kept,
        "num_experts_per_tok": chosen,
        "norm_topk_prob": normalised,
    }


def router_of(family: str, *numbers: int, normalised: bool = True) -> Values:
    """The same in the names of a family: one counts its experts otherwise."""
    experts, *others = numbers
    said = dict(router(experts, *others, normalised=normalised))
    if family == "exaone_moe":
        said["num_experts"] = said.pop("n_routed_experts")
    return said


def refused(family: str, fields: str, after: Values | None = None, /, **hf: Any) -> Row:
    """A config that is refused for these fields and no others."""
    return Row(family, hf, {"refused": sorted(fields.split())}, after=after or {})


def maps(family: str, after: Values | None = None, /, **hf: Any) -> Row:
    return Row(family, hf, {}, after=after or {})


REFUSED: tuple[Row, ...] = (
    *(refused(family, "is_encoder_decoder", is_encoder_decoder=True) for family in FAMILIES),
    *(refused(family, "is_causal", {"is_causal": False}) for family in FAMILIES if family not in UNMASKED),
    *(refused(family, "dtype", dtype=torch.float64) for family in FAMILIES),
    *(refused(family, "hidden_act", hidden_act="mish") for family in ROPED),
    refused("nemotron_h", "mlp_hidden_act", mlp_hidden_act="mish"),
    *(refused(family, "rope_theta", {"rope_theta": 7001.0}) for family in ROPED),
    *(refused(family, "partial_rotary_factor", {"partial_rotary_factor": 1.0}) for family in ROPED),
    *(
        refused(family, "original_max_position_embeddings", {"original_max_position_embeddings": 64}, **rope)
        for family in ROPED
        for rope in ({}, {"rope_parameters": YARN})
    ),
    *(refused("phimoe", "input_jitter_noise", input_jitter_noise=noise) for noise in (0.011, 1.0, 1.5, math.inf)),
    # Seven channels of a head.
    refused(
        "persimmon",
        "rope_parameters",
        num_attention_heads=1,
        hidden_size=64,
        rope_parameters={"rope_type": "default", "rope_theta": 7001.0, "partial_rotary_factor": 7 / 64},
    ),
    refused("mamba2", "expand", {"num_heads": 1, "n_groups": 1}),
    # Three divides everything but the number of heads.
    *(
        refused(
            family, "num_key_value_heads", **{name: value for name, value in THREES.items() if name in hints(family)}
        )
        for family in (*ROPED, "nemotron_h")
    ),
    *(refused(family, "num_key_value_heads", {"num_key_value_heads": None}) for family in ("llama", "deepseek_v3")),
    *(refused(family, "attention_dropout", {"attention_dropout": None}) for family in ("llama", "deepseek_v3")),
    refused("llama", "head_dim", {"head_dim": None}),
    refused("qwen3_moe", "qkv_bias", {"qkv_bias": True}),
    refused("qwen3_moe", "use_qk_norm", {"use_qk_norm": False}),
    refused("qwen3_moe", "shared_expert_intermediate_size", {"shared_expert_intermediate_size": 1}),
    refused("qwen3_moe", "head_dim", {"head_dim": 0}),
    refused("qwen3_moe", "head_dim", {"head_dim": True}),
    *(refused("qwen3_moe", "mlp_only_layers", mlp_only_layers=layers) for layers in ([4], [-1], [0, 9])),
    refused("qwen3_moe", "mlp_only_layers", {"mlp_only_layers": None}),
    refused("qwen3_moe", "use_sliding_window", {"sliding_window": 7, "use_sliding_window": False}),
    refused("qwen2_moe", "sliding_window", {"sliding_window": None}),
    refused("qwen3_moe", "num_experts_per_tok", num_experts_per_tok=9),
    refused("deepseek_v3", "rope_interleave", rope_interleave=None),
    refused("deepseek_v3", "attention_bias", attention_bias=True),
    refused("deepseek_v3", "scoring_func", {"scoring_func": "softmax"}),
    refused("deepseek_v3", "topk_method", {"topk_method": "greedy"}),
    refused("deepseek_v3", "moe_layer_freq", {"moe_layer_freq": 2}),
    refused("deepseek_v3", "num_key_value_heads", num_key_value_heads=2),
    refused("deepseek_v3", "head_dim", {"head_dim": 9}),
    *(
        refused("deepseek_v3", name, {name: None})
        for name in (
            *("num_experts_per_tok", "n_group", "topk_group"),
            *("v_head_dim", "first_k_dense_replace"),
        )
    ),
    *(
        refused(family, fields, **router_of(family, *numbers))
        for family in GROUPED
        for fields, numbers in (
            ("num_experts_per_tok", (8, 1, 1, 9)),
            ("n_group", (8, 3, 1, 2)),
            ("n_group", (8, 8, 1, 2)),
            ("n_group", (9, 4, 2, 4)),
            ("topk_group", (8, 1, 2, 4)),
            ("topk_group", (8, 4, 2, 6)),
            ("topk_group", (8, 4, 2, 3)),
            ("topk_group", (8, 4, 2, 5)),
        )
    ),
    *(
        refused(family, "norm_topk_prob", **router(8, 1, 1, chosen, normalised=chosen == 1))
        for family in ROUTED
        for chosen in (1, 2)
    ),
    # What is refused for itself is not refused for what does not fit to it, too.
    *(
        refused(family, name, {name: 0}, **router_of(family, 8, 4, 2, 4))
        for family in GROUPED
        for name in ("num_experts_per_tok", "n_group", "topk_group")
    ),
    refused("mimo_v2_flash", "num_experts_per_tok", {"num_experts_per_tok": 0}, **router(8, 4, 2, 4)),
    # More groups than there are, and nothing else wrong with them.
    refused("deepseek_v2", "topk_group", topk_method="group_limited_greedy", **router(8, 4, 5, 5, normalised=False)),
    *(
        refused("deepseek_v2", named, {"n_group": groups}, topk_method="group_limited_greedy", **router(8, 4, 4, 4))
        for named, groups in (("n_group", 0), ("n_group topk_group", -4))
    ),
    # That there are no groups hides nothing of what else is wrong.
    refused("mimo_v2_flash", "n_group num_experts_per_tok", {"n_group": 0}, num_experts_per_tok=99),
    *(refused("mamba2", name, {name: 0}) for name in ("num_heads", "head_dim", "n_groups")),
    # One is a width like any other.
    refused("mamba2", "expand", {"head_dim": 1}),
    refused("nemotron_h", "layer_norm_epsilon", layer_norm_epsilon=0.0, **NO_MAMBA),
    refused("deepseek_v3", "rms_norm_eps", rms_norm_eps=1.01e-5),
    refused("nemotron_h", "time_step_min", time_step_min=0.00101),
    refused("nemotron_h", "mamba_proj_bias", mamba_proj_bias=True),
    refused("nemotron_h", "tie_word_embeddings", tie_word_embeddings=True),
    refused("nemotron_h", "attention_bias", attention_bias=True),
    refused("nemotron_h", "n_groups", n_groups=3),
    *(refused("nemotron_h", "conv_kernel", conv_kernel=width) for width in (3, 5)),
    refused("nemotron_h", "use_conv_bias", use_conv_bias=False),
    refused("nemotron_h", "use_bias", use_bias=True),
    refused("nemotron_h", "mamba_hidden_act", mamba_hidden_act="gelu"),
    *(refused("nemotron_h", "layer_norm_epsilon", layer_norm_epsilon=epsilon) for epsilon in (1e-6, 2e-5)),
    refused("nemotron_h", "chunk_size", {"chunk_size": 0}),
    refused("nemotron_h", "mlp_bias", mlp_bias=True, layers_block_type=["linear_attention", "full_attention"]),
    refused("nemotron_h", "mlp_bias", mlp_bias=True, layers_block_type=["linear_attention", "moe"]),
    # Layers of multi-token prediction count where there are any.
    refused("nemotron_h", "conv_kernel", conv_kernel=3, **NO_MAMBA, **MTP_MAMBA),
    refused("nemotron_h", "mlp_bias", mlp_bias=True, **DENSE, **MTP, mtp_layers_block_type=["full_attention"]),
    refused("nemotron_h", "mtp_layers_block_type", {"mtp_layers_block_type": []}),
    refused("nemotron_h", "mtp_layers_block_type", {"mtp_layers_block_type": ["mlp", "x"]}),
    refused("nemotron_h", "layers_block_type", {"layers_block_type": ["mlp", "x"]}),
)

MAPPED: tuple[Row, ...] = (
    *(maps(family, {"is_causal": True}) for family in FAMILIES),
    # Groups of experts decide nothing where each token takes the best of all.
    maps("deepseek_v2", topk_method="greedy", n_group=4, topk_group=1, num_experts_per_tok=5),
    *(maps(family, {"original_max_position_embeddings": 32}, rope_parameters=YARN) for family in ROPED),
    *(maps(family, num_key_value_heads=count) for family in ("llama", "qwen3_moe", "nemotron_h") for count in (1, 4)),
    *(maps("llama", rope_parameters=rope, max_position_embeddings=9000) for rope in (LINEAR, LLAMA3)),
    maps("qwen3_moe", {"qkv_bias": False, "use_qk_norm": True, "shared_expert_intermediate_size": 0}),
    maps("qwen3_moe", mlp_only_layers=[0, 3]),
    maps("mamba2", chunk_size=1),
    # Layers without a window, which have as many heads as three does not divide, are none of the model.
    maps("step3p5", layer_types=["sliding_attention"] * 3, num_key_value_heads=3),
    maps("qwen3_moe", num_experts_per_tok=8),
    maps("qwen3_moe", num_experts_per_tok=1, norm_topk_prob=False),
    maps("qwen3_moe", num_experts_per_tok=1, norm_topk_prob=True),
    maps("qwen3_moe", num_experts_per_tok=2, norm_topk_prob=True),
    maps("deepseek_v3", {"scoring_func": "sigmoid", "topk_method": "noaux_tc", "moe_layer_freq": 1}),
    *(
        maps(family, **router_of(family, *numbers))
        for family in GROUPED
        for numbers in (
            (2, 1, 1, 2),
            (8, 1, 1, 8),
            (8, 4, 2, 4),
            (12, 4, 2, 5),
            (8, 4, 4, 3),
            (9, 3, 3, 3),
        )
    ),
    *(maps(family, **router_of(family, 8, 1, 1, 1, normalised=False)) for family in GROUPED),
    # What Megatron hard-wires in Mamba layers does not matter without them.
    *(
        maps("nemotron_h", **NO_MAMBA, **change)
        for change in (
            {"n_groups": 3},
            {"conv_kernel": 3},
            {"use_conv_bias": False},
            {"use_bias": True},
            {"mamba_hidden_act": "gelu"},
            {"layer_norm_epsilon": 0.02},
            {"time_step_min": 0.5},
        )
    ),
    maps("nemotron_h", conv_kernel=3, **NO_MAMBA, mtp_layers_block_type=["linear_attention"]),
    maps("nemotron_h", mlp_bias=True, **DENSE, **MTP, mtp_layers_block_type=["mlp"]),
    *(maps("nemotron_h", n_groups=groups) for groups in (1, 4, 8)),
    maps("nemotron_h", mamba_hidden_act="swish"),
    maps("nemotron_h", chunk_size=1),
    maps("nemotron_h", **DENSE, mlp_bias=True),
    # Experts in layers of multi-token prediction only: these are not suggested, and do not count.
    maps("nemotron_h", **DENSE, **MTP, mlp_bias=True),
)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_is_refused(row: Row) -> None:
    for flipped in (False, True):
        with about("other flags" if flipped else "flags as they are"):
            is_refused(row, flipped=flipped)


def is_refused(row: Row, *, flipped: bool) -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        megatron(row, flipped=flipped)
    assert sorted({refusal.field for refusal in caught.value.refusals}) == row.expected["refused"]
    hf = huggingface(row, flipped=flipped)
    for refusal in caught.value.refusals:
        assert refusal.value == getattr(hf, refusal.field), refusal


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("initializer_range", value) for value in (-0.01, float("nan"), float("inf"))),
        ("head_dim", 1),
        ("head_dim", 2**63 - 1),
    ],
)
def test_a_number_that_transformers_would_not_store(field: str, value: float) -> None:
    """Some numbers it checks itself, but not in a config that was unpickled."""
    hf = config("llama")
    vars(hf)[field] = value
    with pytest.raises(UnsupportedConfigError) as caught:
        mcore_mappers.to_megatron(hf)
    assert [refusal.field for refusal in caught.value.refusals] == [field]


@pytest.mark.parametrize("row", MAPPED, ids=str)
def test_is_not_refused(row: Row) -> None:
    megatron(row)


@pytest.mark.parametrize(
    ("family", "hf", "fields"),
    [
        ("deepseek_v2", {"topk_method": "group_limited_greedy"}, ["num_experts_per_tok"]),
        ("mistral4", {}, ["norm_topk_prob", "num_experts_per_tok"]),
    ],
)
def test_how_groups_rank_is_asked_where_a_token_has_experts(family: str, hf: Values, fields: list[str]) -> None:
    changed = config(family, **hf, n_group=4, topk_group=2)
    changed.num_experts_per_tok = 0
    with pytest.raises(UnsupportedConfigError) as caught:
        mcore_mappers.to_megatron(changed)
    assert sorted(refusal.field for refusal in caught.value.refusals) == fields


def test_a_temperature_that_is_one_at_every_length_is_none() -> None:
    hf = config("llama4_text", layer_types=["full_attention"] * 3, attn_temperature_tuning=True, attn_scale=0.0)
    hf.no_rope_layers = [1, 1, 0]
    model = mcore_mappers.to_megatron(hf, layers=True)
    assert layers_of(model).query_temperature_scale is None


# --- Deviations -------------------------------------------------------------------------------------------------------

DEVIATIONS: tuple[tuple[Row, tuple[str, ...]], ...] = (
    (maps("deepseek_v3", rms_norm_eps=1e-6), ()),
    (maps("deepseek_v3", rms_norm_eps=1e-7), ("mla_latent_norm_eps",)),
    (maps("deepseek_v3", rms_norm_eps=1e-5), ("mla_latent_norm_eps",)),
    (maps("nemotron_h", time_step_min=0.0), ()),
    (maps("nemotron_h", time_step_min=0.0005), ("mamba_dt_clamp",)),
    (maps("nemotron_h", time_step_min=0.001), ("mamba_dt_clamp",)),
    (maps("nemotron_h", **NO_MAMBA), ()),
    *((maps(family), ()) for family in ("llama", "qwen3_moe")),
)


@pytest.mark.parametrize(("row", "expected"), DEVIATIONS, ids=str)
def test_deviates(row: Row, expected: tuple[str, ...]) -> None:
    actual, deviations = megatron(row)
    assert deviations == expected
    assert actual["extra_checkpoint_metadata"]["mcore_mappers"]["deviations"] == list(expected)
    hf, mapper = huggingface(row), getattr(mcore_mappers, row.family).to_megatron
    if not expected:
        mapper(hf, strict=True)
        return
    with pytest.raises(UnsupportedConfigError) as caught:
        mapper(hf, strict=True)
    assert tuple(refusal.field for refusal in caught.value.refusals) == expected
