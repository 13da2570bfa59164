"""A multiplier on what attention, Mamba, MLPs and experts add to the residual stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch
from megatron.core.ssm.mamba_layer import MambaLayerSubmodules
from megatron.core.transformer.identity_op import IdentityFuncOp
from megatron.core.transformer.spec_utils import ModuleSpec
from torch import Tensor

from .change import Change, Parts, nothing, with_submodules
from .fields import Layers
from .untyped import build

type Branch = tuple[Tensor, Tensor | None]
"""What a branch gives: [s, b, h], and a bias of it that has not been added."""
type Add = Callable[[Branch, Tensor, float], Tensor]
"""Adds a branch, after a dropout of this probability, to the residual stream."""


class ResidualMultiplier(torch.nn.Module):
    """`residual + branch * multiplier`, as GraniteDecoderLayer.forward has it for both branches.

    What stands in for `get_bias_dropout_add` in a spec, and calls that for the sum.
    """

    def __init__(self, multiplier: float, bias_dropout_add: Any) -> None:
        """Args: `bias_dropout_add`: the spec of what adds."""
        super().__init__()
        self.multiplier = multiplier
        self.bias_dropout_add = build(bias_dropout_add)

    def forward(self, training: bool, fused: bool) -> Add:
        add: Add = self.bias_dropout_add(training, fused)

        def multiplied(branch: Branch, residual: Tensor, prob: float) -> Tensor:
            x, bias = branch
            return add((x * self.multiplier, None if bias is None else bias * self.multiplier), residual, prob)

        return multiplied


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    if layers.residual_multiplier == 1.0:
        return layer
    names = ("mamba_bda",) if isinstance(layer.submodules, MambaLayerSubmodules) else ("self_attn_bda", "mlp_bda")
    return with_submodules(layer, **{name: _multiplied(vars(layer.submodules)[name], layers) for name in names})


def _multiplied(bias_dropout_add: Any, layers: Layers) -> Any:
    """Layers of hybrid models have one branch, and add nothing in the place of the other."""
    if bias_dropout_add is IdentityFuncOp:
        return bias_dropout_add
    params = {"multiplier": layers.residual_multiplier, "bias_dropout_add": bias_dropout_add}
    return ModuleSpec(module=ResidualMultiplier, params=params)


CHANGE: Final = Change(("residual_multiplier",), _of_layer, nothing)
