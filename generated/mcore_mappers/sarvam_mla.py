"""SarvamMLAConfig to Megatron: Sarvam 105B."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.sarvam_mla.configuration_sarvam_mla import SarvamMLAConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels, mtp_layers
from mcore_mappers_runtime.latents import query_rank, rank_or_none
from mcore_mappers_runtime.layer_kinds import dense_first
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.prediction import prediction_layers
from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import mla_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, experts, files, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields


def _layers(hf: SarvamMLAConfig, rope_interleave: bool) -> Layers:
    return Layers(q_layernorm=hf.q_lora_rank is not None, mla_rotary_interleaved=rope_interleave)


def to_megatron(
    hf: SarvamMLAConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("sarvam_mla", SarvamMLAConfig, hf, caller, GPTMLAFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope_interleave = check.given("rope_interleave", hf.rope_interleave)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers)
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(hf, rope_interleave))(
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
    hf: SarvamMLAConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridMLAFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("sarvam_mla", SarvamMLAConfig, hf, caller, HybridMLAFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    mixers = "+" * hf.num_hidden_layers
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope_interleave = check.given("rope_interleave", hf.rope_interleave)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(hf, rope_interleave))(
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


def _transformer(
    check: Check,
    hf: SarvamMLAConfig,
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
    attention.undeclared_rope_dim(check, hf)
    experts.router_of_groups(check, hf)
    experts.after_dense(check, hf)
    experts.first_dense(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.rope_interleave(check, hf)
    attention.counted_mtp_with_query_latent(check, hf)
    decoder.causal_mask(check)
    files.sarvam(check)
    experts.experts_after_dense(check)
    experts.remote_router(check)
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
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        "mtp_num_layers": mtp_layers(0 if hf.q_lora_rank is None else hf.num_mtp_layers, caller),
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
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        moe_router_enable_expert_bias=True,
        moe_router_num_groups=n_group,
        moe_router_group_topk=topk_group,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: SarvamMLAConfig | None = None) -> SarvamMLAConfig:
    """The SarvamMLAConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "sarvam_mla")
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
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": mla_rope_parameters(model),
        "rope_interleave": layers.mla_rotary_interleaved,
        "num_mtp_layers": NOT_CARRIED if query_rank(model) is None else prediction_layers(model.transformer),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "norm_topk_prob",
    "num_mtp_layers",
)
_GPT = RoundTrip(
    "sarvam_mla", SarvamMLAConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("head_dim", "qk_head_dim")
)
_HYBRID = RoundTrip(
    "sarvam_mla",
    SarvamMLAConfig,
    HybridModelConfig,
    _carried,
    to_megatron_hybrid,
    _NOT_CARRIED,
    ("head_dim", "qk_head_dim"),
)
