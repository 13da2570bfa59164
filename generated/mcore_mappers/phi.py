"""PhiConfig to Megatron: Phi-1, Phi-1.5 and Phi-2."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from transformers.models.phi.configuration_phi import PhiConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.kernels import kernels
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
    hf: PhiConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("phi", PhiConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    transformer = _transformer(check, hf, rope, caller)
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=Layers(
            parallel_mlp=True,
            shared_layernorm=True,
            # Hugging Face has no flag: the output layer of the class has a bias.
            output_layer_bias=True,
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


def _transformer(check: Check, hf: PhiConfig, rope: GPTRope, caller: GPTFields) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(layer_norm_eps=hf.layer_norm_eps)
    check.probability(resid_pdrop=hf.resid_pdrop)
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    positions.cut_partial_rope(check, hf, rope)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    check.deviation(
        "dropout_places",
        applies=hf.resid_pdrop != 0,
        within=hf.resid_pdrop <= 0.1 or hf.resid_pdrop >= 1,
        field="resid_pdrop",
        value=hf.resid_pdrop,
        reason="in training, transformers drops a part of what attention and MLPs add to the residual stream, and "
        "Megatron of the embedding too; without dropout they are equal. Published checkpoints have 0.1 "
        "(microsoft/phi-2)",
    )
    check.must_be(
        "embd_pdrop",
        hf.embd_pdrop,
        (0.0,),
        "above zero, a part of the embedding is dropped, and another of what attention and MLP add: Megatron "
        "has one dropout for all",
    )
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    positions.stated_partial_rope(check, hf)
    check.require(
        not hf.qk_layernorm or head_dim is None or head_dim * hf.num_attention_heads == hf.hidden_size,
        "qk_layernorm",
        hf.qk_layernorm,
        "must be False where head_dim is another than hidden_size // num_attention_heads: the norms are that wide",
    )
    decoder.padding_token(check, hf)
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
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        "hidden_dropout": hf.resid_pdrop,
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
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_eps,
        qk_layernorm=hf.qk_layernorm,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=True,
        **settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: PhiConfig | None = None) -> PhiConfig:
    """The PhiConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "phi")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": transformer.num_layers,
        "num_key_value_heads": transformer.num_query_groups,
        "resid_pdrop": transformer.hidden_dropout,
        "embd_pdrop": 0.0,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "layer_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": gpt_rope_parameters(model, partial_rotary=True),
        "qk_layernorm": transformer.qk_layernorm,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("phi", PhiConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
