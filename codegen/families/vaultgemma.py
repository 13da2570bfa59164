"""VaultGemma, as far as it does not cap scores and logits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW
from codegen.parts.decoder.multipliers import ROOT_OF_WIDTH
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import gated_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Constant, Family, Inverse, must_be, positive

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.vaultgemma.configuration_vaultgemma import VaultGemmaConfig

    from mcore_mappers_runtime.multipliers import under_root


def softmax_scale(hf: VaultGemmaConfig) -> float:
    return 1 / math.sqrt(hf.query_pre_attn_scalar)


def query_pre_attn_scalar_of(transformer: TransformerConfig) -> int:
    return under_root(transformer.softmax_scale)


FAMILY = Family(
    config="transformers.models.vaultgemma.configuration_vaultgemma.VaultGemmaConfig",
    covers="VaultGemma without soft caps; the published one has them.",
    parts=(SIZES, RMS_NORM, GROUPED_QUERY, ROPE, HEAD_DIM, ATTENTION_BIAS, GIVEN_WINDOW, ROOT_OF_WIDTH, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        *gated_mlp("hidden_activation"),
        Constant("layernorm_zero_centered_gamma", True, "Norms multiply by one plus their weight."),
        Computed(
            "softmax_scale",
            softmax_scale,
            "The width of a head has no part in it.",
            inverse=(Inverse("query_pre_attn_scalar", query_pre_attn_scalar_of),),
        ),
        *positive("query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping"),
        must_be("attn_logit_softcapping", (None,), "Megatron has no soft cap on scores"),
        must_be("final_logit_softcapping", (None,), "Megatron has no soft cap on logits"),
    ),
)
