"""`diff`: where a Megatron config that came from elsewhere is another model than a Hugging Face config."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from megatron.core.activations import squared_relu

from mcore_mappers import Owner, UnsupportedConfigError, diff
from mcore_mappers_runtime.shown import shown
from tests.back.ways import accepted
from tests.families import PROOFS, mappers
from tests.properties.strategies import configs, examples
from tests.support.hf import FAMILIES, LEARNED, config, mapped

YARN = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}

# What somebody types: Megatron's defaults are left out, and names stand for functions and dtypes.
BY_HAND: dict[str, Any] = {
    "num_layers": 4,
    "hidden_size": 64,
    "ffn_hidden_size": 96,
    "num_attention_heads": 4,
    "num_query_groups": 2,
    "normalization": "RMSNorm",
    "layernorm_epsilon": 1e-6,
    "gated_linear_unit": True,
    "activation_func": "silu",
    "add_bias_linear": False,
    "vocab_size": 320,
    "position_embedding_type": "rope",
    "params_dtype": "float32",
    "hidden_dropout": 0,
    "attention_dropout": 0,
    "seq_length": 128,
}


def fields(model: Any, hf: Any, only: Owner | None = None) -> list[tuple[str, str]]:
    return [(difference.owner, difference.field) for difference in diff(model, hf, only=only)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_model_has_no_differences(family: str) -> None:
    """As a config, and as the run config of a checkpoint, which leaves functions out."""

    @given(configs(family))
    @examples(family, 50)
    def check(hf: Any) -> None:
        assume(accepted(hf))
        model = mapped(hf)
        assert diff(model, hf) == ()
        assert diff(model.as_dict(), hf) == ()

    check()


@pytest.mark.parametrize("family", FAMILIES)
def test_what_callers_decide_is_not_compared(family: str) -> None:
    hf = config(family)
    # Megatron shards no experts with biases.
    parallel = {"tensor_model_parallel_size": 2, "expert_tensor_parallel_size": 1}
    model = mapped(hf, **parallel, recompute_granularity="selective", make_vocab_size_divisible_by=64)
    assert diff(model, hf) == ()
    length = {} if family in LEARNED else {"seq_length": 64}
    other = mapped(hf, init_method_std=0.5, **length)
    assert fields(other, hf) == []
    assert fields(other, hf, "suggested") == [("suggested", name) for name in ("init_method_std", *length)]


@pytest.mark.parametrize("family", sorted(LEARNED))
def test_the_number_of_learned_positions_is_architecture(family: str) -> None:
    hf = config(family)
    model = mapped(hf)
    model.seq_length += 1
    assert fields(model, hf) == [("architecture", "seq_length")]


def test_by_hand() -> None:
    hf = config("llama")
    assert diff(BY_HAND, hf) == ()
    nested = {
        name: value
        for name, value in BY_HAND.items()
        if name in ("vocab_size", "position_embedding_type", "seq_length")
    }
    nested["transformer"] = {name: value for name, value in BY_HAND.items() if name not in nested}
    assert diff(nested, hf) == ()
    assert diff(json.loads(json.dumps(nested)), hf) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("num_layers", 5), ("normalization", "LayerNorm"), ("activation_func", "gelu"), ("add_bias_linear", True)),
        *(("window_size", [3, 0]), ("layernorm_epsilon", 1e-5), ("rotary_base", 5), ("softmax_scale", 0.5)),
        *(("activation_func", squared_relu), ("qk_layernorm", True), ("kv_channels", 32), ("vocab_size", 321)),
        *(("add_bias_linear", 0), ("activation_func", {"_target_": "torch.nn.functional.gelu"})),
    ],
)
def test_an_architecture_field_that_differs(name: str, value: Any) -> None:
    hf = config("llama")
    (difference,) = diff(BY_HAND | {name: value}, hf)
    assert (difference.field, difference.value, difference.owner) == (name, value, "architecture")
    assert difference.expected == getattr(mapped(hf), name)
    assert difference.reason
    assert name in str(difference)
    assert shown(difference.expected) in str(difference)
    assert " at 0x" not in str(difference)


@pytest.mark.parametrize("name", ["num_layers", "normalization", "activation_func", "gated_linear_unit", "vocab_size"])
def test_what_is_left_out_is_megatrons_default(name: str) -> None:
    left = {other: value for other, value in BY_HAND.items() if other != name}
    assert fields(left, config("llama")) == [("architecture", name)]


def test_what_megatron_derives_need_not_be_said() -> None:
    hf = config("llama", num_key_value_heads=4, intermediate_size=256)
    left = {name: value for name, value in BY_HAND.items() if name not in ("num_query_groups", "ffn_hidden_size")}
    assert diff(left, hf) == ()
    assert diff(left | {"num_query_groups": None, "kv_channels": None}, hf) == ()
    assert fields(left, config("llama")) == [("architecture", "ffn_hidden_size"), ("architecture", "num_query_groups")]


@pytest.mark.parametrize(
    "value", ["silu", "torch.nn.functional.silu", {"_target_": "torch.nn.functional.silu", "_call_": False}]
)
def test_functions_by_name(value: Any) -> None:
    assert diff(BY_HAND | {"activation_func": value}, config("llama")) == ()


@pytest.mark.parametrize("value", ["bfloat16", "torch.bfloat16", torch.bfloat16])
def test_dtypes_by_name(value: Any) -> None:
    hf = config("llama", dtype="bfloat16")
    given_fields = BY_HAND | {"params_dtype": value, "pipeline_dtype": value, "bf16": True}
    assert diff(given_fields, hf) == ()
    other = config("llama", dtype="float16")
    assert fields(given_fields, other) == []
    assert ("suggested", "params_dtype") in fields(given_fields, other, "suggested")


def test_architecture_comes_first_and_unknown_names_have_a_hint() -> None:
    by_hand = BY_HAND | {"seq_length": 1, "num_layer": 5, "num_layers": 3, "kv_channels": 8}
    found = diff(by_hand, config("llama"))
    assert [each.owner for each in found] == ["architecture", "architecture", "unknown"]
    assert diff(by_hand, config("llama"), only="architecture") == found[:2]
    assert diff(by_hand, config("llama"), only="unknown") == found[2:]
    assert fields(by_hand, config("llama"), "suggested") == [("suggested", "seq_length")]
    (unknown,) = [each for each in found if each.owner == "unknown"]
    assert unknown.field == "num_layer"
    assert "did you mean 'num_layers'" in unknown.reason


def test_the_same_layers_in_another_spelling() -> None:
    hf = config("qwen3_moe")
    model = mapped(hf)
    assert diff(model.as_dict()["transformer"] | model_fields(model) | {"moe_layer_freq": 1}, hf) == ()
    other = model.as_dict()["transformer"] | model_fields(model) | {"moe_layer_freq": 2}
    assert fields(other, hf) == [("architecture", "moe_layer_freq")]
    hybrid = config("nemotron_h")
    assert diff(mapped(hybrid, hybrid_layer_pattern="ME|*-"), hybrid) == ()


def model_fields(model: Any) -> dict[str, Any]:
    return {name: value for name, value in model.as_dict().items() if name != "transformer"}


@pytest.mark.parametrize("family", ["deepseek_v3", "nemotron_h"])
def test_multi_token_prediction_is_the_callers(family: str) -> None:
    """A hybrid pattern follows it, and is no other architecture for that."""
    count = {"deepseek_v3": "num_mtp_layers", "nemotron_h": "num_nextn_predict_layers"}[family]
    layers = {"layers_block_type": ["linear_attention", "moe", "full_attention"]} if family == "nemotron_h" else {}
    hf = config(family, **{count: 1}, **layers)
    assert mapped(hf).mtp_num_layers == 1
    assert [owner for owner, _ in fields(mapped(hf, mtp_num_layers=None), hf)] in ([], ["suggested"])


def test_ropes() -> None:
    """YaRN's numbers are attributes of the inner config, and those of latent attention its fields."""
    hf = config("llama", rope_parameters=YARN)
    other = mapped(config("llama", rope_parameters=YARN | {"factor": 8.0}))
    assert fields(other, hf) == [("architecture", "yarn_rotary_scaling_factor")]
    assert fields(mapped(config("llama")), hf)[0][0] == "architecture"
    latent = config("deepseek_v3", rope_parameters={"rope_type": "default", "rope_theta": 5e5})
    other = mapped(config("deepseek_v3", rope_parameters={"rope_type": "default", "rope_theta": 1e4}))
    for each in (other, other.as_dict()):
        assert fields(each, latent) == [("architecture", "rotary_base")]


