"""Whether the embedding is the output layer, of classes that leave that to the composite around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.decoder.archetype import DECODER
from codegen.table import Computed, Inverse, Local, Part

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check


def tied(check: Check) -> bool:
    return check.undeclared_flag("tie_word_embeddings")


def shared(tied: bool) -> bool:
    return tied


def tied_back(model: GPTModelConfig | HybridModelConfig) -> bool:
    return model.share_embeddings_and_output_weights


DECODER_IN_COMPOSITE: Final = Part(
    includes=(DECODER,),
    replaces=("tie_word_embeddings",),
    rows=(
        Local("tied", tied),
        Computed(
            "share_embeddings_and_output_weights",
            shared,
            "The class does not declare it: text_config() sets what the composite says.",
            inverse=(Inverse("tie_word_embeddings", tied_back),),
        ),
    ),
)
"""A decoder whose composite says whether its embedding is the output layer too."""
