"""GPTNeoXConfig to Megatron: GPT-NeoX and Pythia."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.gpt_neox.configuration_gpt_neox import GPTNeoXConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: GPTNeoXConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt_neox", GPTNeoXConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    check.must_be(
        "use_parallel_residual",
        hf.use_parallel_residual,
        (False,),
        "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both "
        "read the same",
        layers=("parallel_mlp",),
    )
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
    return check.with_layers(
        GPTModelConfig,
        LayeredGPTModelConfig,
        Layers(
            qkv_bias=hf.attention_bias,
            # None, where it has what the MLP has.
            add_proj_bias=None if hf.attention_bias else False,
            parallel_mlp=hf.use_parallel_residual,
        ),
    )(
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
    hf: GPTNeoXConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt_neox", GPTNeoXConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    pattern = two_symbols(mixers, expert_layers)
    stack.at_once_if_said(check, hf)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(
        HybridModelConfig,
        LayeredHybridModelConfig,
        Layers(
            qkv_bias=hf.attention_bias,
            # None, where it has what the MLP has.
            add_proj_bias=None if hf.attention_bias else False,
        ),
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
# - classifier_dropout: metadata or inference: belongs to classification heads, which a language model
#   does not have
# - is_decoder: metadata or inference: the class is a decoder whatever this says


def _transformer(
    check: Check,
    hf: GPTNeoXConfig,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(layer_norm_eps=hf.layer_norm_eps)
    check.probability(hidden_dropout=hf.hidden_dropout)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    attention.derived_head_dim(check, hf)
    positions.rope_width(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    check.require(
        not check.is_set("original_max_position_embeddings")
        or check.undeclared("original_max_position_embeddings")
        == rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
        "original_max_position_embeddings",
        check.undeclared("original_max_position_embeddings"),
        "must be what rope_parameters says: transformers prefers it to that",
    )
    check.must_be(
        "attention_bias",
        hf.attention_bias,
        (True,),
        "the MLP has biases always, and Megatron has them everywhere or nowhere",
        layers=("qkv_bias", "add_proj_bias"),
    )
    decoder.causal_mask(check)
    check.require(
        check.undeclared("partial_rotary_factor")
        in (
            None,
            rope_key(rope_parameters_of(hf), "partial_rotary_factor"),
        ),
        "partial_rotary_factor",
        check.undeclared("partial_rotary_factor"),
        "must be what rope_parameters says, if it is said again: only that is read",
    )
    check.require(
        check.undeclared("rope_theta") in (None, rope_key(rope_parameters_of(hf), "rope_theta")),
        "rope_theta",
        check.undeclared("rope_theta"),
        "must be what rope_parameters says, if it is said again: only that is read",
    )
    check.if_set(
        "attention_probs_dropout_prob",
        (0,),
        "the class drops out at attention_dropout and hidden_dropout, whatever this says",
    )
    check.if_set(
        "hidden_dropout_prob", (0,), "the class drops out at attention_dropout and hidden_dropout, whatever this says"
    )
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=True,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        "hidden_dropout": hf.hidden_dropout,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_attention_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        multi_latent_attention=False,
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_eps,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: GPTNeoXConfig | None = None) -> GPTNeoXConfig:
    """The GPTNeoXConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "gpt_neox")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "hidden_dropout": transformer.hidden_dropout,
        "layer_norm_eps": transformer.layernorm_epsilon,
        "use_parallel_residual": (False if isinstance(model, HybridModelConfig) else layers.parallel_mlp),
        "rope_parameters": (
            hybrid_rope_parameters(model, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_rope_parameters(model, partial_rotary=True)
        ),
        "attention_bias": layers.qkv_bias,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.NO_PADDING_ROW_UNREAD,
    *decoder.TOKENS_UNREAD,
    "classifier_dropout",
    "is_decoder",
    "max_position_embeddings",
)
_GPT = RoundTrip("gpt_neox", GPTNeoXConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("gpt_neox", GPTNeoXConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
