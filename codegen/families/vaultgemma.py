"""VaultGemma, as far as it does not cap scores and logits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.families.attention import NO_ATTENTION_BIAS
from codegen.families.decoder import GROUPED_QUERY, KERNELS, RMS_NORM, ROPE, SIZES, gated_mlp
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.multipliers import ROOT_OF_WIDTH
from codegen.families.targets import GPT
from codegen.families.windows import GIVEN_WINDOW
from codegen.table import Computed, Constant, Family, Inverse, MustBe, Rows, positive

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.vaultgemma.configuration_vaultgemma import VaultGemmaConfig

    from mcore_mappers_runtime.multipliers import under_root


def softmax_scale(hf: VaultGemmaConfig) -> float:
    return 1 / math.sqrt(hf.query_pre_attn_scalar)


def query_pre_attn_scalar_of(transformer: TransformerConfig) -> int:
    return under_root(transformer.softmax_scale)


TABLE = Rows(
    module=__name__,
    extends=(
        *(SIZES, RMS_NORM, GROUPED_QUERY, ROPE, HEAD_DIM),
        *(NO_ATTENTION_BIAS, GIVEN_WINDOW, ROOT_OF_WIDTH, KERNELS),
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
        *positive("query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping"),
        MustBe("attn_logit_softcapping", (None,), "Megatron has no soft cap on scores"),
        MustBe("final_logit_softcapping", (None,), "Megatron has no soft cap on logits"),
    ),
)

VAULTGEMMA = Family(
    name="vaultgemma",
    config_class="transformers.models.vaultgemma.configuration_vaultgemma.VaultGemmaConfig",
    target=GPT,
    table=TABLE,
    covers="VaultGemma without soft caps; the published one has them.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE, WINDOWS),
)
