"""The language model of Llama 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.placed import EXPERT_LAYERS
from codegen.parts.experts.routers import SIGMOID_SCORES
from codegen.parts.positions.bands import INTERLEAVED_BANDS
from codegen.parts.positions.skipped import ROPE_LAYERS
from codegen.table import (
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Local,
    NoInverse,
    Otherwise,
    Rename,
    Replaced,
    Throughout,
    equal_up_to,
    layered,
    must_be,
    not_negative,
    positive,
    require,
    restates,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from transformers.models.llama4.configuration_llama4 import Llama4TextConfig

    from mcore_mappers_runtime.carried import NotCarried, carried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import experts_by_layer
    from mcore_mappers_runtime.layer_freqs import freq_of, in_layers
    from mcore_mappers_runtime.layer_kinds import layer_indices
    from mcore_mappers_runtime.layers.fields import Layers


def expert_layers(hf: Llama4TextConfig, check: Check) -> list[int]:
    listed = layer_indices(check, "moe_layers", hf.moe_layers, hf.num_hidden_layers)
    return [int(layer in listed) for layer in range(hf.num_hidden_layers)]


def moe_layers_back(model: GPTModelConfig) -> list[int]:
    return [layer for layer, experts in enumerate(experts_by_layer(model)) if experts]


def qk_l2_norm(hf: Llama4TextConfig, without_rope: list[int]) -> bool:
    return hf.use_qk_norm and not all(without_rope)


def use_qk_norm_of(transformer: TransformerConfig) -> bool:
    return transformer.qk_l2_norm


def layers_are_normalised_alike(hf: Llama4TextConfig, without_rope: list[int]) -> bool:
    return not hf.use_qk_norm or all(without_rope) or not any(without_rope)


def attends_by_chunks_at_most(hf: Llama4TextConfig) -> bool:
    types = hf.layer_types or []
    return len(types) == hf.num_hidden_layers and all(each in ("full_attention", "chunked_attention") for each in types)


def chunks_have_a_size(hf: Llama4TextConfig) -> bool:
    return hf.attention_chunk_size is not None or "chunked_attention" not in (hf.layer_types or [])


def first_chunk(hf: Llama4TextConfig) -> int | None:
    # What is no size is refused as such.
    has_chunks = "chunked_attention" in (hf.layer_types or []) and (hf.attention_chunk_size or 0) > 0
    return hf.attention_chunk_size if has_chunks else None


def attention_chunk_freq(hf: Llama4TextConfig) -> tuple[int, ...] | None:
    return freq_of([int(each == "chunked_attention") for each in hf.layer_types or []])


def attention_chunk_size_of(layers: Layers) -> int | NotCarried:
    return carried(layers.attention_chunk_size)


def layer_types_back(model: GPTModelConfig, layers: Layers) -> list[str]:
    number = model.transformer.num_layers
    chunked = in_layers(layers.attention_chunk_freq, number) if layers.attention_chunk_size else [0] * number
    return ["chunked_attention" if each else "full_attention" for each in chunked]


def qk_l2_norm_freq(hf: Llama4TextConfig, without_rope: list[int]) -> tuple[int, ...] | None:
    return freq_of([int(not each) for each in without_rope]) if hf.use_qk_norm else None


def scales_queries(hf: Llama4TextConfig, without_rope: list[int]) -> bool:
    # What is no number above zero is refused as such.
    return hf.attn_temperature_tuning and hf.attn_scale != 0 and hf.floor_scale > 0 and any(without_rope)


def first_temperature(hf: Llama4TextConfig, scales_queries: bool) -> int | None:
    # Positions are counted from one here.
    return hf.floor_scale - 1 if scales_queries else None


def query_temperature_scale(hf: Llama4TextConfig, scales_queries: bool) -> float | None:
    return hf.attn_scale if scales_queries else None


def query_temperature_length(hf: Llama4TextConfig, scales_queries: bool) -> float | None:
    return hf.floor_scale if scales_queries else None


def query_temperature_start(scales_queries: bool) -> int:
    return 1 if scales_queries else 0


def query_temperature_freq(scales_queries: bool, without_rope: list[int]) -> tuple[int, ...] | None:
    return freq_of(without_rope) if scales_queries else None


def attn_temperature_tuning_of(layers: Layers) -> bool:
    return layers.query_temperature_scale is not None


def attn_scale_of(layers: Layers) -> float | NotCarried:
    return carried(layers.query_temperature_scale)


def floor_scale_of(layers: Layers) -> int | NotCarried:
    length = carried(layers.query_temperature_length)
    return length if isinstance(length, NotCarried) else int(length)


FAMILY = Family(
    config="transformers.models.llama4.configuration_llama4.Llama4TextConfig",
    covers="The language models of Llama 4, Scout and Maverick.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        GIVEN_HEAD_DIM,
        INTERLEAVED_BANDS,
        ROPE_LAYERS,
        ATTENTION_BIAS,
        SIGMOID_SCORES,
        BALANCED_BY_LOSS,
        EXPERT_LAYERS,
        ON_HIDDEN_STATE,
    ),
    targets=(GPT,),
    replaces=("intermediate_size", "norm_topk_prob", "moe_router_norm_topk_prob", "moe_router_dtype"),
    rows=(
        Local("scales_queries", scales_queries),
        require(
            "layer_types",
            attends_by_chunks_at_most,
            "must be 'full_attention' or 'chunked_attention' for every layer: transformers knows no other",
        ),
        require("attention_chunk_size", chunks_have_a_size, "must be given where a layer has chunks"),
        *positive("attention_chunk_size"),
        *layered(
            Computed(
                "attention_chunk_size",
                first_chunk,
                "",
                inverse=(Inverse("attention_chunk_size", attention_chunk_size_of),),
            ),
            Computed(
                "attention_chunk_freq",
                attention_chunk_freq,
                "",
                inverse=(Inverse("layer_types", layer_types_back),),
            ),
            otherwise=equal_up_to(
                "attention_chunks",
                "layer_types",
                first_chunk,
                "a token of a layer with chunks attends to its own chunk alone, of attention_chunk_size tokens, and in "
                "Megatron to all tokens before it",
            ),
        ),
        Computed(
            "qk_l2_norm",
            qk_l2_norm,
            "Norms without weights, here after rope, with which they commute.",
            inverse=(Inverse("use_qk_norm", use_qk_norm_of),),
        ),
        *layered(
            Computed(
                "qk_l2_norm_freq",
                qk_l2_norm_freq,
                "",
                inverse=NoInverse("no_rope_layers and use_qk_norm, which are read back, say it"),
            ),
            otherwise=require(
                "use_qk_norm",
                layers_are_normalised_alike,
                "must be False where some layers have rope and some have none: transformers normalises queries and "
                "keys of the layers with rope alone, and Megatron those of all",
            ),
        ),
        *positive("floor_scale"),
        *not_negative("attn_scale"),
        *layered(
            Computed(
                "query_temperature_scale",
                query_temperature_scale,
                "",
                inverse=(
                    Inverse("attn_scale", attn_scale_of),
                    Inverse("attn_temperature_tuning", attn_temperature_tuning_of),
                ),
            ),
            Computed(
                "query_temperature_length",
                query_temperature_length,
                "",
                inverse=(Inverse("floor_scale", floor_scale_of),),
            ),
            Computed(
                "query_temperature_start",
                query_temperature_start,
                "",
                inverse=NoInverse("it is the same wherever queries are scaled"),
            ),
            Computed(
                "query_temperature_freq",
                query_temperature_freq,
                "",
                inverse=NoInverse("no_rope_layers, which is read back, says it"),
            ),
            otherwise=equal_up_to(
                "query_temperature",
                "attn_temperature_tuning",
                first_temperature,
                "queries of layers without rope are scaled by the logarithm of their position, from the floor_scale-th "
                "token on, and Megatron does not scale them",
            ),
        ),
        Local("expert_layers", expert_layers, inverse=(Inverse("moe_layers", moe_layers_back),)),
        Rename("num_local_experts", "num_moe_experts"),
        Rename("intermediate_size_mlp", "ffn_hidden_size"),
        Rename("intermediate_size", "moe_ffn_hidden_size"),
        Rename(
            "intermediate_size",
            "moe_shared_expert_intermediate_size",
            inverse=NoInverse("it is read back from moe_ffn_hidden_size, which has the same value"),
        ),
        Constant("moe_shared_expert_gate", False, "The shared expert is added as it is."),
        Constant("moe_apply_probs_on_input", True, "A score multiplies what its expert gets, not what it gives."),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.",
        ),
        Constant("moe_router_topk", 1, "The only number with which a score can multiply what an expert gets."),
        must_be("num_experts_per_tok", (1,), "Megatron hard-wires it where a score multiplies what an expert gets"),
        *positive("num_local_experts", "intermediate_size", "intermediate_size_mlp"),
        Ignored(
            "interleave_moe_layer_step",
            Kind.DEAD,
            "only fills in moe_layers where a config is built without them; moe_layers decides",
        ),
        Ignored(
            "no_rope_layer_interval",
            Kind.DEAD,
            "only fills in no_rope_layers where a config is built without them; no_rope_layers decides",
        ),
        Ignored("router_jitter_noise", Kind.DEAD, "the router of the class adds no noise"),
        restates("nope_layer_interval", "no_rope_layer_interval", "both say how often a layer has no rope"),
    ),
    older_fixed={"attention_bias": False},
    older=(
        Otherwise(
            "layer_types",
            "5.24.0",
            "layers with rope had chunks even where these had no size",
            Throughout("full_attention", without="attention_chunk_size"),
        ),
        Otherwise(
            "attention_chunk_size",
            "5.24.0",
            "the mask of chunks was made even if no layer had them, and cannot be made without their size",
            Replaced(None, 8192),
        ),
    ),
)
