"""Llama4TextConfig to Megatron: The language models of Llama 4, Scout and Maverick."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from transformers.models.llama4.configuration_llama4 import Llama4TextConfig

from mcore_mappers_runtime.carried import NotCarried, carried
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_freqs import freq_of, in_layers
from mcore_mappers_runtime.layer_kinds import layer_indices
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.positions import layers_with_rope, layers_without_rope, rope_skips
from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_parameters_of
from mcore_mappers_runtime.rope_bands import banded_rope_parameters, high_freq_factor, in_stock_bands, low_freq_factor
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, TransformerFields


def to_megatron(
    hf: Llama4TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("llama4_text", Llama4TextConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    without_rope = layers_without_rope(check, "no_rope_layers", hf.no_rope_layers, hf.num_hidden_layers)
    rope = gpt_rope(
        check,
        in_stock_bands(rope_parameters_of(hf)),
        max_position_embeddings=hf.max_position_embeddings,
        rotary_interleaved=True,
    )
    scales_queries = hf.attn_temperature_tuning and hf.attn_scale != 0 and hf.floor_scale > 0 and any(without_rope)
    transformer = _transformer(check, hf, rope, scales_queries, without_rope, caller)
    return check.with_layers(
        GPTModelConfig,
        LayeredGPTModelConfig,
        Layers(
            add_proj_bias=True if hf.attention_bias else None,
            query_temperature_scale=hf.attn_scale if scales_queries else None,
            query_temperature_length=hf.floor_scale if scales_queries else None,
            query_temperature_start=1 if scales_queries else 0,
            query_temperature_freq=freq_of(without_rope) if scales_queries else None,
            attention_chunk_size=_first_chunk(hf),
            attention_chunk_freq=freq_of([int(each == "chunked_attention") for each in hf.layer_types or []]),
            qk_l2_norm_freq=freq_of([int(not each) for each in without_rope]) if hf.use_qk_norm else None,
            rope_scaling_low_freq_factor=low_freq_factor(rope_parameters_of(hf)),
            rope_scaling_high_freq_factor=high_freq_factor(rope_parameters_of(hf)),
        ),
    )(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type=rope.position_embedding_type,
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=rope.seq_len_interpolation_factor,
        rope_scaling=rope.rope_scaling,
        rope_scaling_factor=rope.rope_scaling_factor,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTModelFields, GPTModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)),
    )


def _attends_by_chunks_at_most(hf: Llama4TextConfig) -> bool:
    types = hf.layer_types or []
    return len(types) == hf.num_hidden_layers and all(each in ("full_attention", "chunked_attention") for each in types)


def _expert_layers(hf: Llama4TextConfig, check: Check) -> list[int]:
    listed = layer_indices(check, "moe_layers", hf.moe_layers, hf.num_hidden_layers)
    return [int(layer in listed) for layer in range(hf.num_hidden_layers)]


def _first_chunk(hf: Llama4TextConfig) -> int | None:
    # What is no size is refused as such.
    has_chunks = "chunked_attention" in (hf.layer_types or []) and (hf.attention_chunk_size or 0) > 0
    return hf.attention_chunk_size if has_chunks else None


def _floor_scale_of(layers: Layers) -> int | NotCarried:
    length = carried(layers.query_temperature_length)
    return length if isinstance(length, NotCarried) else int(length)


def _layer_types_back(model: GPTModelConfig, layers: Layers) -> list[str]:
    number = model.transformer.num_layers
    chunked = in_layers(layers.attention_chunk_freq, number) if layers.attention_chunk_size else [0] * number
    return ["chunked_attention" if each else "full_attention" for each in chunked]


# Not read, because it does not decide what the model computes:
# - interleave_moe_layer_step: dead: only fills in moe_layers where a config is built without them;
#   moe_layers decides
# - no_rope_layer_interval: dead: only fills in no_rope_layers where a config is built without them;
#   no_rope_layers decides
# - router_jitter_noise: dead: the router of the class adds no noise


def _transformer(
    check: Check, hf: Llama4TextConfig, rope: GPTRope, scales_queries: bool, without_rope: list[int], caller: GPTFields
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        intermediate_size=hf.intermediate_size,
        intermediate_size_mlp=hf.intermediate_size_mlp,
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
        num_local_experts=hf.num_local_experts,
        attention_chunk_size=hf.attention_chunk_size,
        floor_scale=hf.floor_scale,
    )
    check.not_negative(initializer_range=hf.initializer_range, attn_scale=hf.attn_scale)
    check.probability(attention_dropout=hf.attention_dropout)
    dtype = checked_dtype(check, hf.dtype)
    expert_layers = _expert_layers(hf, check)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    attention.given_head_dim(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    check.must_be(
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        (1,),
        "Megatron hard-wires it where a score multiplies what an expert gets",
    )
    check.require(
        not hf.use_qk_norm or all(without_rope) or not any(without_rope),
        "use_qk_norm",
        hf.use_qk_norm,
        "must be False where some layers have rope and some have none: transformers normalises queries and "
        "keys of the layers with rope alone, and Megatron those of all",
        layers=("qk_l2_norm_freq",),
    )
    experts.balanced_by_loss(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.interleaved_bands(check, hf)
    positions.rope_keys(check, hf)
    check.require(
        hf.attention_chunk_size is not None or "chunked_attention" not in (hf.layer_types or []),
        "attention_chunk_size",
        hf.attention_chunk_size,
        "must be given where a layer has chunks",
    )
    check.equal_up_to(
        "attention_chunks",
        _first_chunk(hf),
        field="layer_types",
        reason="a token of a layer with chunks attends to its own chunk alone, of attention_chunk_size tokens, and "
        "in Megatron to all tokens before it",
        layers=("attention_chunk_size", "attention_chunk_freq"),
    )
    check.require(
        _attends_by_chunks_at_most(hf),
        "layer_types",
        hf.layer_types,
        "must be 'full_attention' or 'chunked_attention' for every layer: transformers knows no other",
    )
    check.equal_up_to(
        "query_temperature",
        hf.floor_scale - 1 if scales_queries else None,
        field="attn_temperature_tuning",
        reason="queries of layers without rope are scaled by the logarithm of their position, from the "
        "floor_scale-th token on, and Megatron does not scale them",
        layers=(
            "query_temperature_scale",
            "query_temperature_length",
            "query_temperature_start",
            "query_temperature_freq",
        ),
    )
    attention.attention_bias(check, hf)
    decoder.causal_mask(check)
    check.restates("nope_layer_interval", "no_rope_layer_interval", "both say how often a layer has no rope")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.num_local_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
            rotary_interleaved=True,
        ),
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef),
        # Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size_mlp,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        rotary_interleaved=True,
        no_rope_freq=rope_skips(without_rope),
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # Norms without weights, here after rope, with which they commute.
        qk_l2_norm=hf.use_qk_norm and not all(without_rope),
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=hf.num_local_experts,
        moe_layer_freq=expert_layers,
        moe_ffn_hidden_size=hf.intermediate_size,
        moe_shared_expert_intermediate_size=hf.intermediate_size,
        # A score multiplies what its expert gets, not what it gives.
        moe_apply_probs_on_input=True,
        # The only number with which a score can multiply what an expert gets.
        moe_router_topk=1,
        moe_router_score_function="sigmoid",
        **settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: Llama4TextConfig | None = None) -> Llama4TextConfig:
    """The Llama4TextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "llama4_text")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.moe_ffn_hidden_size,
        "intermediate_size_mlp": transformer.ffn_hidden_size,
        "num_hidden_layers": transformer.num_layers,
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "attention_dropout": transformer.attention_dropout,
        "num_experts_per_tok": 1,
        "num_local_experts": transformer.num_moe_experts,
        "moe_layers": [layer for layer, experts in enumerate(experts_by_layer(model)) if experts],
        "use_qk_norm": transformer.qk_l2_norm,
        "rope_parameters": banded_rope_parameters(model, layers),
        "no_rope_layers": layers_with_rope(model),
        "attention_chunk_size": carried(layers.attention_chunk_size),
        "layer_types": _layer_types_back(model, layers),
        "floor_scale": _floor_scale_of(layers),
        ("attn_scale", "attn_temperature_tuning"): (
            carried(layers.query_temperature_scale),
            layers.query_temperature_scale is not None,
        ),
        "attention_bias": transformer.add_qkv_bias,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "attention_chunk_size",
    "attn_scale",
    "floor_scale",
    "interleave_moe_layer_step",
    "max_position_embeddings",
    "no_rope_layer_interval",
    "router_aux_loss_coef",
    "router_jitter_noise",
)
_GPT = RoundTrip("llama4_text", Llama4TextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
