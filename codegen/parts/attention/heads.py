"""The width of a head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Inverse, Local, NoInverse, Part, Rename, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.check import Check

HEAD_DIM: Final = Part(rows=(Rename("head_dim", "kv_channels", required=True), *positive("head_dim")))
"""The width of a head in a declared `head_dim` that may be None by its type."""

GIVEN_HEAD_DIM: Final = Part(rows=(Rename("head_dim", "kv_channels"), *positive("head_dim")))
"""The width of a head in a declared `head_dim`."""


class OptionalHeadConfig(Protocol):
    """A config that need not say how wide a head is."""

    hidden_size: int
    num_attention_heads: int
    head_dim: int | None


def kv_channels(hf: OptionalHeadConfig) -> int:
    return hf.hidden_size // hf.num_attention_heads if hf.head_dim is None else hf.head_dim


def head_dim_of(transformer: TransformerConfig) -> int | None:
    return transformer.kv_channels


OPTIONAL_HEAD_DIM: Final = Part(
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
"""The width of a head in a declared `head_dim` that may be None in a built config."""


class HeadsConfig(Protocol):
    """A config that says how wide its attention is."""

    hidden_size: int
    num_attention_heads: int


def undeclared_head_dim(check: Check) -> int | None:
    return check.undeclared_size("head_dim")


def given_or_derived(hf: HeadsConfig, head_dim: int | None) -> int:
    return hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim


UNDECLARED_HEAD_DIM: Final = Part(
    rows=(
        Local("head_dim", undeclared_head_dim),
        Computed(
            "kv_channels",
            given_or_derived,
            "The class declares no head_dim, but checkpoints set it and the model reads it.",
            inverse=(Inverse("head_dim", head_dim_of),),
        ),
    ),
)
"""The width of a head that modeling code reads with a default."""


def derived_head_dim(hf: HeadsConfig) -> int:
    return hf.hidden_size // hf.num_attention_heads


def heads_fill_hidden(hf: HeadsConfig) -> bool:
    return not hf.num_attention_heads or hf.hidden_size % hf.num_attention_heads == 0


def derived_if_set(hf: HeadsConfig, check: Check) -> bool:
    return hf.num_attention_heads < 1 or check.undeclared_size("head_dim") in (
        None,
        hf.hidden_size // hf.num_attention_heads,
    )


DERIVED_HEAD_DIM: Final = Part(
    rows=(
        Computed(
            "kv_channels",
            derived_head_dim,
            "The class has no other.",
            inverse=NoInverse("it follows from hidden_size and num_attention_heads, which are read back"),
        ),
        require(
            "num_attention_heads",
            heads_fill_hidden,
            "must divide hidden_size: a head is always hidden_size // num_attention_heads wide",
        ),
    ),
)
"""The width of a head where there is no choice."""

UNSAID_HEAD_DIM: Final = Part(
    includes=(DERIVED_HEAD_DIM,),
    rows=(
        require(
            "head_dim",
            derived_if_set,
            "must be hidden_size // num_attention_heads, or be left out: attention has that, and rope alone looks here",
            inverse=NoInverse("it follows from hidden_size and num_attention_heads, which are read back"),
        ),
    ),
)
"""The same, where rope looks for another one."""
