"""Gemma 3."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.gemma import GEMMA_DECODER, ONE_DIRECTION
from codegen.parts.decoder.norms import GEMMA_NORMS
from codegen.parts.positions.by_layer import OWN_ROPES
from codegen.table import Family, Lacks, OlderRope, Unread, must_be

FAMILY = Family(
    config="transformers.models.gemma3.configuration_gemma3.Gemma3TextConfig",
    covers="Gemma 3, and the language model of its larger sizes.",
    lacks=Lacks(
        "transformers.models.gemma3.modeling_gemma3.Gemma3DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    parts=(GEMMA_DECODER, ONE_DIRECTION, GEMMA_NORMS, OWN_ROPES, NO_ATTENTION_BIAS, QK_NORM),
    targets=(GPT, HYBRID),
    rows=(
        must_be(
            "attn_logit_softcapping",
            (None,),
            "Megatron has no soft cap on scores; the class takes it and caps none either, whatever was meant",
        ),
        must_be("final_logit_softcapping", (None,), "Megatron has no soft cap on logits"),
        Unread("cache_implementation", "which cache generation takes"),
        Unread("sliding_window_pattern", "the class makes layer_types of it when it is built"),
        Unread(
            "_sliding_window_pattern",
            "the class makes layer_types of it; files of some releases have both",
        ),
    ),
    older_rope=OlderRope(sliding="rope_local_base_freq"),
)
