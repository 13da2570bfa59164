"""DeepseekConfig to Megatron: DeepSeek-MoE 16B."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.described.deepseek import DeepseekConfig
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import first_and_step, from_layer_on
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: DeepseekConfig) -> Layers:
    return Layers(add_proj_bias=True if hf.attention_bias else None)


def to_megatron(
    hf: DeepseekConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("deepseek", DeepseekConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = from_layer_on(hf.num_hidden_layers, hf.first_k_dense_replace, hf.moe_layer_freq)
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
    hf: DeepseekConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("deepseek", DeepseekConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = from_layer_on(hf.num_hidden_layers, hf.first_k_dense_replace, hf.moe_layer_freq)
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


def _transformer(
    check: Check,
    hf: DeepseekConfig,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        moe_intermediate_size=hf.moe_intermediate_size,
        n_routed_experts=hf.n_routed_experts,
        num_experts_per_tok=hf.num_experts_per_tok,
        moe_layer_freq=hf.moe_layer_freq,
    )
    check.not_negative(
        n_shared_experts=hf.n_shared_experts,
        first_k_dense_replace=hf.first_k_dense_replace,
        aux_loss_alpha=hf.aux_loss_alpha,
    )
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    n_routed_experts = check.given("n_routed_experts", hf.n_routed_experts)
    num_experts_per_tok = check.given("num_experts_per_tok", hf.num_experts_per_tok)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    attention.derived_head_dim(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    check.require(
        not hf.num_experts_per_tok or not hf.n_routed_experts or hf.num_experts_per_tok <= hf.n_routed_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most n_routed_experts",
    )
    check.must_be("scoring_func", hf.scoring_func, ("softmax",), "the code beside the checkpoint knows no other")
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    attention.attention_bias(check, hf)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=n_routed_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        # Training only; left out where the caller balances in a way that has no coefficient.
        **load_balancing(caller, kind="seq_aux_loss" if hf.seq_aux else "aux_loss", coefficient=hf.aux_loss_alpha),
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
        num_query_groups=num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=n_routed_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        # One shared MLP, as wide as all shared experts together.
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * (hf.n_shared_experts or 0) or None,
        moe_router_topk=num_experts_per_tok,
        # Softmax over all experts, or over the chosen ones, which normalises them, but never a single one.
        moe_router_pre_softmax=not hf.norm_topk_prob or hf.num_experts_per_tok == 1,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: DeepseekConfig | None = None) -> DeepseekConfig:
    """The DeepseekConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "deepseek")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "n_shared_experts": count_shared_experts(transformer) or None,
        "n_routed_experts": transformer.num_moe_experts,
        "num_experts_per_tok": transformer.moe_router_topk,
        ("first_k_dense_replace", "moe_layer_freq"): (
            first_and_step(experts_by_layer(model))[0],
            first_and_step(experts_by_layer(model))[1],
        ),
        "norm_topk_prob": NOT_CARRIED if transformer.moe_router_topk == 1 else not transformer.moe_router_pre_softmax,
        "scoring_func": "softmax",
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "attention_bias": transformer.add_qkv_bias,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "aux_loss_alpha",
    "max_position_embeddings",
    "norm_topk_prob",
    "seq_aux",
)
_GPT = RoundTrip("deepseek", DeepseekConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("deepseek", DeepseekConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
