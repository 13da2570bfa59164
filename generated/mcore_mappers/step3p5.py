"""Step3p7TextConfig to Megatron: Step-3.5, and the language model of Step-3.7."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from torch.nn.functional import silu
from transformers.models.step3p7.configuration_step3p7 import Step3p7TextConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.glu_bounds import bounds_by_symbol, glu_bounds, listed_bounds
from mcore_mappers_runtime.hybrid import by_symbol, mixers, of_mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_ropes import (
    LayerRopes,
    gpt_layer_ropes,
    hybrid_layer_ropes,
    layer_ropes,
    own_bases,
    own_bases_by_symbol,
    own_parts,
    own_parts_by_symbol,
)
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_bands import high_freq_factor, in_stock_bands, low_freq_factor, of_megatrons_length
from mcore_mappers_runtime.round_trip import RoundTrip, inner, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import SLIDING, sliding_layers, window_reach, window_skips, window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Step3p7TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("step3p5", Step3p7TextConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    of_mlps = glu_bounds(check, "swiglu_limits_shared", hf.swiglu_limits_shared, [1] * hf.num_hidden_layers)
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    ropes = layer_ropes(check, rope_parameters_of(hf), hf.layer_types, part=1.0, parts_differ=True)
    num_sliding_heads = check.given(
        "num_sliding_attention_heads",
        hf.num_sliding_attention_heads,
        "the class makes it num_attention_heads when a config is built",
    )
    heads_by_layer = _heads_by_layer(hf, num_sliding_heads, sliding)
    of_experts = glu_bounds(check, "swiglu_limits", hf.swiglu_limits, expert_layers)
    banded = of_megatrons_length(ropes.of_model)
    rope = gpt_rope(
        check, in_stock_bands(banded), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    transformer = _transformer(
        check,
        hf,
        num_sliding_heads,
        rope,
        ropes,
        sliding,
        caller,
        num_layers=hf.num_hidden_layers,
        window_attn_skip_freq=window_skips(sliding),
        moe_layer_freq=expert_layers,
    )
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=Layers(
            num_attention_heads_by_layer=None if heads_by_layer is None else tuple(heads_by_layer),
            # g_proj of every layer.
            attention_output_gate_by_head=True,
            rotary_base_by_layer=own_bases(ropes, hf.layer_types),
            rotary_percent_by_layer=own_parts(ropes, hf.layer_types),
            rope_scaling_low_freq_factor=low_freq_factor(banded),
            rope_scaling_high_freq_factor=high_freq_factor(banded),
            mlp_glu_clamp_by_layer=of_mlps,
            moe_expert_glu_clamp_by_layer=of_experts,
            # Where a token has one expert, whose score the class divides by itself.
            moe_router_norm_topk_prob=True if hf.num_experts_per_tok == 1 else None,
        ),
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


def to_megatron_hybrid(
    hf: Step3p7TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> LayeredHybridModelConfig:
    """The LayeredHybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("step3p5", Step3p7TextConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    mixers = "*" * hf.num_hidden_layers
    of_mlps = glu_bounds(check, "swiglu_limits_shared", hf.swiglu_limits_shared, [1] * hf.num_hidden_layers)
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    ropes = layer_ropes(check, rope_parameters_of(hf), hf.layer_types, part=1.0, parts_differ=True)
    rope = hybrid_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings, partial_rotary=True)
    num_sliding_heads = check.given(
        "num_sliding_attention_heads",
        hf.num_sliding_attention_heads,
        "the class makes it num_attention_heads when a config is built",
    )
    heads_by_layer = _heads_by_layer(hf, num_sliding_heads, sliding)
    of_experts = glu_bounds(check, "swiglu_limits", hf.swiglu_limits, expert_layers)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check,
        hf,
        num_sliding_heads,
        rope,
        ropes,
        sliding,
        caller,
        num_layers=len(pattern.main),
        window_attn_skip_freq=by_symbol(window_skips(sliding)),
        is_hybrid_model=True,
    )
    return check.layered(LayeredHybridModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=Layers(
            num_attention_heads_by_layer=_num_attention_heads_by_symbol(heads_by_layer),
            # g_proj of every layer.
            attention_output_gate_by_head=True,
            # Every layer has two symbols.
            rotary_base_by_layer=own_bases_by_symbol(ropes, hf.layer_types),
            # Every layer has two symbols.
            rotary_percent_by_layer=own_parts_by_symbol(ropes, hf.layer_types),
            mlp_glu_clamp_by_layer=bounds_by_symbol(of_mlps),
            moe_expert_glu_clamp_by_layer=bounds_by_symbol(of_experts),
            # Where a token has one expert, whose score the class divides by itself.
            moe_router_norm_topk_prob=True if hf.num_experts_per_tok == 1 else None,
        ),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type=rope.position_embedding_type,
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=rope.seq_len_interpolation_factor,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(
            HybridModelFields, HybridModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)
        ),
    )


