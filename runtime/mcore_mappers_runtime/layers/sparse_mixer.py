"""SparseMixer: a router whose second expert is chosen and weighed as if there were no first."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.tensor_parallel.random import get_cuda_rng_tracker
from megatron.core.transformer.moe.router import TopKRouter
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none
from torch import Tensor

from ..shown import shown
from .change import Change, Parts, unmet
from .fields import Layers
from .routers import FIELDS as OTHERS
from .routers import choosing_otherwise, with_router

MIDPOINT: Final = (0.75, 0.3333)
"""How often training shrinks the weight of a sampled expert that is not the best, and to which part of it."""


class SparseMixerRouter(TopKRouter):
    """Megatron's router, but for which two experts it chooses, and what their weights are.

    `sparsemixer` of transformers' modeling_phimoe. Megatron asks the `router_replay` of a router for what to choose,
    but hands over scores, of which the logits do not follow. All else is Megatron's: losses, scale, dtype, capacity.
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
        self.router_replay: Any = Mixer(self, layers.moe_router_sparse_mixer_eps)

    def apply_z_loss(self, logits: Tensor, padding_mask: Tensor | None = None) -> Tensor:
        """As Megatron's, [tokens, experts]: what it gives is what experts are chosen by, and learns from that loss."""
        stock: Any = super()
        with_loss: Tensor = stock.apply_z_loss(logits, padding_mask=padding_mask)
        self.router_replay.logits = with_loss
        return with_loss


class Mixer:
    """What a router chooses, where Megatron looks for a replay of what it chose."""

    def __init__(self, router: SparseMixerRouter, eps: float) -> None:
        self.router = router
        self.eps = eps
        self.logits: Tensor | None = None
        """Of the tokens for which Megatron is about to ask, [tokens, experts]."""
        self.layer_number: int | None = None

    def get_replay_topk(self, scores: Tensor, *others: object) -> tuple[Tensor, Tensor]:
        """As Megatron asks a replay: weights and indices of two experts, [tokens, 2].

        In training experts are sampled, by random numbers of the rank that has these tokens.
        """
        del scores, others
        logits, self.logits = not_none(self.logits).float(), None
        if self.router.training and self.router.config.sequence_parallel:
            tracker: Any = get_cuda_rng_tracker()
            with tracker.fork():
                return two_experts(logits, self.eps, sampled=True)
        return two_experts(logits, self.eps, sampled=self.router.training)


def two_experts(logits: Tensor, eps: float, *, sampled: bool) -> tuple[Tensor, Tensor]:
    """The weights and indices of two experts, [tokens, 2], by logits of [tokens, experts]."""
    weight, first = _expert(logits, logits, eps, sampled=sampled)
    others = logits.scatter(-1, first, float("-inf"))
    other_weight, second = _expert(others, logits, eps, sampled=sampled)
    return torch.cat((weight, other_weight), -1), torch.cat((first, second), -1)


def _expert(candidates: Tensor, logits: Tensor, eps: float, *, sampled: bool) -> tuple[Tensor, Tensor]:
    """The weight and the index of one expert, [tokens, 1]: the best, or one sampled of those that come close.

    Args:
        candidates: the logits, [tokens, experts], and minus infinity for an expert that is none.
        logits: those of all experts, to whose size the distance from the best is compared.
        eps: twice that is the relative distance up to which an expert comes close.
        sampled: whether chance chooses, as in training.
    """
    best, index = candidates.detach().max(-1, keepdim=True)
    distance = (best - logits.detach()) / logits.detach().abs().clamp(min=best)
    close = candidates.masked_fill(distance > 2 * eps, float("-inf"))
    scores = close.softmax(-1)
    if not sampled:
        return scores.gather(-1, index), index
    # The largest sum of a logit and Gumbel noise is a sample of the softmax.
    noise = -torch.empty_like(logits).exponential_().log()
    chosen = (close.detach() + noise).argmax(-1, keepdim=True)
    weight = scores.gather(-1, chosen)
    often, part = MIDPOINT
    shrunk = (chosen != index) & (torch.rand_like(best) <= often)
    # Gradients are those of the whole weight.
    return weight - (weight * (1 - part)).detach() * shrunk, chosen


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    if not layers.moe_router_sparse_mixer:
        return layer
    return with_router(layer, partial(SparseMixerRouter, layers=layers))


_FIELDS: Final = ("moe_router_sparse_mixer", "moe_router_sparse_mixer_eps")


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    eps = layers.moe_router_sparse_mixer_eps
    if not layers.moe_router_sparse_mixer:
        return [f"moe_router_sparse_mixer_eps={shown(eps)} needs moe_router_sparse_mixer=True"] if eps else []
    said = "moe_router_sparse_mixer=True"
    if config.num_moe_experts is None or config.num_moe_experts < 2:
        return [f"{said} needs two experts or more, and num_moe_experts={shown(config.num_moe_experts)}"]
    complaints = choosing_otherwise("moe_router_sparse_mixer", config)
    if eps < 0:
        complaints.append(f"moe_router_sparse_mixer_eps={shown(eps)} must not be negative")
    complaints += [
        f"{said} needs {name}=None or False, not {shown(vars(layers)[name])}"
        for name in OTHERS
        if name in layers.present()
    ]
    return complaints + unmet(
        said,
        {
            "moe_router_topk": (config.moe_router_topk, 2),
            "moe_router_score_function": (config.moe_router_score_function, "softmax"),
            "moe_router_pre_softmax": (config.moe_router_pre_softmax, True),
            "moe_router_group_topk": (config.moe_router_group_topk, None),
            "moe_router_enable_expert_bias": (config.moe_router_enable_expert_bias, False),
            "moe_enable_routing_replay": (config.moe_enable_routing_replay, False),
        },
    )


CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
