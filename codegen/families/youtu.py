"""Youtu-LLM: latent attention without experts."""

from __future__ import annotations

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import (
    LATENT,
    OPTIONAL_QUERY_LATENT,
    OPTIONAL_V_HEAD_DIM,
    ROPE_INTERLEAVE,
    UNDECLARED_ROPE_DIM,
)
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Domain, Family, Ignored, Kind, Rename

FAMILY = Family(
    config="transformers.models.youtu.configuration_youtu.YoutuConfig",
    covers="Youtu-LLM: latent attention without experts.",
    parts=(
        DECODER,
        LATENT,
        OPTIONAL_QUERY_LATENT,
        ONE_KIND_OF_LAYER,
        OPTIONAL_V_HEAD_DIM,
        UNDECLARED_ROPE_DIM,
        ROPE_INTERLEAVE,
        DENSE,
        DEEPSEEK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    replaces=("init_method_std",),
    rows=(
        Rename(
            "initializer_range",
            "init_method_std",
            required="transformers derives it from hidden_size when it builds a config",
        ),
        Ignored(
            "embedding_initializer_range",
            Kind.INITIALISATION,
            "the width of the embedding's first values, which Megatron leaves to the caller",
            Domain.NOT_NEGATIVE,
        ),
    ),
)
