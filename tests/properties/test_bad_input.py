"""Configs that nobody can map: transformers lets them through, and the mapper says so by field, never by accident.

transformers checks types, and little else, when an attribute is set. So everything here is what a mapper can meet.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from typing import Any

import pytest
import torch
from transformers import PreTrainedConfig

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from tests.support.hf import CLASSES, FAMILIES, changed, config, mapper

NAN, INF = math.nan, math.inf

pytestmark = pytest.mark.filterwarnings("ignore::mcore_mappers.DeviationWarning")

ABOVE_ZERO = {
    "llama": "vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads "
    "max_position_embeddings rms_norm_eps head_dim",
    "qwen3_moe": "vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads "
    "max_position_embeddings rms_norm_eps sliding_window decoder_sparse_step moe_intermediate_size num_experts_per_tok "
    "num_experts",
    "deepseek_v3": "vocab_size hidden_size intermediate_size moe_intermediate_size num_hidden_layers "
    "num_attention_heads num_key_value_heads n_routed_experts routed_scaling_factor kv_lora_rank q_lora_rank "
    "qk_rope_head_dim v_head_dim qk_nope_head_dim n_group topk_group num_experts_per_tok max_position_embeddings "
    "rms_norm_eps",
    "nemotron_h": "vocab_size hidden_size num_attention_heads num_key_value_heads head_dim max_position_embeddings "
    "intermediate_size ssm_state_size mamba_num_heads mamba_head_dim n_groups conv_kernel chunk_size n_routed_experts "
    "moe_intermediate_size moe_shared_expert_intermediate_size moe_latent_size num_experts_per_tok "
    "routed_scaling_factor n_group topk_group layer_norm_epsilon",
}
ZERO_OR_ABOVE = {
    "llama": "initializer_range attention_dropout",
    "qwen3_moe": "initializer_range attention_dropout router_aux_loss_coef",
    "deepseek_v3": "initializer_range attention_dropout n_shared_experts first_k_dense_replace num_mtp_layers",
    "nemotron_h": "initializer_range attention_dropout num_nextn_predict_layers time_step_min",
}
# Numbers that decide nothing; a test of the mapping proves that. num_hidden_layers of Nemotron-H cannot be set.
NOT_READ = {
    *(
        "chunk_size_feed_forward",
        "pad_token_id",
        "bos_token_id",
        "eos_token_id",
        "pretraining_tp",
        "num_logits_to_keep",
    ),
    *("sliding_window", "expand", "time_step_max", "time_step_floor", "n_shared_experts", "hidden_dropout"),
    "num_hidden_layers",
}


def number_fields(family: str, table: dict[str, str]) -> list[tuple[str, str]]:
    return [(family, field) for field in table[family].split()]


def accepts(hint: Any, kind: type) -> bool:
    members = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    return kind in members


def hints(family: str) -> dict[str, Any]:
    return {field.name: field.type for field in dataclasses.fields(CLASSES[family])}


def refusals(hf: PreTrainedConfig) -> tuple[mcore_mappers.Refusal, ...]:
    """What both ways to a mapper refuse, which is the same."""
    raised: list[UnsupportedConfigError] = []
    for to_megatron in (mapper(hf.model_type), mcore_mappers.to_megatron):
        with pytest.raises(UnsupportedConfigError) as caught:
            to_megatron(hf)
        assert type(caught.value) is UnsupportedConfigError
        raised.append(caught.value)
    direct, dispatched = ([(refusal.field, refusal.reason) for refusal in error.refusals] for error in raised)
    assert direct == dispatched
    assert raised[0].family == hf.model_type
    assert all(refusal.reason for refusal in raised[0].refusals)
    return raised[0].refusals


def refused(hf: PreTrainedConfig) -> list[str]:
    return [refusal.field for refusal in refusals(hf)]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_number_is_in_one_of_the_tables(family: str) -> None:
    """A number that a new release of transformers adds must be looked at here too."""
    numbers = {name for name, hint in hints(family).items() if accepts(hint, int) or accepts(hint, float)}
    above, from_zero = set(ABOVE_ZERO[family].split()), set(ZERO_OR_ABOVE[family].split())
    assert not above & from_zero
    assert numbers <= above | from_zero | NOT_READ


@pytest.mark.parametrize("family", FAMILIES)
def test_the_base_config_maps(family: str) -> None:
    """Or nothing below would show what is refused for which reason."""
    assert mapper(family)(config(family)).num_layers == 4


@pytest.mark.parametrize(("family", "field"), [pair for name in FAMILIES for pair in number_fields(name, ABOVE_ZERO)])
def test_not_above_zero(family: str, field: str) -> None:
    values: list[float] = []
    if accepts(hints(family)[field], int):
        values += [0, -1]
    if accepts(hints(family)[field], float):
        values += [0.0, -1.0, NAN, INF, -INF]
    assert values
    for value in values:
        reasons = [each.reason for each in refusals(changed(family, **{field: value})) if each.field == field]
        # A value may be wrong in another way too, which is another line of the same error. One number is allowed.
        assert any("above zero" in reason or "hard-wire" in reason for reason in reasons), (value, reasons)


@pytest.mark.parametrize(
    ("family", "field"),
    # Of which transformers itself checks the range.
    [
        pair
        for name in FAMILIES
        for pair in number_fields(name, ZERO_OR_ABOVE)
        if pair != ("llama", "initializer_range")
    ],
)
def test_below_zero(family: str, field: str) -> None:
    hint = hints(family)[field]
    values = ([-1] if accepts(hint, int) else []) + ([-1e-9, NAN, INF, -INF] if accepts(hint, float) else [])
    assert values
    for value in values:
        assert field in refused(changed(family, **{field: value})), value
    zero = changed(family, **{field: 0.0 if accepts(hint, float) else 0})
    assert mapper(family)(zero) is not None


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("value", [1, 1.0, 2.0])
def test_dropout_of_everything(family: str, value: float) -> None:
    assert refused(changed(family, attention_dropout=value)) == ["attention_dropout"]


@pytest.mark.parametrize(
    ("family", "field"),
    [
        (family, name)
        for family in FAMILIES
        for name, hint in hints(family).items()
        if accepts(hint, type(None))
        if name != "layers_block_type"  # has a test of its own
    ],
)
def test_none_where_a_model_needs_a_value(family: str, field: str) -> None:
    """Of the fields that may be None, transformers fills some in when a config is built; set later, nobody does."""
    means_absent = {"dtype", "sliding_window", "moe_latent_size", "pad_token_id", "bos_token_id", "eos_token_id"}
    described = {"transformers_version", "architectures", "id2label", "label2id", "problem_type", "pretraining_tp"}
    described |= {"output_hidden_states", "return_dict"}
    hf = changed(family, **{field: None})
    if field in means_absent | described:
        assert mapper(family)(hf) is not None
    else:
        reasons = [each.reason for each in refusals(hf) if each.field == field]
        is_number = accepts(hints(family)[field], int) or accepts(hints(family)[field], float)
        # A missing number may break a bound too; that it is missing is said all the same.
        assert any("must be given" in reason or not is_number for reason in reasons), reasons


YARN = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 1e4,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
ROPES: list[tuple[Any, set[str]]] = [
    (None, {""}),
    ({}, {""}),
    ({"full_attention": {"rope_type": "default", "rope_theta": 1e4}}, {""}),
    ({"rope_theta": 1e4}, {".rope_type"}),
    ({"rope_type": "default"}, {".rope_theta"}),
    ({"type": "default"}, {".rope_type", ".rope_theta"}),
    ({1: 2}, {".rope_type", ".rope_theta"}),
    *(({"rope_type": kind, "rope_theta": 1e4}, {".rope_type"}) for kind in ("nonsense", "", 5, None, True, [], "Yarn")),
    *(({"rope_type": kind, "rope_theta": 1e4}, {".rope_type"}) for kind in ("dynamic", "longrope", "proportional")),
    *(
        ({"rope_type": "default", "rope_theta": theta}, {".rope_theta"})
        for theta in ("10000", True, None, 0, -1.0, NAN, INF, [1e4])
    ),
    *((YARN | {"factor": factor}, {".factor"}) for factor in ("4", True, 0, -4.0, NAN, INF, [4.0])),
    *(
        (YARN | {"original_max_position_embeddings": length}, {".original_max_position_embeddings"})
        for length in ("32", None, 0, -32, 32.5, True, NAN)
    ),
    *((YARN | {"attention_factor": value}, {".attention_factor"}) for value in ("1", False, -1.0, 0, NAN)),
    *((YARN | {key: "x"}, {f".{key}"}) for key in ("beta_fast", "beta_slow", "mscale", "mscale_all_dim")),
    *((YARN | {key: -1.0}, {f".{key}"}) for key in ("beta_fast", "beta_slow")),
    *((YARN | {"truncate": value}, {".truncate"}) for value in ("yes", 1, [])),
    (YARN | {"partial_rotary_factor": 0.5}, {".partial_rotary_factor"}),
    ({key: value for key, value in YARN.items() if key != "factor"}, {".factor"}),
    (YARN | {"rope_theta": "x", "factor": "x", "truncate": "x"}, {".rope_theta", ".factor", ".truncate"}),
]
GPT_ROPES: list[tuple[Any, set[str]]] = [
    ({"rope_type": "linear", "rope_theta": 1e4}, {".factor"}),
    *(({"rope_type": "linear", "rope_theta": 1e4, "factor": value}, {".factor"}) for value in ("2", None, 0, -2, NAN)),
    *((LLAMA3 | {key: 3}, {f".{key}"}) for key in ("low_freq_factor", "high_freq_factor")),
    *(({k: v for k, v in LLAMA3.items() if k != key}, {f".{key}"}) for key in LLAMA3),
    *((LLAMA3 | {key: "x"}, {f".{key}"}) for key in LLAMA3),
]
MLA_ROPES: list[tuple[Any, set[str]]] = [
    ({"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0}, {".rope_type"}),
    (LLAMA3, {".rope_type"}),
    (YARN | {"truncate": False}, {".truncate"}),
    (YARN | {"factor": None, "mscale_all_dim": 1.0}, {".factor"}),
]


@pytest.mark.parametrize(
    ("family", "rope", "keys"),
    [(family, *case) for family in ("llama", "qwen3_moe") for case in ROPES + GPT_ROPES]
    + [("deepseek_v3", *case) for case in ROPES + MLA_ROPES],
)
def test_rope(family: str, rope: Any, keys: set[str]) -> None:
    fields = refused(changed(family, rope_parameters=rope))
    assert set(fields) == {f"rope_parameters{key}" for key in keys}
    assert len(fields) == len(set(fields)), "each key is refused once"


def test_nemotron_h_has_no_rope_to_refuse() -> None:
    """What its class ignores cannot make its mapper stumble."""
    hf = config("nemotron_h")
    expected = mapper("nemotron_h")(hf)
    hf.rope_parameters = {"rope_type": "nonsense", "rope_theta": "x"}
    assert mapper("nemotron_h")(hf).rotary_base == expected.rotary_base


LAYERS: list[tuple[str, str, Any]] = [
    *(("nemotron_h", "layers_block_type", value) for value in ([], ["attention_window"], ["mlp", "?"])),
    *(("nemotron_h", "mtp_layers_block_type", value) for value in ([], None, ["nonsense"], ["moe", "M"])),
    *(("qwen3_moe", "mlp_only_layers", value) for value in (None, [4], [-1], [0, 99])),
]


@pytest.mark.parametrize(("family", "field", "value"), LAYERS)
def test_layer_lists(family: str, field: str, value: Any) -> None:
    found = {refusal.field: refusal.value for refusal in refusals(changed(family, **{field: value}))}
    assert found[field] == value


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "deepseek_v3"])
def test_a_layer_list_that_the_class_ignores(family: str) -> None:
    """`layer_types` of the wrong length, or of nonsense, changes nothing: no attention of these classes reads it."""
    for value in (["full_attention"], ["nonsense"] * 4, None, 5):
        assert mapper(family)(changed(family, layer_types=value)).num_layers == 4


def test_no_layer_list_at_all() -> None:
    assert "layers_block_type" in refused(changed("nemotron_h", layers_block_type=None))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layers", [{}, {0: {"intermediate_size": 32}}, {"1": {"num_key_value_heads": 4}}])
def test_per_layer_config(family: str, layers: dict[Any, Any]) -> None:
    """Refused before anything is read: transformers raises an error of its own where an attribute is ambiguous."""
    hf = config(family, per_layer_config=layers)
    assert hf.is_heterogeneous
    assert refused(hf) == ["per_layer_config"]


def test_per_layer_config_is_readable() -> None:
    (refusal,) = refusals(config("llama", per_layer_config={0: {"intermediate_size": 32}}))
    assert "intermediate_size" in str(refusal)


@pytest.mark.parametrize("value", ["x", 0, -1, None, 1.5, True, 16.0, [16]])
def test_head_dim_that_no_class_declares(value: Any) -> None:
    assert refused(changed("qwen3_moe", head_dim=value)) == ["head_dim"]
    assert refused(changed("deepseek_v3", head_dim=value)) == ["head_dim"]


UNDECLARED = {
    "is_causal": ("x", False, 0, 1, 1.5, []),
    "rope_theta": ("x", 0, -1, 1e4, True),
    "partial_rotary_factor": ("x", 0.5, 1.0, False),
    "original_max_position_embeddings": ("x", 0, -1, 4096, 1.5, []),
}


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "deepseek_v3"])
@pytest.mark.parametrize("field", UNDECLARED)
def test_attributes_that_only_modeling_code_reads(family: str, field: str) -> None:
    for value in UNDECLARED[field]:
        assert refused(changed(family, **{field: value})) == [field], value


REMOTE: dict[tuple[str, str], tuple[Any, tuple[Any, ...]]] = {
    ("deepseek_v3", "scoring_func"): ("sigmoid", ("softmax", "", None, 1, ["sigmoid"])),
    ("deepseek_v3", "topk_method"): ("noaux_tc", ("greedy", "group_limited_greedy", None, 0)),
    ("deepseek_v3", "moe_layer_freq"): (1, (2, 0, True, None, "1", [1])),
    ("qwen3_moe", "qkv_bias"): (False, (True, None, 0, "no")),
    ("qwen3_moe", "use_qk_norm"): (True, (False, None, 1)),
    ("qwen3_moe", "shared_expert_intermediate_size"): (0, (64, None, False, "0")),
}


@pytest.mark.parametrize(("family", "field"), REMOTE)
def test_keys_of_remote_code(family: str, field: str) -> None:
    right, wrong = REMOTE[family, field]
    assert mapper(family)(config(family, **{field: right})) is not None
    for value in wrong:
        assert refused(config(family, **{field: value})) == [field], value


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dtype", [5, "nonsense", torch.int8, torch.float64, "torch.bfloat16", [], torch.float8_e4m3fn])
def test_dtype(family: str, dtype: Any) -> None:
    assert refused(changed(family, dtype=dtype)) == ["dtype"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ["", "nonsense", "SiLU", "mish", "xielu"])
def test_activation(family: str, name: str) -> None:
    field = "mlp_hidden_act" if family == "nemotron_h" else "hidden_act"
    assert refused(changed(family, **{field: name})) == [field]


@pytest.mark.parametrize(
    ("family", "stored", "value"),
    [
        (family, stored, value)
        for family, stored in (
            ("qwen3_moe", "num_local_experts"),
            ("deepseek_v3", "num_local_experts"),
            ("deepseek_v3", "num_nextn_predict_layers"),
            ("nemotron_h", "num_local_experts"),
        )
        for value in ("x", 8.0, True, 8.5, [8])
    ],
)
def test_wrong_types_by_another_name(family: str, stored: str, value: Any) -> None:
    """transformers checks the type of a field where it is written by the name that the class declares.

    `attribute_map` gives it another one, under which the constructor takes anything.
    """
    assert {"num_experts", "n_routed_experts", "num_mtp_layers"} & set(refused(config(family, **{stored: value})))


BOTH: dict[str, tuple[dict[str, Any], list[str]]] = {
    "llama": (
        {"hidden_size": 0, "hidden_act": "x", "dtype": "x", "rope_parameters": None, "mlp_bias": True},
        ["hidden_size", "hidden_act", "dtype", "rope_parameters", "attention_bias"],
    ),
    "qwen3_moe": (
        {"num_experts": 0, "attention_bias": True, "head_dim": "x", "mlp_only_layers": [9], "qkv_bias": True},
        ["num_experts", "attention_bias", "head_dim", "mlp_only_layers", "qkv_bias"],
    ),
    "deepseek_v3": (
        {"q_lora_rank": None, "rope_interleave": False, "scoring_func": "x", "n_group": None, "kv_lora_rank": -1},
        ["q_lora_rank", "rope_interleave", "scoring_func", "n_group", "kv_lora_rank"],
    ),
    "nemotron_h": (
        {"layers_block_type": ["x"], "tie_word_embeddings": True, "vocab_size": 0, "time_step_min": NAN},
        ["layers_block_type", "tie_word_embeddings", "vocab_size", "time_step_min"],
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_everything_wrong_comes_at_once(family: str) -> None:
    attributes, fields = BOTH[family]
    found = refusals(changed(family, **attributes))
    assert {refusal.field for refusal in found} >= set(fields)
    for refusal in found:
        if refusal.field in attributes and refusal.value == refusal.value:  # NaN is not
            assert refusal.value == attributes[refusal.field]
