"""StarCoder and SantaCoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.parts.decoder.gpt2 import GPT2_DECODER
from codegen.table import (
    Computed,
    Family,
    Ignored,
    Inverse,
    Kind,
    Unread,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.gpt_bigcode.configuration_gpt_bigcode import GPTBigCodeConfig


def num_query_groups(hf: GPTBigCodeConfig) -> int:
    return 1 if hf.multi_query else hf.n_head


def multi_query_of(transformer: TransformerConfig) -> bool:
    return transformer.num_query_groups == 1


FAMILY = Family(
    config="transformers.models.gpt_bigcode.configuration_gpt_bigcode.GPTBigCodeConfig",
    covers="StarCoder and SantaCoder.",
    parts=(GPT2_DECODER,),
    targets=(GPT_LEARNED, HYBRID_LEARNED),
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
        *(
            Unread(key, "a setting of the server that BigCode ran the model in")
            for key in (
                *("inference_runner", "max_batch_size", "pad_key_length", "pre_allocate_kv_cache"),
                "validate_runner_input",
            )
        ),
    ),
)
