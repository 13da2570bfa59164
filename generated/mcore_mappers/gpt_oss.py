"""GptOssConfig to Megatron: gpt-oss 20b and 120b."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.fusions.fused_bias_geglu import quick_gelu
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.gpt_oss.configuration_gpt_oss import GptOssConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import by_symbol, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import sliding_layers, window_reach, window_skips, window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, mlp, positions, stack
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: GptOssConfig) -> Layers:
    return Layers(moe_router_norm_min=0.0 if hf.num_experts_per_tok == 1 else None)


def to_megatron(
    hf: GptOssConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt_oss", GptOssConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = [1] * hf.num_hidden_layers
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(
        check,
        hf,
        rope,
        sliding,
        caller,
        num_layers=hf.num_hidden_layers,
        window_attn_skip_freq=window_skips(sliding),
        moe_layer_freq=expert_layers,
    )
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
    hf: GptOssConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt_oss", GptOssConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [1] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check,
        hf,
        rope,
        sliding,
        caller,
        num_layers=len(pattern.main),
        window_attn_skip_freq=by_symbol(window_skips(sliding)),
        is_hybrid_model=True,
    )
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


# Not read, because it does not decide what the model computes:
# - hidden_act: dead: the experts of the class compute a clamped gate of their own


def _transformer(
    check: Check,
    hf: GptOssConfig,
    rope: GPTRope | HybridRope,
    sliding: list[int],
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    window_attn_skip_freq: int | list[int] | None,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(sliding_window=hf.sliding_window)
    dtype = checked_dtype(check, hf.dtype)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    stack.numbered_layers(check, hf)
    experts.local_experts(check, hf)
    decoder.sizes_without_padding(check, hf)
    attention.given_head_dim(check, hf)
    attention.grouped_query(check, hf)
    check.require(
        hf.sliding_window is not None,
        "sliding_window",
        hf.sliding_window,
        "must be given: transformers makes a mask with it, whether a layer uses it or not",
    )
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    experts.normalised(check, hf)
    mlp.clamped_gate(check, hf)
    experts.balanced_by_loss(check, hf)
    decoder.padding_token(check, hf)
    check.must_be(
        "attention_bias",
        hf.attention_bias,
        (True,),
        "experts and routers have biases always, and Megatron has those only together with biases of attention",
    )
    decoder.causal_mask(check)
    check.restates(
        "experts_per_token", "num_experts_per_tok", "OpenAI's own code reads this name, and the class the other"
    )
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=quick_gelu,
            gated_linear_unit=True,
            add_bias_linear=True,
            num_moe_experts=hf.num_local_experts,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef),
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
        # sinks, one for each head: Hugging Face has no flag.
        softmax_type="learnable",
        window_size=window_reach(hf.sliding_window, sliding),
        window_attn_skip_freq=window_attn_skip_freq,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=quick_gelu,
        # All projections, experts and routers of the class have biases.
        add_bias_linear=True,
        activation_func_clamp_value=hf.swiglu_limit,
        glu_linear_offset=1.0,
        num_moe_experts=hf.num_local_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.intermediate_size,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_pre_softmax=hf.num_experts_per_tok == 1,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: GptOssConfig | None = None) -> GptOssConfig:
    """The GptOssConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "gpt_oss")
    return {
        **decoder.language_model_back(model, transformer),
        **experts.local_experts_back(transformer),
        **mlp.clamped_gate_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.moe_ffn_hidden_size,
        "head_dim": transformer.kv_channels,
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "sliding_window": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "attention_dropout": transformer.attention_dropout,
        "layer_types": window_types(model),
        "attention_bias": True,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "hidden_act",
    "max_position_embeddings",
    "router_aux_loss_coef",
    "sliding_window",
)
_GPT = RoundTrip("gpt_oss", GptOssConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("gpt_oss", GptOssConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
