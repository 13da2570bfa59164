"""DeepseekV32Config to Megatron: DeepSeek-V3.2."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.deepseek_v32.configuration_deepseek_v32 import DeepseekV32Config

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import count_shared_experts, load_balancing
from mcore_mappers_runtime.hybrid import mixers, of_mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers
from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import mla_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields


def to_megatron(
    hf: DeepseekV32Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("deepseek_v32", DeepseekV32Config, hf, caller, GPTMLAFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers, moe_layer_freq=expert_layers)
    return GPTModelConfig(
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
    hf: DeepseekV32Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridMLAFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("deepseek_v32", DeepseekV32Config, hf, caller, HybridMLAFields, strict=strict, layers=layers)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    mixers = "D" * hf.num_hidden_layers
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return HybridModelConfig(
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
    hf: DeepseekV32Config,
    rope: MLARope,
    caller: GPTMLAFields | HybridMLAFields,
    *,
    num_layers: int,
    moe_layer_freq: int | list[int] = 1,
    is_hybrid_model: bool = False,
) -> MLATransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        intermediate_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    experts.counted_shared_experts(check, hf)
    stack.numbered_layers(check, hf)
    attention.sparse(check, hf)
    attention.latent(check, hf)
    experts.groups_of_two(check, hf)
    experts.chosen_groups(check, hf)
    attention.rope_dim(check, hf)
    experts.router_of_groups(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.must_be(
        "attention_dropout",
        hf.attention_dropout,
        (0.0,),
        "above zero, the class drops a part of the weights of sparse attention in training, and Megatron has "
        "no such dropout",
    )
    decoder.causal_mask(check)
    check.if_set("indexer_rope_interleave", (False,), "the indexer of the class rotates the halves of a head")
    experts.experts_after_dense(check)
    check.if_set("rope_interleave", (True,), "attention of the class rotates pairs of neighbours")
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
        # Megatron's sparse attention drops nothing, whatever this says.
        "attention_dropout": 0.0,
        "init_method_std": hf.initializer_range,
        **select(MLATransformerFields, caller),
    }
    return MLATransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.v_head_dim,
        multi_latent_attention=True,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        q_lora_rank=hf.q_lora_rank,
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
        experimental_attention_variant="dsa",
        dsa_indexer_n_heads=hf.index_n_heads,
        dsa_indexer_head_dim=hf.index_head_dim,
        dsa_indexer_topk=hf.index_topk,
        dsa_indexer_rotate_activation=False,
        dsa_indexer_k_norm_epsilon=1e-06,
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


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: DeepseekV32Config | None = None) -> DeepseekV32Config:
    """The DeepseekV32Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "deepseek_v32")
    return {
        **attention.latent_back(transformer),
        **attention.sparse_back(transformer),
        **decoder.language_model_back(model, transformer),
        **experts.chosen_groups_back(transformer),
        **experts.routed_experts_back(transformer),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_attention_heads": transformer.num_attention_heads,
        "n_shared_experts": count_shared_experts(transformer),
        "q_lora_rank": transformer.q_lora_rank,
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "rope_parameters": mla_rope_parameters(model),
        "mlp_layer_types": mlp_types(model),
        "attention_dropout": 0.0,
        "head_dim": transformer.qk_pos_emb_head_dim,
        "layer_types": ["indexed_attention"] * len(of_mixers(model, range(model.transformer.num_layers))),
    }


_NOT_CARRIED = (
    *attention.SPARSE_UNREAD,
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "norm_topk_prob",
)
_GPT = RoundTrip(
    "deepseek_v32", DeepseekV32Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("qk_head_dim",)
)
_HYBRID = RoundTrip(
    "deepseek_v32", DeepseekV32Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ("qk_head_dim",)
)
