"""GPT-2, Cerebras-GPT and GPT-SW3."""

from __future__ import annotations

from codegen.megatron.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.parts.decoder.gpt2 import GPT2_DECODER, GPT2_MULTI_HEAD
from codegen.table import (
    Family,
    Ignored,
    Kind,
    must_be,
    restates,
)

FAMILY = Family(
    config="transformers.models.gpt2.configuration_gpt2.GPT2Config",
    covers="GPT-2, Cerebras-GPT and GPT-SW3.",
    parts=(GPT2_DECODER, GPT2_MULTI_HEAD),
    targets=(GPT_LEARNED, HYBRID_LEARNED),
    rows=(
        must_be(
            "scale_attn_by_inverse_layer_idx",
            (False,),
            "it scales the softmax of every layer differently, and Megatron has one scale for all layers",
        ),
        Ignored("reorder_and_upcast_attn", Kind.INFERENCE, "computes the same scores in float32, and the same weights"),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to the multiple choice head of GPT2DoubleHeadsModel")
            for name in (
                "summary_type",
                "summary_use_proj",
                "summary_activation",
                "summary_proj_to_labels",
                "summary_first_dropout",
            )
        ),
        restates("n_ctx", "n_positions", "the first files have both names for the number of positions"),
    ),
)
