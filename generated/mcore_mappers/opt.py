"""OPTConfig to Megatron: OPT, but for its 350M, which has norms after the residual and a narrower embedding."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.opt.configuration_opt import OPTConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, stack
from ._tables import ACTIVATIONS
from .typing import (
    GPTLearnedFields,
    GPTLearnedModelFields,
    HybridLearnedFields,
    HybridLearnedModelFields,
    TransformerFields,
)


def to_megatron(
    hf: OPTConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("opt", OPTConfig, hf, caller, GPTLearnedFields, strict=strict, layers=layers)
    transformer = _transformer(check, hf, caller, num_layers=hf.num_hidden_layers)
    return GPTModelConfig(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="learned_absolute",
        rotary_base=10000,
        rotary_percent=1.0,
        seq_length=hf.max_position_embeddings,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTLearnedModelFields, GPTLearnedModelFields(should_pad_vocab=True)),
    )


def to_megatron_hybrid(
    hf: OPTConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridLearnedFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("opt", OPTConfig, hf, caller, HybridLearnedFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return HybridModelConfig(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="learned_absolute",
        rotary_base=10000,
        rotary_percent=1.0,
        seq_length=hf.max_position_embeddings,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(HybridLearnedModelFields, HybridLearnedModelFields(should_pad_vocab=True)),
    )


# Not read, because it does not decide what the model computes:
# - initializer_range: initialisation only: where it is set beside init_std, new weights are drawn by
#   this


def _transformer(
    check: Check,
    hf: OPTConfig,
    caller: GPTLearnedFields | HybridLearnedFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        ffn_dim=hf.ffn_dim,
        max_position_embeddings=hf.max_position_embeddings,
        word_embed_proj_dim=hf.word_embed_proj_dim,
        num_attention_heads=hf.num_attention_heads,
    )
    check.not_negative(init_std=hf.init_std)
    check.probability(dropout=hf.dropout, attention_dropout=hf.attention_dropout)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    attention.derived_head_dim(check, hf)
    stack.numbered_layers(check, hf)
    check.must_be(
        "do_layer_norm_before",
        hf.do_layer_norm_before,
        (True,),
        "Megatron has norms before attention and before the MLP, and none on the residual stream",
    )
    check.must_be(
        "_remove_final_layer_norm",
        check.undeclared("_remove_final_layer_norm"),
        (False,),
        "Megatron has a norm after the last layer",
    )
    check.require(
        hf.word_embed_proj_dim in (None, hf.hidden_size),
        "word_embed_proj_dim",
        hf.word_embed_proj_dim,
        "must be hidden_size: Megatron has no projection between the embedding and the layers",
    )
    check.require(
        hf.word_embed_proj_dim is not None,
        "word_embed_proj_dim",
        hf.word_embed_proj_dim,
        "must be given: transformers cannot build a model without it",
    )
    check.deviation(
        "dropout_places",
        applies=hf.dropout != 0,
        within=hf.dropout <= 0.1 or hf.dropout >= 1,
        field="dropout",
        value=hf.dropout,
        reason="in training, transformers drops a part of what attention and MLPs add to the residual stream, and "
        "Megatron of the embedding too; without dropout they are equal. Published checkpoints have 0.1 "
        "(facebook/opt-125m and larger)",
    )
    decoder.whole_layers(check, hf)
    decoder.padding_token(check, hf)
    check.must_be(
        "layer_norm_elementwise_affine",
        hf.layer_norm_elementwise_affine,
        (True,),
        "Megatron's LayerNorm has a weight and a bias",
    )
    check.number_not_negative("initializer_range")
    decoder.causal_mask(check)
    check.if_set("activation_dropout", (0,), "the class has no dropout inside its MLPs")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=hf.enable_bias,
            position_embedding_type="learned_absolute",
            multi_latent_attention=False,
        ),
        "hidden_dropout": hf.dropout,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.init_std,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.ffn_dim,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_attention_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        multi_latent_attention=False,
        normalization="LayerNorm",
        # The class has PyTorch's default, and no field.
        layernorm_epsilon=1e-05,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=hf.enable_bias,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: OPTConfig | None = None) -> OPTConfig:
    """The OPTConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "opt")
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "ffn_dim": transformer.ffn_hidden_size,
        "max_position_embeddings": model.seq_length,
        "do_layer_norm_before": True,
        "_remove_final_layer_norm": False,
        "word_embed_proj_dim": transformer.hidden_size,
        "dropout": transformer.hidden_dropout,
        "attention_dropout": transformer.attention_dropout,
        "num_attention_heads": transformer.num_attention_heads,
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
        "layerdrop": 0.0,
        "init_std": transformer.init_method_std,
        "enable_bias": transformer.add_bias_linear,
        "layer_norm_elementwise_affine": True,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
)
_GPT = RoundTrip("opt", OPTConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("opt", OPTConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
