"""DeepSeek-MoE: Llama, with experts weighed by softmax scores beside experts that all tokens share."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tests.references.decoder import MLP, Attention, LanguageModel, Layer


class Gate(nn.Module):
    """Which experts a token goes through, and what each one's output weighs."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(config.n_routed_experts, config.hidden_size).normal_(0, 0.02))
        self._count: int = config.num_experts_per_tok
        self._normalised: bool = config.norm_topk_prob

    def forward(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        scores = (hidden @ self.weight.T).softmax(-1)
        weights, chosen = scores.topk(self._count)
        if self._normalised and self._count > 1:
            weights = weights / weights.sum(-1, keepdim=True)
        return weights, chosen


class Mixture(nn.Module):
    """What the chosen experts make of a token, weighed, and what the shared ones make of it."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        width: int = config.moe_intermediate_size
        self.gate = Gate(config)
        self.experts = nn.ModuleList(MLP(config, width) for _ in range(config.n_routed_experts))
        shared: int = config.n_shared_experts or 0
        self.shared_experts = MLP(config, width * shared) if shared else None

    def forward(self, hidden: Tensor) -> Tensor:
        weights, chosen = self.gate(hidden)
        result = torch.zeros_like(hidden) if self.shared_experts is None else self.shared_experts(hidden)
        for number, expert in enumerate(self.experts):
            weight = (weights * (chosen == number)).sum(-1, keepdim=True)
            result = result + weight * expert(hidden)
        return result


class Deepseek(LanguageModel):
    """As `modeling_deepseek.py` beside deepseek-ai/deepseek-moe-16b-base has it, but for its auxiliary loss.

    Compared once with the model of mlx-lm 0.32.2, of the same weights.
    """

    def layer(self, config: Any, index: int) -> Layer:
        experts = (
            config.n_routed_experts is not None
            and index >= config.first_k_dense_replace
            and index % config.moe_layer_freq == 0
        )
        attention = Attention(config, config.num_key_value_heads)
        return Layer(config, attention, Mixture(config) if experts else MLP(config, config.intermediate_size))
