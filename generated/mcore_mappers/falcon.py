"""FalconConfig to Megatron: Falcon 7B, 11B, 40B and 180B; not those with ALiBi."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.falcon.configuration_falcon import FalconConfig

from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: FalconConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("falcon", FalconConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    check.require(
        not hf.new_decoder_architecture or bool(hf.parallel_attn),
        "new_decoder_architecture",
        hf.new_decoder_architecture,
        "must be False where parallel_attn is: layers of the new architecture compute attention and MLP at once",
    )
    check.require(
        not hf.parallel_attn,
        "parallel_attn",
        hf.parallel_attn,
        "must be False: Megatron's MLP reads what attention has added to the residual stream, and has no "
        "layer where both read the same",
        layers=("parallel_mlp", "shared_layernorm"),
    )
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
    return check.with_layers(
        GPTModelConfig,
        LayeredGPTModelConfig,
        Layers(
            parallel_mlp=bool(hf.parallel_attn),
            # The new architecture has a norm before each, unless it is said to have one.
            shared_layernorm=bool(hf.parallel_attn)
            and (not hf.new_decoder_architecture or hf.num_ln_in_parallel_attn == 1),
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
    hf: FalconConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("falcon", FalconConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    check.must_be(
        "new_decoder_architecture",
        hf.new_decoder_architecture,
        (False,),
        "attention and MLP are layers of their own in Megatron's hybrid models, one after the other",
    )
    check.must_be(
        "parallel_attn",
        hf.parallel_attn,
        (False,),
        "attention and MLP are layers of their own in Megatron's hybrid models, one after the other",
    )
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


def _norms_are_there(hf: FalconConfig) -> bool:
    if not hf.parallel_attn:
        return True
    if hf.new_decoder_architecture:
        return hf.num_ln_in_parallel_attn in (None, 1, 2)
    return hf.num_ln_in_parallel_attn != 2


def _num_kv_heads(hf: FalconConfig, check: Check) -> int:
    if not hf.new_decoder_architecture:
        return 1 if hf.multi_query else hf.num_attention_heads
    return check.given("num_kv_heads", hf.num_kv_heads, "the new architecture has so many")


def _num_kv_heads_of(transformer: TransformerConfig, layers: Layers) -> int | None:
    two_norms = layers.parallel_mlp and not layers.shared_layernorm
    one_group = transformer.num_query_groups == 1
    return transformer.num_attention_heads if one_group and not two_norms else transformer.num_query_groups


def _num_ln_in_parallel_attn_of(transformer: TransformerConfig, layers: Layers) -> int | NotCarried | None:
    if not layers.parallel_mlp:
        return NOT_CARRIED
    if not layers.shared_layernorm:
        return 2
    return None if transformer.num_query_groups in (1, transformer.num_attention_heads) else 1


# Not read, because it does not decide what the model computes:
# - head_dim: metadata or inference: a view of hidden_size and num_attention_heads
# - rotary: dead: a view of alibi


def _transformer(
    check: Check,
    hf: FalconConfig,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        num_ln_in_parallel_attn=hf.num_ln_in_parallel_attn,
        layer_norm_epsilon=hf.layer_norm_epsilon,
        num_kv_heads=hf.num_kv_heads,
        max_position_embeddings=hf.max_position_embeddings,
        ffn_hidden_size=hf.ffn_hidden_size,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    dtype = checked_dtype(check, hf.dtype)
    num_kv_heads = _num_kv_heads(hf, check)
    layer_norm_epsilon = check.given("layer_norm_epsilon", hf.layer_norm_epsilon)
    ffn_hidden_size = check.given("ffn_hidden_size", hf.ffn_hidden_size)
    activation_func = check.choice("activation", hf.activation, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    attention.derived_head_dim(check, hf)
    stack.numbered_layers(check, hf)
    check.require(
        _norms_are_there(hf),
        "num_ln_in_parallel_attn",
        hf.num_ln_in_parallel_attn,
        "must be 1 or 2, or 1 without new_decoder_architecture: transformers cannot run a layer with other norms",
    )
    check.must_be(
        "hidden_dropout",
        hf.hidden_dropout,
        (0.0,),
        "above zero, transformers drops a part of what attention and MLPs add to the residual stream, and "
        "Megatron of the embedding too",
    )
    check.must_be(
        "attention_dropout",
        hf.attention_dropout,
        (0.0,),
        "above zero, transformers drops a part of what attention and MLPs add to the residual stream, and "
        "Megatron of the embedding too",
    )
    check.require(
        (
            not hf.new_decoder_architecture
            or not hf.num_kv_heads
            or not hf.num_attention_heads
            or hf.num_attention_heads % hf.num_kv_heads == 0
        ),
        "num_kv_heads",
        hf.num_kv_heads,
        "must divide num_attention_heads: every group serves the same number of query heads",
    )
    check.require(
        bool(hf.new_decoder_architecture or hf.multi_query) or hf.num_kv_heads == hf.num_attention_heads,
        "num_kv_heads",
        hf.num_kv_heads,
        "must be num_attention_heads where multi_query is not True: only the new architecture has others",
    )
    check.must_be("alibi", hf.alibi, (False,), "Megatron has no ALiBi")
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    decoder.causal_mask(check)
    check.if_set(
        "apply_residual_connection_post_layernorm", (False,), "residuals of the class are what the norms are given"
    )
    check.restates(
        "n_head",
        "num_attention_heads",
        "the code beside the first checkpoints reads this name, and the class the other",
    )
    check.restates(
        "n_layer", "num_hidden_layers", "the code beside the first checkpoints reads this name, and the class the other"
    )
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=bool(hf.bias),
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        # Megatron's is of more than the class's, which must be zero.
        "hidden_dropout": 0.0,
        # The class has no dropout in attention.
        "attention_dropout": 0.0,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=ffn_hidden_size,
        num_attention_heads=hf.num_attention_heads,
        # One for all heads, or one for each, in the older architecture.
        num_query_groups=num_kv_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        normalization="LayerNorm",
        layernorm_epsilon=layer_norm_epsilon,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        # Of attention and MLP alike.
        add_bias_linear=bool(hf.bias),
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: FalconConfig | None = None) -> FalconConfig:
    """The FalconConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "falcon")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_attention_heads": transformer.num_attention_heads,
        "num_ln_in_parallel_attn": _num_ln_in_parallel_attn_of(transformer, layers),
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "initializer_range": transformer.init_method_std,
        "hidden_dropout": 0.0,
        "attention_dropout": 0.0,
        "num_kv_heads": _num_kv_heads_of(transformer, layers),
        "alibi": False,
        "new_decoder_architecture": (
            False
            if isinstance(model, HybridModelConfig)
            else layers.parallel_mlp
            and (
                not layers.shared_layernorm or transformer.num_query_groups not in (1, transformer.num_attention_heads)
            )
        ),
        "multi_query": transformer.num_query_groups == 1,
        "parallel_attn": (False if isinstance(model, HybridModelConfig) else layers.parallel_mlp),
        "bias": transformer.add_bias_linear,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "ffn_hidden_size": transformer.ffn_hidden_size,
        "activation": key_of(ACTIVATIONS, transformer.activation_func),
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.NO_PADDING_ROW_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
    "num_ln_in_parallel_attn",
)
_GPT = RoundTrip("falcon", FalconConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("falcon", FalconConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
