"""GPT2Config to Megatron: GPT-2, Cerebras-GPT and GPT-SW3."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.gpt2.configuration_gpt2 import GPT2Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import decoder
from ._tables import ACTIVATIONS
from .typing import (
    GPTLearnedFields,
    GPTLearnedModelFields,
    HybridLearnedFields,
    HybridLearnedModelFields,
    TransformerFields,
)


def to_megatron(
    hf: GPT2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt2", GPT2Config, hf, caller, GPTLearnedFields, strict=strict, layers=layers)
    transformer = _transformer(check, hf, caller, num_layers=hf.n_layer)
    return GPTModelConfig(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="learned_absolute",
        rotary_base=10000,
        rotary_percent=1.0,
        seq_length=hf.n_positions,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTLearnedModelFields, GPTLearnedModelFields(should_pad_vocab=True)),
    )


def to_megatron_hybrid(
    hf: GPT2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridLearnedFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt2", GPT2Config, hf, caller, HybridLearnedFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.n_layer
    mixers = "*" * hf.n_layer
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return HybridModelConfig(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="learned_absolute",
        rotary_base=10000,
        rotary_percent=1.0,
        seq_length=hf.n_positions,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(HybridLearnedModelFields, HybridLearnedModelFields(should_pad_vocab=True)),
    )


# Not read, because it does not decide what the model computes:
# - reorder_and_upcast_attn: metadata or inference: computes the same scores in float32, and the same
#   weights
# - summary_activation, summary_first_dropout, summary_proj_to_labels, summary_type, summary_use_proj:
#   metadata or inference: belongs to the multiple choice head of GPT2DoubleHeadsModel


def _transformer(
    check: Check,
    hf: GPT2Config,
    caller: GPTLearnedFields | HybridLearnedFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.gpt2_names(check, hf)
    check.must_be(
        "scale_attn_by_inverse_layer_idx",
        hf.scale_attn_by_inverse_layer_idx,
        (False,),
        "it scales the softmax of every layer differently, and Megatron has one scale for all layers",
    )
    decoder.gpt2_decoder(check, hf)
    decoder.causal_mask(check)
    check.restates("n_ctx", "n_positions", "the first files have both names for the number of positions")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=True,
            position_embedding_type="learned_absolute",
            multi_latent_attention=False,
        ),
        "hidden_dropout": hf.resid_pdrop,
        "attention_dropout": hf.attn_pdrop,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.n_embd,
        ffn_hidden_size=4 * hf.n_embd if hf.n_inner is None else hf.n_inner,
        num_attention_heads=hf.n_head,
        num_query_groups=hf.n_head,
        kv_channels=hf.n_embd // hf.n_head,
        multi_latent_attention=False,
        softmax_scale=None if hf.scale_attn_weights else 1.0,
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_epsilon,
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: GPT2Config | None = None) -> GPT2Config:
    """The GPT2Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "gpt2")
    return {
        **decoder.gpt2_decoder_back(model, transformer),
        **decoder.language_model_back(model, transformer),
        "n_embd": transformer.hidden_size,
        "n_layer": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "n_head": transformer.num_attention_heads,
        "n_inner": transformer.ffn_hidden_size,
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
        "resid_pdrop": transformer.hidden_dropout,
        "embd_pdrop": transformer.hidden_dropout,
        "attn_pdrop": transformer.attention_dropout,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "initializer_range": transformer.init_method_std,
        "scale_attn_by_inverse_layer_idx": False,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.NO_PADDING_ROW_UNREAD,
    *decoder.TOKENS_UNREAD,
    "reorder_and_upcast_attn",
    "summary_activation",
    "summary_first_dropout",
    "summary_proj_to_labels",
    "summary_type",
    "summary_use_proj",
)
_GPT = RoundTrip("gpt2", GPT2Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("gpt2", GPT2Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
