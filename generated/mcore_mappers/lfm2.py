"""Lfm2Config to Megatron: LFM2 with attention in every layer; the published ones have convolutions in most."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from torch.nn.functional import silu
from transformers.models.lfm2.configuration_lfm2 import Lfm2Config

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.widths import two_thirds
from mcore_mappers_runtime.windows import window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, files, mlp, positions, stack
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Lfm2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("lfm2", Lfm2Config, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
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
    hf: Lfm2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("lfm2", Lfm2Config, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
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


# Not read, because it does not decide what the model computes:
# - full_attn_idxs: metadata or inference: only fills in layer_types where a config is built without
#   them; layer_types decides


def _transformer(
    check: Check,
    hf: Lfm2Config,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        intermediate_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
        block_multiple_of=hf.block_multiple_of,
        block_ffn_dim_multiplier=hf.block_ffn_dim_multiplier,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    dtype = checked_dtype(check, hf.dtype)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    check.require(
        (
            not hf.block_auto_adjust_ff_dim
            # What is no number above zero is refused as such.
            or min(hf.intermediate_size, hf.block_ffn_dim_multiplier, hf.block_multiple_of) <= 0
            or two_thirds(hf.intermediate_size, times=hf.block_ffn_dim_multiplier, multiple_of=hf.block_multiple_of) > 0
        ),
        "intermediate_size",
        hf.intermediate_size,
        "leaves an MLP of no width after block_ffn_dim_multiplier",
    )
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    mlp.lfm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.require(
        hf.layer_types == ["full_attention"] * hf.num_hidden_layers,
        "layer_types",
        hf.layer_types,
        "must be 'full_attention' for every layer: Megatron has no gated short convolutions",
    )
    decoder.causal_mask(check)
    check.restates(
        "block_dim", "hidden_size", "both are one thing, in the words of Liquid's code and in those of the class"
    )
    check.restates(
        "block_norm_eps", "norm_eps", "both are one thing, in the words of Liquid's code and in those of the class"
    )
    files.liquid(check)
    check.restates(
        "num_heads",
        "num_attention_heads",
        "both are one thing, in the words of Liquid's code and in those of the class",
    )
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=silu,
            gated_linear_unit=True,
            add_bias_linear=False,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        "hidden_dropout": 0.0,
        # The class has no dropout in attention.
        "attention_dropout": 0.0,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        # Two thirds of what the config says, rounded up, unless it says not to adjust it.
        ffn_hidden_size=(
            two_thirds(hf.intermediate_size, times=hf.block_ffn_dim_multiplier, multiple_of=hf.block_multiple_of)
            if hf.block_auto_adjust_ff_dim
            else hf.intermediate_size
        ),
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=silu,
        add_bias_linear=False,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Lfm2Config | None = None) -> Lfm2Config:
    """The Lfm2Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "lfm2")
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        ("intermediate_size", "block_auto_adjust_ff_dim", "block_ffn_dim_multiplier", "block_multiple_of"): (
            transformer.ffn_hidden_size or 0,
            False,
            NOT_CARRIED,
            NOT_CARRIED,
        ),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "initializer_range": transformer.init_method_std,
        "norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "layer_types": window_types(model),
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *mlp.LFM_UNREAD,
    "block_ffn_dim_multiplier",
    "block_multiple_of",
    "full_attn_idxs",
    "max_position_embeddings",
)
_GPT = RoundTrip("lfm2", Lfm2Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("lfm2", Lfm2Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
