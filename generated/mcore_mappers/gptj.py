"""GPTJConfig to Megatron: GPT-J."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from transformers.models.gptj.configuration_gptj import GPTJConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.widths import channels_of_share, share_of_channels

from ._parts import decoder
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, TransformerFields


def to_megatron(
    hf: GPTJConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gptj", GPTJConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    transformer = _transformer(check, hf, caller)
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(transformer),
        layers=Layers(
            qkv_bias=False, add_proj_bias=False, parallel_mlp=True, shared_layernorm=True, output_layer_bias=True
        ),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="rope",
        rotary_base=10000,
        rotary_percent=share_of_channels(hf.rotary_dim, hf.n_embd // hf.n_head),
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTModelFields, GPTModelFields(seq_length=hf.n_positions, should_pad_vocab=True)),
    )


def _transformer(check: Check, hf: GPTJConfig, caller: GPTFields) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.gpt2_names(check, hf)
    decoder.gptj_decoder(check, hf)
    decoder.causal_mask(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=True,
            position_embedding_type="rope",
            multi_latent_attention=False,
            rotary_interleaved=True,
        ),
        "hidden_dropout": hf.resid_pdrop,
        "attention_dropout": hf.attn_pdrop,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=hf.n_layer,
        hidden_size=hf.n_embd,
        ffn_hidden_size=4 * hf.n_embd if hf.n_inner is None else hf.n_inner,
        num_attention_heads=hf.n_head,
        num_query_groups=hf.n_head,
        kv_channels=hf.n_embd // hf.n_head,
        multi_latent_attention=False,
        rotary_interleaved=True,
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_epsilon,
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=True,
        **settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: GPTJConfig | None = None) -> GPTJConfig:
    """The GPTJConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "gptj")
    return {
        **decoder.gpt2_names_back(model, transformer),
        **decoder.language_model_back(model, transformer),
        "rotary_dim": channels_of_share(model.rotary_percent, model.transformer.kv_channels),
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.NO_PADDING_ROW_UNREAD,
    *decoder.TOKENS_UNREAD,
    "n_positions",
)
_GPT = RoundTrip("gptj", GPTJConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