def _heads_by_layer(hf: Step3p7TextConfig, num_sliding_heads: int, sliding: list[int]) -> list[int] | None:
    heads = [num_sliding_heads if each else hf.num_attention_heads for each in sliding]
    return None if len(set(heads)) < 2 else heads


def _num_attention_heads_by_symbol(heads_by_layer: list[int] | None) -> tuple[int, ...] | None:
    heads = by_symbol(heads_by_layer)
    return None if heads is None else tuple(heads)


def _num_sliding_heads_of(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> int:
    of_layers = layers.num_attention_heads_by_layer or ()
    found = zip(window_types(model), of_mixers(model, of_layers), strict=False)
    return next((heads for kind, heads in found if kind == SLIDING), model.transformer.num_attention_heads)


def _own_ropes_rotate_pairs(hf: Step3p7TextConfig, ropes: LayerRopes, rope: GPTRope | HybridRope) -> bool:
    parts = (rope.rotary_percent, *ropes.own_parts.values()) if ropes.own_bases else ()
    return not any(int(hf.head_dim * part) % 2 for part in parts)


def _query_pre_attn_scalar_of(transformer: TransformerConfig) -> float:
    found = (transformer.softmax_scale or 1.0) ** -2
    return round(found) if math.isclose(found, round(found)) else found


# Not read, because it does not decide what the model computes:
# - layer_scale_init_value: metadata or inference: is of the vision model beside this one
# - mtp_layer_types, mtp_mlp_layer_types, num_nextn_predict_layers: metadata or inference: is about
#   layers that predict further tokens, which the class does not build


def _transformer(
    check: Check,
    hf: Step3p7TextConfig,
    num_sliding_heads: int,
    rope: GPTRope | HybridRope,
    ropes: LayerRopes,
    sliding: list[int],
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    window_attn_skip_freq: int | list[int] | None,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        intermediate_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_key_value_heads=hf.num_key_value_heads,
        max_position_embeddings=hf.max_position_embeddings,
        num_experts_per_tok=hf.num_experts_per_tok,
        num_local_experts=hf.num_local_experts,
        moe_intermediate_size=hf.moe_intermediate_size,
        n_routed_experts=hf.n_routed_experts,
        share_expert_dim=hf.share_expert_dim,
        num_sliding_attention_heads=hf.num_sliding_attention_heads,
        query_pre_attn_scalar=hf.query_pre_attn_scalar,
        moe_router_scaling_factor=hf.moe_router_scaling_factor,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    check.probability(attention_dropout=hf.attention_dropout)
    dtype = checked_dtype(check, hf.dtype)
    scalar = check.given(
        "query_pre_attn_scalar", hf.query_pre_attn_scalar, "the class makes it head_dim when a config is built"
    )
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    stack.numbered_layers(check, hf)
    check.require(
        not hf.num_key_value_heads or all(sliding) or hf.num_attention_heads % hf.num_key_value_heads == 0,
        "num_key_value_heads",
        hf.num_key_value_heads,
        "must divide num_attention_heads: every group serves the same number of query heads",
    )
    check.require(
        _own_ropes_rotate_pairs(hf, ropes, rope),
        "head_dim",
        hf.head_dim,
        "must give ropes an even number of channels to rotate where types of layers have different ones: a "
        "layer's own rotates pairs",
    )
    check.require(
        all(int(hf.head_dim * part) for part in ropes.own_parts.values()),
        "head_dim",
        hf.head_dim,
        "must leave every rope channels to rotate",
    )
    attention.given_head_dim(check, hf)
    check.must_be(
        "hidden_act", hf.hidden_act, ("silu",), "the class makes it that when a config is built, whatever a file says"
    )
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    check.require(
        hf.num_experts_per_tok <= hf.n_routed_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most n_routed_experts",
    )
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.layered_window(check, hf, sliding)
    check.require(
        (
            not hf.num_key_value_heads
            or not num_sliding_heads
            or not any(sliding)
            or num_sliding_heads % hf.num_key_value_heads == 0
        ),
        "num_sliding_attention_heads",
        hf.num_sliding_attention_heads,
        "must be a multiple of num_key_value_heads: every group serves the same number of query heads",
    )
    check.must_be(
        "attention_bias",
        hf.attention_bias,
        (False,),
        "it biases the projections of attention but that of the gates, which in Megatron is one with the others",
    )
    experts.unbiased_experts(check, hf)
    check.if_set("gating", (True, "per-head"), "the class multiplies by one gate of each head, and cannot by others")
    decoder.causal_mask(check)
    check.if_set("use_bidirectional_attention", (False,), "Megatron's attention is causal")
    check.if_set("moe_router_activation", ("sigmoid",), "the class scores experts with a sigmoid")
    check.if_set("n_shared_experts", (1,), "share_expert_dim says how wide all shared experts are together")
    check.if_set("norm_expert_weight", (True,), "the class makes the weights of a token's experts add up to one always")
    check.if_set("scoring_func", ("sigmoid",), "the class scores experts with a sigmoid")
    check.if_set("use_head_wise_attn_gate", (True,), "every head of the class has a gate")
    check.if_set("use_moe_router_bias", (True,), "every router of the class has a bias by which it chooses")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=silu,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.n_routed_experts or hf.num_local_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        # Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        # Layers with a window may have another number.
        num_attention_heads=num_sliding_heads if all(sliding) else hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        softmax_scale=float(scalar**-0.5),
        window_size=window_reach(hf.sliding_window, sliding),
        window_attn_skip_freq=window_attn_skip_freq,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # Norms multiply by 1 + weight: Hugging Face has no flag.
        layernorm_zero_centered_gamma=True,
        qk_layernorm=True,
        gated_linear_unit=True,
        # The class makes hidden_act that when a config is built.
        activation_func=silu,
        # No linear layer of the class has a bias.
        add_bias_linear=False,
        # Two names of one number.
        num_moe_experts=hf.n_routed_experts or hf.num_local_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_shared_expert_intermediate_size=hf.share_expert_dim,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.moe_router_scaling_factor,
        # e_score_correction_bias, which every router of the class has.
        moe_router_enable_expert_bias=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Step3p7TextConfig | None = None) -> Step3p7TextConfig:
    """The Step3p7TextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "step3p5")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_attention_heads": model.transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "hidden_act": "silu",
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "attention_dropout": transformer.attention_dropout,
        "num_experts_per_tok": transformer.moe_router_topk,
        "rope_parameters": (
            hybrid_layer_ropes(model, layers, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_layer_ropes(model, layers, partial_rotary=True)
        ),
        "mlp_layer_types": mlp_types(model),
        "layer_types": window_types(model),
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        ("n_routed_experts", "num_local_experts"): (transformer.num_moe_experts, transformer.num_moe_experts),
        "share_expert_dim": transformer.moe_shared_expert_intermediate_size,
        "sliding_window": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "num_sliding_attention_heads": _num_sliding_heads_of(model, layers),
        "attention_bias": False,
        "query_pre_attn_scalar": _query_pre_attn_scalar_of(transformer),
        "moe_router_scaling_factor": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "mlp_bias": False,
        "swiglu_limits": listed_bounds(model, layers.moe_expert_glu_clamp_by_layer),
        "swiglu_limits_shared": listed_bounds(model, layers.mlp_glu_clamp_by_layer),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "mtp_layer_types",
    "mtp_mlp_layer_types",
    "sliding_window",
)
_GPT = RoundTrip("step3p5", Step3p7TextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("step3p5", Step3p7TextConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
