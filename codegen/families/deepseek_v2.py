"""DeepSeek-V2, V2-Lite and their Coders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import LATENT, OPTIONAL_QUERY_LATENT, ROPE_DIM, V_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS, UNBIASED_EXPERTS
from codegen.parts.experts.limited import LIMITED_ROUTER
from codegen.parts.experts.placed import AFTER_DENSE
from codegen.parts.experts.routers import EXPERTS_AFTER_DENSE, ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import (
    ByDefault,
    Family,
    Ignored,
    Kind,
    Otherwise,
    require,
)

if TYPE_CHECKING:
    from transformers.models.deepseek_v2.configuration_deepseek_v2 import DeepseekV2Config


def latents_are_pairs(hf: DeepseekV2Config) -> bool:
    return hf.kv_lora_rank % 2 == 0


def unrotated_are_pairs(hf: DeepseekV2Config) -> bool:
    return hf.qk_nope_head_dim % 2 == 0


FAMILY = Family(
    config="transformers.models.deepseek_v2.configuration_deepseek_v2.DeepseekV2Config",
    covers="DeepSeek-V2, V2-Lite and their Coders.",
    parts=(
        DECODER,
        LATENT,
        OPTIONAL_QUERY_LATENT,
        AFTER_DENSE,
        LIMITED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        V_HEAD_DIM,
        ROPE_DIM,
        UNBIASED_EXPERTS,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        EXPERTS_AFTER_DENSE,
        ONE_RANK,
        DEEPSEEK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    rows=(
        require(
            "kv_lora_rank",
            latents_are_pairs,
            "must be even: the rotated keys behind the latents are read as complex numbers, of two each",
        ),
        require(
            "qk_nope_head_dim",
            unrotated_are_pairs,
            "must be even: the rotated part of a query behind it is read as complex numbers, of two each",
        ),
        Ignored("norm_topk_prob", Kind.DEAD, "the class does not normalise the weights of experts, whatever this says"),
    ),
    older=(ROUTER_LOGITS_UNDECLARED, Otherwise("vocab_size", "5.16.0", "the default was 32000", ByDefault(102400))),
)
