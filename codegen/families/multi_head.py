"""Attention in which every head has keys and values of its own, without a field that says so."""

from __future__ import annotations

from typing import Final, Protocol

from codegen.families.attention import DERIVED_HEAD_DIM
from codegen.table import Computed, Constant, NoInverse, Rows


class MultiHeadConfig(Protocol):
    """A config with a number of heads."""

    num_attention_heads: int


def as_many_as_heads(hf: MultiHeadConfig) -> int:
    return hf.num_attention_heads


MULTI_HEAD: Final = Rows(
    module=__name__,
    extends=(DERIVED_HEAD_DIM,),
    rows=(
        Constant("multi_latent_attention", False, "Keys and values are projected from the hidden state itself."),
        Computed(
            "num_query_groups",
            as_many_as_heads,
            "Every head has keys and values of its own.",
            inverse=NoInverse("num_attention_heads is read back from num_attention_heads"),
        ),
    ),
)
