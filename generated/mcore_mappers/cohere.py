"""CohereConfig to Megatron: Command R, Command R+ and Aya 23."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from transformers.models.cohere.configuration_cohere import CohereConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, TransformerFields


def to_megatron(
    hf: CohereConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("cohere", CohereConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        rotary_interleaved=True,
    )
    transformer = _transformer(check, hf, rope, caller)
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=Layers(
            # Each head has weights of its own.
            qk_layernorm_by_head=bool(hf.use_qk_norm),
            layernorm_bias=False,
            parallel_mlp=True,
            shared_layernorm=True,
        ),
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


def _transformer(check: Check, hf: CohereConfig, rope: GPTRope, caller: GPTFields) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(layer_norm_eps=hf.layer_norm_eps)
    dtype = checked_dtype(check, hf.dtype)
    logit_scale = check.given("logit_scale", hf.logit_scale, "transformers multiplies the logits by it")
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    layer_norm_eps = check.given("layer_norm_eps", hf.layer_norm_eps, "transformers adds it to variances")
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    decoder.logit_scale(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.no_attention_bias(check, hf)
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
            rotary_interleaved=True,
        ),
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        softmax_scale=1 / math.sqrt(hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim),
        rotary_interleaved=True,
        normalization="LayerNorm",
        layernorm_epsilon=layer_norm_eps,
        qk_layernorm=bool(hf.use_qk_norm),
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        use_mup=True,
        mup_base_hidden_size=hf.hidden_size,
        mup_output_mult=logit_scale,
        **settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: CohereConfig | None = None) -> CohereConfig:
    """The CohereConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "cohere")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "logit_scale": transformer.mup_output_mult,
        "num_hidden_layers": transformer.num_layers,
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "layer_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": gpt_rope_parameters(model),
        "attention_bias": False,
        "use_qk_norm": layers.qk_layernorm_by_head,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("cohere", CohereConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
