"""Routers that choose experts by softmax scores with a bias, weigh them otherwise, or rank groups otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.moe.moe_layer import MoESubmodules
from megatron.core.transformer.moe.router import TopKRouter
from megatron.core.transformer.moe.router_replay import RouterReplay
from megatron.core.transformer.spec_utils import ModuleSpec, get_submodules
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayerSubmodules
from megatron.core.typed_torch import not_none
from torch import Tensor

from ..shown import shown
from .change import Change, Parts, unmet, with_held, with_submodules
from .fields import Layers

type TopK = Callable[[Tensor, int, int | None, int | None], tuple[Tensor, Tensor]]
"""From scores, [tokens, experts], and the numbers of chosen experts, of groups and of chosen groups, to the scores and
the indices of the chosen experts, [tokens, chosen experts]."""


class LayeredRouter(TopKRouter):
    """Megatron's router, but for which experts it chooses, and what of their scores are their weights.

    `Ernie4_5_MoeTopKRouter.forward`: experts are chosen by their softmax scores and a bias, and weighed by the scores,
    divided by their sum or by the least divisor. `DeepseekV2Moe.route_tokens_to_experts`: groups are ranked by their
    best expert. `DeepseekV3TopkRouter.forward`: sigmoid scores are divided by their sum, or they are not, however many
    there are.

    Megatron asks the `router_replay` of a router, where it has one, for what to choose. All else is Megatron's: losses,
    scale, dtype, capacity, and a replay that the config asks for.

    The bias is named `expert_bias`, as Megatron's for other scores, is as that in float32 and part of checkpoints, and
    starts at zero. Nothing trains it: it has no gradient, and Megatron moves biases of experts only with
    `moe_router_enable_expert_bias`, which it rejects for softmax scores.
    """

    def __init__(
        self,
        config: TransformerConfig,
        pg_collection: ProcessGroupCollection | None = None,
        is_mtp_layer: bool = False,
        *,
        layers: Layers,
    ) -> None:
        super().__init__(config=config, pg_collection=pg_collection, is_mtp_layer=is_mtp_layer)
        if layers.moe_router_softmax_expert_bias:
            del self.expert_bias
            zeros = torch.zeros(
                not_none(config.num_moe_experts), dtype=torch.float32, device=torch.cuda.current_device()
            )
            self.register_buffer("expert_bias", zeros)
        self.router_replay: Any = Choice(self, layers, self.router_replay)
        normalised = layers.moe_router_norm_topk_prob
        self.weighs_otherwise = normalised is not None and normalised != (config.moe_router_topk > 1)

    def routing(self, logits: Tensor, padding_mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As Megatron's, which normalises sigmoid scores exactly where there are several."""
        routed: tuple[Tensor, Tensor] = super().routing(logits, padding_mask=padding_mask)
        if not self.weighs_otherwise:
            return routed
        probs, mapped = routed
        scores = logits.view(probs.shape).float().sigmoid()
        total = (scores * mapped).sum(-1, keepdim=True) + 1e-20
        return (probs * total if self.topk > 1 else probs / total).type_as(probs), mapped


class Choice:
    """What a router chooses, where Megatron looks for a replay of what it chose."""

    def __init__(self, router: LayeredRouter, layers: Layers, replay: RouterReplay | None) -> None:
        """Args: `replay`: what the config asks for, which goes before what is chosen here."""
        self.router = router
        self.layers = layers
        self.replay = replay

    @property
    def layer_number(self) -> int | None:
        return None if self.replay is None else self.replay.layer_number

    @layer_number.setter
    def layer_number(self, number: int | None) -> None:
        if self.replay is not None:
            self.replay.layer_number = number

    def get_replay_topk(
        self, scores: Tensor, topk: int, num_groups: int | None, group_topk: int | None, default_compute_topk: TopK
    ) -> tuple[Tensor, Tensor]:
        """As Megatron asks a replay; the default is how it chooses without groups."""
        choose = partial(self._choose, default_compute_topk=default_compute_topk)
        if self.replay is None:
            weights, chosen = choose(scores, topk, num_groups, group_topk)
        else:
            weights, chosen = self.replay.get_replay_topk(scores, topk, num_groups, group_topk, choose)
        if self.layers.moe_router_norm_min is not None:
            weights = weights / weights.sum(-1, keepdim=True).clamp(min=self.layers.moe_router_norm_min)
        return weights, chosen

    def _choose(
        self,
        scores: Tensor,
        topk: int,
        num_groups: int | None = None,
        group_topk: int | None = None,
        *,
        default_compute_topk: TopK,
    ) -> tuple[Tensor, Tensor]:
        ranked = scores.detach()
        if self.layers.moe_router_softmax_expert_bias:
            bias: Any = self.router.expert_bias
            ranked = ranked + bias
        best_of_group = self.layers.moe_router_group_score_topk
        if best_of_group is not None:
            ranked = _of_best_groups(ranked, not_none(num_groups), not_none(group_topk), best_of_group)
            num_groups = group_topk = None
        _, chosen = default_compute_topk(ranked, topk, num_groups, group_topk)
        return scores.gather(1, chosen), chosen


