"""Gemma 3."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW, QK_NORM
from codegen.parts.decoder.multipliers import ROOT_OF_WIDTH
from codegen.parts.decoder.norms import RMS_NORM, SANDWICH_NORMS
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import gated_mlp
from codegen.parts.positions.by_layer import OWN_ROPES
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    Lacks,
    Unread,
    Weight,
    must_be,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.gemma3.configuration_gemma3 import Gemma3TextConfig

    from mcore_mappers_runtime.multipliers import under_root


def softmax_scale(hf: Gemma3TextConfig) -> float:
    return 1 / math.sqrt(hf.query_pre_attn_scalar)


def query_pre_attn_scalar_of(transformer: TransformerConfig) -> int:
    return under_root(transformer.softmax_scale)


def attention_is_causal(hf: Gemma3TextConfig) -> bool:
    return not hf.use_bidirectional_attention


def use_bidirectional_attention_of() -> bool | None:
    return False


FAMILY = Family(
    config="transformers.models.gemma3.configuration_gemma3.Gemma3TextConfig",
    covers="Gemma 3, and the language model of its larger sizes.",
    lacks=Lacks(
        "transformers.models.gemma3.modeling_gemma3.Gemma3DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    parts=(
        SIZES,
        RMS_NORM,
        GROUPED_QUERY,
        OWN_ROPES,
        HEAD_DIM,
        NO_ATTENTION_BIAS,
        GIVEN_WINDOW,
        QK_NORM,
        SANDWICH_NORMS,
        ROOT_OF_WIDTH,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    weights=(
        Weight("self_attn_bda.post_layernorm.weight", "model.layers.{layer}.post_attention_layernorm.weight"),
        Weight("mlp_bda.post_layernorm.weight", "model.layers.{layer}.post_feedforward_layernorm.weight"),
    ),
    rows=(
        *gated_mlp("hidden_activation"),
        Constant("layernorm_zero_centered_gamma", True, "Norms multiply by one plus their weight."),
        Computed(
            "softmax_scale",
            softmax_scale,
            "The width of a head has no part in it.",
            inverse=(Inverse("query_pre_attn_scalar", query_pre_attn_scalar_of),),
        ),
        require(
            "use_bidirectional_attention",
            attention_is_causal,
            "must not be True: Megatron's language models attend to earlier tokens only",
            inverse=(Inverse("use_bidirectional_attention", use_bidirectional_attention_of),),
        ),
        *positive("query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping"),
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
)
