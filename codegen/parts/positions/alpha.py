"""Rotary positions whose base an `alpha` stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.positions.rope import (
    GPT_ROPE,
    HYBRID_ROPE,
    ROPE_KEYS,
    RopeConfig,
    rope_parameters_back,
    rope_parameters_back_of_hybrid,
    yarn,
)
from codegen.table import Inverse, Local, Otherwise, Part

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_alpha import without_alpha


def alpha_rope(hf: RopeConfig, head_dim: int, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        without_alpha(check, rope_parameters_of(hf), head_dim),
        max_position_embeddings=hf.max_position_embeddings,
    )


def alpha_rope_of_hybrid(hf: RopeConfig, head_dim: int, check: Check) -> HybridRope:
    return hybrid_rope(
        check,
        without_alpha(check, rope_parameters_of(hf), head_dim),
        max_position_embeddings=hf.max_position_embeddings,
    )


ALPHA_ROPE: Final = Part(
    includes=(ROPE_KEYS,),
    gpt=(Local("rope", alpha_rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local(
            "rope",
            alpha_rope_of_hybrid,
            (Inverse("rope_parameters", rope_parameters_back_of_hybrid),),
            HYBRID_ROPE,
            yarn,
        ),
    ),
    older=(
        Otherwise(
            "rope_parameters.alpha",
            "5.20.0",
            "beyond max_position_embeddings the base was that of dynamic NTK, whatever alpha says",
            unless=(None, 0),
        ),
    ),
)
"""Rotary positions that "dynamic" with an `alpha` stretches at every length, and without one as usual."""
