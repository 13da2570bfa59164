"""Random ropes, such as transformers builds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

thetas = st.sampled_from((10000, 10000.0, 5e5, 1e6, 12345.5))
factors = st.sampled_from((1.0, 2, 4.0, 32.0, 0.5))


@st.composite
def subset(draw: st.DrawFn, **optional: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Any of the keywords, with values: what is left out is for transformers to decide."""
    names = draw(st.lists(st.sampled_from(sorted(optional)), unique=True, max_size=6))
    return {name: draw(optional[name]) for name in names}


TYPES = (None, "default", "linear", "llama3", "yarn", "yarn", "dynamic")
# Of the others, latent attention has none.
MLA_TYPES = (None, "default", "yarn", "yarn", "yarn", "linear")


@st.composite
def ropes(draw: st.DrawFn, types: Sequence[str | None] = TYPES) -> dict[str, Any] | None:
    """A `rope_parameters` that transformers accepts, of any of the types."""
    kind = draw(st.sampled_from(types))
    if kind is None:
        return None
    rope: dict[str, Any] = {"rope_type": kind, "rope_theta": draw(thetas)}
    if kind != "default":
        rope["factor"] = draw(factors)
    if kind == "llama3":
        low, high, length = draw(st.sampled_from(((1.0, 4.0, 8192), (1, 4, 8192), (2.0, 4.0, 8192), (1.0, 4.0, 64))))
        rope |= {"low_freq_factor": low, "high_freq_factor": high, "original_max_position_embeddings": length}
    if kind == "yarn":
        positive = st.sampled_from((0.707, 1.0, 1))
        rope |= {"original_max_position_embeddings": draw(st.sampled_from((32, 64, 4096)))}
        rope |= draw(
            subset(
                beta_fast=st.sampled_from((32, 16.0, 0, None)),
                beta_slow=st.sampled_from((1, 2.0, 0, None)),
                mscale=positive,
                mscale_all_dim=positive,
                attention_factor=st.sampled_from((1.0, 1.3, 0.6, None)),
                truncate=st.booleans(),
            )
        )
    return rope
