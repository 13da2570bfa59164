"""Ernie4_5_MoeConfig to Megatron: ERNIE 4.5 of 21B and 300B, with experts."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from transformers.models.ernie4_5_moe.configuration_ernie4_5_moe import Ernie4_5_MoeConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import between_layers, first_last_and_step
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, TransformerFields


def to_megatron(
    hf: Ernie4_5_MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("ernie4_5_moe", Ernie4_5_MoeConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        rotary_interleaved=True,
    )
    moe_norm_min = check.given("moe_norm_min", hf.moe_norm_min, "transformers divides by it, or by more")
    transformer = _transformer(check, hf, rope, caller)
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=Layers(
            # e_score_correction_bias: Hugging Face has no flag.
            moe_router_softmax_expert_bias=True,
            moe_router_norm_min=moe_norm_min,
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


def _transformer(check: Check, hf: Ernie4_5_MoeConfig, rope: GPTRope, caller: GPTFields) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        intermediate_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
        moe_intermediate_size=hf.moe_intermediate_size,
        moe_k=hf.moe_k,
        moe_num_experts=hf.moe_num_experts,
        moe_layer_interval=hf.moe_layer_interval,
    )
    check.not_negative(
        initializer_range=hf.initializer_range,
        moe_num_shared_experts=hf.moe_num_shared_experts,
        moe_layer_start_index=hf.moe_layer_start_index,
        moe_layer_end_index=hf.moe_layer_end_index,
        moe_norm_min=hf.moe_norm_min,
        router_aux_loss_coef=hf.router_aux_loss_coef,
    )
    dtype = checked_dtype(check, hf.dtype)
    expert_layers = between_layers(
        hf.num_hidden_layers,
        check.given("moe_layer_start_index", hf.moe_layer_start_index, "transformers compares it with every layer")
        or 0,
        check.given("moe_layer_end_index", hf.moe_layer_end_index, "transformers compares it with every layer") or 0,
        check.given("moe_layer_interval", hf.moe_layer_interval, "transformers divides layers by it") or 0,
    )
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    moe_k = check.given("moe_k", hf.moe_k)
    moe_num_experts = check.given("moe_num_experts", hf.moe_num_experts)
    num_shared_experts = check.given(
        "moe_num_shared_experts", hf.moe_num_shared_experts, "transformers compares it with zero"
    )
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.padding_token(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.require(
        not hf.use_bias,
        "use_bias",
        hf.use_bias,
        "must be False: it biases the output layer and no expert; Megatron biases all linear layers but that one",
    )
    check.require(
        not hf.moe_k or not hf.moe_num_experts or hf.moe_k <= hf.moe_num_experts,
        "moe_k",
        hf.moe_k,
        "must be at most moe_num_experts",
    )
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
            num_moe_experts=moe_num_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
            rotary_interleaved=True,
        ),
        # Training only; left out where the caller balances in a way that has no coefficient.
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef or 0.0),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        # The class has no dropout in attention.
        "attention_dropout": 0.0,
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
        rotary_interleaved=True,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        # No linear layer has a bias when use_bias is False.
        add_bias_linear=False,
        num_moe_experts=moe_num_experts,
        moe_layer_freq=expert_layers,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        # One shared MLP, as wide as all shared experts together.
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * num_shared_experts or None,
        moe_router_topk=moe_k,
        # Softmax over all experts: Hugging Face has no flag.
        moe_router_pre_softmax=True,
        **settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: Ernie4_5_MoeConfig | None = None) -> Ernie4_5_MoeConfig:
    """The Ernie4_5_MoeConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "ernie4_5_moe")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_hidden_layers": transformer.num_layers,
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "rope_parameters": gpt_rope_parameters(model),
        "use_bias": transformer.add_bias_linear,
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        "moe_k": transformer.moe_router_topk,
        "moe_num_experts": transformer.num_moe_experts,
        "moe_num_shared_experts": count_shared_experts(transformer),
        ("moe_layer_start_index", "moe_layer_end_index", "moe_layer_interval"): (
            first_last_and_step(experts_by_layer(model)).first,
            first_last_and_step(experts_by_layer(model)).last,
            first_last_and_step(experts_by_layer(model)).step,
        ),
        "moe_norm_min": layers.moe_router_norm_min,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "router_aux_loss_coef",
)
_GPT = RoundTrip("ernie4_5_moe", Ernie4_5_MoeConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
