"""Gated MLPs and experts whose two factors stay within bounds, in some layers."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any, Final

import torch
from megatron.core.transformer.mlp import MLP
from megatron.core.transformer.moe.experts import SequentialMLP
from megatron.core.transformer.moe.moe_layer import MoELayer
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayer, TransformerLayerSubmodules
from torch import Tensor

from ..shown import shown
from .change import Change, Parts, extended, unmet
from .fields import Layers

type Bounds = tuple[float | None, ...] | None
"""For each layer the bound of its MLP or of its experts, None for a layer without; None for no such layer."""


class ClampedGLU(torch.nn.Module):
    """`min(activation(gate), bound) * clamp(up, -bound, bound)`, from what the first projection gives.

    `_apply_gate` of Step3p7Experts and Step3p7MLP.forward. Megatron's `activation_func_clamp_value` bounds the gate
    before its activation, and is one number for all layers.
    """

    def __init__(self, activation: Callable[[Tensor], Tensor], bound: float) -> None:
        super().__init__()
        self.activation = activation
        self.bound = bound

    def forward(self, x: Tensor) -> Tensor:
        """From [..., 2 * channels], gates before what they multiply, to [..., channels]."""
        gate, up = x.chunk(2, dim=-1)
        clamped: Tensor = self.activation(gate).clamp(max=self.bound) * up.clamp(min=-self.bound, max=self.bound)
        return clamped


def clamp(module: Any, bound: float | None) -> None:
    """Let an MLP, or experts that one kernel computes, have a bound; None leaves it as it is.

    Megatron gives all that the first projection yields to an activation of Transformer Engine's, where there is one:
    this stands in the place of that, in a module with a config of its own.
    """
    if bound is None:
        return
    own = copy.copy(module.config)
    own.use_te_activation_func = True
    module.config = own
    module.activation_func = ClampedGLU(own.activation_func, bound)


class ClampedLayer(TransformerLayer):
    """A layer whose MLP, chosen experts and shared experts have the bounds of this layer."""

    def __init__(
        self, *args: Any, mlp_glu_clamp_by_layer: Bounds, moe_expert_glu_clamp_by_layer: Bounds, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        held: Any = self
        of_mlp = _of(mlp_glu_clamp_by_layer, held.layer_number)
        of_experts = _of(moe_expert_glu_clamp_by_layer, held.layer_number)
        self._bound(held.mlp, of_mlp, of_experts)

    @staticmethod
    def _bound(mlp: Any, of_mlp: float | None, of_experts: float | None) -> None:
        if isinstance(mlp, MoELayer):
            experts: Any = mlp.experts
            for each in experts.local_experts if isinstance(experts, SequentialMLP) else (experts,):
                clamp(each, of_experts)
            shared: Any = mlp.shared_experts
            if shared is not None:
                clamp(shared, of_mlp)
        elif isinstance(mlp, MLP):
            clamp(mlp, of_mlp)


def _of(bounds: Bounds, layer_number: int) -> float | None:
    return None if bounds is None else bounds[layer_number - 1]


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    bounds: dict[str, Any] = {name: vars(layers)[name] for name in _FIELDS}
    if not any(bounds.values()) or not isinstance(layer.submodules, TransformerLayerSubmodules):
        return layer
    stated: dict[str, Any] = vars(layer)["params"]
    return dataclasses.replace(extended(layer, ClampedLayer), params={**stated, **bounds})


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    complaints: list[str] = []
    for name in _FIELDS:
        bounds: Bounds = vars(layers)[name]
        if bounds is not None:
            complaints += _of_bounds(name, bounds) + unmet(
                name,
                {
                    "gated_linear_unit": (config.gated_linear_unit, True),
                    "activation_func_clamp_value": (config.activation_func_clamp_value, None),
                    "glu_linear_offset": (config.glu_linear_offset, 0.0),
                    "use_grouped_gemm_for_shared_expert": (config.use_grouped_gemm_for_shared_expert, False),
                },
            )
    if layers.moe_expert_glu_clamp_by_layer is not None and config.num_moe_experts is None:
        complaints.append("moe_expert_glu_clamp_by_layer: of experts, and num_moe_experts=None: there are none")
    return complaints


def _of_bounds(name: str, bounds: tuple[float | None, ...]) -> list[str]:
    given = [bound for bound in bounds if bound is not None]
    complaints = [] if given else [f"{name} has a bound for no layer: leave it out"]
    return complaints + [
        f"{name} has {shown(bound)}, and a bound must be above zero" for bound in dict.fromkeys(given) if bound <= 0
    ]


_FIELDS: Final = ("mlp_glu_clamp_by_layer", "moe_expert_glu_clamp_by_layer")
CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
