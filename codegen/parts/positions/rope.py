"""Rotary positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.megatron.targets import YARN
from codegen.table import Beside, Constant, Inverse, Local, Older, Part, equal_up_to, must_be, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.rope import (
        GPTRope,
        HybridRope,
        MLARope,
        gpt_rope,
        hybrid_rope,
        rope_key,
        rope_parameters_of,
    )
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
    from mcore_mappers_runtime.yarn import with_yarn


class RopeConfig(Protocol):
    """A config whose rope is in `rope_parameters`."""

    max_position_embeddings: int
    rope_parameters: object


def rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_rope_parameters(model)


def rope_of_hybrid(hf: RopeConfig, check: Check) -> HybridRope:
    return hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back_of_hybrid(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_rope_parameters(model)


def original_length_agrees(hf: RopeConfig, check: Check) -> bool:
    # None, where it is set, takes the place of a number.
    return not check.is_set("original_max_position_embeddings") or check.undeclared(
        "original_max_position_embeddings"
    ) == rope_key(rope_parameters_of(hf), "original_max_position_embeddings")


def rotated_alike(rope: GPTRope | HybridRope | MLARope) -> int | None:
    return rope.equal_up_to


def yarn(transformer: TransformerConfig, rope: GPTRope | HybridRope) -> TransformerConfig:
    return with_yarn(transformer, rope.yarn)


DYNAMIC_NTK: Final = Part(
    rows=(
        equal_up_to(
            "dynamic_ntk",
            "rope_parameters",
            rotated_alike,
            "dynamic NTK raises the base of the rope with the longest sequence of a batch, once that is longer than "
            "max_position_embeddings, and Megatron's base stays as it is",
        ),
    ),
)
"""A base that grows with the length of a text, which `rope_parameters` can ask for."""

ORIGINAL_LENGTH: Final = Part(
    includes=(DYNAMIC_NTK,),
    rows=(
        require(
            "original_max_position_embeddings",
            original_length_agrees,
            "must be what rope_parameters says: transformers prefers it to that",
        ),
    ),
)
"""What transformers' rope reads of lengths beside `rope_parameters`."""

ROPE_KEYS: Final = Part(
    includes=(DYNAMIC_NTK,),
    rows=(
        *(
            must_be(name, (None,), "belongs in rope_parameters, where transformers moves it when it builds a config")
            for name in ("rope_theta", "partial_rotary_factor")
        ),
        *ORIGINAL_LENGTH.rows,
    ),
    older=(
        Older(
            "partial_rotary_factor",
            "5.20.0",
            Beside("rope_parameters"),
            "It stayed an attribute too, and until 5.17.0 the rope of some types read that.",
        ),
    ),
)
"""What transformers' rope reads beside `rope_parameters`."""

GPT_ROPE: Final = (
    "position_embedding_type",
    "rotary_percent",
    "rotary_base",
    "rope_scaling",
    "rope_scaling_factor",
    "seq_len_interpolation_factor",
    *YARN,
)
"""What a rope gives a GPTModelConfig without latent attention."""
HYBRID_ROPE: Final = (
    "position_embedding_type",
    "rotary_percent",
    "rotary_base",
    "seq_len_interpolation_factor",
    *YARN,
)
"""What a rope gives a HybridModelConfig without latent attention."""

ROPE: Final = Part(
    includes=(ROPE_KEYS,),
    gpt=(Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local("rope", rope_of_hybrid, (Inverse("rope_parameters", rope_parameters_back_of_hybrid),), HYBRID_ROPE, yarn),
    ),
)
"""Rotary positions without latent attention."""


def interleaved_rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        rotary_interleaved=True,
    )


INTERLEAVED_ROPE: Final = Part(
    includes=(ROPE_KEYS,),
    rows=(
        Local("rope", interleaved_rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),
        Constant("rotary_interleaved", True, "Hugging Face has no flag: the class rotates pairs of neighbours."),
    ),
    hybrid=None,
)
"""Rotary positions of pairs of neighbours, which Megatron has in a GPTModel only."""
