"""Rotary positions, or none, as a field of the config says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from .carried import NOT_CARRIED, NotCarried
from .rope import HybridRope, hybrid_rope
from .rope_back import hybrid_rope_parameters

if TYPE_CHECKING:
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check


def rope_if(
    rotary: bool,
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
) -> HybridRope:
    """The rope of a HybridModel, or no positions at all: nothing is read from `rope_parameters` then."""
    if rotary:
        return hybrid_rope(check, rope_parameters, max_position_embeddings=max_position_embeddings)
    return HybridRope(cast("Literal['rope']", "none"), 10000, 1.0, None, None)


def rotates(model: HybridModelConfig) -> bool:
    """Whether the attention of a hybrid model knows positions."""
    return cast(str, model.position_embedding_type) != "none"


def rope_parameters_if_rotary(model: HybridModelConfig) -> dict[str, object] | NotCarried:
    """The inverse of `rope_if`."""
    return hybrid_rope_parameters(model) if rotates(model) else NOT_CARRIED
