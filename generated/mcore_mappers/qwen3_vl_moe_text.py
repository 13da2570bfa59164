"""Qwen3VLMoeTextConfig to Megatron: The language model of Qwen3-VL's models with experts."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.qwen3_vl_moe.configuration_qwen3_vl_moe import Qwen3VLMoeTextConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import every_step, layer_indices
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: Qwen3VLMoeTextConfig) -> Layers:
    return Layers(
        add_proj_bias=True if hf.attention_bias else None,
        moe_router_norm_min=0.0 if hf.num_experts_per_tok == 1 else None,
    )


def to_megatron(
    hf: Qwen3VLMoeTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen3_vl_moe_text", Qwen3VLMoeTextConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    mlp_only_layers = layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)
    expert_layers = every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers)
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
    hf: Qwen3VLMoeTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "qwen3_vl_moe_text", Qwen3VLMoeTextConfig, hf, caller, HybridFields, strict=strict, layers=layers
    )
    mixers = "*" * hf.num_hidden_layers
    mlp_only_layers = layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)
    expert_layers = every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
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


def _transformer(
    check: Check,
    hf: Qwen3VLMoeTextConfig,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    head_dim = check.given("head_dim", hf.head_dim)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    stack.undeclared_layer_types(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.interleaved_sections(check, hf)
    positions.rope_keys(check, hf)
    attention.attention_bias(check, hf)
    experts.stepped_experts(check, hf)
    experts.numbered_experts(check, hf)
    experts.normalised(check, hf)
    experts.balanced_by_loss(check, hf)
    decoder.padding_token(check, hf)
    attention.head_dim(check, hf)
    check.if_set("sliding_window", (None,), "the cache of generation keeps as many tokens, and attention has no window")
    decoder.causal_mask(check)
    check.if_set("norm_topk_prob", (True,), "the class normalises the weights of the chosen experts always")
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
        kv_channels=head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=hf.num_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_pre_softmax=hf.num_experts_per_tok == 1,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(
    model: GPTModelConfig | HybridModelConfig, /, *, base: Qwen3VLMoeTextConfig | None = None
) -> Qwen3VLMoeTextConfig:
    """The Qwen3VLMoeTextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "qwen3_vl_moe_text")
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
        "attention_bias": transformer.add_qkv_bias,
        ("mlp_only_layers", "decoder_sparse_step"): (
            [layer for layer, experts in enumerate(experts_by_layer(model)) if not experts],
            1,
        ),
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "router_aux_loss_coef",
)
_GPT = RoundTrip(
    "qwen3_vl_moe_text", Qwen3VLMoeTextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("sliding_window",)
)
_HYBRID = RoundTrip(
    "qwen3_vl_moe_text",
    Qwen3VLMoeTextConfig,
    HybridModelConfig,
    _carried,
    to_megatron_hybrid,
    _NOT_CARRIED,
    ("sliding_window",),
)
