"""UnlimitedOcrTextConfig to Megatron.

The language model of Unlimited-OCR without windows of what is generated; the published one has them.
"""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.unlimited_ocr.configuration_unlimited_ocr import UnlimitedOcrTextConfig

from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(ranked_alike: bool) -> Layers:
    return Layers(moe_router_group_score_topk=None if ranked_alike else 1)


def to_megatron(
    hf: UnlimitedOcrTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "unlimited_ocr_text", UnlimitedOcrTextConfig, hf, caller, GPTFields, strict=strict, layers=layers
    )
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
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
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(ranked_alike))(
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
    hf: UnlimitedOcrTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "unlimited_ocr_text", UnlimitedOcrTextConfig, hf, caller, HybridFields, strict=strict, layers=layers
    )
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
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
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(ranked_alike))(
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


def _n_group_of(transformer: TransformerConfig) -> int | NotCarried:
    groups = transformer.moe_router_num_groups
    return groups if groups is not None and transformer.moe_router_group_topk else NOT_CARRIED


# Not read, because it does not decide what the model computes:
# - sliding_window: metadata or inference: belongs to layers with windows, of which there are none


def _transformer(
    check: Check,
    hf: UnlimitedOcrTextConfig,
    grouped: bool,
    ranked_alike: bool,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    head_dim = check.given("head_dim", hf.head_dim)
    num_experts_per_tok = check.given("num_experts_per_tok", hf.num_experts_per_tok)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    check.require(
        hf.num_key_value_heads is None or hf.num_key_value_heads in (1, hf.num_attention_heads),
        "num_key_value_heads",
        hf.num_key_value_heads,
        "must be num_attention_heads, or 1: the class's eager attention multiplies queries by keys as they come",
    )
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.no_attention_bias(check, hf)
    experts.unbiased_experts(check, hf)
    check.require(
        hf.head_dim is None or hf.num_attention_heads < 1 or hf.head_dim == hf.hidden_size // hf.num_attention_heads,
        "head_dim",
        hf.head_dim,
        "must be hidden_size // num_attention_heads, to which the class sets it whenever a config is built",
    )
    attention.head_dim(check, hf)
    experts.limited_router(check, hf, grouped, ranked_alike)
    experts.counted_shared_experts(check, hf)
    check.require(
        hf.layer_types == ["full_attention"] * hf.num_hidden_layers,
        "layer_types",
        hf.layer_types,
        "must be 'full_attention' for every layer: what another layer generates attends to all of the prompt "
        "and to a window of what was generated, with a cache, and Megatron tells neither from the other",
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
            num_moe_experts=hf.n_routed_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-3),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
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


def to_hf(
    model: GPTModelConfig | HybridModelConfig, /, *, base: UnlimitedOcrTextConfig | None = None
) -> UnlimitedOcrTextConfig:
    """The UnlimitedOcrTextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "unlimited_ocr_text")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **experts.limited_router_back(transformer),
        **experts.routed_experts_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "attention_bias": False,
        "mlp_bias": False,
        "head_dim": transformer.kv_channels,
        "n_group": _n_group_of(transformer),
        "n_shared_experts": count_shared_experts(transformer),
        "topk_group": transformer.moe_router_group_topk or NOT_CARRIED,
        "mlp_layer_types": mlp_types(model),
        "layer_types": ["full_attention" for _ in window_types(model)],
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "n_group",
    "sliding_window",
    "topk_group",
)
_GPT = RoundTrip("unlimited_ocr_text", UnlimitedOcrTextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip(
    "unlimited_ocr_text", UnlimitedOcrTextConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ()
)
