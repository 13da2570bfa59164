"""The width of a head as the config declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.decoder import NO_MODEL
from codegen.table import Computed, Inverse, Rename, Rows, positive

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig


HEAD_DIM: Final = Rows(
    module=__name__, rows=(Rename("head_dim", "kv_channels", required=NO_MODEL), *positive("head_dim"))
)
"""A declared `head_dim` that may be None by its type."""

GIVEN_HEAD_DIM: Final = Rows(module=__name__, rows=(Rename("head_dim", "kv_channels"), *positive("head_dim")))
"""A declared `head_dim`."""


class OptionalHeadConfig(Protocol):
    """A config that need not say how wide a head is."""

    hidden_size: int
    num_attention_heads: int
    head_dim: int | None


def kv_channels(hf: OptionalHeadConfig) -> int:
    return hf.hidden_size // hf.num_attention_heads if hf.head_dim is None else hf.head_dim


def head_dim_of(transformer: TransformerConfig) -> int | None:
    return transformer.kv_channels


OPTIONAL_HEAD_DIM: Final = Rows(
    module=__name__,
    rows=(
        Computed(
            "kv_channels",
            kv_channels,
            "The model divides where the config does not say.",
            inverse=(Inverse("head_dim", head_dim_of),),
        ),
        *positive("head_dim"),
    ),
)
"""A declared `head_dim` that may be None in a built config."""
