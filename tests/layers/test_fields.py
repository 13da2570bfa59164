"""The dataclass of layers: what it takes, and what it says of itself."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from mcore_mappers_runtime.declared_types import fits, types_of
from mcore_mappers_runtime.layers.fields import BY_LAYER, Layers, misfits


@dataclasses.dataclass(frozen=True, kw_only=True)
class WithLists(Layers):
    """As a field will be that has an entry for each layer."""

    bases: tuple[float, ...] | None = dataclasses.field(default=None, metadata=BY_LAYER)
    factors: tuple[tuple[int, ...], ...] = ()


def test_what_is_declared_as_absent_has_the_declared_type() -> None:
    """Only what is given is looked at."""
    types = types_of(Layers)
    assert [name for name, value in Layers().stated() if not fits(value, types[name])] == []


def test_absent_is_what_stock_megatron_computes() -> None:
    assert Layers().present() == ()
    assert dict(Layers().stated()) == {
        "qk_layernorm_over_heads": False,
        "qk_layernorm_after_rope": False,
        "qk_layernorm_by_head": False,
        "qkv_bias": True,
        "add_proj_bias": None,
        "q_layernorm": True,
        "mla_rotary_interleaved": True,
        "attention_output_gate_by_head": False,
        "num_attention_heads_by_layer": None,
        "num_query_groups_by_layer": None,
        "softmax_offset_freq": None,
        "v_channels": None,
        "attention_value_scale": 1.0,
        "rotary_base_by_layer": None,
        "rotary_percent_by_layer": None,
        "rope_short_factor": None,
        "rope_long_factor": None,
        "rope_original_max_position_embeddings": None,
        "rope_attention_factor": 1.0,
        "layernorm_bias": True,
        "layernorm_weight": True,
        "parallel_mlp": False,
        "shared_layernorm": False,
        "input_layernorm": True,
        "pre_mlp_layernorm": True,
        "post_attention_layernorm": False,
        "post_mlp_layernorm": False,
        "residual_multiplier": 1.0,
        "mlp_glu_clamp_by_layer": None,
        "moe_expert_glu_clamp_by_layer": None,
        "attn_logit_softcapping": None,
        "final_logit_softcapping": None,
        "query_temperature_scale": None,
        "query_temperature_length": None,
        "query_temperature_start": 0,
        "query_temperature_freq": None,
        "attention_chunk_size": None,
        "attention_chunk_freq": None,
        "qk_l2_norm_freq": None,
        "output_layer_bias": False,
        "rope_scaling_low_freq_factor": 1.0,
        "rope_scaling_high_freq_factor": 4.0,
        "moe_router_softmax_expert_bias": False,
        "moe_router_norm_min": None,
        "moe_router_norm_topk_prob": None,
        "moe_router_group_score_topk": None,
        "moe_router_sparse_mixer": False,
        "moe_router_sparse_mixer_eps": 0.0,
    }
    assert Layers(residual_multiplier=0.22, input_layernorm=False).present() == (
        "input_layernorm",
        "residual_multiplier",
    )


def test_layers_are_values() -> None:
    layers = Layers(residual_multiplier=0.22)
    assert layers == copy.deepcopy(layers) == pickle.loads(pickle.dumps(layers)) == dataclasses.replace(layers)
    assert hash(layers) == hash(copy.copy(layers))
    with pytest.raises(dataclasses.FrozenInstanceError):
        layers.residual_multiplier = 1.0  # type: ignore[misc]


def test_every_wrong_type_is_named() -> None:
    wrong: dict[str, Any] = {"input_layernorm": 1, "residual_multiplier": "0.2", "post_mlp_layernorm": True}
    with pytest.raises(TypeError) as caught:
        Layers(**wrong)
    assert str(caught.value) == "Layers(): input_layernorm=1 must be bool; residual_multiplier='0.2' must be float"
    with pytest.raises(TypeError, match="residual_multiplier=True must be float"):
        Layers(residual_multiplier=True)
    assert Layers(residual_multiplier=1) == Layers()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_are_finite(value: float) -> None:
    with pytest.raises(ValueError, match=r"residual_multiplier=(nan|inf) must be finite"):
        Layers(residual_multiplier=value)


def test_lists_become_tuples() -> None:
    """JSON and YAML have no tuples."""
    lists: dict[str, Any] = {"bases": [1.0, 2.0], "factors": [[1, 2], [3]]}
    layers = WithLists(**lists)
    assert layers == WithLists(bases=(1.0, 2.0), factors=((1, 2), (3,)))
    assert isinstance(hash(layers), int)
    wrong: dict[str, Any] = {"bases": ["1"]}
    with pytest.raises(TypeError, match="bases="):
        WithLists(**wrong)


def test_an_entry_for_each_layer() -> None:
    """`test_configs.py` has configs that are refused for it."""
    layers = WithLists(bases=(1.0, 2.0), factors=((1,),))
    assert misfits(layers, 2) == []
    assert misfits(layers, 3) == ["bases has 2 entries, and num_layers is 3"]
    assert misfits(WithLists(), 3) == []
