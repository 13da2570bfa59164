"""Gemma 2."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.decoder.gemma import GEMMA, ONE_DIRECTION
from codegen.parts.decoder.norms import GEMMA_NORMS
from codegen.parts.positions.rope import ROPE
from codegen.table import Family, Lacks, Rename, Unread, restates

FAMILY = Family(
    config="transformers.models.gemma2.configuration_gemma2.Gemma2Config",
    covers="Gemma 2.",
    lacks=Lacks(
        "transformers.models.gemma2.modeling_gemma2.Gemma2DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    parts=(GEMMA, GEMMA_NORMS, ROPE, ONE_DIRECTION),
    targets=(GPT, HYBRID),
    rows=(
        Rename("attn_logit_softcapping", "attn_logit_softcapping"),
        Rename("final_logit_softcapping", "final_logit_softcapping"),
        Unread("hidden_act", "the class reads hidden_activation, which files have beside it"),
        restates("sliding_window_size", "sliding_window", "files have both"),
        Unread("cache_implementation", "which cache generation takes"),
    ),
)
