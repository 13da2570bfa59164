"""DeepseekV32Config to Megatron: DeepSeek-V3.2."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.deepseek_v32.configuration_deepseek_v32 import DeepseekV32Config

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import mixers, of_mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.rope import mla_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import mla_rope_parameters
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select

from ._fields import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields
from ._tables import ACTIVATIONS

check_versions("deepseek_v32")


def _n_shared_experts_of(transformer: MLATransformerConfig) -> int:
    shared, width = transformer.moe_shared_expert_intermediate_size, transformer.moe_ffn_hidden_size
    return shared // width if shared and width else 0


# Not read, because it does not decide what the model computes:
# - transformers_version, architectures: metadata or inference; describes the file or the checkpoint,
#   not the computation
# - output_hidden_states, return_dict: metadata or inference; chooses what a forward call returns, not
#   what it computes
# - id2label, label2id, problem_type: metadata or inference; belongs to classification heads, which a
#   language model has not
# - gradient_checkpointing: metadata or inference; trades memory for time, and computes the same
# - tie_last_hidden_states: metadata or inference; chooses which hidden states are returned beside the
#   logits
# - chunk_size_feed_forward: dead; no causal language model of these families computes in chunks
# - use_cache: metadata or inference; keys and values are kept for generation only
# - bos_token_id, eos_token_id: metadata or inference; read by generation and tokenizers only
# - pad_token_id: padding token; its embedding row starts at zero and gets no gradient; what other
#   tokens compute does not depend on it
# - qk_head_dim: dead; derived from the two parts of a head; the model adds them itself
# - mlp_bias: dead; no MLP of the class has a bias, whatever this says
# - first_k_dense_replace: dead; says which mlp_layer_types a config gets that is built without; those
#   decide
# - output_router_logits: metadata or inference; chooses whether the scores are returned beside the
#   logits
def to_megatron(hf: DeepseekV32Config, /, *, strict: bool = False, **caller: Unpack[GPTMLAFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a DeepseekV32Config, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: mla_latent_norm_eps.
    """
    check = Check("deepseek_v32", DeepseekV32Config, hf, caller, GPTMLAFields)
    hf = check.plain(hf)
    check.integers(n_routed_experts=hf.n_routed_experts)
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.intermediate_size <= 0:
        check.refuse("intermediate_size", hf.intermediate_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if not 0 < hf.rms_norm_eps < inf:
        check.refuse("rms_norm_eps", hf.rms_norm_eps, "must be above zero")
    if hf.q_lora_rank <= 0:
        check.refuse("q_lora_rank", hf.q_lora_rank, "must be above zero")
    if hf.kv_lora_rank <= 0:
        check.refuse("kv_lora_rank", hf.kv_lora_rank, "must be above zero")
    if hf.qk_nope_head_dim <= 0:
        check.refuse("qk_nope_head_dim", hf.qk_nope_head_dim, "must be above zero")
    if hf.qk_rope_head_dim <= 0:
        check.refuse("qk_rope_head_dim", hf.qk_rope_head_dim, "must be above zero")
    if hf.v_head_dim <= 0:
        check.refuse("v_head_dim", hf.v_head_dim, "must be above zero")
    if hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
    if hf.index_n_heads <= 0:
        check.refuse("index_n_heads", hf.index_n_heads, "must be above zero")
    if hf.index_head_dim <= 0:
        check.refuse("index_head_dim", hf.index_head_dim, "must be above zero")
    if hf.index_topk <= 0:
        check.refuse("index_topk", hf.index_topk, "must be above zero")
    if hf.head_dim <= 0:
        check.refuse("head_dim", hf.head_dim, "must be above zero")
    if hf.num_experts_per_tok <= 0:
        check.refuse("num_experts_per_tok", hf.num_experts_per_tok, "must be above zero")
    if hf.n_group <= 0:
        check.refuse("n_group", hf.n_group, "must be above zero")
    if hf.topk_group <= 0:
        check.refuse("topk_group", hf.topk_group, "must be above zero")
    if not 0 < hf.routed_scaling_factor < inf:
        check.refuse("routed_scaling_factor", hf.routed_scaling_factor, "must be above zero")
    if hf.n_routed_experts <= 0:
        check.refuse("n_routed_experts", hf.n_routed_experts, "must be above zero")
    if hf.moe_intermediate_size <= 0:
        check.refuse("moe_intermediate_size", hf.moe_intermediate_size, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if hf.n_shared_experts < 0:
        check.refuse("n_shared_experts", hf.n_shared_experts, "must be zero or above")
    if not 0 <= hf.attention_dropout < 1:
        check.refuse("attention_dropout", hf.attention_dropout, "must be at least zero and below one")
    if hf.is_encoder_decoder is not False:
        check.refuse(
            "is_encoder_decoder",
            hf.is_encoder_decoder,
            "must be False: the causal language models of transformers are decoders, and so are Megatron's",
        )
    check.if_set(
        "is_causal",
        (True,),
        "masks of attention to later tokens are what the language models of both sides are trained with",
    )
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    if hf.attention_bias is not False:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            (
                "must be False: it biases the projections to the latents and from the attention, and Megatron has no "
                "biases there alone"
            ),
        )
    check.if_set("scoring_func", ("sigmoid",), "the class scores experts with a sigmoid")
    check.if_set("topk_method", ("noaux_tc",), "the class chooses experts by groups and a bias")
    check.if_set("moe_layer_freq", (1,), "every layer after the dense ones has experts")
    dtype = checked_dtype(check, hf.dtype)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    if check.undeclared("original_max_position_embeddings") not in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    ):
        check.refuse(
            "original_max_position_embeddings",
            check.undeclared("original_max_position_embeddings"),
            "must be what rope_parameters says: transformers prefers it to that",
        )
    if hf.num_key_value_heads != hf.num_attention_heads:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must equal num_attention_heads: latent attention has keys and values for every head",
        )
    check.deviation(
        "mla_latent_norm_eps",
        applies=hf.rms_norm_eps != 1e-6,
        within=hf.rms_norm_eps <= 1e-5,
        field="rms_norm_eps",
        value=hf.rms_norm_eps,
        reason=(
            "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
            "with layernorm_epsilon; published checkpoints have 1e-5 at most"
        ),
    )
    if not hf.index_head_dim >= hf.qk_rope_head_dim:
        check.refuse("index_head_dim", hf.index_head_dim, "must be at least qk_rope_head_dim: so much of it is rotated")
    if hf.head_dim != hf.qk_rope_head_dim:
        check.refuse(
            "head_dim", hf.head_dim, "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"
        )
    if hf.layer_types != ["indexed_attention"] * hf.num_hidden_layers:
        check.refuse(
            "layer_types",
            hf.layer_types,
            (
                "must be indexed_attention in every layer: the class has no other, and keeps what the indexer needs "
                "for it"
            ),
        )
    if hf.topk_group and hf.n_group and not hf.topk_group <= hf.n_group:
        check.refuse("topk_group", hf.topk_group, "must be at most n_group")
    if (
        hf.num_experts_per_tok
        and hf.topk_group
        and hf.topk_group != hf.n_group
        and hf.num_experts_per_tok // hf.topk_group != 2
    ):
        check.refuse(
            "topk_group",
            hf.topk_group,
            (
                "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
                "num_experts_per_tok // topk_group best experts, and transformers by that of two"
            ),
        )
    if hf.num_experts_per_tok and bool(hf.norm_topk_prob) != (hf.num_experts_per_tok > 1):
        check.refuse(
            "norm_topk_prob",
            hf.norm_topk_prob,
            (
                "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and "
                "leave the score of a single one as it is"
            ),
        )
    if hf.num_experts_per_tok and not hf.num_experts_per_tok <= hf.n_routed_experts:
        check.refuse("num_experts_per_tok", hf.num_experts_per_tok, "must be at most n_routed_experts")
    if hf.n_group and (hf.n_routed_experts % hf.n_group != 0 or not hf.n_routed_experts >= 2 * hf.n_group):
        check.refuse(
            "n_group",
            hf.n_group,
            "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
        )
    deviations = check.finish(strict=strict)

    settings: MLATransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Both sides score in float32, whatever the weights are.
        "moe_router_dtype": "fp32",
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=True, rope=False),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        # Training only; left out where the caller balances in a way that has no coefficient.
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        **select(MLATransformerFields, caller),
    }
    model_settings: GPTModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(GPTModelFields, caller),
    }

    transformer = MLATransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        # The width of a head of the attention's output; latent attention reads nothing else from it.
        kv_channels=hf.v_head_dim,
        # Queries, keys and values go through latents of low rank.
        multi_latent_attention=True,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # The norms of both latents.
        qk_layernorm=True,
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        # No linear layer has a bias when attention_bias is False.
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
        # Every layer has an indexer, or uses that of another.
        experimental_attention_variant="dsa",
        dsa_indexer_n_heads=hf.index_n_heads,
        dsa_indexer_head_dim=hf.index_head_dim,
        dsa_indexer_topk=hf.index_topk,
        # transformers leaves out the Hadamard transform: it is orthogonal, and products of vectors keep their
        # value.
        dsa_indexer_rotate_activation=False,
        # Hugging Face has no field: the norm of the indexer's keys.
        dsa_indexer_k_norm_epsilon=1e-06,
        num_moe_experts=hf.n_routed_experts,
        moe_layer_freq=expert_layers,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        # One shared MLP, as wide as all shared experts together.
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * hf.n_shared_experts or None,
        moe_router_topk=hf.num_experts_per_tok,
        # Hugging Face has no flag: the class scores with a sigmoid.
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        # e_score_correction_bias, which every such router has.
        moe_router_enable_expert_bias=True,
        moe_router_num_groups=hf.n_group,
        moe_router_group_topk=hf.topk_group,
        **settings,
    )
    return GPTModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        # The kind of rope of latent attention is rope_type.
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        extra_checkpoint_metadata=provenance("deepseek_v32", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_megatron_hybrid(
    hf: DeepseekV32Config, /, *, strict: bool = False, **caller: Unpack[HybridMLAFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a DeepseekV32Config, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: mla_latent_norm_eps.
    """
    check = Check("deepseek_v32", DeepseekV32Config, hf, caller, HybridMLAFields)
    hf = check.plain(hf)
    check.integers(n_routed_experts=hf.n_routed_experts)
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.intermediate_size <= 0:
        check.refuse("intermediate_size", hf.intermediate_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if not 0 < hf.rms_norm_eps < inf:
        check.refuse("rms_norm_eps", hf.rms_norm_eps, "must be above zero")
    if hf.q_lora_rank <= 0:
        check.refuse("q_lora_rank", hf.q_lora_rank, "must be above zero")
    if hf.kv_lora_rank <= 0:
        check.refuse("kv_lora_rank", hf.kv_lora_rank, "must be above zero")
    if hf.qk_nope_head_dim <= 0:
        check.refuse("qk_nope_head_dim", hf.qk_nope_head_dim, "must be above zero")
    if hf.qk_rope_head_dim <= 0:
        check.refuse("qk_rope_head_dim", hf.qk_rope_head_dim, "must be above zero")
    if hf.v_head_dim <= 0:
        check.refuse("v_head_dim", hf.v_head_dim, "must be above zero")
    if hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
    if hf.index_n_heads <= 0:
        check.refuse("index_n_heads", hf.index_n_heads, "must be above zero")
    if hf.index_head_dim <= 0:
        check.refuse("index_head_dim", hf.index_head_dim, "must be above zero")
    if hf.index_topk <= 0:
        check.refuse("index_topk", hf.index_topk, "must be above zero")
    if hf.head_dim <= 0:
        check.refuse("head_dim", hf.head_dim, "must be above zero")
    if hf.num_experts_per_tok <= 0:
        check.refuse("num_experts_per_tok", hf.num_experts_per_tok, "must be above zero")
    if hf.n_group <= 0:
        check.refuse("n_group", hf.n_group, "must be above zero")
    if hf.topk_group <= 0:
        check.refuse("topk_group", hf.topk_group, "must be above zero")
    if not 0 < hf.routed_scaling_factor < inf:
        check.refuse("routed_scaling_factor", hf.routed_scaling_factor, "must be above zero")
    if hf.n_routed_experts <= 0:
        check.refuse("n_routed_experts", hf.n_routed_experts, "must be above zero")
    if hf.moe_intermediate_size <= 0:
        check.refuse("moe_intermediate_size", hf.moe_intermediate_size, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if hf.n_shared_experts < 0:
        check.refuse("n_shared_experts", hf.n_shared_experts, "must be zero or above")
    if not 0 <= hf.attention_dropout < 1:
        check.refuse("attention_dropout", hf.attention_dropout, "must be at least zero and below one")
    if hf.is_encoder_decoder is not False:
        check.refuse(
            "is_encoder_decoder",
            hf.is_encoder_decoder,
            "must be False: the causal language models of transformers are decoders, and so are Megatron's",
        )
    check.if_set(
        "is_causal",
        (True,),
        "masks of attention to later tokens are what the language models of both sides are trained with",
    )
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    if hf.attention_bias is not False:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            (
                "must be False: it biases the projections to the latents and from the attention, and Megatron has no "
                "biases there alone"
            ),
        )
    check.if_set("scoring_func", ("sigmoid",), "the class scores experts with a sigmoid")
    check.if_set("topk_method", ("noaux_tc",), "the class chooses experts by groups and a bias")
    dtype = checked_dtype(check, hf.dtype)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    expert_layers = sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)
    pattern = two_symbols("D" * hf.num_hidden_layers, expert_layers)
    if check.undeclared("original_max_position_embeddings") not in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    ):
        check.refuse(
            "original_max_position_embeddings",
            check.undeclared("original_max_position_embeddings"),
            "must be what rope_parameters says: transformers prefers it to that",
        )
    if hf.num_key_value_heads != hf.num_attention_heads:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must equal num_attention_heads: latent attention has keys and values for every head",
        )
    check.deviation(
        "mla_latent_norm_eps",
        applies=hf.rms_norm_eps != 1e-6,
        within=hf.rms_norm_eps <= 1e-5,
        field="rms_norm_eps",
        value=hf.rms_norm_eps,
        reason=(
            "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
            "with layernorm_epsilon; published checkpoints have 1e-5 at most"
        ),
    )
    if not hf.index_head_dim >= hf.qk_rope_head_dim:
        check.refuse("index_head_dim", hf.index_head_dim, "must be at least qk_rope_head_dim: so much of it is rotated")
    if hf.head_dim != hf.qk_rope_head_dim:
        check.refuse(
            "head_dim", hf.head_dim, "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"
        )
    if hf.layer_types != ["indexed_attention"] * hf.num_hidden_layers:
        check.refuse(
            "layer_types",
            hf.layer_types,
            (
                "must be indexed_attention in every layer: the class has no other, and keeps what the indexer needs "
                "for it"
            ),
        )
    if hf.topk_group and hf.n_group and not hf.topk_group <= hf.n_group:
        check.refuse("topk_group", hf.topk_group, "must be at most n_group")
    if (
        hf.num_experts_per_tok
        and hf.topk_group
        and hf.topk_group != hf.n_group
        and hf.num_experts_per_tok // hf.topk_group != 2
    ):
        check.refuse(
            "topk_group",
            hf.topk_group,
            (
                "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
                "num_experts_per_tok // topk_group best experts, and transformers by that of two"
            ),
        )
    if hf.num_experts_per_tok and bool(hf.norm_topk_prob) != (hf.num_experts_per_tok > 1):
        check.refuse(
            "norm_topk_prob",
            hf.norm_topk_prob,
            (
                "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and "
                "leave the score of a single one as it is"
            ),
        )
    if hf.num_experts_per_tok and not hf.num_experts_per_tok <= hf.n_routed_experts:
        check.refuse("num_experts_per_tok", hf.num_experts_per_tok, "must be at most n_routed_experts")
    if hf.n_group and (hf.n_routed_experts % hf.n_group != 0 or not hf.n_routed_experts >= 2 * hf.n_group):
        check.refuse(
            "n_group",
            hf.n_group,
            "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
        )
    deviations = check.finish(strict=strict)

    settings: MLATransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Both sides score in float32, whatever the weights are.
        "moe_router_dtype": "fp32",
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=True, rope=False),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        # Training only; left out where the caller balances in a way that has no coefficient.
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        **select(MLATransformerFields, caller),
    }
    model_settings: HybridModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(HybridModelFields, caller),
    }

    transformer = MLATransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        # The width of a head of the attention's output; latent attention reads nothing else from it.
        kv_channels=hf.v_head_dim,
        # Queries, keys and values go through latents of low rank.
        multi_latent_attention=True,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # The norms of both latents.
        qk_layernorm=True,
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        # No linear layer has a bias when attention_bias is False.
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
        # Every layer has an indexer, or uses that of another.
        experimental_attention_variant="dsa",
        dsa_indexer_n_heads=hf.index_n_heads,
        dsa_indexer_head_dim=hf.index_head_dim,
        dsa_indexer_topk=hf.index_topk,
        # transformers leaves out the Hadamard transform: it is orthogonal, and products of vectors keep their
        # value.
        dsa_indexer_rotate_activation=False,
        # Hugging Face has no field: the norm of the indexer's keys.
        dsa_indexer_k_norm_epsilon=1e-06,
        num_moe_experts=hf.n_routed_experts,
        moe_ffn_hidden_size=hf.moe_intermediate_size,
        # One shared MLP, as wide as all shared experts together.
        moe_shared_expert_intermediate_size=hf.moe_intermediate_size * hf.n_shared_experts or None,
        moe_router_topk=hf.num_experts_per_tok,
        # Hugging Face has no flag: the class scores with a sigmoid.
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor,
        # e_score_correction_bias, which every such router has.
        moe_router_enable_expert_bias=True,
        moe_router_num_groups=hf.n_group,
        moe_router_group_topk=hf.topk_group,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        **settings,
    )
    return HybridModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        # The kind of rope of latent attention is rope_type.
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        hybrid_layer_pattern=pattern.full(settings, caller),
        extra_checkpoint_metadata=provenance("deepseek_v32", deviations, kept(hf, _WAY_HYBRID), caller),
        **model_settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: DeepseekV32Config | None = None) -> DeepseekV32Config:
    """The DeepseekV32Config of the same model.

    Args:
        model: a GPTModelConfig or a HybridModelConfig; what it says always wins.
        base: supplies what Megatron does not carry; else the provenance in the model does, else class defaults.

    Raises:
        UnsupportedConfigError: the model is none of this family; lists every differing field.
        TypeError: `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without base and provenance.
    """
    if isinstance(model, HybridModelConfig):
        return restore(_WAY_HYBRID, model, base)
    return restore(_WAY, model, base)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "deepseek_v32")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_hidden_layers": transformer.num_layers,
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "attention_dropout": transformer.attention_dropout,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "q_lora_rank": transformer.q_lora_rank,
        "kv_lora_rank": transformer.kv_lora_rank,
        "qk_nope_head_dim": transformer.qk_head_dim,
        "qk_rope_head_dim": transformer.qk_pos_emb_head_dim,
        "v_head_dim": transformer.v_head_dim,
        "num_key_value_heads": transformer.num_query_groups,
        "attention_bias": False,
        "rope_parameters": mla_rope_parameters(model),
        "index_n_heads": transformer.dsa_indexer_n_heads,
        "index_head_dim": transformer.dsa_indexer_head_dim,
        "index_topk": transformer.dsa_indexer_topk,
        "head_dim": transformer.qk_pos_emb_head_dim,
        "layer_types": ["indexed_attention"] * len(of_mixers(model, range(model.transformer.num_layers))),
        "mlp_layer_types": mlp_types(model),
        "num_experts_per_tok": transformer.moe_router_topk,
        "routed_scaling_factor": transformer.moe_router_topk_scaling_factor,
        "n_group": transformer.moe_router_num_groups,
        "topk_group": transformer.moe_router_group_topk,
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "n_shared_experts": _n_shared_experts_of(transformer),
        "n_routed_experts": transformer.num_moe_experts,
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "bos_token_id",
    "chunk_size_feed_forward",
    "eos_token_id",
    "first_k_dense_replace",
    "id2label",
    "label2id",
    "max_position_embeddings",
    "mlp_bias",
    "norm_topk_prob",
    "output_hidden_states",
    "output_router_logits",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="deepseek_v32",
    config_class=DeepseekV32Config,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=("qk_head_dim",),
)


def _carried_hybrid(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "deepseek_v32")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "attention_dropout": transformer.attention_dropout,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "q_lora_rank": transformer.q_lora_rank,
        "kv_lora_rank": transformer.kv_lora_rank,
        "qk_nope_head_dim": transformer.qk_head_dim,
        "qk_rope_head_dim": transformer.qk_pos_emb_head_dim,
        "v_head_dim": transformer.v_head_dim,
        "num_key_value_heads": transformer.num_query_groups,
        "attention_bias": False,
        "rope_parameters": mla_rope_parameters(model),
        "index_n_heads": transformer.dsa_indexer_n_heads,
        "index_head_dim": transformer.dsa_indexer_head_dim,
        "index_topk": transformer.dsa_indexer_topk,
        "head_dim": transformer.qk_pos_emb_head_dim,
        "layer_types": ["indexed_attention"] * len(of_mixers(model, range(model.transformer.num_layers))),
        "mlp_layer_types": mlp_types(model),
        "num_experts_per_tok": transformer.moe_router_topk,
        "routed_scaling_factor": transformer.moe_router_topk_scaling_factor,
        "n_group": transformer.moe_router_num_groups,
        "topk_group": transformer.moe_router_group_topk,
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "n_shared_experts": _n_shared_experts_of(transformer),
        "n_routed_experts": transformer.num_moe_experts,
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        "num_hidden_layers": len(mixers(model)),
    }


_WAY_HYBRID = Way(
    family="deepseek_v32",
    config_class=DeepseekV32Config,
    model_class=HybridModelConfig,
    carried=_carried_hybrid,
    to_megatron=to_megatron_hybrid,
    not_carried=_NOT_CARRIED,
    derived=("qk_head_dim",),
)
