"""Youtu-LLM: latent attention without experts."""

from __future__ import annotations

from codegen.families.decoder import DECODER, KERNELS_WITHOUT_ROPE, ONE_KIND_OF_LAYER
from codegen.families.hybrid import as_hybrid
from codegen.families.latent import (
    LATENT,
    LATENT_DENSE,
    OPTIONAL_V_HEAD_DIM,
    ROPE_INTERLEAVE,
    UNDECLARED_ROPE_DIM,
)
from codegen.families.targets import GPT_MLA, HYBRID_MLA
from codegen.table import Family, Ignored, Kind, Rename, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, LATENT, KERNELS_WITHOUT_ROPE),
    drop=("init_method_std",),
    rows=(
        ONE_KIND_OF_LAYER,
        OPTIONAL_V_HEAD_DIM,
        UNDECLARED_ROPE_DIM,
        ROPE_INTERLEAVE,
        Rename(
            "initializer_range",
            "init_method_std",
            required="transformers derives it from hidden_size when it builds a config",
        ),
        Ignored(
            "embedding_initializer_range",
            Kind.INITIALISATION,
            "the width of the embedding's first values, which Megatron leaves to the caller",
        ),
    ),
)

YOUTU = Family(
    name="youtu",
    config_class="transformers.models.youtu.configuration_youtu.YoutuConfig",
    target=GPT_MLA,
    table=TABLE,
    covers="Youtu-LLM: latent attention without experts.",
    hybrid=as_hybrid(TABLE, *LATENT_DENSE, target=HYBRID_MLA),
)
