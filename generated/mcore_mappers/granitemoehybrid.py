"""GraniteMoeHybridConfig to Megatron: Granite 4."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.granitemoehybrid.configuration_granitemoehybrid import GraniteMoeHybridConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.delta_net import linear_layers, linear_types
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import HybridPattern
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.maybe_rope import rope_if, rope_parameters_if_rotary, rotates
from mcore_mappers_runtime.multipliers import divisor
from mcore_mappers_runtime.rope import HybridRope, rope_parameters_of
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, files, positions, recurrent, stack
from ._tables import ACTIVATIONS
from .typing import HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: GraniteMoeHybridConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked(
        "granitemoehybrid", GraniteMoeHybridConfig, hf, caller, HybridFields, strict=strict, layers=layers
    )
    linear = linear_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = rope_if(
        hf.position_embedding_type == "rope",
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
    )
    residual_multiplier = check.given(
        "residual_multiplier",
        hf.residual_multiplier,
        "transformers multiplies by it what attention and MLP add to the residual stream",
    )
    num_local_experts = (
        check.given("num_local_experts", hf.num_local_experts, "transformers compares it with zero") or 0
    )
    router_topk = (
        check.given("num_experts_per_tok", hf.num_experts_per_tok, "transformers cannot route without it")
        if num_local_experts
        else 2
    )
    expert_layers = [int(num_local_experts > 0) for _ in linear]
    mixers = "".join("M" if each else "*" for each in linear)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, num_local_experts, pattern, rope, router_topk, caller)
    return check.with_layers(
        HybridModelConfig,
        LayeredHybridModelConfig,
        Layers(
            add_proj_bias=True if hf.attention_bias else None,
            residual_multiplier=residual_multiplier,
            # Where a token has one expert.
            moe_router_norm_min=0.0 if router_topk == 1 else None,
        ),
    )(
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
    hf: GraniteMoeHybridConfig,
    num_local_experts: int,
    pattern: HybridPattern,
    rope: HybridRope,
    router_topk: int,
    caller: HybridFields,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
        shared_intermediate_size=hf.shared_intermediate_size,
    )
    check.not_negative(
        initializer_range=hf.initializer_range,
        num_local_experts=hf.num_local_experts,
        num_experts_per_tok=hf.num_experts_per_tok,
    )
    check.probability(attention_dropout=hf.attention_dropout)
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    embedding_multiplier = check.given(
        "embedding_multiplier", hf.embedding_multiplier, "transformers multiplies the embeddings by it"
    )
    logits_scaling = check.given("logits_scaling", hf.logits_scaling, "transformers divides the logits by it")
    attention_multiplier = check.given(
        "attention_multiplier", hf.attention_multiplier, "not every attention of transformers has a scale without it"
    )
    mamba_n_heads = check.given("mamba_n_heads", hf.mamba_n_heads)
    mamba_n_groups = check.given("mamba_n_groups", hf.mamba_n_groups)
    mamba_d_state = check.given("mamba_d_state", hf.mamba_d_state)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    recurrent.mixer(check, hf, pattern)
    check.require(
        not hf.num_local_experts or hf.intermediate_size > 0,
        "intermediate_size",
        hf.intermediate_size,
        "must be above zero in a model with experts, which are so wide",
    )
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.attention_bias(check, hf)
    decoder.scales(check, hf)
    check.require(
        (
            not hf.num_local_experts
            or hf.num_experts_per_tok is None
            or 1 <= hf.num_experts_per_tok <= hf.num_local_experts
        ),
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be one at least, and at most num_local_experts, unless that is zero",
    )
    check.require(
        router_topk != 1,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be two or more, unless num_local_experts is zero: Megatron rejects a softmax over the chosen "
        "experts if there is one",
        layers=("moe_router_norm_min",),
    )
    experts.balanced(check, hf)
    decoder.causal_mask(check)
    files.granite(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            num_moe_experts=num_local_experts or None,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef or 0.0),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        # An MLP that all tokens share, beside the experts or alone.
        ffn_hidden_size=hf.shared_intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        softmax_scale=attention_multiplier,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        # None in a model without experts.
        num_moe_experts=num_local_experts or None,
        # The width of experts alone.
        moe_ffn_hidden_size=hf.intermediate_size if num_local_experts else None,
        moe_shared_expert_intermediate_size=hf.shared_intermediate_size if num_local_experts else None,
        moe_router_topk=router_topk,
        # A softmax over the chosen experts alone, which of one is its score divided by itself.
        moe_router_pre_softmax=router_topk == 1,
        is_hybrid_model=True,
        mamba_num_heads=mamba_n_heads,
        mamba_head_dim=hf.mamba_d_head if isinstance(hf.mamba_d_head, int) else 1,
        mamba_num_groups=mamba_n_groups,
        mamba_state_dim=mamba_d_state,
        use_mup=True,
        mup_base_hidden_size=hf.hidden_size,
        mup_embedding_mult=embedding_multiplier,
        mup_output_mult=1 / logits_scaling,
        **settings,
    )


def to_hf(model: HybridModelConfig, /, *, base: GraniteMoeHybridConfig | None = None) -> GraniteMoeHybridConfig:
    """The GraniteMoeHybridConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _HYBRID)


def _carried(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "granitemoehybrid")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.scales_back(transformer),
        **recurrent.mixer_back(transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": (
            NOT_CARRIED if transformer.moe_ffn_hidden_size is None else transformer.moe_ffn_hidden_size
        ),
        "num_hidden_layers": len(mixers(model)),
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        ("rope_parameters", "position_embedding_type"): (
            rope_parameters_if_rotary(model),
            "rope" if rotates(model) else None,
        ),
        "attention_bias": transformer.add_qkv_bias,
        "attention_dropout": transformer.attention_dropout,
        "logits_scaling": divisor(transformer.mup_output_mult),
        "residual_multiplier": layers.residual_multiplier,
        "num_local_experts": transformer.num_moe_experts or 0,
        "num_experts_per_tok": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk,
        "shared_intermediate_size": transformer.moe_shared_expert_intermediate_size or transformer.ffn_hidden_size or 0,
        "layer_types": linear_types(model),
        "mamba_d_conv": 4 if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_conv_bias": True if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_proj_bias": False if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "time_step_limit": (0.0, math.inf) if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "intermediate_size",
    "mamba_chunk_size",
    "mamba_conv_bias",
    "mamba_d_conv",
    "mamba_proj_bias",
    "max_position_embeddings",
    "num_experts_per_tok",
    "rope_parameters",
    "router_aux_loss_coef",
    "time_step_limit",
)
_HYBRID = RoundTrip(
    "granitemoehybrid", GraniteMoeHybridConfig, HybridModelConfig, _carried, to_megatron, _NOT_CARRIED, ()
)
