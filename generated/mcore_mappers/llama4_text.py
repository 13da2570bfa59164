"""Llama4TextConfig to Megatron: The language model of Llama 4 without chunks and with one expert for each token; published ones have chunks."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from transformers.models.llama4.configuration_llama4 import Llama4TextConfig

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.hybrid import experts_by_layer
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.patterns import layer_indices
from mcore_mappers_runtime.positions import layers_with_rope, layers_without_rope, rope_skips
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.rope import gpt_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select
from mcore_mappers_runtime.windows import window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._fields import GPTFields, GPTModelFields, TransformerFields
from ._tables import ACTIVATIONS

check_versions("llama4_text")


def _expert_layers(hf: Llama4TextConfig, check: Check) -> list[int]:
    listed = layer_indices(check, "moe_layers", hf.moe_layers, hf.num_hidden_layers)
    return [int(layer in listed) for layer in range(hf.num_hidden_layers)]


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
# - output_router_logits: metadata or inference; chooses whether the scores are returned beside the
#   logits
# - floor_scale, attn_scale: metadata or inference; belongs to the scaling of queries by their
#   position, which no layer has
# - interleave_moe_layer_step: dead; says which moe_layers a config gets that is built without; those
#   decide
# - no_rope_layer_interval: dead; says which no_rope_layers a config gets that is built without; those
#   decide
# - router_jitter_noise: dead; the router of the class adds no noise
def to_megatron(hf: Llama4TextConfig, /, *, strict: bool = False, **caller: Unpack[GPTFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a Llama4TextConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("llama4_text", Llama4TextConfig, hf, caller, GPTFields)
    hf = check.plain(hf)
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if not 0 < hf.rms_norm_eps < inf:
        check.refuse("rms_norm_eps", hf.rms_norm_eps, "must be above zero")
    if hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
    if hf.head_dim <= 0:
        check.refuse("head_dim", hf.head_dim, "must be above zero")
    if hf.num_local_experts <= 0:
        check.refuse("num_local_experts", hf.num_local_experts, "must be above zero")
    if hf.intermediate_size <= 0:
        check.refuse("intermediate_size", hf.intermediate_size, "must be above zero")
    if hf.intermediate_size_mlp <= 0:
        check.refuse("intermediate_size_mlp", hf.intermediate_size_mlp, "must be above zero")
    if hf.attention_chunk_size is not None and hf.attention_chunk_size <= 0:
        check.refuse("attention_chunk_size", hf.attention_chunk_size, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if not 0 <= hf.router_aux_loss_coef < inf:
        check.refuse("router_aux_loss_coef", hf.router_aux_loss_coef, "must be zero or above")
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
                "must be False: it biases the output projection too, and Megatron has that bias only together with "
                "biases of every linear layer"
            ),
        )
    check.must_be(
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        (1,),
        "Megatron hard-wires it where a score multiplies what an expert gets",
    )
    dtype = checked_dtype(check, hf.dtype)
    rope = gpt_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        rotary_interleaved=True,
    )
    without_rope = layers_without_rope(check, "no_rope_layers", hf.no_rope_layers, hf.num_hidden_layers)
    expert_layers = _expert_layers(hf, check)
    if hf.num_key_value_heads and hf.num_attention_heads % hf.num_key_value_heads != 0:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must divide num_attention_heads: every group serves the same number of query heads",
        )
    if check.undeclared("original_max_position_embeddings") not in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    ):
        check.refuse(
            "original_max_position_embeddings",
            check.undeclared("original_max_position_embeddings"),
            "must be what rope_parameters says: transformers prefers it to that",
        )
    if hf.layer_types != ["full_attention"] * hf.num_hidden_layers:
        check.refuse(
            "layer_types", hf.layer_types, "must be 'full_attention' for every layer: its attention has no chunks"
        )
    if hf.attention_chunk_size is None:
        check.refuse(
            "attention_chunk_size",
            hf.attention_chunk_size,
            "must be given: transformers makes the mask of chunks even if no layer has them",
        )
    if hf.use_qk_norm and not all(without_rope) and any(without_rope):
        check.refuse(
            "use_qk_norm",
            hf.use_qk_norm,
            (
                "must be False where some layers have rope and some have none: transformers normalises in the former "
                "alone, and Megatron in all layers"
            ),
        )
    if hf.attn_temperature_tuning and any(without_rope):
        check.refuse(
            "attn_temperature_tuning",
            hf.attn_temperature_tuning,
            "must be False where a layer has no rope: Megatron does not scale queries by their position",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Close scores are told apart better; transformers takes at least the sigmoid in float32.
        "moe_router_dtype": "fp32",
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=True, rope=False),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        # Training only; left out where the caller balances in a way that has no coefficient.
        **load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef),
        **select(TransformerFields, caller),
    }
    model_settings: GPTModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(GPTModelFields, caller),
    }

    transformer = TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size_mlp,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class rotates pairs of neighbours.
        rotary_interleaved=True,
        # 1 for a layer without rope; in no_rope_layers it is 1 for one with it.
        no_rope_freq=rope_skips(without_rope),
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # Norms without weights, here after rope, with which they commute.
        qk_l2_norm=hf.use_qk_norm and not all(without_rope),
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        # No linear layer has a bias when attention_bias is False.
        add_bias_linear=False,
        num_moe_experts=hf.num_local_experts,
        moe_layer_freq=expert_layers,
        moe_ffn_hidden_size=hf.intermediate_size,
        moe_shared_expert_intermediate_size=hf.intermediate_size,
        # A score multiplies what its expert gets, not what it gives.
        moe_apply_probs_on_input=True,
        # The only number with which a score can multiply what an expert gets.
        moe_router_topk=1,
        # Hugging Face has no flag: the class scores with a sigmoid.
        moe_router_score_function="sigmoid",
        **settings,
    )
    return GPTModelConfig(
        transformer=with_yarn(transformer, rope.yarn),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type=rope.position_embedding_type,
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=rope.seq_len_interpolation_factor,
        rope_scaling=rope.rope_scaling,
        rope_scaling_factor=rope.rope_scaling_factor,
        extra_checkpoint_metadata=provenance("llama4_text", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_hf(model: GPTModelConfig, /, *, base: Llama4TextConfig | None = None) -> Llama4TextConfig:
    """The Llama4TextConfig of the same model.

    Args:
        model: a GPTModelConfig; what it says always wins.
        base: supplies what Megatron does not carry; else the provenance in the model does, else class defaults.

    Raises:
        UnsupportedConfigError: the model is none of this family; lists every differing field.
        TypeError: `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without base and provenance.
    """
    return restore(_WAY, model, base)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "llama4_text")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_hidden_layers": transformer.num_layers,
        "hidden_size": transformer.hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "attention_dropout": transformer.attention_dropout,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "rope_parameters": gpt_rope_parameters(model),
        "no_rope_layers": layers_with_rope(model),
        "attention_bias": False,
        "layer_types": ["full_attention" for _ in window_types(model)],
        "attention_chunk_size": NOT_CARRIED,
        "use_qk_norm": transformer.qk_l2_norm,
        "attn_temperature_tuning": False,
        "moe_layers": [layer for layer, experts in enumerate(experts_by_layer(model)) if experts],
        "num_local_experts": transformer.num_moe_experts,
        "intermediate_size_mlp": transformer.ffn_hidden_size,
        "intermediate_size": transformer.moe_ffn_hidden_size,
        "num_experts_per_tok": 1,
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "attention_chunk_size",
    "attn_scale",
    "bos_token_id",
    "chunk_size_feed_forward",
    "eos_token_id",
    "floor_scale",
    "id2label",
    "interleave_moe_layer_step",
    "label2id",
    "max_position_embeddings",
    "no_rope_layer_interval",
    "output_hidden_states",
    "output_router_logits",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "router_aux_loss_coef",
    "router_jitter_noise",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="llama4_text",
    config_class=Llama4TextConfig,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)
