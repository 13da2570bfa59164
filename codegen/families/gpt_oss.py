"""gpt-oss 20b and 120b: sinks, windows in every other layer, experts with biases and a clamped gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import LOCAL_EXPERTS, NORMALISED, SOFTMAX_SCORES, experts_alone
from codegen.parts.mlp.gates import CLAMPED_GATE
from codegen.parts.positions.rope import ROPE
from codegen.table import (
    Always,
    ByDefault,
    Constant,
    Family,
    Ignored,
    Kind,
    Older,
    Otherwise,
    Unread,
    must_be,
    positive,
    require,
    restates,
)

if TYPE_CHECKING:
    from transformers.models.gpt_oss.configuration_gpt_oss import GptOssConfig


def window_is_given(hf: GptOssConfig) -> bool:
    return hf.sliding_window is not None


FAMILY = Family(
    config="transformers.models.gpt_oss.configuration_gpt_oss.GptOssConfig",
    covers="gpt-oss 20b and 120b.",
    parts=(
        SIZES,
        RMS_NORM,
        GROUPED_QUERY,
        ROPE,
        LAYERED_WINDOW,
        ALL_EXPERTS,
        LOCAL_EXPERTS,
        NO_SHARED_EXPERTS,
        SOFTMAX_SCORES,
        NORMALISED,
        BALANCED_BY_LOSS,
        GIVEN_HEAD_DIM,
        CLAMPED_GATE,
    ),
    targets=(GPT, HYBRID),
    replaces=("ffn_hidden_size", "sliding_window"),
    rows=(
        *experts_alone("intermediate_size"),
        Constant("softmax_type", "learnable", "sinks, one for each head: Hugging Face has no flag."),
        Constant("add_bias_linear", True, "All projections, experts and routers of the class have biases."),
        must_be(
            "attention_bias",
            (True,),
            "experts and routers have biases always, and Megatron has those only together with biases of attention",
        ),
        require(
            "sliding_window",
            window_is_given,
            "must be given: transformers makes a mask with it, whether a layer uses it or not",
        ),
        Ignored("hidden_act", Kind.DEAD, "the experts of the class compute a clamped gate of their own"),
        *positive("sliding_window"),
        restates(
            "experts_per_token", "num_experts_per_tok", "OpenAI's own code reads this name, and the class the other"
        ),
        Unread(
            "initial_context_length",
            "the length that YaRN starts from, in OpenAI's own code; original_max_position_embeddings decides",
        ),
    ),
    older=(
        Older("swiglu_alpha", "5.19.0", Always(1.702), "The experts had the number hard-wired."),
        Older("swiglu_limit", "5.19.0", Always(7.0), "The experts had the number hard-wired."),
        Otherwise("router_aux_loss_coef", "5.6.0", "the default was 0.9", ByDefault(0.001)),
    ),
)
