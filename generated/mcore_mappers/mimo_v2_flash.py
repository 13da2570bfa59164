"""MiMoV2FlashConfig to Megatron: MiMo V2 Flash."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.mimo_v2_flash.configuration_mimo_v2_flash import MiMoV2FlashConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import by_symbol, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_ropes import (
    LayerRopes,
    gpt_layer_ropes,
    hybrid_layer_ropes,
    layer_ropes,
    own_bases,
    own_bases_by_symbol,
    theta_of,
)
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import FULL, SLIDING, sliding_layers, window_reach, window_skips, window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: MiMoV2FlashConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("mimo_v2_flash", MiMoV2FlashConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    ropes = layer_ropes(check, rope_parameters_of(hf), hf.layer_types, part=0.334)
    rope = gpt_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings, partial_rotary=True)
    transformer = _transformer(
        check,
        hf,
        expert_layers,
        rope,
        ropes,
        sliding,
        caller,
        num_layers=hf.num_hidden_layers,
        window_attn_skip_freq=window_skips(sliding),
        moe_layer_freq=expert_layers,
    )
    return check.with_layers(
        GPTModelConfig,
        LayeredGPTModelConfig,
        Layers(
            num_query_groups_by_layer=_num_query_groups_by_layer(hf, sliding),
            softmax_offset_freq=_softmax_offset_freq(sliding),
            v_channels=None if hf.v_head_dim == hf.head_dim else hf.v_head_dim,
            attention_value_scale=1.0 if hf.attention_value_scale is None else hf.attention_value_scale,
            rotary_base_by_layer=own_bases(ropes, hf.layer_types),
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


def to_megatron_hybrid(
    hf: MiMoV2FlashConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("mimo_v2_flash", MiMoV2FlashConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    mixers = "*" * hf.num_hidden_layers
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    ropes = layer_ropes(check, rope_parameters_of(hf), hf.layer_types, part=0.334)
    rope = hybrid_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings, partial_rotary=True)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check,
        hf,
        expert_layers,
        rope,
        ropes,
        sliding,
        caller,
        num_layers=len(pattern.main),
        window_attn_skip_freq=by_symbol(window_skips(sliding)),
        is_hybrid_model=True,
    )
    return check.with_layers(
        HybridModelConfig,
        LayeredHybridModelConfig,
        Layers(
            num_query_groups_by_layer=_num_query_groups_by_symbol(hf, sliding),
            softmax_offset_freq=_softmax_offset_freq_by_symbol(sliding),
            v_channels=None if hf.v_head_dim == hf.head_dim else hf.v_head_dim,
            attention_value_scale=1.0 if hf.attention_value_scale is None else hf.attention_value_scale,
            # Every layer has two symbols.
            rotary_base_by_layer=own_bases_by_symbol(ropes, hf.layer_types),
        ),
    )(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
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


def _heads_fill_groups(hf: MiMoV2FlashConfig, sliding: list[int]) -> bool:
    most = hf.num_key_value_heads * 2 if any(sliding) else hf.num_key_value_heads
    return not most or hf.num_attention_heads % most == 0


def _num_key_value_heads_of(model: GPTModelConfig | HybridModelConfig) -> int:
    said = model.transformer.num_query_groups or model.transformer.num_attention_heads
    return said // 2 if all(each == SLIDING for each in window_types(model)) else said


def _num_query_groups_by_layer(hf: MiMoV2FlashConfig, sliding: list[int]) -> tuple[int, ...] | None:
    skips = window_skips(sliding)
    return None if skips is None else tuple(hf.num_key_value_heads * (1 + each) for each in skips)


def _num_query_groups_by_symbol(hf: MiMoV2FlashConfig, sliding: list[int]) -> tuple[int, ...] | None:
    skips = by_symbol(window_skips(sliding))
    return None if skips is None else tuple(hf.num_key_value_heads * (1 + each) for each in skips)


def _part_agrees(check: Check, ropes: LayerRopes) -> bool:
    said = check.undeclared("partial_rotary_factor")
    return said is None or said == ropes.of_model.get("partial_rotary_factor", 1.0)


def _softmax_offset_freq(sliding: list[int]) -> tuple[int, ...] | None:
    skips = window_skips(sliding)
    return None if skips is None else tuple(skips)


def _softmax_offset_freq_by_symbol(sliding: list[int]) -> tuple[int, ...] | None:
    skips = by_symbol(window_skips(sliding))
    return None if skips is None else tuple(skips)


def _theta_agrees(hf: MiMoV2FlashConfig, check: Check) -> bool:
    said = check.undeclared("rope_theta")
    return said is None or said == theta_of(rope_parameters_of(hf), FULL, said)


def _transformer(
    check: Check,
    hf: MiMoV2FlashConfig,
    expert_layers: list[int],
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
        num_key_value_heads=hf.num_key_value_heads,
        moe_intermediate_size=hf.moe_intermediate_size,
        num_experts_per_tok=hf.num_experts_per_tok,
        routed_scaling_factor=hf.routed_scaling_factor,
        n_group=hf.n_group,
        topk_group=hf.topk_group,
        v_head_dim=hf.v_head_dim,
        sliding_window=hf.sliding_window,
        attention_value_scale=hf.attention_value_scale,
    )
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    routed_scaling_factor = check.given(
        "routed_scaling_factor",
        hf.routed_scaling_factor,
        "transformers makes it 1 when it builds a config, and multiplies by it",
    )
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    check.require(
        _heads_fill_groups(hf, sliding),
        "num_key_value_heads",
        hf.num_key_value_heads,
        "must divide num_attention_heads, twice if layers have a window: every group serves the same number "
        "of query heads",
    )
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.original_length(check, hf)
    check.require(
        not hf.topk_group or not hf.n_group or hf.topk_group <= hf.n_group,
        "topk_group",
        hf.topk_group,
        "must be at most n_group",
    )
    experts.groups_of_two(check, hf)
    experts.router_of_groups(check, hf)
    decoder.padding_token(check, hf)
    check.require(
        not ropes.own_bases or int(hf.head_dim * rope.rotary_percent) % 2 == 0,
        "head_dim",
        hf.head_dim,
        "must give ropes an even number of channels to rotate where types of layers have different ones: a "
        "layer's own goes by the channels that the model's rotates, which come in pairs",
    )
    attention.given_head_dim(check, hf)
    check.require(
        hf.v_head_dim <= hf.head_dim,
        "v_head_dim",
        hf.v_head_dim,
        "must be at most head_dim: core attention gets values padded to the width of keys",
    )
    check.require(
        hf.v_head_dim == hf.head_dim,
        "v_head_dim",
        hf.v_head_dim,
        "must be head_dim: Megatron's values are as wide as its keys",
        layers=("v_channels",),
    )
    check.require(
        all(sliding) or not any(sliding),
        "layer_types",
        hf.layer_types,
        "must be the same for every layer: layers with a window have sinks, twice the query groups and a rope "
        "of their own, and Megatron's layers have as many groups each, one rope, and all have sinks or none",
        layers=("num_query_groups_by_layer", "softmax_offset_freq", "rotary_base_by_layer"),
    )
    check.require(
        hf.attention_value_scale in (None, 1.0),
        "attention_value_scale",
        hf.attention_value_scale,
        "must be None or 1: a factor of values is hard-wired to one in Megatron",
        layers=("attention_value_scale",),
    )
    decoder.causal_mask(check)
    check.require(
        _part_agrees(check, ropes),
        "partial_rotary_factor",
        check.undeclared("partial_rotary_factor"),
        "must be what rope_parameters says of each rope: the class reads that alone",
    )
    check.require(
        _theta_agrees(hf, check),
        "rope_theta",
        check.undeclared("rope_theta"),
        "must be what rope_parameters says of full_attention: the class reads that alone",
    )
    check.if_set("add_full_attention_sink_bias", (False,), "layers of the class that have no window have no sinks")
    check.if_set("add_swa_attention_sink_bias", (True,), "layers of the class that have a window have sinks")
    check.if_set("hybrid_block_size", (None,), "layer_types says which layers of the class have a window")
    check.implied("hybrid_layer_pattern", sliding, "layer_types says which layers have a window: 1 for these")
    check.restates("layernorm_epsilon", "rms_norm_eps", "Xiaomi's code has the first name")
    check.implied("moe_layer_freq", expert_layers, "mlp_layer_types says which layers have experts: 1 for these")
    check.if_set("n_shared_experts", (None,), "the class has no shared experts")
    check.if_set("scoring_func", ("sigmoid",), "the class scores experts with a sigmoid")
    check.restates("swa_head_dim", "head_dim", "layers of both kinds have the same")
    check.restates("swa_num_attention_heads", "num_attention_heads", "layers of both kinds have the same")
    check.implied(
        "swa_num_key_value_heads",
        2 * hf.num_key_value_heads,
        "layers with a window have twice as many query groups as others",
    )
    check.implied(
        "swa_rope_theta",
        theta_of(rope_parameters_of(hf), SLIDING, None),
        "rope_parameters says it of sliding_attention",
    )
    check.restates("swa_v_head_dim", "v_head_dim", "layers of both kinds have the same")
    check.if_set("topk_method", ("noaux_tc",), "the class chooses experts by groups and a bias")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.n_routed_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
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
        num_attention_heads=hf.num_attention_heads,
        # Layers with a window have twice as many.
        num_query_groups=2 * hf.num_key_value_heads if all(sliding) else hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        # Layers with a window have sinks, one for each head.
        softmax_type="learnable" if any(sliding) else "vanilla",
        window_size=window_reach(hf.sliding_window, sliding),
        window_attn_skip_freq=window_attn_skip_freq,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        # Query, key and value alone may have biases.
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=hf.n_routed_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=routed_scaling_factor,
        moe_router_enable_expert_bias=True,
        moe_router_num_groups=hf.n_group,
        moe_router_group_topk=hf.topk_group,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: MiMoV2FlashConfig | None = None) -> MiMoV2FlashConfig:
    """The MiMoV2FlashConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "mimo_v2_flash")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **experts.routed_experts_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": _num_key_value_heads_of(model),
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_layer_ropes(model, layers, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_layer_ropes(model, layers, partial_rotary=True)
        ),
        "attention_bias": transformer.add_qkv_bias,
        "num_experts_per_tok": transformer.moe_router_topk,
        "routed_scaling_factor": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "n_group": (1 if transformer.moe_router_num_groups is None else transformer.moe_router_num_groups),
        "topk_group": (1 if transformer.moe_router_group_topk is None else transformer.moe_router_group_topk),
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "head_dim": transformer.kv_channels,
        "v_head_dim": model.transformer.kv_channels if layers.v_channels is None else layers.v_channels,
        "sliding_window": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "layer_types": window_types(model),
        "mlp_layer_types": mlp_types(model),
        "attention_value_scale": None if layers.attention_value_scale == 1.0 else layers.attention_value_scale,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "norm_topk_prob",
    "sliding_window",
)
_GPT = RoundTrip("mimo_v2_flash", MiMoV2FlashConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip(
    "mimo_v2_flash", MiMoV2FlashConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ()
)
