"""Query groups, or keys and values of its own for every head."""

from __future__ import annotations

from typing import Final, Protocol

from codegen.parts.attention.heads import DERIVED_HEAD_DIM
from codegen.parts.stack.pattern import LayersConfig
from codegen.table import Computed, Constant, Local, NoInverse, Part, Rename, positive, require


class GroupedQueryConfig(Protocol):
    """A config with grouped query attention."""

    num_attention_heads: int
    num_key_value_heads: int | None


def heads_fill_groups(hf: GroupedQueryConfig) -> bool:
    return not hf.num_key_value_heads or hf.num_attention_heads % hf.num_key_value_heads == 0


def attention_in_all(hf: LayersConfig) -> str:
    return "*" * hf.num_hidden_layers


ATTENTION: Final = Part(hybrid=(Local("mixers", attention_in_all),))
"""Attention in every layer."""

GROUPED_QUERY: Final = Part(
    includes=(ATTENTION,),
    rows=(
        Rename("num_key_value_heads", "num_query_groups", required=True),
        Constant("multi_latent_attention", False, "Keys and values are projected from the hidden state itself."),
        *positive("num_key_value_heads"),
        require(
            "num_key_value_heads",
            heads_fill_groups,
            "must divide num_attention_heads: every group serves the same number of query heads",
        ),
    ),
)
"""Attention with query groups."""


class MultiHeadConfig(Protocol):
    """A config with a number of heads."""

    num_attention_heads: int


def as_many_as_heads(hf: MultiHeadConfig) -> int:
    return hf.num_attention_heads


MULTI_HEAD: Final = Part(
    includes=(DERIVED_HEAD_DIM, ATTENTION),
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
"""Keys and values of its own for every head, whose width follows from the hidden size."""
