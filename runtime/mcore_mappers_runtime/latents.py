"""The rank of the latent of queries, which a model may be without."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig


def rank_or_none(rank: int | None) -> int:
    """A `q_lora_rank` as Megatron declares it. Its `MLASelfAttention` asks whether it is None, for no latent."""
    return cast("int", rank)


def query_rank(model: GPTModelConfig | HybridModelConfig) -> int | None:
    """The `q_lora_rank` of a model with latent attention; None where it has no latent of queries."""
    rank: int | None = vars(model.transformer)["q_lora_rank"]
    return rank
