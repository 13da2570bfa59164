"""Mistral4Config to Megatron: Mistral Small 4."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.mistral4.configuration_mistral4 import Mistral4Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.latents import query_rank, rank_or_none
from mcore_mappers_runtime.layer_kinds import dense_first
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.query_scale import (
    growth_of,
    length_of,
    scaled_beyond,
    scaling_mla_rope,
    scaling_mla_rope_parameters,
)
from mcore_mappers_runtime.rope import MLARope, rope_parameters_of
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields


def _layers(hf: Mistral4Config, over_chosen: bool, ranked_alike: bool, rope_interleave: bool) -> Layers:
    return Layers(
        q_layernorm=hf.q_lora_rank is not None,
        mla_rotary_interleaved=rope_interleave,
        query_temperature_scale=growth_of(rope_parameters_of(hf)),
        query_temperature_length=length_of(rope_parameters_of(hf)),
        # Where groups are ranked by scores, or a token has one expert, and scores are normalised.
        moe_router_norm_min=0.0 if hf.norm_topk_prob and not over_chosen else None,
        # A group ranks by its two best experts.
        moe_router_group_score_topk=None if ranked_alike else 2,
    )


def to_megatron(
    hf: Mistral4Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("mistral4", Mistral4Config, hf, caller, GPTMLAFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    rope = scaling_mla_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        head=hf.qk_nope_head_dim + hf.qk_rope_head_dim,
        rotated=hf.qk_rope_head_dim,
    )
    over_chosen = _over_chosen(hf)
    ranked_alike = (
        not hf.num_experts_per_tok
        or not hf.topk_group
        or not hf.n_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 2
    )
    rope_interleave = check.given("rope_interleave", hf.rope_interleave)
    transformer = _transformer(
        check,
        hf,
        over_chosen,
        ranked_alike,
        rope,
        caller,
        num_layers=hf.num_hidden_layers,
        moe_layer_freq=expert_layers,
    )
    return check.with_layers(
        GPTModelConfig, LayeredGPTModelConfig, _layers(hf, over_chosen, ranked_alike, rope_interleave)
    )(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTModelFields, GPTModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)),
    )


def to_megatron_hybrid(
    hf: Mistral4Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridMLAFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("mistral4", Mistral4Config, hf, caller, HybridMLAFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    mixers = "+" * hf.num_hidden_layers
    rope = scaling_mla_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        head=hf.qk_nope_head_dim + hf.qk_rope_head_dim,
        rotated=hf.qk_rope_head_dim,
    )
    over_chosen = _over_chosen(hf)
    ranked_alike = (
        not hf.num_experts_per_tok
        or not hf.topk_group
        or not hf.n_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 2
    )
    rope_interleave = check.given("rope_interleave", hf.rope_interleave)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check, hf, over_chosen, ranked_alike, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True
    )
    return check.with_layers(
        HybridModelConfig, LayeredHybridModelConfig, _layers(hf, over_chosen, ranked_alike, rope_interleave)
    )(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(
            HybridModelFields, HybridModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)
        ),
    )


def _over_chosen(hf: Mistral4Config) -> bool:
    # Numbers that are not there are refused as such.
    all_groups = not hf.topk_group or not hf.n_group or hf.topk_group == hf.n_group
    return bool(hf.norm_topk_prob) and hf.num_experts_per_tok != 1 and all_groups


def _transformer(
    check: Check,
    hf: Mistral4Config,
    over_chosen: bool,
    ranked_alike: bool,
    rope: MLARope,
    caller: GPTMLAFields | HybridMLAFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> MLATransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    v_head_dim = check.given("v_head_dim", hf.v_head_dim)
    n_group = check.given("n_group", hf.n_group)
    topk_group = check.given("topk_group", hf.topk_group)
    num_experts_per_tok = check.given("num_experts_per_tok", hf.num_experts_per_tok)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    experts.counted_shared_experts(check, hf)
    stack.numbered_layers(check, hf)
    attention.latent(check, hf)
    experts.groups_of_two(check, hf)
    experts.chosen_groups(check, hf)
    attention.optional_query_latent(check, hf)
    check.require(
        ranked_alike,
        "topk_group",
        hf.topk_group,
        "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
        "num_experts_per_tok // topk_group best experts, and transformers by that of two",
        layers=("moe_router_group_score_topk",),
    )
    experts.after_dense(check, hf)
    experts.first_dense(check, hf)
    check.require(
        over_chosen or not hf.norm_topk_prob,
        "norm_topk_prob",
        hf.norm_topk_prob,
        "must be False where not all groups are chosen or a token has one expert: Megatron normalises by a "
        "softmax over the chosen experts, which ranks groups by sums of logits, and which it rejects for one",
        layers=("moe_router_norm_min",),
    )
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    check.equal_up_to(
        "query_temperature",
        scaled_beyond(rope_parameters_of(hf)),
        field="rope_parameters",
        reason="queries are scaled by llama_4_scaling_beta and the logarithm of their position, from "
        "original_max_position_embeddings on, and Megatron does not scale them",
        layers=("query_temperature_scale", "query_temperature_length"),
    )
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.rope_interleave(check, hf)
    check.require(
        check.undeclared("head_dim") == hf.qk_nope_head_dim + hf.qk_rope_head_dim,
        "head_dim",
        check.undeclared("head_dim"),
        "must be the sum of qk_nope_head_dim and qk_rope_head_dim, to which transformers sets it: rope is of "
        "a part of that",
    )
    decoder.causal_mask(check)
    check.finish()
    settings: MLATransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.n_routed_experts,
            position_embedding_type="rope",
            multi_latent_attention=True,
        ),
        # Close scores are easier to tell apart than in the dtype of the weights, in which transformers
        # scores.
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(MLATransformerFields, caller),
    }
    return MLATransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=v_head_dim,
        multi_latent_attention=True,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        q_lora_rank=rank_or_none(hf.q_lora_rank),
        kv_lora_rank=hf.kv_lora_rank,
        qk_head_dim=hf.qk_nope_head_dim,
        qk_pos_emb_head_dim=hf.qk_rope_head_dim,
        v_head_dim=v_head_dim,
        rope_type=rope.rope_type,
        rotary_scaling_factor=rope.rotary_scaling_factor,
        original_max_position_embeddings=rope.original_max_position_embeddings,
        beta_fast=rope.beta_fast,
        beta_slow=rope.beta_slow,
        mscale=rope.mscale,
        mscale_all_dim=rope.mscale_all_dim,
        num_moe_experts=hf.n_routed_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * hf.n_shared_experts or None,
        moe_router_topk=num_experts_per_tok,
        # Softmax over all experts, or over the chosen ones: the latter is the former, normalised.
        moe_router_pre_softmax=not over_chosen,
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        moe_router_num_groups=n_group,
        moe_router_group_topk=topk_group,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Mistral4Config | None = None) -> Mistral4Config:
    """The Mistral4Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "mistral4")
    layers = layers_of(model)
    return {
        **attention.latent_back(transformer),
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **experts.chosen_groups_back(transformer),
        **experts.routed_experts_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "n_shared_experts": count_shared_experts(transformer),
        "q_lora_rank": query_rank(model),
        "first_k_dense_replace": experts_by_layer(model).count(0),
        "norm_topk_prob": not transformer.moe_router_pre_softmax or layers.moe_router_norm_min is not None,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": scaling_mla_rope_parameters(model, layers),
        "rope_interleave": layers.mla_rotary_interleaved,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip(
    "mistral4", Mistral4Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("head_dim", "qk_head_dim")
)
_HYBRID = RoundTrip(
    "mistral4",
    Mistral4Config,
    HybridModelConfig,
    _carried,
    to_megatron_hybrid,
    _NOT_CARRIED,
    ("head_dim", "qk_head_dim"),
)
