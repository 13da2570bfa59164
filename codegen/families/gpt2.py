"""GPT-2, Cerebras-GPT and GPT-SW3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.parts.decoder.gpt2 import GPT2_DECODER
from codegen.table import (
    Computed,
    Family,
    Ignored,
    Kind,
    NoInverse,
    must_be,
    restates,
)

if TYPE_CHECKING:
    from transformers.models.gpt2.configuration_gpt2 import GPT2Config


def num_query_groups(hf: GPT2Config) -> int:
    return hf.n_head


FAMILY = Family(
    config="transformers.models.gpt2.configuration_gpt2.GPT2Config",
    covers="GPT-2, Cerebras-GPT and GPT-SW3.",
    parts=(GPT2_DECODER,),
    targets=(GPT_LEARNED, HYBRID_LEARNED),
    rows=(
        Computed(
            "num_query_groups",
            num_query_groups,
            "Every head has keys and values of its own.",
            inverse=NoInverse("n_head is read back from num_attention_heads"),
        ),
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
