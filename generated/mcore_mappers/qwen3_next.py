"""Qwen3NextConfig to Megatron: Qwen3-Next 80B-A3B."""

from __future__ import annotations

from typing import Literal, Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.qwen3_next.configuration_qwen3_next import Qwen3NextConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.delta_net import hybrid_mixer_types, linear_layers, mixer_symbols, mixer_types
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import every_step, layer_indices
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, recurrent, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Qwen3NextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen3_next", Qwen3NextConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    linear = linear_layers(check, hf.layer_types, hf.num_hidden_layers)
    mlp_only_layers = layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)
    expert_layers = every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)
    rope = gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    transformer = _transformer(
        check,
        hf,
        linear,
        rope,
        caller,
        num_layers=hf.num_hidden_layers,
        experimental_attention_variant="gated_delta_net" if any(linear) else None,
        linear_attention_freq=linear if any(linear) else None,
        moe_layer_freq=expert_layers,
    )
    return GPTModelConfig(
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
    hf: Qwen3NextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen3_next", Qwen3NextConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    linear = linear_layers(check, hf.layer_types, hf.num_hidden_layers)
    mlp_only_layers = layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)
    expert_layers = every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    mixers = mixer_symbols(linear)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, linear, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return HybridModelConfig(
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


def _transformer(
    check: Check,
    hf: Qwen3NextConfig,
    linear: list[int],
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    experimental_attention_variant: Literal["gated_delta_net", "dsa"] | None = None,
    linear_attention_freq: int | list[int] | None = None,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    recurrent.delta_net_sizes(check, hf, linear)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.no_attention_bias(check, hf)
    attention.given_head_dim(check, hf)
    experts.stepped_experts(check, hf)
    experts.numbered_experts(check, hf)
    experts.shared_expert_width(check, hf)
    experts.several_normalised_if_said(check, hf)
    experts.balanced_by_loss(check, hf)
    decoder.padding_token(check, hf)
    decoder.causal_mask(check)
    check.if_set("use_sliding_window", (False,), "the attention of the class has no window")
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
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        attention_output_gate=True,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        layernorm_zero_centered_gamma=True,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        experimental_attention_variant=experimental_attention_variant,
        linear_attention_freq=linear_attention_freq,
        linear_conv_kernel_dim=hf.linear_conv_kernel_dim,
        linear_key_head_dim=hf.linear_key_head_dim,
        linear_value_head_dim=hf.linear_value_head_dim,
        linear_num_key_heads=hf.linear_num_key_heads,
        linear_num_value_heads=hf.linear_num_value_heads,
        num_moe_experts=hf.num_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_shared_expert_intermediate_size=hf.shared_expert_intermediate_size,
        moe_shared_expert_gate=True,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_pre_softmax=not hf.norm_topk_prob,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Qwen3NextConfig | None = None) -> Qwen3NextConfig:
    """The Qwen3NextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "qwen3_next")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **experts.numbered_experts_back(transformer),
        **recurrent.delta_net_sizes_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_rope_parameters(model, partial_rotary=True)
        ),
        "attention_bias": False,
        "head_dim": transformer.kv_channels,
        "shared_expert_intermediate_size": transformer.moe_shared_expert_intermediate_size,
        "norm_topk_prob": not transformer.moe_router_pre_softmax,
        ("mlp_only_layers", "decoder_sparse_step"): (
            [layer for layer, experts in enumerate(experts_by_layer(model)) if not experts],
            1,
        ),
        "layer_types": (hybrid_mixer_types(model) if isinstance(model, HybridModelConfig) else mixer_types(model)),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "router_aux_loss_coef",
)
_GPT = RoundTrip("qwen3_next", Qwen3NextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("qwen3_next", Qwen3NextConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
