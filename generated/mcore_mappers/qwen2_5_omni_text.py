"""Qwen2_5OmniTextConfig to Megatron: The language model of Qwen2.5-Omni's thinker."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.qwen2_5_omni.configuration_qwen2_5_omni import Qwen2_5OmniTextConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import by_symbol, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.sections import sections, with_sections, with_three_positions
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import sliding_layers, window_reach, window_skips, window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Qwen2_5OmniTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen2_5_omni_text", Qwen2_5OmniTextConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = with_three_positions(
        check, gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    )
    transformer = _transformer(
        check, hf, rope, sliding, caller, num_layers=hf.num_hidden_layers, window_attn_skip_freq=window_skips(sliding)
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
    hf: Qwen2_5OmniTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "qwen2_5_omni_text", Qwen2_5OmniTextConfig, hf, caller, HybridFields, strict=strict, layers=layers
    )
    expert_layers = [0] * hf.num_hidden_layers
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
        is_hybrid_model=True,
    )
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
    hf: Qwen2_5OmniTextConfig,
    rope: GPTRope | HybridRope,
    sliding: list[int],
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    window_attn_skip_freq: int | list[int] | None,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    mrope_section = sections(check, rope_parameters_of(hf), rope.rotary_percent, (16, 24, 24))
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.window_switch(check, hf)
    attention.layered_window(check, hf, sliding)
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
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
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
        mrope_section=mrope_section,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(
    model: GPTModelConfig | HybridModelConfig, /, *, base: Qwen2_5OmniTextConfig | None = None
) -> Qwen2_5OmniTextConfig:
    """The Qwen2_5OmniTextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "qwen2_5_omni_text")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            with_sections(hybrid_rope_parameters(model), model)
            if isinstance(model, HybridModelConfig)
            else with_sections(gpt_rope_parameters(model), model)
        ),
        "use_sliding_window": transformer.window_size is not None,
        "sliding_window": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "layer_types": window_types(model),
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *attention.QWEN_WINDOW_UNREAD,
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
    "sliding_window",
)
_GPT = RoundTrip("qwen2_5_omni_text", Qwen2_5OmniTextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip(
    "qwen2_5_omni_text", Qwen2_5OmniTextConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ()
)
