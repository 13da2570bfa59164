"""Gemma 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.decoder.gemma import GEMMA
from codegen.parts.decoder.norms import GEMMA_NORMS
from codegen.parts.positions.rope import ROPE
from codegen.table import Family, Inverse, Lacks, Rename, Unread, require, restates

if TYPE_CHECKING:
    from transformers.models.gemma2.configuration_gemma2 import Gemma2Config


def attention_is_causal(hf: Gemma2Config) -> bool:
    return not hf.use_bidirectional_attention


def use_bidirectional_attention_of() -> bool | None:
    return None


FAMILY = Family(
    config="transformers.models.gemma2.configuration_gemma2.Gemma2Config",
    covers="Gemma 2.",
    lacks=Lacks(
        "transformers.models.gemma2.modeling_gemma2.Gemma2DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    parts=(GEMMA, GEMMA_NORMS, ROPE),
    targets=(GPT, HYBRID),
    rows=(
        Rename("attn_logit_softcapping", "attn_logit_softcapping"),
        Rename("final_logit_softcapping", "final_logit_softcapping"),
        Unread("hidden_act", "the class reads hidden_activation, which files have beside it"),
        restates("sliding_window_size", "sliding_window", "files have both"),
        Unread("cache_implementation", "which cache generation takes"),
        require(
            "use_bidirectional_attention",
            attention_is_causal,
            "must not be True: Megatron's language models attend to earlier tokens only",
            inverse=(Inverse("use_bidirectional_attention", use_bidirectional_attention_of),),
        ),
    ),
)
