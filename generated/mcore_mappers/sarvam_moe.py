"""SarvamMoEConfig to Megatron: Sarvam 30B."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.sarvam_moe.configuration_sarvam_moe import SarvamMoEConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels, mtp_layers
from mcore_mappers_runtime.layer_kinds import dense_first
from mcore_mappers_runtime.prediction import prediction_layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, experts, files, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: SarvamMoEConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("sarvam_moe", SarvamMoEConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    rope = gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers)
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
    hf: SarvamMoEConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("sarvam_moe", SarvamMoEConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
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
    hf: SarvamMoEConfig,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    experts.counted_shared_experts(check, hf)
    experts.chosen_groups(check, hf)
    experts.groups_of_two(check, hf)
    experts.router_of_groups(check, hf)
    experts.after_dense(check, hf)
    decoder.padding_token(check, hf)
    decoder.counted_mtp(check, hf)
    attention.given_head_dim(check, hf)
    decoder.causal_mask(check)
    files.ling(check)
    files.ling_2(check)
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
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        "moe_router_dtype": "fp32",
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        "mtp_num_layers": mtp_layers(hf.num_mtp_layers, caller),
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
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=hf.use_qk_norm,
        gated_linear_unit=True,
        activation_func=activation_func,
        # Query, key and value alone may have biases.
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        num_moe_experts=hf.n_routed_experts,
        moe_layer_freq=moe_layer_freq,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * hf.n_shared_experts or None,
        moe_router_topk=hf.num_experts_per_tok,
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        moe_router_enable_expert_bias=True,
        moe_router_num_groups=hf.n_group,
        moe_router_group_topk=hf.topk_group,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: SarvamMoEConfig | None = None) -> SarvamMoEConfig:
    """The SarvamMoEConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "sarvam_moe")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **experts.chosen_groups_back(transformer),
        **experts.routed_experts_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_rope_parameters(model, partial_rotary=True)
        ),
        "attention_bias": transformer.add_qkv_bias,
        "n_shared_experts": count_shared_experts(transformer),
        "first_k_dense_replace": experts_by_layer(model).count(0),
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "use_qk_norm": transformer.qk_layernorm,
        "num_mtp_layers": prediction_layers(transformer),
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "norm_topk_prob",
)
_GPT = RoundTrip("sarvam_moe", SarvamMoEConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("sarvam_moe", SarvamMoEConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
