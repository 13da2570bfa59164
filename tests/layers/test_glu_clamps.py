"""Bounds of gated MLPs and experts, in some layers: against the equations, in each kind of layer of Megatron's."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import Mock, patch

import pytest
import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.mlp import MLP
from megatron.core.transformer.moe.experts import GroupedMLPSubmodules, TEGroupedMLP
from megatron.core.transformer.moe.moe_layer import MoELayer
from megatron.core.transformer.moe.shared_experts import SharedExpertMLP
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_layer import TransformerLayer, TransformerLayerSubmodules
from megatron.training.models.base import ModelConfig
from torch import Tensor

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.glu_clamps import ClampedLayer, clamp
from mcore_mappers_runtime.layers.specs import changed
from tests.layers.models import (
    CLAMPED,
    PARALLEL,
    ROUNDING,
    SHARED_EXPERTS,
    built,
    gpt,
    hybrid,
    logits,
    shaken,
)
from tests.layers.test_specs import engine_parts
from tests.numerics.emulation import emulated

LOW = 0.05


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def states() -> Tensor:
    """Of 6 tokens, [s, b, hidden], so large that many numbers are beyond the bounds."""
    return torch.randn(3, 2, 48, generator=torch.Generator().manual_seed(1))


def expected(mlp: Any, x: Tensor, bound: float | None) -> Tensor:
    gate, up = (x @ mlp.linear_fc1.weight.T).chunk(2, dim=-1)
    gate = torch.nn.functional.silu(gate)
    if bound is not None:
        clamped = gate.clamp(max=bound), up.clamp(-bound, bound)
        assert (clamped[0] != gate).any()
        assert (clamped[1] != up).any()
        gate, up = clamped
    result: Tensor = (gate * up) @ mlp.linear_fc2.weight.T
    return result


@pytest.mark.parametrize("fields", [{}, {"bias_activation_fusion": True}], ids=str)
def test_mlps_have_the_bound_of_their_layer(fields: Mapping[str, Any]) -> None:
    model = built(gpt(Layers(mlp_glu_clamp_by_layer=(LOW, None, 2 * LOW)), **fields))
    for layer, bound in zip(model.decoder.layers, (LOW, None, 2 * LOW), strict=True):
        torch.testing.assert_close(layer.mlp(states())[0], expected(layer.mlp, states(), bound))
    assert model.decoder.layers[1].mlp.config is model.config
    assert not model.config.use_te_activation_func


def test_experts_and_shared_experts_have_bounds_of_their_own() -> None:
    layers = Layers(mlp_glu_clamp_by_layer=(None, LOW, None), moe_expert_glu_clamp_by_layer=(None, None, 2 * LOW))
    dense, first, second = built(gpt(layers, **SHARED_EXPERTS)).decoder.layers
    assert isinstance(dense.mlp, MLP)
    torch.testing.assert_close(dense.mlp(states())[0], expected(dense.mlp, states(), None))
    for layer, of_shared, of_chosen in ((first, LOW, None), (second, None, 2 * LOW)):
        shared = layer.mlp.shared_experts
        assert isinstance(shared, SharedExpertMLP)
        torch.testing.assert_close(shared(states()), expected(shared, states(), of_shared))
        x, weights = states().flatten(0, 1), torch.linspace(0.1, 0.9, 6)
        for expert in layer.mlp.experts.local_experts:
            torch.testing.assert_close(expert(x, weights)[0], expected(expert, x, of_chosen) * weights[:, None])


class Grouped(torch.nn.Module):
    """The projections of all experts, as a kernel of Transformer Engine's would compute them."""

    def __init__(self, experts: int, inputs: int, outputs: int, **kwargs: Any) -> None:
        super().__init__()
        del kwargs
        self.weight = torch.nn.Parameter(torch.randn(experts, outputs, inputs) * 0.2)

    def forward(self, x: Tensor, per_expert: list[int]) -> tuple[Tensor, None]:
        parts = zip(x.split(per_expert), self.weight, strict=True)
        return torch.cat([part @ weight.T for part, weight in parts]), None


def test_a_kernel_of_all_experts_has_the_bound() -> None:
    layer = built(gpt(CLAMPED, **SHARED_EXPERTS)).decoder.layers[1]
    groups = ProcessGroupCollection.use_mpu_process_groups()
    projection: Any = Grouped
    experts: Any = TEGroupedMLP(4, layer.config, GroupedMLPSubmodules(projection, projection), groups)
    x, weights, per_expert = states().flatten(0, 1), torch.linspace(0.1, 0.9, 6), [2, 1, 0, 3]
    for bound in (None, LOW):
        clamp(experts, bound)
        found, _ = experts(x, torch.tensor(per_expert), weights)
        for expert, part in enumerate(torch.arange(6).split(per_expert)):
            one = Mock(
                linear_fc1=Mock(weight=experts.linear_fc1.weight[expert]),
                linear_fc2=Mock(weight=experts.linear_fc2.weight[expert]),
            )
            if len(part):
                torch.testing.assert_close(found[part], expected(one, x[part], bound) * weights[part, None])


