"""The language model of Molmo 2, as far as it embeds no more tokens than it predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    NoInverse,
    Rename,
    Since,
    Weight,
    layered,
    must_be,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.molmo2.configuration_molmo2 import Molmo2TextConfig

    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.rope import rope_key, rope_parameters_of
    from mcore_mappers_runtime.windows import window_types


def norms_are_known(hf: Molmo2TextConfig) -> bool:
    return hf.qk_norm_type in ("qwen3", "olmo")


def norms_over_heads(hf: Molmo2TextConfig) -> bool:
    return hf.qk_norm_type == "olmo"


def qk_norm_type_of(layers: Layers) -> str:
    return "olmo" if layers.qk_layernorm_over_heads else "qwen3"


def norm_before(hf: Molmo2TextConfig) -> bool:
    return not hf.norm_after


def norm_behind(hf: Molmo2TextConfig) -> bool:
    return hf.norm_after


def norm_after_of(layers: Layers) -> bool:
    return layers.post_mlp_layernorm


def one_rope(hf: Molmo2TextConfig) -> bool:
    return hf.rope_scaling_layers is not None and (
        rope_key(rope_parameters_of(hf), "rope_type") == "default"
        or all(layer in hf.rope_scaling_layers for layer in range(hf.num_hidden_layers))
    )


def rope_scaling_layers_back(model: GPTModelConfig | HybridModelConfig) -> list[int]:
    return [layer for layer, _ in enumerate(window_types(model))]


SAID_BY_NORM_AFTER = NoInverse("norm_after, which is read back, says it")

FAMILY = Family(
    config="transformers.models.molmo2.configuration_molmo2.Molmo2TextConfig",
    body="transformers.models.molmo2.modeling_molmo2.Molmo2TextModel",
    covers="The language model of Molmo 2 without tokens that are only embedded; the published ones have such.",
    parts=(DECODER, GROUPED_QUERY, ROPE, GIVEN_HEAD_DIM, QK_NORM, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    # The class has no such tokens.
    replaces=("tie_word_embeddings", "bos_token_id", "eos_token_id", "pad_token_id"),
    rows=(
        must_be(
            "additional_vocab_size",
            (0,),
            "so many tokens more are embedded than predicted, and Megatron embeds as many as it predicts",
        ),
        must_be(
            "tie_word_embeddings", (False,), "the composite has an output layer of its own, whatever is said of ties"
        ),
        Constant("share_embeddings_and_output_weights", False, "The output layer has weights of its own."),
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
        require("qk_norm_type", norms_are_known, "must be 'qwen3' or 'olmo': the class knows no other"),
        *layered(
            Computed(
                "qk_layernorm_over_heads",
                norms_over_heads,
                "They norm each head, or all together.",
                inverse=(Inverse("qk_norm_type", qk_norm_type_of),),
            ),
            otherwise=must_be(
                "qk_norm_type", ("qwen3",), "'olmo' norms all heads together, and Megatron each by itself"
            ),
        ),
        *layered(
            Computed("input_layernorm", norm_before, "", SAID_BY_NORM_AFTER),
            Computed("pre_mlp_layernorm", norm_before, "", SAID_BY_NORM_AFTER),
            Computed("post_attention_layernorm", norm_behind, "", SAID_BY_NORM_AFTER),
            Computed("post_mlp_layernorm", norm_behind, "", inverse=(Inverse("norm_after", norm_after_of),)),
            otherwise=must_be(
                "norm_after", (False,), "it norms what attention and MLP give, and Megatron what they are given"
            ),
        ),
        require(
            "rope_scaling_layers",
            one_rope,
            "must be all layers, where rope_parameters scales the rope: the others have it without that",
            inverse=(Inverse("rope_scaling_layers", rope_scaling_layers_back),),
        ),
    ),
    weights=(
        Weight("self_attention.q_layernorm.weight", "model.layers.{layer}.self_attn.q_norm.weight"),
        Weight("self_attention.k_layernorm.weight", "model.layers.{layer}.self_attn.k_norm.weight"),
        Weight("self_attn_bda.post_layernorm.weight", "model.layers.{layer}.input_layernorm.weight"),
        Weight("mlp_bda.post_layernorm.weight", "model.layers.{layer}.post_attention_layernorm.weight"),
    ),
    since=Since("5.20.0", "There was no such class."),
)
