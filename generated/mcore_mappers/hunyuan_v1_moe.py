"""HunYuanMoEV1Config to Megatron: Hunyuan A13B."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe import HunYuanMoEV1Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import same_in_all
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_alpha import without_alpha
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, files, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: HunYuanMoEV1Config, moe_topk: int) -> Layers:
    return Layers(
        qk_layernorm_after_rope=True,
        add_proj_bias=True if hf.attention_bias else None,
        # Where a token has one expert.
        moe_router_norm_min=0.0 if moe_topk == 1 else None,
    )


def to_megatron(
    hf: HunYuanMoEV1Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("hunyuan_v1_moe", HunYuanMoEV1Config, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = [1] * hf.num_hidden_layers
    moe_topk = same_in_all(check, "moe_topk", hf.moe_topk, hf.num_hidden_layers)
    head_dim = check.given("head_dim", hf.head_dim)
    rope = gpt_rope(
        check,
        without_alpha(check, rope_parameters_of(hf), head_dim),
        max_position_embeddings=hf.max_position_embeddings,
    )
    transformer = _transformer(
        check, hf, head_dim, moe_topk, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers
    )
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=_layers(hf, moe_topk),
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
    hf: HunYuanMoEV1Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> LayeredHybridModelConfig:
    """The LayeredHybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("hunyuan_v1_moe", HunYuanMoEV1Config, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [1] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    moe_topk = same_in_all(check, "moe_topk", hf.moe_topk, hf.num_hidden_layers)
    head_dim = check.given("head_dim", hf.head_dim)
    rope = hybrid_rope(
        check,
        without_alpha(check, rope_parameters_of(hf), head_dim),
        max_position_embeddings=hf.max_position_embeddings,
    )
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check, hf, head_dim, moe_topk, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True
    )
    return check.layered(LayeredHybridModelConfig)(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        layers=_layers(hf, moe_topk),
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


# Not read, because it does not decide what the model computes:
# - eod_token_id, sep_token_id: metadata or inference: separates texts, in what makes batches of them


def _transformer(
    check: Check,
    hf: HunYuanMoEV1Config,
    head_dim: int,
    moe_topk: int,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(num_experts=hf.num_experts)
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.attention_bias(check, hf)
    check.require(moe_topk <= hf.num_experts, "moe_topk", hf.moe_topk, "must be at most num_experts")
    attention.head_dim(check, hf)
    decoder.causal_mask(check)
    files.hunyuan(check)
    check.if_set("group_limited_greedy", (False,), "all experts of the class compete")
    check.if_set("moe_layer_num_skipped", (0,), "every layer of the class has experts")
    check.if_set("norm_topk_prob", (True,), "the class makes the weights of a token's experts add up to one always")
    check.if_set("routed_scaling_factor", (1.0,), "the class does not scale the weights of experts")
    check.if_set("use_mixed_mlp_moe", (True,), "every layer of the class has a shared MLP")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.num_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
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
        kv_channels=head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=hf.num_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.intermediate_size,
        # One MLP that all tokens share, as wide as an expert.
        moe_shared_expert_intermediate_size=hf.intermediate_size,
        # As many in every layer.
        moe_router_topk=moe_topk,
        # A softmax over the chosen experts alone, which of one is its score divided by itself.
        moe_router_pre_softmax=moe_topk == 1,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(
    model: GPTModelConfig | HybridModelConfig, /, *, base: HunYuanMoEV1Config | None = None
) -> HunYuanMoEV1Config:
    """The HunYuanMoEV1Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "hunyuan_v1_moe")
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.moe_ffn_hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "attention_bias": transformer.add_qkv_bias,
        "attention_dropout": transformer.attention_dropout,
        "num_experts": transformer.num_moe_experts,
        "moe_topk": transformer.moe_router_topk,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "eod_token_id",
    "max_position_embeddings",
    "sep_token_id",
)
_GPT = RoundTrip("hunyuan_v1_moe", HunYuanMoEV1Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip(
    "hunyuan_v1_moe", HunYuanMoEV1Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ()
)
