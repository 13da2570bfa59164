"""What Gemma's releases have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW
from codegen.parts.decoder.multipliers import ROOT_OF_WIDTH
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import gated_mlp
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Constant, Inverse, Part, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.multipliers import under_root


class QueryScalarConfig(Protocol):
    """A config that says what scores are divided by the root of."""

    query_pre_attn_scalar: int


def softmax_scale(hf: QueryScalarConfig) -> float:
    return 1 / math.sqrt(hf.query_pre_attn_scalar)


def query_pre_attn_scalar_of(transformer: TransformerConfig) -> int:
    return under_root(transformer.softmax_scale)


GEMMA_DECODER: Final = Part(
    includes=(SIZES, RMS_NORM, GROUPED_QUERY, HEAD_DIM, GIVEN_WINDOW, ROOT_OF_WIDTH, DENSE),
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
    ),
)
"""A decoder with scaled embeddings, windows in some layers, and scores divided by a root of their own. What becomes of
soft caps, of which any number above zero is one, families say."""

GEMMA: Final = Part(includes=(GEMMA_DECODER, ATTENTION_BIAS))
"""The same, with biases in attention or without."""


class DirectedConfig(Protocol):
    """A config that says whether tokens attend to later ones too."""

    use_bidirectional_attention: bool | None


def attention_is_causal(hf: DirectedConfig) -> bool:
    return not hf.use_bidirectional_attention


def use_bidirectional_attention_of() -> bool:
    # Classes say the same by None too.
    return False


ONE_DIRECTION: Final = Part(
    rows=(
        require(
            "use_bidirectional_attention",
            attention_is_causal,
            "must not be True: Megatron's language models attend to earlier tokens only",
            inverse=(Inverse("use_bidirectional_attention", use_bidirectional_attention_of),),
        ),
    )
)
"""Attention to earlier tokens alone, which a field may deny."""
