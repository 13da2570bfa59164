"""The norm of the residual stream."""

from __future__ import annotations

from typing import Final

from codegen.table import Constant, Part, Rename, Row, Weight, positive

RMS_NORM: Final = Part(
    rows=(
        Rename("rms_norm_eps", "layernorm_epsilon"),
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        *positive("rms_norm_eps"),
    ),
)
"""RMSNorm with an epsilon in `rms_norm_eps`."""


def layer_norm(epsilon: str) -> tuple[Row, ...]:
    """What a family with `LAYER_NORM` says besides: the epsilon is in the field `epsilon`."""
    return (Rename(epsilon, "layernorm_epsilon"), *positive(epsilon))


SANDWICH_NORMS: Final = Part(
    rows=(
        Constant("post_attention_layernorm", True, "Hugging Face has no flag: the class norms what attention gives."),
        Constant("post_mlp_layernorm", True, "Hugging Face has no flag: the class norms what the MLP gives."),
    ),
)
"""Norms before attention and MLP, and of what they give, before it is added to the residual stream."""

NORMS_AFTER: Final = Part(
    includes=(SANDWICH_NORMS,),
    rows=(
        Constant("input_layernorm", False, "The class has no norm before attention."),
        Constant("pre_mlp_layernorm", False, "The class has no norm before the MLP."),
    ),
)
"""Norms of what attention and MLP give, and none before them."""

_POST_FEEDFORWARD: Final = (
    Weight("self_attn_bda.post_layernorm.weight", "model.layers.{layer}.post_attention_layernorm.weight"),
    Weight("mlp_bda.post_layernorm.weight", "model.layers.{layer}.post_feedforward_layernorm.weight"),
)

OLMO_NORMS: Final = Part(includes=(NORMS_AFTER,), weights=_POST_FEEDFORWARD)
"""Norms after attention and MLP and none before, in OLMo's words."""

GEMMA_NORMS: Final = Part(includes=(SANDWICH_NORMS,), weights=_POST_FEEDFORWARD)
"""Norms before attention and MLP, and of what they give, in the words of Gemma from its second release on."""

LAYER_NORM: Final = Part(
    rows=(Constant("normalization", "LayerNorm", "Hugging Face has no flag: the class is LayerNorm."),)
)
"""LayerNorm with weight and bias."""

NO_NORM_BIAS: Final = Part(
    includes=(LAYER_NORM,),
    rows=(Constant("layernorm_bias", False, "Norms of the class have a weight alone."),),
)
"""LayerNorm without a bias."""
