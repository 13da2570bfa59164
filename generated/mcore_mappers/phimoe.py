"""PhimoeConfig to Megatron: Phi-3.5-MoE and Phi-mini-MoE."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from transformers.models.phimoe.configuration_phimoe import PhimoeConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.default_rope import default_gpt_rope
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.long_rope import of_model, scaled_long_rope, short_alone, with_mscale
from mcore_mappers_runtime.rope import GPTRope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_of
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, TransformerFields


def to_megatron(
    hf: PhimoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("phimoe", PhimoeConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = default_gpt_rope(
        check,
        of_model(rope_parameters_of(hf)),
        max_position_embeddings=hf.max_position_embeddings,
        partial_rotary=False,
    )
    long = scaled_long_rope(check, rope_parameters_of(hf))
    transformer = _transformer(check, hf, rope, caller)
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=Layers(
            add_proj_bias=True if hf.attention_bias else None,
            rope_short_factor=long.rope_short_factor,
            rope_long_factor=long.rope_long_factor,
            rope_original_max_position_embeddings=long.rope_original_max_position_embeddings,
            rope_attention_factor=long.rope_attention_factor,
            output_layer_bias=hf.lm_head_bias,
            # sparsemixer: Hugging Face has no flag.
            moe_router_sparse_mixer=True,
            moe_router_sparse_mixer_eps=hf.router_jitter_noise,
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


def _transformer(check: Check, hf: PhimoeConfig, rope: GPTRope, caller: GPTFields) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        rms_norm_eps=hf.rms_norm_eps, num_experts_per_tok=hf.num_experts_per_tok, num_local_experts=hf.num_local_experts
    )
    check.not_negative(router_jitter_noise=hf.router_jitter_noise)
    check.probability(input_jitter_noise=hf.input_jitter_noise)
    dtype = checked_dtype(check, hf.dtype)
    expert_layers = [1] * hf.num_hidden_layers
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.padding_token(check, hf)
    check.equal_up_to(
        "long_factors",
        short_alone(rope_parameters_of(hf)),
        field="rope_parameters",
        reason="the rope of the class divides by short_factor however long a text is, and that of Megatron, like the "
        "code beside published checkpoints, by long_factor in texts longer than "
        "original_max_position_embeddings",
    )
    positions.rope_keys(check, hf)
    attention.window(check, hf)
    check.must_be(
        "num_experts_per_tok", hf.num_experts_per_tok, (2,), "the router chooses two, whatever the field says"
    )
    check.require(
        hf.num_local_experts != 1,
        "num_local_experts",
        hf.num_local_experts,
        "must be two at least: the router chooses two",
    )
    experts.balanced_by_loss(check, hf)
    check.deviation(
        "expert_input_noise",
        applies=hf.input_jitter_noise != 0,
        within=hf.input_jitter_noise <= 0.01 or hf.input_jitter_noise >= 1,
        field="input_jitter_noise",
        value=hf.input_jitter_noise,
        reason="in training, transformers multiplies what router and experts read by noise, twice, and Megatron does "
        "not; without noise they are equal. Published checkpoints have 0.01 (microsoft/Phi-3.5-MoE-instruct)",
    )
    attention.attention_bias(check, hf)
    decoder.causal_mask(check)
    check.if_set("expert_dropout", (0.0,), "the class has no dropout in experts")
    check.if_set("hidden_dropout", (0.0,), "the class has no dropout on the residual stream")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.num_local_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        window_size=None if hf.sliding_window is None else (hf.sliding_window - 1, 0),
        normalization="LayerNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=hf.num_local_experts,
        moe_layer_freq=expert_layers,
        moe_ffn_hidden_size=hf.intermediate_size,
        # Each weight is of a softmax before the expert is chosen.
        moe_router_pre_softmax=True,
        **settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: PhimoeConfig | None = None) -> PhimoeConfig:
    """The PhimoeConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "phimoe")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.moe_ffn_hidden_size,
        "num_hidden_layers": transformer.num_layers,
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "rope_parameters": with_mscale(gpt_rope_parameters(model), layers),
        "sliding_window": window_of(transformer.window_size),
        "attention_dropout": transformer.attention_dropout,
        "num_experts_per_tok": 2,
        "num_local_experts": transformer.num_moe_experts,
        "router_jitter_noise": layers.moe_router_sparse_mixer_eps,
        "attention_bias": transformer.add_qkv_bias,
        "lm_head_bias": layers.output_layer_bias,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "input_jitter_noise",
    "max_position_embeddings",
    "router_aux_loss_coef",
)
_GPT = RoundTrip("phimoe", PhimoeConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
