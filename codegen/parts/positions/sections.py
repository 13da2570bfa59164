"""Rope of vision-language models, in which a token of an image or a video has three positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.positions.partial import (
    INTERLEAVED_PARTIAL_ROPE,
    PARTIAL_ROPE,
    hybrid_partial_rope,
    interleaved_partial_rope,
)
from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE, RopeConfig, rope_of_hybrid, yarn
from codegen.table import Computed, Inverse, Local, NoInverse, Part, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.default_rope import default_gpt_rope, default_hybrid_rope
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, rope_key, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
    from mcore_mappers_runtime.sections import (
        is_three_lengths,
        sections,
        with_sections,
        with_stated_sections,
        with_three_positions,
    )


def rope_of_three(hf: RopeConfig, check: Check) -> GPTRope:
    return with_three_positions(
        check, gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    )


def rope_of_three_back(model: GPTModelConfig) -> dict[str, object]:
    return with_sections(gpt_rope_parameters(model), model)


def hybrid_rope_of_three_back(model: HybridModelConfig) -> dict[str, object]:
    return with_sections(hybrid_rope_parameters(model), model)


def mrope_section(hf: RopeConfig, check: Check, rope: GPTRope | HybridRope) -> list[int]:
    return sections(check, rope_parameters_of(hf), rope.rotary_percent, (16, 24, 24))


def of_sections(mrope_section: list[int]) -> list[int]:
    return mrope_section


SECTION_LENGTHS: Final = Computed(
    "mrope_section",
    of_sections,
    "Read only with three positions of each token, for which a caller may ask.",
    inverse=NoInverse("it is read back with the rope"),
)

SECTIONED_ROPE: Final = Part(
    includes=(ROPE,),
    replaces=("rope",),
    rows=(Local("mrope_section", mrope_section), SECTION_LENGTHS),
    gpt=(Local("rope", rope_of_three, (Inverse("rope_parameters", rope_of_three_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local("rope", rope_of_hybrid, (Inverse("rope_parameters", hybrid_rope_of_three_back),), HYBRID_ROPE, yarn),
    ),
    needs=("THREE_POSITIONS",),
)
"""Rotary positions, of which a token of an image has three, each with a section of the channels."""


def partial_rope_of_three(hf: RopeConfig, check: Check) -> GPTRope:
    return with_three_positions(
        check,
        gpt_rope(
            check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
        ),
    )


def partial_rope_of_three_back(model: GPTModelConfig) -> dict[str, object]:
    return with_sections(gpt_rope_parameters(model, partial_rotary=True), model)


def hybrid_partial_rope_of_three_back(model: HybridModelConfig) -> dict[str, object]:
    return with_sections(hybrid_rope_parameters(model, partial_rotary=True), model)


def partial_mrope_section(hf: RopeConfig, check: Check, rope: GPTRope | HybridRope) -> list[int]:
    return sections(check, rope_parameters_of(hf), rope.rotary_percent, (8, 12, 12))


SECTIONED_PARTIAL_ROPE: Final = Part(
    includes=(PARTIAL_ROPE,),
    replaces=("rope",),
    rows=(Local("mrope_section", partial_mrope_section), SECTION_LENGTHS),
    gpt=(
        Local("rope", partial_rope_of_three, (Inverse("rope_parameters", partial_rope_of_three_back),), GPT_ROPE, yarn),
    ),
    hybrid=(
        Local(
            "rope",
            hybrid_partial_rope,
            (Inverse("rope_parameters", hybrid_partial_rope_of_three_back),),
            HYBRID_ROPE,
            yarn,
        ),
    ),
    needs=("THREE_POSITIONS",),
)
"""The same of a part of each head."""


def has_three_lengths(hf: RopeConfig) -> bool:
    return is_three_lengths(rope_key(rope_parameters_of(hf), "mrope_section"))


INTERLEAVED_SECTIONS: Final = Part(
    rows=(
        require(
            "rope_parameters",
            has_three_lengths,
            "mrope_section must be a list of three integers, or be left out: transformers computes with them",
            inverse=NoInverse("the rope is read back as a whole"),
        ),
    ),
    needs=("INTERLEAVED_POSITIONS",),
)
"""Rotary positions, of which a token of an image has three, whose channels are interleaved."""


def plain_rope(hf: RopeConfig, check: Check) -> GPTRope:
    return default_gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=False
    )


def hybrid_plain_rope(hf: RopeConfig, check: Check) -> HybridRope:
    return default_hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=False
    )


def stated_sections(hf: RopeConfig, check: Check, rope: GPTRope | HybridRope) -> list[int]:
    return sections(check, rope_parameters_of(hf), rope.rotary_percent, (24, 20, 20))


def rope_of_stated_back(model: GPTModelConfig) -> dict[str, object]:
    return with_stated_sections(gpt_rope_parameters(model), model)


def hybrid_rope_of_stated_back(model: HybridModelConfig) -> dict[str, object]:
    return with_stated_sections(hybrid_rope_parameters(model), model)


STATED_SECTIONS: Final = Part(
    includes=(ROPE,),
    replaces=("rope", "dynamic_ntk"),
    rows=(
        Local("mrope_section", stated_sections),
        Computed(
            "mrope_section",
            of_sections,
            "Megatron does not read it with one position of each token; the class is not built without it.",
            inverse=NoInverse("it is read back with the rope"),
        ),
    ),
    gpt=(Local("rope", plain_rope, (Inverse("rope_parameters", rope_of_stated_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local("rope", hybrid_plain_rope, (Inverse("rope_parameters", hybrid_rope_of_stated_back),), HYBRID_ROPE, yarn),
    ),
    needs=("INTERLEAVED_POSITIONS",),
)
"""The same of a class that is not built without its sections, and with a plain rope alone."""

SECTIONS_OF_NEIGHBOURS: Final = Part(
    includes=(INTERLEAVED_PARTIAL_ROPE,),
    replaces=("rope",),
    rows=(
        Local(
            "rope",
            interleaved_partial_rope,
            (Inverse("rope_parameters", partial_rope_of_three_back),),
            GPT_ROPE,
            yarn,
        ),
        Local("mrope_section", partial_mrope_section),
        Computed(
            "mrope_section",
            of_sections,
            "Read only with three positions of each token, which Megatron does not have for pairs of neighbours.",
            inverse=NoInverse("it is read back with the rope"),
        ),
    ),
    hybrid=None,
    needs=("POSITIONS_OF_NEIGHBOURS",),
)
"""Rotary positions of pairs of neighbours in a part of each head, of which a token of an image has three."""