def _of_best_groups(scores: Tensor, num_groups: int, group_topk: int, group_score_topk: int) -> Tensor:
    """The scores, of groups that are not chosen below all numbers. A group ranks by the sum of its best scores."""
    grouped = scores.view(scores.shape[0], num_groups, -1)
    of_groups = grouped.topk(group_score_topk, dim=-1).values.sum(-1)
    best = of_groups.topk(group_topk, dim=-1, sorted=False).indices
    left_out = torch.ones_like(of_groups, dtype=torch.bool).scatter(1, best, False)
    return grouped.masked_fill(left_out.unsqueeze(-1), float("-inf")).view_as(scores)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    return with_router(layer, partial(LayeredRouter, layers=layers)) if _fields_present(layers) else layer


def with_router(layer: ModuleSpec, router: Callable[..., TopKRouter]) -> ModuleSpec:
    """A copy of a layer's spec, with another router; the same spec where it has no experts."""
    held = layer.submodules
    if not isinstance(held, TransformerLayerSubmodules):
        return layer
    if held.mlp is IdentityOp or not isinstance(get_submodules(held.mlp), MoESubmodules):
        return layer
    return with_submodules(layer, mlp=with_held(held.mlp, router=router))


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    fields = ", ".join(_fields_present(layers))
    if not fields:
        return []
    if config.num_moe_experts is None:
        return [f"{fields}: of routers, and num_moe_experts=None: there are none"]
    complaints = choosing_otherwise(fields, config)
    if layers.moe_router_softmax_expert_bias:
        complaints += _of_bias(config)
    if layers.moe_router_norm_min is not None:
        complaints += _of_weights(layers.moe_router_norm_min, config)
    if layers.moe_router_norm_topk_prob is not None:
        complaints += _of_sigmoid(layers.moe_router_norm_topk_prob, config)
    if layers.moe_router_group_score_topk is not None:
        complaints += _of_groups(layers.moe_router_group_score_topk, config, config.num_moe_experts)
    return complaints


def choosing_otherwise(fields: str, config: TransformerConfig) -> list[str]:
    """What of Megatron's chooses experts without asking for a replay."""
    balanced = config.moe_router_load_balancing_type
    kinds = balanced if isinstance(balanced, list) else [balanced]
    complaints: list[str] = []
    if {"sinkhorn", "quantile_balancing"} & set(kinds):
        complaints.append(f"moe_router_load_balancing_type={shown(balanced)}: it chooses experts without {fields}")
    if config.moe_router_fusion:
        complaints.append(f"moe_router_fusion=True: its kernel chooses experts without {fields}")
    return complaints


def _of_bias(config: TransformerConfig) -> list[str]:
    complaints = unmet(
        "moe_router_softmax_expert_bias=True",
        {
            "moe_router_score_function": (config.moe_router_score_function, "softmax"),
            "moe_router_pre_softmax": (config.moe_router_pre_softmax, True),
            "moe_router_enable_expert_bias": (config.moe_router_enable_expert_bias, False),
        },
    )
    rate = config.moe_router_bias_update_rate
    if rate not in (0.0, TransformerConfig.moe_router_bias_update_rate):
        complaints.append(
            f"moe_router_bias_update_rate={shown(rate)}: Megatron moves no bias of softmax scores; "
            "leave it out, or say 0.0"
        )
    return complaints


def _of_weights(norm_min: float, config: TransformerConfig) -> list[str]:
    least = [f"moe_router_norm_min={shown(norm_min)} must not be negative"] if norm_min < 0 else []
    return least + unmet(
        f"moe_router_norm_min={shown(norm_min)}",
        {
            "moe_router_score_function": (config.moe_router_score_function, "softmax"),
            "moe_router_pre_softmax": (config.moe_router_pre_softmax, True),
        },
    )


def _of_sigmoid(normalised: bool, config: TransformerConfig) -> list[str]:
    """Capacity drops some experts of a token, and may ask their weights which."""
    return unmet(
        f"moe_router_norm_topk_prob={normalised}",
        {
            "moe_router_score_function": (config.moe_router_score_function, "sigmoid"),
            "moe_expert_capacity_factor": (config.moe_expert_capacity_factor, None),
        },
    )


def _of_groups(topk: int, config: TransformerConfig, experts: int) -> list[str]:
    if not config.moe_router_num_groups or not config.moe_router_group_topk:
        groups = f"{shown(config.moe_router_num_groups)} and {shown(config.moe_router_group_topk)}"
        return [
            f"moe_router_group_score_topk={topk} needs moe_router_num_groups and moe_router_group_topk, not {groups}"
        ]
    size = experts // config.moe_router_num_groups
    if not 1 <= topk <= size:
        return [f"moe_router_group_score_topk={topk} must be at least 1, and at most the {size} experts of a group"]
    return []


FIELDS: Final = (
    "moe_router_softmax_expert_bias",
    "moe_router_norm_min",
    "moe_router_norm_topk_prob",
    "moe_router_group_score_topk",
)


def _fields_present(layers: Layers) -> tuple[str, ...]:
    return tuple(field for field in layers.present() if field in FIELDS)


CHANGE: Final = Change(FIELDS, _of_layer, _lacking)
