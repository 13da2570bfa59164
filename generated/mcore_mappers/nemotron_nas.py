"""NemotronNasConfig to Megatron: Llama-Nemotron 51B, Super and Ultra."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.heterogeneous.heterogeneous_config import HeterogeneousTransformerConfig
from megatron.training.models.gpt import GPTModelConfig

from mcore_mappers_runtime.biases import output_is_biased
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.described.nemotron_nas import NemotronNasConfig, with_every_key
from mcore_mappers_runtime.heterogeneous import decoded, encoded
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, stack
from ._tables import ACTIVATIONS
from .typing import GPTHeterogeneousFields, GPTModelFields, HeterogeneousTransformerFields


def to_megatron(
    hf: NemotronNasConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTHeterogeneousFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "nemotron_nas", NemotronNasConfig, hf, caller, GPTHeterogeneousFields, strict=strict, layers=layers
    )
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller)
    return GPTModelConfig(
        transformer=check.with_kernels(transformer),
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


# Not read, because it does not decide what the model computes:
# - intermediate_size, num_key_value_heads: dead: the code makes it None, whatever a file says: each
#   layer has its own


def _transformer(
    check: Check, hf: NemotronNasConfig, rope: GPTRope, caller: GPTHeterogeneousFields
) -> HeterogeneousTransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        head_dim=hf.head_dim,
        max_position_embeddings=hf.max_position_embeddings,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    check.probability(attention_dropout=hf.attention_dropout)
    dtype = checked_dtype(check, hf.dtype)
    blocks = encoded(
        check,
        hf.block_configs,
        caller,
        num_layers=hf.num_hidden_layers,
        num_attention_heads=hf.num_attention_heads,
        hidden_size=hf.hidden_size,
    )
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    attention.derived_head_dim(check, hf)
    stack.numbered_layers(check, hf)
    check.require(
        hf.head_dim is None or hf.num_attention_heads < 1 or hf.head_dim == hf.hidden_size // hf.num_attention_heads,
        "head_dim",
        hf.head_dim,
        "must be None or hidden_size // num_attention_heads: heads are as wide as that, whatever it says",
    )
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    check.require(
        rope_key(rope_parameters_of(hf), "rope_type") != "yarn",
        "rope_parameters",
        hf.rope_parameters,
        "must not be YaRN: Megatron's config of layers that differ holds nothing of it",
    )
    attention.biases_together(check, hf)
    check.finish()
    settings: HeterogeneousTransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=hf.mlp_bias,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(HeterogeneousTransformerFields, caller),
    }
    return HeterogeneousTransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        # Each layer has its own; here stands what Megatron itself would derive.
        ffn_hidden_size=4 * hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        # Each layer has its own; here stands what Megatron itself would derive.
        num_query_groups=hf.num_attention_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Attention is Llama's.
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=hf.mlp_bias,
        # Megatron's config of such layers sets it itself.
        heterogeneous_block_specs=True,
        heterogeneous_layers_config_encoded_json=blocks,
        **settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: NemotronNasConfig | None = None) -> NemotronNasConfig:
    """The NemotronNasConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, HeterogeneousTransformerConfig, "nemotron_nas")
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "num_hidden_layers": transformer.num_layers,
        "num_attention_heads": transformer.num_attention_heads,
        "block_configs": with_every_key(
            decoded(
                transformer.heterogeneous_layers_config_encoded_json,
                num_attention_heads=transformer.num_attention_heads,
                hidden_size=transformer.hidden_size,
            )
        ),
        "head_dim": transformer.kv_channels,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "rope_parameters": gpt_rope_parameters(model),
        "attention_bias": output_is_biased(model),
        "attention_dropout": transformer.attention_dropout,
        "mlp_bias": transformer.add_bias_linear,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "intermediate_size",
    "max_position_embeddings",
    "num_key_value_heads",
)
_GPT = RoundTrip("nemotron_nas", NemotronNasConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
