"""HYV3Config to Megatron: Hunyuan 3."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.hy_v3.configuration_hy_v3 import HYV3Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: HYV3Config) -> Layers:
    return Layers(
        add_proj_bias=True if hf.attention_bias else None,
        # Where a token has one expert, whose score the class divides by itself.
        moe_router_norm_topk_prob=True if hf.num_experts_per_tok == 1 else None,
    )


def to_megatron(
    hf: HYV3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("hy_v3", HYV3Config, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers)
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(hf))(
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
    hf: HYV3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("hy_v3", HYV3Config, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(hf))(
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


def _num_shared_experts_of(transformer: TransformerConfig) -> int:
    shared, width = transformer.moe_shared_expert_intermediate_size, transformer.moe_ffn_hidden_size
    return shared // width if shared and width and shared % width == 0 else 0


# Not read, because it does not decide what the model computes:
# - enable_moe_fp32_combine: metadata or inference: two numbers are added in float32 and rounded once
#   either way, as torch does it for every dtype


def _transformer(
    check: Check,
    hf: HYV3Config,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        num_experts=hf.num_experts,
        num_experts_per_tok=hf.num_experts_per_tok,
        moe_intermediate_size=hf.moe_intermediate_size,
        router_scaling_factor=hf.router_scaling_factor,
    )
    check.not_negative(num_shared_experts=hf.num_shared_experts)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    num_experts = check.given("num_experts", hf.num_experts)
    num_experts_per_tok = check.given("num_experts_per_tok", hf.num_experts_per_tok)
    num_shared_experts = check.given("num_shared_experts", hf.num_shared_experts, "transformers multiplies by it")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    attention.given_head_dim(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    attention.attention_bias(check, hf)
    experts.unbiased_experts(check, hf)
    check.require(
        hf.num_experts_per_tok != 1,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be two or more: the class makes the score of a single expert one, and Megatron leaves it as it is",
        layers=("moe_router_norm_topk_prob",),
    )
    check.require(
        not hf.num_experts_per_tok or not hf.num_experts or hf.num_experts_per_tok <= hf.num_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most num_experts",
    )
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
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
            num_moe_experts=num_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=num_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        # One shared MLP, as wide as all shared experts together; with none, transformers makes it a dense
        # one.
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * num_shared_experts or hf.intermediate_size,
        moe_router_topk=num_experts_per_tok,
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.router_scaling_factor,
        # e_score_correction_bias, which every layer of experts has.
        moe_router_enable_expert_bias=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: HYV3Config | None = None) -> HYV3Config:
    """The HYV3Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "hy_v3")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "attention_bias": transformer.add_qkv_bias,
        "mlp_bias": False,
        "num_experts": transformer.num_moe_experts,
        "num_experts_per_tok": transformer.moe_router_topk,
        "num_shared_experts": _num_shared_experts_of(transformer),
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        "router_scaling_factor": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "mlp_layer_types": mlp_types(model),
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "enable_moe_fp32_combine",
    "max_position_embeddings",
)
_GPT = RoundTrip("hy_v3", HYV3Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("hy_v3", HYV3Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
