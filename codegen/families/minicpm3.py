"""MiniCPM3: latent attention that rotates halves, and scales by the depth and the width of a model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import (
    LATENT,
    LATENT_ROPE,
    OPTIONAL_QUERY_LATENT,
    OPTIONAL_V_HEAD_DIM,
    ROPE_DIM,
    ROPE_HALVES,
)
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import DEPTH_SCALES, dim_model_base_of, scale_depth_of
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.positions.long import LONG_FACTORS
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Computed,
    Family,
    Inverse,
    Lacks,
    Local,
    NoInverse,
    Otherwise,
    Since,
    must_be,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.minicpm3.configuration_minicpm3 import MiniCPM3Config

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.long_rope import LongRope, latent_long_rope, of_model, with_factors
    from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_back import mla_rope_parameters


def long(hf: MiniCPM3Config, check: Check) -> LongRope:
    return latent_long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope(hf: MiniCPM3Config, check: Check) -> MLARope:
    return mla_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> dict[str, object]:
    return with_factors(mla_rope_parameters(model), layers)


def scale_depth(hf: MiniCPM3Config, check: Check) -> float:
    return check.given("scale_depth", hf.scale_depth, "transformers multiplies by it what attention and MLP give")


def scale_by_depth(hf: MiniCPM3Config, scale_depth: float) -> float:
    return scale_depth / math.sqrt(hf.num_hidden_layers)


def base_is_given(hf: MiniCPM3Config) -> bool:
    return hf.dim_model_base is not None


def softmax_scale(hf: MiniCPM3Config) -> float:
    return 1 / math.sqrt(hf.qk_nope_head_dim + hf.qk_rope_head_dim)


def mup_output_mult(hf: MiniCPM3Config) -> float:
    return 1 / hf.logits_scaling


FAMILY = Family(
    config="transformers.models.minicpm3.configuration_minicpm3.MiniCPM3Config",
    covers="MiniCPM3.",
    parts=(
        DECODER,
        LATENT,
        OPTIONAL_QUERY_LATENT,
        OPTIONAL_V_HEAD_DIM,
        ROPE_DIM,
        ROPE_HALVES,
        DEPTH_SCALES,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        DENSE,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    lacks=Lacks(
        "transformers.models.minicpm3.modeling_minicpm3.MiniCPM3Attention.forward",
        "latent attention that rotates the halves of a head; Megatron's rotates pairs of neighbours",
    ),
    replaces=("rope",),
    rows=(
        Local(
            "rope",
            rope,
            gives=LATENT_ROPE,
            inverse=(Inverse("rope_parameters", rope_parameters_back),),
        ),
        Local("long", long, gives=LONG_FACTORS),
        Local("scale_depth", scale_depth),
        Computed(
            "residual_multiplier",
            scale_by_depth,
            "",
            inverse=(Inverse("scale_depth", scale_depth_of),),
        ),
        require(
            "dim_model_base",
            base_is_given,
            "must be given: transformers divides by it what the output layer gets",
            inverse=(Inverse("dim_model_base", dim_model_base_of),),
        ),
        Computed(
            "mup_output_mult",
            mup_output_mult,
            "The class divides hidden states by the property before the output layer.",
            inverse=NoInverse("dim_model_base is read back"),
        ),
        Computed(
            "softmax_scale",
            softmax_scale,
            "With use_mup Megatron has another, if it is left out; latent attention reads neither, and makes its own.",
            inverse=NoInverse("it follows from the width of heads, which is read back"),
        ),
        must_be("mlp_bias", (False,), "Megatron has biases in all linear layers or in none"),
    ),
    since=Since("5.13.0", "There was no such class."),
    older=(
        Otherwise(
            "rope_parameters.mscale_all_dim",
            "5.15.0",
            "it scaled cosines and sines alone, and not the softmax",
            unless=(None, 0),
        ),
    ),
)