def test_the_kernel_of_a_layer_is_bounded() -> None:
    layer = built(gpt(CLAMPED, **SHARED_EXPERTS)).decoder.layers[1]
    kernel = Mock(spec=TEGroupedMLP, config=layer.config, activation_func=torch.nn.functional.silu)
    made = partial(Mock, spec=MoELayer, experts=kernel, shared_experts=None)
    with patch.object(TransformerLayer, "__init__", lambda self: vars(self).update(mlp=made(), layer_number=2)):
        ClampedLayer(mlp_glu_clamp_by_layer=None, moe_expert_glu_clamp_by_layer=(None, LOW, None))
    assert kernel.config.use_te_activation_func
    assert kernel.activation_func.bound == LOW


def test_a_hybrid_model_has_an_entry_for_each_symbol() -> None:
    bounds = (None, LOW, None, None, None)
    model = built(hybrid(Layers(mlp_glu_clamp_by_layer=bounds), {"hybrid_layer_pattern": "*-*-M"}, num_layers=5))
    for layer, bound in zip(model.decoder.layers, bounds, strict=True):
        if isinstance(layer, TransformerLayer) and isinstance(layer.mlp, MLP):
            torch.testing.assert_close(layer.mlp(states())[0], expected(layer.mlp, states(), bound))


def test_a_bound_that_nothing_reaches_is_none() -> None:
    model = shaken(built(gpt(Layers(), **SHARED_EXPERTS)))
    high = built(
        gpt(Layers(mlp_glu_clamp_by_layer=(90.0,) * 3, moe_expert_glu_clamp_by_layer=(90.0,) * 3), **SHARED_EXPERTS)
    )
    high.load_state_dict(model.state_dict())
    torch.testing.assert_close(logits(high), logits(model), **ROUNDING)
    low = built(gpt(CLAMPED, **SHARED_EXPERTS))
    low.load_state_dict(model.state_dict())
    assert (logits(low) - logits(model)).abs().max() > 0.01


def test_checkpoints_are_those_of_stock_layers() -> None:
    clamped, stock = (built(gpt(layers, **SHARED_EXPERTS)) for layers in (CLAMPED, Layers()))
    assert clamped.sharded_state_dict().keys() == stock.sharded_state_dict().keys()


def test_attention_at_once_has_them_too() -> None:
    model = built(gpt(replace(PARALLEL, mlp_glu_clamp_by_layer=(LOW, None, None))))
    mlp = model.decoder.layers[0].mlp
    torch.testing.assert_close(mlp(states())[0], expected(mlp, states(), LOW))


BOUNDS = Layers(mlp_glu_clamp_by_layer=(LOW, None, None))
REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "too_few": (Layers(mlp_glu_clamp_by_layer=(LOW,)), {}, "mlp_glu_clamp_by_layer has 1 entries, and num_layers is 3"),
    "none": (Layers(mlp_glu_clamp_by_layer=(None,) * 3), {}, "mlp_glu_clamp_by_layer has a bound for no layer"),
    "zero": (Layers(mlp_glu_clamp_by_layer=(0.0, LOW, LOW)), {}, r"has 0\.0, and a bound must be above zero"),
    "not_gated": (BOUNDS, {"gated_linear_unit": False}, "needs gated_linear_unit=True, not False"),
    "another": (
        BOUNDS,
        {"activation_func_clamp_value": 3.0, "bias_activation_fusion": False},
        r"needs activation_func_clamp_value=None, not 3\.0",
    ),
    "no_experts": (
        Layers(moe_expert_glu_clamp_by_layer=(LOW, None, None)),
        {},
        "moe_expert_glu_clamp_by_layer: of experts, and num_moe_experts=None: there are none",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_with_them_is_refused(name: str) -> None:
    layers, changes, told = REFUSED[name]
    with pytest.raises(ValueError, match=told):
        gpt(layers, **changes)


@pytest.mark.parametrize(("field", "value"), [("glu_linear_offset", 1.0), ("use_grouped_gemm_for_shared_expert", True)])
def test_other_gates_and_kernels_are_refused(field: str, value: object) -> None:
    config = gpt(BOUNDS)
    setattr(config.transformer, field, value)
    with pytest.raises(ValueError, match=rf"mlp_glu_clamp_by_layer needs {field}=.*, not {value}"):
        built(config)


def test_what_else_a_spec_says_of_a_layer_is_kept() -> None:
    spec = ModuleSpec(module=TransformerLayer, params={"hidden_dropout": 0.5}, submodules=TransformerLayerSubmodules())
    params = changed(spec, BOUNDS, engine_parts()).params
    assert params["hidden_dropout"] == 0.5
    assert params["mlp_glu_clamp_by_layer"] == BOUNDS.mlp_glu_clamp_by_layer


def test_megatrons_own_round_trip_keeps_them() -> None:
    config = gpt(CLAMPED, **SHARED_EXPERTS)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    again.transformer.activation_func = config.transformer.activation_func
    assert again.layers == CLAMPED
    assert torch.equal(logits(built(config)), logits(built(again)))
