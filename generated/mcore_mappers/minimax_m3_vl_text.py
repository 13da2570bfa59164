"""MiniMaxM3VLTextConfig to Megatron: The language model of MiniMax-M3 where no layer has sparse attention."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.fusions.fused_bias_geglu import quick_gelu
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.minimax_m3_vl.configuration_minimax_m3_vl import MiniMaxM3VLTextConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, mlp, positions, stack
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: MiniMaxM3VLTextConfig) -> Layers:
    return Layers(
        # Where a token has one expert, whose score the class divides by itself.
        moe_router_norm_topk_prob=True if hf.num_experts_per_tok == 1 else None
    )


def to_megatron(
    hf: MiniMaxM3VLTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "minimax_m3_vl_text", MiniMaxM3VLTextConfig, hf, caller, GPTFields, strict=strict, layers=layers
    )
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    rope = gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
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
    hf: MiniMaxM3VLTextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "minimax_m3_vl_text", MiniMaxM3VLTextConfig, hf, caller, HybridFields, strict=strict, layers=layers
    )
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
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


def _says_what_is_rotated(hf: MiniMaxM3VLTextConfig) -> bool:
    factor = rope_key(rope_parameters_of(hf), "partial_rotary_factor")
    rotated = hf.head_dim * (factor if isinstance(factor, (int, float)) else 1.0)
    # 64 is the default, which says nothing. Where no whole number of channels is rotated, the last part is not.
    return hf.rotary_dim == 64 or hf.rotary_dim <= rotated < hf.rotary_dim + 1


# Not read, because it does not decide what the model computes:
# - hidden_act: dead: MLPs and experts of the class compute a clamped gate of their own
# - index_block_size, index_head_dim, index_local_blocks, index_n_heads, index_topk_blocks: metadata
#   or inference: belongs to the choice of blocks, which no layer makes
# - router_jitter_noise: dead: the router of the class adds no noise


def _transformer(
    check: Check,
    hf: MiniMaxM3VLTextConfig,
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
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
        num_experts_per_tok=hf.num_experts_per_tok,
        num_local_experts=hf.num_local_experts,
        dense_intermediate_size=hf.dense_intermediate_size,
        shared_intermediate_size=hf.shared_intermediate_size,
        routed_scaling_factor=hf.routed_scaling_factor,
        rotary_dim=hf.rotary_dim,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    check.probability(attention_dropout=hf.attention_dropout)
    dtype = checked_dtype(check, hf.dtype)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    attention.head_dim(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    check.require(
        hf.num_experts_per_tok != 1,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be two or more: Megatron does not normalise the score of a single expert",
        layers=("moe_router_norm_topk_prob",),
    )
    check.require(
        hf.num_experts_per_tok <= hf.num_local_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most num_local_experts",
    )
    experts.balanced_by_loss(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.require(
        _says_what_is_rotated(hf),
        "rotary_dim",
        hf.rotary_dim,
        "the class reads partial_rotary_factor, and this says another width of what is rotated",
    )
    mlp.clamped_gate(check, hf)
    check.require(
        hf.layer_types == ["full_attention"] * hf.num_hidden_layers,
        "layer_types",
        hf.layer_types,
        "must be 'full_attention' for every layer: its attention chooses single tokens, not blocks of them",
    )
    decoder.causal_mask(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=quick_gelu,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=hf.num_local_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef),
        # Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.dense_intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # Norms multiply by 1 + weight: Hugging Face has no flag.
        layernorm_zero_centered_gamma=True,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=quick_gelu,
        add_bias_linear=False,
        activation_func_clamp_value=hf.swiglu_limit,
        glu_linear_offset=1.0,
        num_moe_experts=hf.num_local_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.intermediate_size,
        moe_shared_expert_intermediate_size=hf.shared_intermediate_size,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        # e_score_correction_bias, which every router of the class has.
        moe_router_enable_expert_bias=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(
    model: GPTModelConfig | HybridModelConfig, /, *, base: MiniMaxM3VLTextConfig | None = None
) -> MiniMaxM3VLTextConfig:
    """The MiniMaxM3VLTextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "minimax_m3_vl_text")
    return {
        **decoder.language_model_back(model, transformer),
        **mlp.clamped_gate_back(transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.moe_ffn_hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "attention_dropout": transformer.attention_dropout,
        "num_experts_per_tok": transformer.moe_router_topk,
        "num_local_experts": transformer.num_moe_experts,
        "rope_parameters": (
            hybrid_rope_parameters(model, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_rope_parameters(model, partial_rotary=True)
        ),
        "dense_intermediate_size": transformer.ffn_hidden_size,
        "shared_intermediate_size": transformer.moe_shared_expert_intermediate_size,
        "routed_scaling_factor": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "rotary_dim": int((model.transformer.kv_channels or 0) * model.rotary_percent),
        "mlp_layer_types": mlp_types(model),
        "layer_types": window_types(model),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "hidden_act",
    "index_block_size",
    "index_head_dim",
    "index_local_blocks",
    "index_n_heads",
    "index_topk_blocks",
    "max_position_embeddings",
    "router_aux_loss_coef",
    "router_jitter_noise",
)
_GPT = RoundTrip("minimax_m3_vl_text", MiniMaxM3VLTextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip(
    "minimax_m3_vl_text", MiniMaxM3VLTextConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ()
)
