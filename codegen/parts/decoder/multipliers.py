"""Multipliers of embeddings, logits and attention scores, which Megatron has as parts of its `use_mup`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import (
    Computed,
    Constant,
    Inverse,
    Local,
    NoInverse,
    Part,
    Rename,
    layered,
    must_be,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import experts_by_layer
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.multipliers import divisor, over_root, rounded
    from mcore_mappers_runtime.settings import PrecisionFields


class WidthConfig(Protocol):
    """A config with a width."""

    hidden_size: int


class LogitsConfig(Protocol):
    """A config with a divisor of the logits."""

    logits_scaling: float | None


def mup_base_hidden_size(hf: WidthConfig) -> int:
    return hf.hidden_size


MUP: Final = Part(
    rows=(
        Constant("use_mup", True, "Megatron's multipliers act only with it."),
        Computed(
            "mup_base_hidden_size",
            mup_base_hidden_size,
            "The width itself: nothing else is scaled, and initialisation and learning rates stay what they are.",
            inverse=NoInverse("hidden_size is read back from hidden_size"),
        ),
        Constant("mup_base_head_dim", None, "Not read where softmax_scale is given."),
        Constant("mup_attn_scale_power", 1.0, "Not read where softmax_scale is given."),
    ),
)
"""Megatron's switch of all multipliers; whoever includes this gives `softmax_scale` too."""


def root_of_width(hf: WidthConfig, settings: PrecisionFields) -> float:
    return rounded(hf.hidden_size**0.5, settings.get("params_dtype"))


ROOT_OF_WIDTH: Final = Part(
    includes=(MUP,),
    rows=(
        Computed(
            "mup_embedding_mult",
            root_of_width,
            "transformers rounds the root of the width to the dtype of the weights.",
            inverse=NoInverse("hidden_size is read back from hidden_size"),
        ),
        Constant("mup_output_mult", 1.0, "Logits are what the output layer yields."),
    ),
)
"""Gemma's scale of embeddings."""


def logits_scaling(hf: LogitsConfig, check: Check) -> float:
    return check.given("logits_scaling", hf.logits_scaling, "transformers divides the logits by it")


def mup_output_mult(logits_scaling: float) -> float:
    return 1 / logits_scaling


def logits_scaling_of(transformer: TransformerConfig) -> float:
    return divisor(transformer.mup_output_mult)


SCALES: Final = Part(
    includes=(MUP,),
    rows=(
        Rename("embedding_multiplier", "mup_embedding_mult", required="transformers multiplies the embeddings by it"),
        Rename(
            "attention_multiplier",
            "softmax_scale",
            required="not every attention of transformers has a scale without it",
        ),
        *positive("embedding_multiplier", "logits_scaling", "attention_multiplier", "residual_multiplier"),
        *layered(
            Rename(
                "residual_multiplier",
                "residual_multiplier",
                required="transformers multiplies by it what attention and MLP add to the residual stream",
            ),
            otherwise=must_be(
                "residual_multiplier",
                (1.0,),
                "Megatron hard-wires it: attention and MLP add to the residual stream unscaled",
            ),
        ),
    ),
)
"""Granite's multipliers, but for what becomes of `logits_scaling`."""

MULTIPLIERS: Final = Part(
    includes=(SCALES,),
    rows=(
        Local("logits_scaling", logits_scaling),
        Computed(
            "mup_output_mult",
            mup_output_mult,
            "Megatron multiplies.",
            inverse=(Inverse("logits_scaling", logits_scaling_of),),
        ),
    ),
)
"""Granite's multipliers."""


class HeadsConfig(Protocol):
    """A config that says how wide its heads are if no undeclared `head_dim` does."""

    hidden_size: int
    num_attention_heads: int


def root_of_heads(hf: HeadsConfig, head_dim: int | None) -> float:
    return 1 / math.sqrt(hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim)


LOGIT_SCALE: Final = Part(
    includes=(MUP,),
    rows=(
        Constant("mup_embedding_mult", 1.0, "Embeddings are what is looked up."),
        Rename("logit_scale", "mup_output_mult", required="transformers multiplies the logits by it"),
        Computed(
            "softmax_scale",
            root_of_heads,
            "As ever; with use_mup Megatron has another, if it is left out.",
            inverse=NoInverse("it follows from the width of heads, which is read back from kv_channels"),
        ),
        *positive("logit_scale"),
    ),
)
"""Cohere's scale of logits, of models whose local `head_dim` is that of the file, if there is one."""


class DepthScaledConfig(Protocol):
    """A config whose scales follow from the number of layers and from a width."""

    hidden_size: int
    num_hidden_layers: int
    scale_depth: int | float
    dim_model_base: int


def width_over_base(hf: DepthScaledConfig) -> float:
    return hf.dim_model_base / hf.hidden_size


def dim_model_base_of(transformer: TransformerConfig) -> int:
    return round(transformer.mup_output_mult * transformer.hidden_size)


def scale_by_depth(hf: DepthScaledConfig) -> float:
    return hf.scale_depth / math.sqrt(hf.num_hidden_layers)


def scale_depth_of(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> float:
    return over_root(layers.residual_multiplier, len(experts_by_layer(model)))


def is_root_of_depth(hf: DepthScaledConfig) -> bool:
    # What is no number of layers is refused as such.
    return hf.num_hidden_layers < 1 or hf.scale_depth / math.sqrt(hf.num_hidden_layers) == 1.0


DEPTH_SCALES: Final = Part(
    includes=(MUP,),
    rows=(
        Rename("scale_emb", "mup_embedding_mult"),
        *positive("scale_emb", "scale_depth", "dim_model_base"),
    ),
)
"""The scales that MiniCPM's classes have, but for what becomes of depth and width."""

SCALED_BY_DEPTH: Final = Part(
    includes=(DEPTH_SCALES,),
    rows=(
        Computed(
            "mup_output_mult",
            width_over_base,
            "The class divides hidden states by hidden_size / dim_model_base before the output layer.",
            inverse=(Inverse("dim_model_base", dim_model_base_of),),
        ),
        *layered(
            Computed(
                "residual_multiplier",
                scale_by_depth,
                "",
                inverse=(Inverse("scale_depth", scale_depth_of),),
            ),
            otherwise=require(
                "scale_depth",
                is_root_of_depth,
                "must be the root of num_hidden_layers, by which the class divides it: attention and MLP of Megatron "
                "add to the residual stream unscaled",
            ),
        ),
    ),
)
"""MiniCPM's scales."""
