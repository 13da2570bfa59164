"""AfmoeConfig to Megatron: Arcee's Trinity."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.afmoe.configuration_afmoe import AfmoeConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import by_symbol, experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import dense_first
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.positions import no_rope_where_full
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import sliding_layers, window_reach, window_skips, window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: AfmoeConfig) -> Layers:
    return Layers(
        post_attention_layernorm=True,
        post_mlp_layernorm=True,
        # Where a token has one expert, whose score the class divides by itself.
        moe_router_norm_topk_prob=True if hf.num_experts_per_tok == 1 else None,
    )


def to_megatron(
    hf: AfmoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("afmoe", AfmoeConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.num_dense_layers or 0)
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(
        check,
        hf,
        rope,
        sliding,
        caller,
        num_layers=hf.num_hidden_layers,
        window_attn_skip_freq=window_skips(sliding),
        # 1 for a layer without positions: each without a window.
        no_rope_freq=no_rope_where_full(sliding),
        moe_layer_freq=expert_layers,
    )
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=_layers(hf),
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
    hf: AfmoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> LayeredHybridModelConfig:
    """The LayeredHybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("afmoe", AfmoeConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.num_dense_layers or 0)
    mixers = "*" * hf.num_hidden_layers
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check,
        hf,
        rope,
        sliding,
        caller,
        num_layers=len(pattern.main),
        window_attn_skip_freq=by_symbol(window_skips(sliding)),
        # 1 for a layer without positions; every layer has two symbols.
        no_rope_freq=by_symbol(no_rope_where_full(sliding)),
        is_hybrid_model=True,
    )
    return check.layered(LayeredHybridModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=_layers(hf),
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


# Not read, because it does not decide what the model computes:
# - global_attn_every_n_layers: dead: only fills in layer_types where a config is built without them;
#   layer_types decides


def _transformer(
    check: Check,
    hf: AfmoeConfig,
    rope: GPTRope | HybridRope,
    sliding: list[int],
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    window_attn_skip_freq: int | list[int] | None,
    no_rope_freq: int | list[int] | None,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        moe_intermediate_size=hf.moe_intermediate_size,
        num_experts=hf.num_experts,
        num_experts_per_tok=hf.num_experts_per_tok,
        route_scale=hf.route_scale,
    )
    check.not_negative(num_dense_layers=hf.num_dense_layers, num_shared_experts=hf.num_shared_experts)
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    head_dim = check.given("head_dim", hf.head_dim)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    num_experts = check.given("num_experts", hf.num_experts)
    num_experts_per_tok = check.given("num_experts_per_tok", hf.num_experts_per_tok)
    num_shared_experts = check.given("num_shared_experts", hf.num_shared_experts, "transformers multiplies by it")
    route_scale = check.given("route_scale", hf.route_scale)
    sliding_window = check.given(
        "sliding_window", hf.sliding_window, "transformers makes the mask of a window even if no layer has one"
    )
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    check.require(
        hf.num_dense_layers is not None,
        "num_dense_layers",
        hf.num_dense_layers,
        "must be given: transformers compares it with every layer",
    )
    attention.grouped_query(check, hf)
    attention.head_dim(check, hf)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.require(
        not hf.num_experts_per_tok or not hf.num_experts or hf.num_experts_per_tok <= hf.num_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most num_experts",
    )
    attention.given_window(check, hf)
    decoder.padding_token(check, hf)
    attention.no_attention_bias(check, hf)
    decoder.causal_mask(check)
    check.if_set("n_group", (1,), "all experts of the class compete")
    check.if_set("num_expert_groups", (1,), "all experts of the class compete")
    check.if_set("num_limited_groups", (1,), "all experts of the class compete")
    check.if_set("route_norm", (True,), "the class makes the weights of a token's experts add up to one always")
    check.if_set("score_func", ("sigmoid",), "the class scores experts with a sigmoid")
    check.if_set("topk_group", (1,), "all experts of the class compete")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=num_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=head_dim,
        multi_latent_attention=False,
        # As ever; with use_mup Megatron has another, if it is left out.
        softmax_scale=1 / math.sqrt(head_dim),
        # gate_proj of the attention: Hugging Face has no flag.
        attention_output_gate=True,
        window_size=window_reach(sliding_window, sliding),
        window_attn_skip_freq=window_attn_skip_freq,
        no_rope_freq=no_rope_freq,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        num_moe_experts=num_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        # One shared MLP, as wide as all shared experts together.
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * num_shared_experts or None,
        moe_router_topk=num_experts_per_tok,
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=route_scale,
        # expert_bias: Hugging Face has no flag.
        moe_router_enable_expert_bias=True,
        is_hybrid_model=is_hybrid_model,
        use_mup=True,
        mup_base_hidden_size=hf.hidden_size,
        mup_embedding_mult=math.sqrt(hf.hidden_size) if hf.mup_enabled else 1.0,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: AfmoeConfig | None = None) -> AfmoeConfig:
    """The AfmoeConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "afmoe")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_dense_layers": experts_by_layer(model).count(0),
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "num_experts": transformer.num_moe_experts,
        "num_experts_per_tok": transformer.moe_router_topk,
        "num_shared_experts": count_shared_experts(transformer),
        "route_scale": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "sliding_window": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "layer_types": window_types(model),
        "mup_enabled": transformer.mup_embedding_mult != 1.0,
        "attention_bias": False,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "global_attn_every_n_layers",
    "max_position_embeddings",
    "sliding_window",
)
_GPT = RoundTrip("afmoe", AfmoeConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("afmoe", AfmoeConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
