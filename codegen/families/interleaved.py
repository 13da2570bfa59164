"""Rotary embeddings of pairs of neighbours, which Megatron has in a GPTModel only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.families.decoder import ROPE, RopeConfig, rope_parameters_back
from codegen.table import Constant, Inverse, Local, Rows

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_parameters_of


def interleaved_rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        rotary_interleaved=True,
    )


INTERLEAVED_ROPE: Final = Rows(
    module=__name__,
    extends=(ROPE,),
    drop=("rope",),
    rows=(
        Local(
            "rope",
            interleaved_rope,
            gives=(
                "position_embedding_type",
                "rotary_percent",
                "rotary_base",
                "rope_scaling",
                "rope_scaling_factor",
                "seq_len_interpolation_factor",
            ),
            inverse=(Inverse("rope_parameters", rope_parameters_back),),
        ),
        Constant("rotary_interleaved", True, "Hugging Face has no flag: the class rotates pairs of neighbours."),
    ),
)
"""`ROPE`, less YaRN. No kernel is suggested: the fused one rotates such pairs only in some of its releases."""
