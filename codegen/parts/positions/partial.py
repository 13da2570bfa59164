"""Rotary positions of a part of each head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.attention.heads import HeadsConfig
from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, RopeConfig, yarn
from codegen.table import Constant, Inverse, Local, NoInverse, Part, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_key, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters


def partial_rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )


def partial_rope_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_rope_parameters(model, partial_rotary=True)


def interleaved_partial_rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        partial_rotary=True,
        rotary_interleaved=True,
    )


def hybrid_partial_rope(hf: RopeConfig, check: Check) -> HybridRope:
    return hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )


def hybrid_partial_rope_back(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_rope_parameters(model, partial_rotary=True)


def says_how_much(hf: RopeConfig) -> bool:
    # What is no rope is refused as such.
    return (
        type(rope_key(rope_parameters_of(hf), "rope_theta")) not in (int, float)
        or rope_key(rope_parameters_of(hf), "partial_rotary_factor") is not None
    )


def rotates_pairs(hf: HeadsConfig, rope: GPTRope | HybridRope) -> bool:
    # Heads that do not divide the width are refused as such.
    return (
        hf.num_attention_heads < 1
        or hf.hidden_size % hf.num_attention_heads != 0
        or int(hf.hidden_size // hf.num_attention_heads * rope.rotary_percent) % 2 == 0
    )


PARTIAL_ROPE: Final = Part(
    includes=(ROPE_KEYS,),
    gpt=(Local("rope", partial_rope, (Inverse("rope_parameters", partial_rope_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local("rope", hybrid_partial_rope, (Inverse("rope_parameters", hybrid_partial_rope_back),), HYBRID_ROPE, yarn),
    ),
)
"""Rotary positions of a part of each head."""

STATED_PARTIAL_ROPE: Final = Part(
    includes=(PARTIAL_ROPE,),
    rows=(
        require(
            "rope_parameters",
            says_how_much,
            "must have partial_rotary_factor, which the model reads there; the class puts it there when it is built",
            inverse=NoInverse("the rope of a model says how much it rotates"),
        ),
    ),
)
"""The same of classes whose attention needs to be told how much."""

CUT_PARTIAL_ROPE: Final = Part(
    includes=(STATED_PARTIAL_ROPE,),
    rows=(
        require(
            "rope_parameters",
            rotates_pairs,
            "must rotate an even number of a head's channels: the attention cuts off as many, and the rope has pairs",
            inverse=NoInverse("the rope of a model says how much it rotates"),
        ),
    ),
)
"""The same of classes whose attention rotates as many channels as that says, and not as many as the rope has."""

INTERLEAVED_PARTIAL_ROPE: Final = Part(
    includes=(ROPE_KEYS,),
    rows=(
        Local("rope", interleaved_partial_rope, (Inverse("rope_parameters", partial_rope_back),), GPT_ROPE, yarn),
        Constant("rotary_interleaved", True, "Hugging Face has no flag: the class rotates pairs of neighbours."),
    ),
    hybrid=None,
)
"""Rotary positions of pairs of neighbours in a part of each head, which Megatron has in a GPTModel only."""
