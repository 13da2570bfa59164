"""What every Hugging Face config has, because `PreTrainedConfig` declares it, and what every mapper suggests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.decoder.kernels import KERNELS
from codegen.parts.files.tools import TOOLS
from codegen.table import (
    Computed,
    Constant,
    Ignored,
    Inverse,
    Kind,
    Local,
    Part,
    Rename,
    language_model,
    must_be,
    positive,
)

if TYPE_CHECKING:
    import torch
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.configuration_utils import PreTrainedConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.settings import CallerPrecisionFields, PrecisionFields, checked_dtype, precision


def dtype(hf: PreTrainedConfig, check: Check) -> torch.dtype:
    return checked_dtype(check, hf.dtype)


def dtype_of(transformer: TransformerConfig) -> torch.dtype:
    return transformer.params_dtype


def precision_fields(
    dtype: torch.dtype, caller: CallerPrecisionFields, fp32_residual_connection: bool
) -> PrecisionFields:
    return precision(dtype, caller, fp32_residual_connection=fp32_residual_connection)


CHECKPOINT: Final = Part(
    rows=(
        language_model(
            "architectures", "a head that is no language model computes something else with the same decoder"
        ),
    ),
)
"""What a config says of its checkpoint."""

CAUSAL_MASK: Final = Part(
    rows=(must_be("is_causal", (True,), "the language models of both sides are trained with a causal mask"),),
)
"""Masks are causal unless an attribute says otherwise, which not every model of transformers reads."""

LANGUAGE_MODEL: Final = Part(
    includes=(KERNELS, CHECKPOINT, TOOLS, CAUSAL_MASK),
    rows=(
        Rename("vocab_size", "vocab_size"),
        Constant(
            "should_pad_vocab", True, "Tensor parallelism needs a multiple; the padding rows are never looked up."
        ),
        *positive("vocab_size"),
        Local("dtype", dtype),
        Computed(
            ("fp16", "bf16", "params_dtype", "pipeline_dtype"),
            precision_fields,
            why="One decision: the checkpoint's dtype, or what the caller says by one of the first three.",
            inverse=(Inverse("dtype", dtype_of),),
        ),
        must_be(
            "is_encoder_decoder",
            (False,),
            "the causal language models of transformers are decoders, and so are Megatron's",
        ),
        Ignored("transformers_version", Kind.INFERENCE, "describes the file, not the computation"),
        *(
            Ignored(name, Kind.INFERENCE, "chooses what a forward call returns, not what it computes")
            for name in ("output_hidden_states", "return_dict")
        ),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to classification heads, which a language model does not have")
            for name in ("id2label", "label2id", "problem_type")
        ),
        Ignored("gradient_checkpointing", Kind.INFERENCE, "trades memory for time, and computes the same"),
        Ignored("tie_last_hidden_states", Kind.INFERENCE, "chooses which hidden states are returned beside the logits"),
        Ignored("chunk_size_feed_forward", Kind.DEAD, "no causal language model of these families computes in chunks"),
    ),
)
"""What every config has, because `PreTrainedConfig` declares it, and the vocabulary."""

TOKENS: Final = Part(
    rows=(
        Ignored("use_cache", Kind.INFERENCE, "keys and values are kept for generation only"),
        Ignored("bos_token_id", Kind.INFERENCE, "read by generation and tokenizers only"),
        Ignored("eos_token_id", Kind.INFERENCE, "read by generation and tokenizers only"),
    ),
)
"""Token ids and caching."""

PADDING_TOKEN: Final = Part(
    rows=(
        Ignored(
            "pad_token_id",
            Kind.PADDING_TOKEN,
            "its embedding row starts at zero and gets no gradient; what other tokens compute does not depend on it",
        ),
    )
)
"""Embeddings with a padding row."""

NO_PADDING_ROW: Final = Part(
    rows=(
        Ignored(
            "pad_token_id",
            Kind.INFERENCE,
            "the embedding of the class has no padding row; classification heads look here",
        ),
    )
)
"""Embeddings without a padding row."""
