"""Sarvam 105B."""

from __future__ import annotations

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import (
    COUNTED_MTP_WITH_QUERY_LATENT,
    LATENT,
    OPTIONAL_QUERY_LATENT,
    OPTIONAL_V_HEAD_DIM,
    ROPE_INTERLEAVE,
    UNDECLARED_ROPE_DIM,
)
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER
from codegen.parts.experts.placed import FIRST_DENSE
from codegen.parts.experts.routers import REMOTE_ROUTER
from codegen.parts.files.lineages import SARVAM
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family, Since

FAMILY = Family(
    config="transformers.models.sarvam_mla.configuration_sarvam_mla.SarvamMLAConfig",
    covers="Sarvam 105B.",
    parts=(
        DECODER,
        LATENT,
        OPTIONAL_QUERY_LATENT,
        FIRST_DENSE,
        GROUPED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        COUNTED_MTP_WITH_QUERY_LATENT,
        BALANCED_BY_BIAS,
        OPTIONAL_V_HEAD_DIM,
        UNDECLARED_ROPE_DIM,
        ROPE_INTERLEAVE,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        REMOTE_ROUTER,
        SARVAM,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    since=Since("5.24.0", "There was no such class."),
)
