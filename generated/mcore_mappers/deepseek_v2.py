"""DeepseekV2Config to Megatron: DeepSeek-V2, V2-Lite and their Coders."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.deepseek_v2.configuration_deepseek_v2 import DeepseekV2Config

from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.latents import query_rank, rank_or_none
from mcore_mappers_runtime.layer_kinds import dense_first
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import mla_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields


def _layers(hf: DeepseekV2Config, ranked_alike: bool) -> Layers:
    return Layers(q_layernorm=hf.q_lora_rank is not None, moe_router_group_score_topk=None if ranked_alike else 1)


def to_megatron(
    hf: DeepseekV2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("deepseek_v2", DeepseekV2Config, hf, caller, GPTMLAFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    grouped = hf.topk_method == "group_limited_greedy"
    ranked_alike = (
        not grouped
        or not hf.num_experts_per_tok
        or not hf.topk_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 1
    )
    transformer = _transformer(
        check, hf, grouped, ranked_alike, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers
    )
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(hf, ranked_alike))(
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
    hf: DeepseekV2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridMLAFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("deepseek_v2", DeepseekV2Config, hf, caller, HybridMLAFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    mixers = "+" * hf.num_hidden_layers
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    grouped = hf.topk_method == "group_limited_greedy"
    ranked_alike = (
        not grouped
        or not hf.num_experts_per_tok
        or not hf.topk_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 1
    )
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check, hf, grouped, ranked_alike, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True
    )
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(hf, ranked_alike))(
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


def _n_group_of(transformer: MLATransformerConfig) -> int | NotCarried:
    groups = transformer.moe_router_num_groups
    return groups if groups is not None and transformer.moe_router_group_topk else NOT_CARRIED


# Not read, because it does not decide what the model computes:
# - norm_topk_prob: dead: the class does not normalise the weights of experts, whatever this says


def _transformer(
    check: Check,
    hf: DeepseekV2Config,
    grouped: bool,
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
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    num_experts_per_tok = check.given("num_experts_per_tok", hf.num_experts_per_tok)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.latent(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    experts.unbiased_experts(check, hf)
    attention.rope_dim(check, hf)
    experts.after_dense(check, hf)
    check.require(
        hf.kv_lora_rank % 2 == 0,
        "kv_lora_rank",
        hf.kv_lora_rank,
        "must be even: the rotated keys behind the latents are read as complex numbers, of two each",
    )
    attention.optional_query_latent(check, hf)
    experts.limited_router(check, hf, grouped, ranked_alike)
    experts.counted_shared_experts(check, hf)
    check.require(
        hf.qk_nope_head_dim % 2 == 0,
        "qk_nope_head_dim",
        hf.qk_nope_head_dim,
        "must be even: the rotated part of a query behind it is read as complex numbers, of two each",
    )
    decoder.causal_mask(check)
    experts.experts_after_dense(check)
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
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-3),
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
        kv_channels=hf.v_head_dim,
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
        v_head_dim=hf.v_head_dim,
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
        moe_router_pre_softmax=True,
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        moe_router_num_groups=hf.n_group if grouped else None,
        moe_router_group_topk=hf.topk_group if grouped else None,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: DeepseekV2Config | None = None) -> DeepseekV2Config:
    """The DeepseekV2Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "deepseek_v2")
    return {
        **attention.latent_back(transformer),
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **experts.limited_router_back(transformer),
        **experts.routed_experts_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": mla_rope_parameters(model),
        "mlp_bias": False,
        "head_dim": transformer.qk_pos_emb_head_dim,
        "first_k_dense_replace": experts_by_layer(model).count(0),
        "q_lora_rank": query_rank(model),
        "n_group": _n_group_of(transformer),
        "n_shared_experts": count_shared_experts(transformer),
        "topk_group": transformer.moe_router_group_topk or NOT_CARRIED,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "n_group",
    "norm_topk_prob",
    "topk_group",
)
_GPT = RoundTrip("deepseek_v2", DeepseekV2Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("qk_head_dim",))
_HYBRID = RoundTrip(
    "deepseek_v2", DeepseekV2Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ("qk_head_dim",)
)
