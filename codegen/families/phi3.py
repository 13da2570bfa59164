"""Phi-3 mini and medium, Phi-4 and Phi-4 mini."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import Dropout, Place, hidden_dropouts
from codegen.parts.positions.long import LONG_ROPE
from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, yarn
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Ignored, Inverse, Kind, Local, OlderRope, hard_wired, positive, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.phi3.configuration_phi3 import Phi3Config

    from mcore_mappers_runtime.carried import NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.default_rope import default_gpt_rope, default_hybrid_rope
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.long_rope import of_model, original_length, states_its_length, with_factors
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, rope_key, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters


def partial_rotary_agrees(hf: Phi3Config, check: Check) -> bool:
    return check.undeclared("partial_rotary_factor") in (
        None,
        rope_key(rope_parameters_of(hf), "partial_rotary_factor"),
    )


def rope(hf: Phi3Config, check: Check) -> GPTRope:
    return default_gpt_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)


def hybrid_rope(hf: Phi3Config, check: Check) -> HybridRope:
    return default_hybrid_rope(
        check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings
    )


def rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return with_factors(gpt_rope_parameters(model, partial_rotary=True), layers)


def hybrid_rope_parameters_back(model: HybridModelConfig, layers: Layers) -> dict[str, object]:
    return with_factors(hybrid_rope_parameters(model, partial_rotary=True), layers)


def original_length_agrees(hf: Phi3Config) -> bool:
    return states_its_length(rope_parameters_of(hf), hf.original_max_position_embeddings)


def original_max_position_embeddings_of(layers: Layers) -> int | NotCarried:
    return original_length(layers)


FAMILY = Family(
    config="transformers.models.phi3.configuration_phi3.Phi3Config",
    covers="Phi-3, Phi-4 and Phi-4 mini.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE_KEYS,
        LONG_ROPE,
        UNDECLARED_HEAD_DIM,
        NO_BIAS,
        WINDOW,
        ONE_KIND_OF_LAYER,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout", "original_max_position_embeddings", "partial_rotary_factor", "dynamic_ntk"),
    rows=(
        *hidden_dropouts(Dropout("resid_pdrop", Place.ADDED)),
        Ignored("embd_pdrop", Kind.DEAD, "the class has no dropout on the embeddings"),
        require(
            "original_max_position_embeddings",
            original_length_agrees,
            "must be what rope_parameters says of a longrope: transformers prefers it to that",
            inverse=(Inverse("original_max_position_embeddings", original_max_position_embeddings_of),),
        ),
        *positive("original_max_position_embeddings"),
        require(
            "partial_rotary_factor",
            partial_rotary_agrees,
            "must be what rope_parameters says: transformers takes it from there",
        ),
        *(
            hard_wired(name, False, "the class has no such bias")
            for name in ("attention_bias", "mlp_bias", "lm_head_bias")
        ),
        *(
            hard_wired(name, 1, "the class has one kind of attention, with rope as it is")
            for name in ("full_attn_mod", "interpolate_factor")
        ),
    ),
    gpt=(Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
    hybrid=(Local("rope", hybrid_rope, (Inverse("rope_parameters", hybrid_rope_parameters_back),), HYBRID_ROPE, yarn),),
    older_rope=OlderRope(keys={"longrope": ("type", "short_factor", "long_factor")}),
)
