"""BambaConfig to Megatron: Bamba: Mamba-2 or attention, and an MLP, in every layer."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.bamba.configuration_bamba import BambaConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import HybridPattern
from mcore_mappers_runtime.layers.configs import LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import HybridRope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, recurrent, stack
from ._tables import ACTIVATIONS
from .typing import HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: BambaConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("bamba", BambaConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "".join("*" if layer in (hf.attn_layer_indices or ()) else "M" for layer in range(hf.num_hidden_layers))
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, pattern, rope, caller)
    return check.with_layers(
        HybridModelConfig, LayeredHybridModelConfig, Layers(add_proj_bias=True if hf.attention_bias else None)
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


# Not read, because it does not decide what the model computes:
# - layers_block_type: metadata or inference: attn_layer_indices, layer by layer
# - num_logits_to_keep: metadata or inference: chooses how many logits generation asks for


def _transformer(
    check: Check, hf: BambaConfig, pattern: HybridPattern, rope: HybridRope, caller: HybridFields
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    mamba_n_heads = check.given("mamba_n_heads", hf.mamba_n_heads)
    mamba_n_groups = check.given("mamba_n_groups", hf.mamba_n_groups)
    mamba_d_state = check.given("mamba_d_state", hf.mamba_d_state)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    recurrent.mixer(check, hf, pattern)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    check.require(
        not hf.z_loss_coefficient,
        "z_loss_coefficient",
        hf.z_loss_coefficient,
        "must be zero: Megatron's loss has no such term",
    )
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.attention_bias(check, hf)
    check.must_be("mlp_bias", hf.mlp_bias, (False,), "Megatron has biases on every linear layer or on none")
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
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        is_hybrid_model=True,
        mamba_num_heads=mamba_n_heads,
        mamba_head_dim=hf.mamba_d_head if isinstance(hf.mamba_d_head, int) else 1,
        mamba_num_groups=mamba_n_groups,
        mamba_state_dim=mamba_d_state,
        **settings,
    )


def to_hf(model: HybridModelConfig, /, *, base: BambaConfig | None = None) -> BambaConfig:
    """The BambaConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _HYBRID)


def _carried(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "bamba")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **recurrent.mixer_back(transformer),
        "num_hidden_layers": len(mixers(model)),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "attn_layer_indices": [layer for layer, mixer in enumerate(mixers(model)) if mixer == "*"] or None,
        "mamba_d_conv": 4 if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_conv_bias": True if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_proj_bias": False if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "time_step_limit": (0.0, math.inf) if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "z_loss_coefficient": 0.0,
        "rope_parameters": hybrid_rope_parameters(model, partial_rotary=True),
        "attention_bias": transformer.add_qkv_bias,
        "mlp_bias": False,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "mamba_chunk_size",
    "mamba_conv_bias",
    "mamba_d_conv",
    "mamba_proj_bias",
    "max_position_embeddings",
    "num_logits_to_keep",
    "time_step_limit",
)
_HYBRID = RoundTrip("bamba", BambaConfig, HybridModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
