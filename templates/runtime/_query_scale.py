"""The scale of queries that grows with the position, which Llama 4 began and Megatron does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._rope import rope_key
from ._rope_back import gpt_rope_parameters, hybrid_rope_parameters

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

_BETA, _LENGTH = "llama_4_scaling_beta", "original_max_position_embeddings"


def queries_keep_scale(rope_parameters: RopeParameters | dict[str, object] | None) -> bool:
    """Whether queries are scaled by one at every position.

    transformers scales them by 1 + beta * log(1 + position // length), and cannot do without either number.
    """
    length = rope_key(rope_parameters, _LENGTH)
    return rope_key(rope_parameters, _BETA) == 0 and isinstance(length, int | float) and length > 0


def gpt_rope_parameters_unscaled(model: GPTModelConfig) -> dict[str, object]:
    """`gpt_rope_parameters`, and what transformers needs to scale no query."""
    return _unscaled(gpt_rope_parameters(model), model.seq_length)


def hybrid_rope_parameters_unscaled(model: HybridModelConfig) -> dict[str, object]:
    """`hybrid_rope_parameters`, and what transformers needs to scale no query."""
    return _unscaled(hybrid_rope_parameters(model), model.seq_length)


def _unscaled(parameters: dict[str, object], length: int) -> dict[str, object]:
    return {_LENGTH: length, **parameters, _BETA: 0.0}
