"""GPT-2, Cerebras-GPT and GPT-SW3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.gpt2_names import GPT2_DECODER, GPT2_LAYERS
from codegen.families.hybrid import as_hybrid
from codegen.families.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.table import (
    Computed,
    Family,
    Ignored,
    Kind,
    MustBe,
    NoInverse,
    Rows,
)

if TYPE_CHECKING:
    from transformers.models.gpt2.configuration_gpt2 import GPT2Config


def num_query_groups(hf: GPT2Config) -> int:
    return hf.n_head


TABLE = Rows(
    module=__name__,
    extends=(GPT2_DECODER,),
    rows=(
        Computed(
            "num_query_groups",
            num_query_groups,
            "Every head has keys and values of its own.",
            inverse=NoInverse("n_head is read back from num_attention_heads"),
        ),
        MustBe(
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
    ),
)

GPT2 = Family(
    name="gpt2",
    config_class="transformers.models.gpt2.configuration_gpt2.GPT2Config",
    target=GPT_LEARNED,
    table=TABLE,
    covers="GPT-2, Cerebras-GPT and GPT-SW3.",
    hybrid=as_hybrid(TABLE, *GPT2_LAYERS, target=HYBRID_LEARNED),
)
