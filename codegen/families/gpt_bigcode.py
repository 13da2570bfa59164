"""StarCoder and SantaCoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.gpt2_names import GPT2_DECODER, GPT2_LAYERS
from codegen.families.hybrid import as_hybrid
from codegen.families.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.table import Computed, Family, Ignored, Inverse, Kind, Rows

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.gpt_bigcode.configuration_gpt_bigcode import GPTBigCodeConfig


def num_query_groups(hf: GPTBigCodeConfig) -> int:
    return 1 if hf.multi_query else hf.n_head


def multi_query_of(transformer: TransformerConfig) -> bool:
    return transformer.num_query_groups == 1


TABLE = Rows(
    module=__name__,
    extends=(GPT2_DECODER,),
    rows=(
        Computed(
            "num_query_groups",
            num_query_groups,
            "All heads share keys and values, or every head has its own.",
            inverse=(Inverse("multi_query", multi_query_of),),
        ),
        *(
            Ignored(name, Kind.INFERENCE, "the class keeps it, and always takes the softmax in float32")
            for name in ("attention_softmax_in_fp32", "scale_attention_softmax_in_fp32")
        ),
        Ignored("num_key_value_heads", Kind.DEAD, "follows from multi_query, at which the model looks itself"),
    ),
)

GPT_BIGCODE = Family(
    name="gpt_bigcode",
    config_class="transformers.models.gpt_bigcode.configuration_gpt_bigcode.GPTBigCodeConfig",
    target=GPT_LEARNED,
    table=TABLE,
    covers="StarCoder and SantaCoder.",
    hybrid=as_hybrid(TABLE, *GPT2_LAYERS, target=HYBRID_LEARNED),
)
