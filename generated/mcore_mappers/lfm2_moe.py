"""Lfm2MoeConfig to Megatron.

LFM2 with experts, with attention in every layer and one expert for each token; published ones have convolutions in
most.
"""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from torch.nn.functional import silu
from transformers.models.lfm2_moe.configuration_lfm2_moe import Lfm2MoeConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import dense_first
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, files, mlp, positions, stack
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Lfm2MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("lfm2_moe", Lfm2MoeConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.num_dense_layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(
        check, hf, expert_layers, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers
    )
    return GPTModelConfig(
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
    hf: Lfm2MoeConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("lfm2_moe", Lfm2MoeConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.num_dense_layers)
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check, hf, expert_layers, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True
    )
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


def _transformer(
    check: Check,
    hf: Lfm2MoeConfig,
    expert_layers: list[int],
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        intermediate_size=hf.intermediate_size,
        max_position_embeddings=hf.max_position_embeddings,
        num_attention_heads=hf.num_attention_heads,
        routed_scaling_factor=hf.routed_scaling_factor,
    )
    check.not_negative(initializer_range=hf.initializer_range, num_dense_layers=hf.num_dense_layers)
    dtype = checked_dtype(check, hf.dtype)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    experts.numbered_experts(check, hf)
    stack.numbered_layers(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    mlp.lfm(check, hf)
    attention.grouped_query(check, hf)
    check.require(
        not any(expert_layers) or (hf.num_experts_per_tok == 1 and not hf.norm_topk_prob),
        "norm_topk_prob",
        hf.norm_topk_prob,
        "must be False, and num_experts_per_tok 1, where a layer has experts: transformers adds 1e-6 to the "
        "sum by which it normalises scores, and Megatron next to nothing; it normalises those of several "
        "always",
    )
    check.require(
        hf.layer_types == ["full_attention"] * hf.num_hidden_layers,
        "layer_types",
        hf.layer_types,
        "must be 'full_attention' for every layer: Megatron has no gated short convolutions",
    )
    decoder.causal_mask(check)
    files.liquid(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=silu,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.num_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        # Close scores are easier to tell apart.
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        # The class has no dropout in attention.
        "attention_dropout": 0.0,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=silu,
        add_bias_linear=False,
        num_moe_experts=hf.num_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        moe_router_enable_expert_bias=hf.use_expert_bias,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Lfm2MoeConfig | None = None) -> Lfm2MoeConfig:
    """The Lfm2MoeConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "lfm2_moe")
    return {
        **decoder.language_model_back(model, transformer),
        **experts.numbered_experts_back(transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "initializer_range": transformer.init_method_std,
        "norm_eps": transformer.layernorm_epsilon,
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "num_dense_layers": experts_by_layer(model).count(0),
        "use_expert_bias": transformer.moe_router_enable_expert_bias,
        "routed_scaling_factor": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "norm_topk_prob": transformer.moe_router_topk > 1,
        "layer_types": ["full_attention" for _ in window_types(model)],
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    *mlp.LFM_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("lfm2_moe", Lfm2MoeConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("lfm2_moe", Lfm2MoeConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
