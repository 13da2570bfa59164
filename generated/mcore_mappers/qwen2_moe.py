"""Qwen2MoeConfig to Megatron: Qwen1.5-MoE and Qwen2 57B-A14B."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.qwen2_moe.configuration_qwen2_moe import Qwen2MoeConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import by_symbol, experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import every_step, layer_indices
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import sliding_layers, window_reach, window_skips, window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: Qwen2MoeConfig) -> Layers:
    return Layers(moe_router_norm_min=0.0 if hf.norm_topk_prob and hf.num_experts_per_tok == 1 else None)


def to_megatron(
    hf: Qwen2MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen2_moe", Qwen2MoeConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    mlp_only_layers = layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)
    expert_layers = every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)
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
        moe_layer_freq=expert_layers,
    )
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(hf))(
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
    hf: Qwen2MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen2_moe", Qwen2MoeConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    mixers = "*" * hf.num_hidden_layers
    mlp_only_layers = layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)
    expert_layers = every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)
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
        is_hybrid_model=True,
    )
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(hf))(
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


# Not read, because it does not decide what the model computes:
# - max_window_layers: dead: only fills in layer_types where a config is built without them;
#   layer_types decides


def _transformer(
    check: Check,
    hf: Qwen2MoeConfig,
    rope: GPTRope | HybridRope,
    sliding: list[int],
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    window_attn_skip_freq: int | list[int] | None,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.require(
        hf.use_sliding_window or not hf.sliding_window,
        "use_sliding_window",
        hf.use_sliding_window,
        "must be True where sliding_window is a number of tokens: else the class sets that to 0 when it is built",
    )
    check.require(
        hf.sliding_window is None or hf.sliding_window > 0 or (hf.sliding_window == 0 and not any(sliding)),
        "sliding_window",
        hf.sliding_window,
        "must be above zero, or zero if no layer is sliding_attention",
    )
    check.require(
        hf.sliding_window is not None,
        "sliding_window",
        hf.sliding_window,
        "must be given: transformers makes a mask with it, whether a layer uses it or not",
    )
    experts.stepped_experts(check, hf)
    experts.numbered_experts(check, hf)
    experts.shared_expert_width(check, hf)
    experts.normalised_if_said(check, hf)
    experts.balanced_by_loss(check, hf)
    decoder.padding_token(check, hf)
    decoder.causal_mask(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.num_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef),
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
        num_query_groups=num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        window_size=window_reach(hf.sliding_window, sliding),
        window_attn_skip_freq=window_attn_skip_freq,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        # Query, key and value alone can have biases.
        add_bias_linear=False,
        add_qkv_bias=hf.qkv_bias,
        num_moe_experts=hf.num_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_shared_expert_intermediate_size=hf.shared_expert_intermediate_size,
        moe_shared_expert_gate=True,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_pre_softmax=not hf.norm_topk_prob or hf.num_experts_per_tok == 1,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Qwen2MoeConfig | None = None) -> Qwen2MoeConfig:
    """The Qwen2MoeConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "qwen2_moe")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **experts.numbered_experts_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "use_sliding_window": transformer.window_size is not None,
        "sliding_window": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "shared_expert_intermediate_size": transformer.moe_shared_expert_intermediate_size,
        "norm_topk_prob": not transformer.moe_router_pre_softmax or layers.moe_router_norm_min is not None,
        ("mlp_only_layers", "decoder_sparse_step"): (
            [layer for layer, experts in enumerate(experts_by_layer(model)) if not experts],
            1,
        ),
        "qkv_bias": transformer.add_qkv_bias,
        "layer_types": window_types(model),
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "max_window_layers",
    "router_aux_loss_coef",
    "sliding_window",
)
_GPT = RoundTrip("qwen2_moe", Qwen2MoeConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("qwen2_moe", Qwen2MoeConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