def test_what_only_one_side_has_is_architecture_where_it_is_read() -> None:
    """YaRN's attributes, and the ranks of latent attention, which a run's arguments hold for every model."""
    plain, yarn = config("llama"), mapped(config("llama", rope_parameters=YARN))
    assert ("architecture", "yarn_rotary_scaling_factor") in fields(yarn, plain)
    assert diff(BY_HAND | {"kv_lora_rank": 32, "q_lora_rank": None, "moe_router_topk": 8}, plain) == ()
    latent = fields(BY_HAND | {"kv_lora_rank": 32, "multi_latent_attention": True}, plain)
    assert latent == [("architecture", "multi_latent_attention"), ("architecture", "kv_lora_rank")]


def test_yarn_by_hand() -> None:
    """As Megatron's attributes have it, whose mscales of 1 and 0 mean the same as none."""
    attributes = {"yarn_rotary_scaling_factor": 4.0, "yarn_original_max_position_embeddings": 32, "yarn_mscale": 1.0}
    by_hand = BY_HAND | attributes | {"position_embedding_type": "yarn", "yarn_mscale_all_dim": 0.0}
    assert diff(by_hand, config("llama", rope_parameters=YARN)) == ()
    assert fields(by_hand | {"yarn_mscale": 2.0}, config("llama", rope_parameters=YARN)) == [
        ("architecture", "yarn_mscale"),
        ("architecture", "yarn_mscale_all_dim"),
    ]


def test_a_config_that_cannot_be_mapped() -> None:
    with pytest.raises(UnsupportedConfigError):
        diff(BY_HAND, config("llama", rope_parameters={"rope_type": "axial", "rope_theta": 1e4}))


@pytest.mark.parametrize("family", [name for name, proof in PROOFS.items() if proof.hybrid is not None])
def test_a_hybrid_is_compared_with_a_hybrid(family: str) -> None:
    hf = config(family)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = mappers(family)["to_megatron_hybrid"](hf)
    assert diff(model, hf) == ()
    model.hybrid_layer_pattern += "M"
    assert [(each.owner, each.field) for each in diff(model, hf)] == [("architecture", "hybrid_layer_pattern")]
