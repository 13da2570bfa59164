"""The parameters that models with layers have beside those of Megatron's own, as the table lists them."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.parameters import PARAMETERS, LayerParameter, parameters
from tests.layers.models import (
    AFTER_ROPE,
    BIASED_OUTPUT,
    EVERYWHERE,
    EXPERTS,
    ONLY_AFTER,
    built,
    gpt,
)
from tests.numerics.emulation import emulated


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


@pytest.mark.parametrize(
    "layers", [EVERYWHERE, ONLY_AFTER, AFTER_ROPE, BIASED_OUTPUT, Layers(post_mlp_layernorm=True)], ids=str
)
@pytest.mark.parametrize("normalization", ["RMSNorm", "LayerNorm"])
def test_parameters_are_those_of_the_table(layers: Layers, normalization: str) -> None:
    if normalization == "LayerNorm":
        layers = dataclasses.replace(layers, qk_layernorm_over_heads=False)
    config = gpt(layers, normalization=normalization)
    model, stock = built(config), built(gpt(Layers(), normalization=normalization))
    prefix = "decoder.layers.1."
    found = shapes(model, prefix)
    without = {name: shape for name, shape in shapes(stock, prefix).items() if found.get(name) != shape}
    added = {name: shape for name, shape in found.items() if shapes(stock, prefix).get(name) != shape}
    values = vars(config.transformer)
    assert added == {
        each.name: tuple(eval(size, dict(values)) for size in each.shape) for each in parameters(layers, normalization)
    }
    lost = {name.rpartition(".")[0] for name in without if name not in added}
    moved = (
        {"self_attention.q_layernorm", "self_attention.k_layernorm"} if layers.qk_layernorm_after_rope else set[str]()
    )
    gone = {name for name in ("input_layernorm", "pre_mlp_layernorm") if not dict(layers.stated())[name]}
    assert lost == gone | moved


ROUTED: Mapping[str, Any] = {**EXPERTS, "moe_layer_freq": 1, "moe_router_pre_softmax": True}
PARALLEL_MLP = Layers(parallel_mlp=True)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda each: f"{each.field}-{each.name}")
def test_every_parameter_is_where_the_table_says(parameter: LayerParameter) -> None:
    layers = dataclasses.replace(
        PARALLEL_MLP if parameter.field == "shared_layernorm" else Layers(), **{parameter.field: True}
    )
    of_layers = {"qk_layernorm_by_head", "shared_layernorm", "post_attention_layernorm", "post_mlp_layernorm"}
    normalization = parameter.normalization or ("LayerNorm" if parameter.field in of_layers else "RMSNorm")
    fields = {**(ROUTED if parameter.field.startswith("moe_") else {}), "normalization": normalization}
    config = gpt(layers, **fields)
    name = parameter.name if parameter.of_model else f"decoder.layers.1.{parameter.name}"
    model = built(config)
    sizes = {**vars(config), **vars(config.transformer)}
    found = model.state_dict()[name]
    assert tuple(found.shape) == tuple(eval(size, dict(sizes)) for size in parameter.shape)
    divided: bool = vars(dict(model.named_parameters()).get(name, found)).get("tensor_model_parallel", False)
    assert divided == (parameter.tensor_parallel_dim is not None)
    if divided:
        assert dict(model.named_parameters())[name].partition_dim == parameter.tensor_parallel_dim
    assert parameter in parameters(layers, normalization)
    if parameter.without is not None:
        weightless = {"layernorm_bias": False, parameter.without: False}
        less = dataclasses.replace(layers, **weightless)
        assert name not in built(gpt(less, **fields, qk_layernorm=False)).state_dict()
        assert parameter not in parameters(less, normalization)


def shapes(model: Any, prefix: str) -> Mapping[str, tuple[int, ...]]:
    named = model.named_parameters()
    return {name.removeprefix(prefix): tuple(each.shape) for name, each in named if name.startswith(prefix)}


def test_extra_parameters_are_whole_on_every_rank() -> None:
    """`test_spread.py` compares what ranks have."""
    assert {each.tensor_parallel_dim for each in PARAMETERS if not each.of_model} == {None}


@pytest.mark.parametrize("zero_centered", [False, True])
def test_extra_norms_start_as_others(zero_centered: bool) -> None:
    model = built(gpt(EVERYWHERE, layernorm_zero_centered_gamma=zero_centered))
    start = {name: each for name, each in model.named_parameters() if each.dim() == 1}
    assert len(start) == 3 * 6 + 1
    assert all((each == (0 if zero_centered else 1)).all() for each in start.values())
