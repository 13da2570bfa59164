"""NemotronHConfig to Megatron: Nemotron-H, Nemotron Nano 2 and Nemotron 3."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.nemotron_h.configuration_nemotron_h import NemotronHConfig

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.kernels import kernels, mtp_layers
from mcore_mappers_runtime.patterns import hybrid_pattern, layer_types, mtp_layer_types
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select

from ._fields import HybridFields, HybridModelFields, TransformerFields
from ._tables import ACTIVATIONS, LAYER_SYMBOLS

check_versions("nemotron_h")


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
# - output_router_logits: metadata or inference; chooses whether the scores are returned beside the
#   logits
# - time_step_max, time_step_floor: initialisation only; draws the initial time steps of new Mamba
#   layers
# - rescale_prenorm_residual: initialisation only; scales the initial weights of Mamba's output
#   projection
# - time_step_limit: dead; the class clamps at time_step_min instead
# - expand: dead; the width of a Mamba layer is mamba_num_heads * mamba_head_dim
# - use_mamba_kernels: metadata or inference; kernels are chosen by what is installed; the class only
#   warns
# - mamba_ssm_cache_dtype: dead; states are cached for generation only
# - hybrid_override_pattern: dead; layers_block_type, spelt as Megatron does
# - mtp_hybrid_override_pattern: dead; mtp_layers_block_type, spelt as Megatron does
# - n_shared_experts: dead; moe_shared_expert_intermediate_size is the width of all of them
# - moe_shared_expert_overlap: dead; asks for a schedule that the class does not have
# - hidden_dropout: dead; the class has no dropout on the residual stream
# - residual_in_fp32: dead; the class adds residuals in the dtype of its weights
# - pad_token_id: dead; the embedding of the class has no padding row
# - num_logits_to_keep: metadata or inference; chooses how many logits generation asks for
# - sliding_window: metadata or inference; only the cache of generation looks here; the mask has no
#   window
def to_megatron(hf: NemotronHConfig, /, *, strict: bool = False, **caller: Unpack[HybridFields]) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a NemotronHConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: mamba_dt_clamp.
    """
    check = Check("nemotron_h", NemotronHConfig, hf, caller, HybridFields)
    hf = check.plain(hf)
    check.integers(n_routed_experts=hf.n_routed_experts)
    if hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
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
    if hf.ssm_state_size <= 0:
        check.refuse("ssm_state_size", hf.ssm_state_size, "must be above zero")
    if hf.mamba_num_heads <= 0:
        check.refuse("mamba_num_heads", hf.mamba_num_heads, "must be above zero")
    if hf.mamba_head_dim <= 0:
        check.refuse("mamba_head_dim", hf.mamba_head_dim, "must be above zero")
    if hf.n_groups <= 0:
        check.refuse("n_groups", hf.n_groups, "must be above zero")
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.intermediate_size <= 0:
        check.refuse("intermediate_size", hf.intermediate_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.head_dim <= 0:
        check.refuse("head_dim", hf.head_dim, "must be above zero")
    if not 0 < hf.layer_norm_epsilon < inf:
        check.refuse("layer_norm_epsilon", hf.layer_norm_epsilon, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if hf.moe_intermediate_size <= 0:
        check.refuse("moe_intermediate_size", hf.moe_intermediate_size, "must be above zero")
    if hf.moe_shared_expert_intermediate_size <= 0:
        check.refuse(
            "moe_shared_expert_intermediate_size", hf.moe_shared_expert_intermediate_size, "must be above zero"
        )
    if hf.moe_latent_size is not None and hf.moe_latent_size <= 0:
        check.refuse("moe_latent_size", hf.moe_latent_size, "must be above zero")
    if not 0 <= hf.time_step_min < inf:
        check.refuse("time_step_min", hf.time_step_min, "must be zero or above")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if hf.num_nextn_predict_layers < 0:
        check.refuse("num_nextn_predict_layers", hf.num_nextn_predict_layers, "must be zero or above")
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
    if hf.mamba_proj_bias is not False:
        check.refuse(
            "mamba_proj_bias",
            hf.mamba_proj_bias,
            "must be False: the class has no such bias, whatever a checkpoint's own code had",
        )
    activation_func = check.choice("mlp_hidden_act", hf.mlp_hidden_act, ACTIVATIONS)
    if hf.tie_word_embeddings is not False:
        check.refuse(
            "tie_word_embeddings",
            hf.tie_word_embeddings,
            (
                "must be False: the class keeps an output layer of its own whatever this says, so a checkpoint that "
                "ties them computes something else"
            ),
        )
    if hf.attention_bias is not False:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            "must be False: the class has no such bias, whatever a checkpoint's own code had",
        )
    dtype = checked_dtype(check, hf.dtype)
    pattern = hybrid_pattern(
        check,
        LAYER_SYMBOLS,
        ("layers_block_type", hf.layers_block_type),
        ("mtp_layers_block_type", hf.mtp_layers_block_type),
        hf.num_nextn_predict_layers,
    )
    if hf.num_key_value_heads and hf.num_attention_heads % hf.num_key_value_heads != 0:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must divide num_attention_heads: every group serves the same number of query heads",
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
    if "M" in pattern.layers and not hf.n_groups < 1 and hf.mamba_num_heads % hf.n_groups != 0:
        check.refuse("n_groups", hf.n_groups, "must divide mamba_num_heads")
    if "M" in pattern.layers and hf.conv_kernel != 4:
        check.refuse("conv_kernel", hf.conv_kernel, "must be 4, which Megatron's Mamba layers hard-wire")
    if "M" in pattern.layers and not hf.use_conv_bias:
        check.refuse("use_conv_bias", hf.use_conv_bias, "must be True, which Megatron's Mamba layers hard-wire")
    if "M" in pattern.layers and hf.use_bias:
        check.refuse("use_bias", hf.use_bias, "must be False: Megatron's Mamba projections have no biases")
    if "M" in pattern.layers and hf.mamba_hidden_act not in ("silu", "swish"):
        check.refuse("mamba_hidden_act", hf.mamba_hidden_act, "must be 'silu', which Megatron's Mamba layers hard-wire")
    if "M" in pattern.layers and hf.layer_norm_epsilon != 1e-5:
        check.refuse(
            "layer_norm_epsilon",
            hf.layer_norm_epsilon,
            "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
        )
    if not hf.chunk_size > 0:
        check.refuse("chunk_size", hf.chunk_size, "must be above zero; any such size computes the same")
    check.deviation(
        "mamba_dt_clamp",
        applies="M" in pattern.layers and hf.time_step_min != 0,
        within=hf.time_step_min <= 0.001,
        field="time_step_min",
        value=hf.time_step_min,
        reason=(
            "transformers never lets a Mamba time step be shorter than time_step_min, and Megatron does: the more "
            "steps of a checkpoint are shorter, the more they differ. Published checkpoints have 0.001"
        ),
    )
    if hf.mlp_bias and ("*" in pattern.layers or "E" in pattern.layers):
        check.refuse(
            "mlp_bias",
            hf.mlp_bias,
            "must be False in a model with attention or experts, on which Megatron would put biases too",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Both sides score in float32, whatever the weights are.
        "moe_router_dtype": "fp32",
        # Kernels that the installed stack has, for the same function.
        **kernels(
            caller,
            activation_func=activation_func,
            gated=False,
            bias=hf.mlp_bias,
            experts="E" in pattern.layers,
            rope=False,
        ),
        # The class has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        # Checkpoints have them; transformers does not build them. Experts there alone are left to the caller.
        "mtp_num_layers": mtp_layers(hf.num_nextn_predict_layers if pattern.mtp_fits else 0, caller),
        # Training only; left out where the caller balances in a way that has no coefficient.
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        **select(TransformerFields, caller),
    }
    model_settings: HybridModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(HybridModelFields, caller),
    }
    has_experts = pattern.has_experts(settings)

    transformer = TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.layer_norm_epsilon,
        # up_proj and down_proj, no gate.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=hf.mlp_bias,
        # A pattern without experts is a dense model, whatever the expert fields hold.
        num_moe_experts=hf.n_routed_experts if has_experts else None,
        moe_ffn_hidden_size=hf.moe_intermediate_size if has_experts else None,
        moe_shared_expert_intermediate_size=hf.moe_shared_expert_intermediate_size if has_experts else None,
        moe_latent_size=hf.moe_latent_size if has_experts else None,
        moe_router_topk=hf.num_experts_per_tok if has_experts else 2,
        # Hugging Face has no flag: the class scores with a sigmoid.
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor if has_experts else None,
        # e_score_correction_bias, which every such router has.
        moe_router_enable_expert_bias=True,
        moe_router_num_groups=hf.n_group if has_experts else None,
        moe_router_group_topk=hf.topk_group if has_experts else None,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        mamba_num_heads=hf.mamba_num_heads,
        mamba_head_dim=hf.mamba_head_dim,
        mamba_num_groups=hf.n_groups,
        mamba_state_dim=hf.ssm_state_size,
        **settings,
    )
    return HybridModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        # The class never ties them.
        share_embeddings_and_output_weights=False,
        # The attention of the class knows no positions.
        position_embedding_type="none",
        # Not read without rotary positions.
        rotary_base=10000,
        # Not read without rotary positions.
        rotary_percent=1.0,
        hybrid_layer_pattern=pattern.full(settings, caller),
        extra_checkpoint_metadata=provenance("nemotron_h", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_hf(model: HybridModelConfig, /, *, base: NemotronHConfig | None = None) -> NemotronHConfig:
    """The NemotronHConfig of the same model.

    Args:
        model: a HybridModelConfig; what it says always wins.
        base: supplies what Megatron does not carry; else the provenance in the model does, else class defaults.

    Raises:
        UnsupportedConfigError: the model is none of this family; lists every differing field.
        TypeError: `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without base and provenance.
    """
    return restore(_WAY, model, base)


def _carried(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "nemotron_h")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_key_value_heads": transformer.num_query_groups,
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "ssm_state_size": transformer.mamba_state_dim,
        "mamba_num_heads": transformer.mamba_num_heads,
        "mamba_head_dim": transformer.mamba_head_dim,
        "n_groups": transformer.mamba_num_groups,
        "conv_kernel": 4 if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "use_conv_bias": True if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "use_bias": False if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_hidden_act": "silu" if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_proj_bias": False,
        ("layers_block_type", "mtp_layers_block_type"): (
            layer_types(model.hybrid_layer_pattern or "", LAYER_SYMBOLS),
            mtp_layer_types(model.hybrid_layer_pattern or "", LAYER_SYMBOLS),
        ),
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "head_dim": transformer.kv_channels,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "mlp_hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "mlp_bias": transformer.add_bias_linear,
        "tie_word_embeddings": False,
        "attention_bias": False,
        "n_routed_experts": NOT_CARRIED if transformer.num_moe_experts is None else transformer.num_moe_experts,
        "moe_intermediate_size": (
            NOT_CARRIED if transformer.moe_ffn_hidden_size is None else transformer.moe_ffn_hidden_size
        ),
        "moe_shared_expert_intermediate_size": (
            NOT_CARRIED
            if transformer.moe_shared_expert_intermediate_size is None
            else transformer.moe_shared_expert_intermediate_size
        ),
        "num_experts_per_tok": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk,
        "routed_scaling_factor": (
            NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk_scaling_factor or 1.0
        ),
        "n_group": NOT_CARRIED if transformer.moe_router_num_groups is None else transformer.moe_router_num_groups,
        "topk_group": NOT_CARRIED if transformer.moe_router_group_topk is None else transformer.moe_router_group_topk,
        "moe_latent_size": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_latent_size,
        "initializer_range": transformer.init_method_std,
        "attention_dropout": transformer.attention_dropout,
        "num_nextn_predict_layers": transformer.mtp_num_layers or 0,
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "bos_token_id",
    "chunk_size",
    "chunk_size_feed_forward",
    "conv_kernel",
    "eos_token_id",
    "expand",
    "hidden_dropout",
    "id2label",
    "label2id",
    "mamba_hidden_act",
    "mamba_ssm_cache_dtype",
    "max_position_embeddings",
    "moe_intermediate_size",
    "moe_latent_size",
    "moe_shared_expert_intermediate_size",
    "moe_shared_expert_overlap",
    "mtp_layers_block_type",
    "n_group",
    "n_routed_experts",
    "n_shared_experts",
    "norm_topk_prob",
    "num_experts_per_tok",
    "num_logits_to_keep",
    "output_hidden_states",
    "output_router_logits",
    "pad_token_id",
    "problem_type",
    "rescale_prenorm_residual",
    "residual_in_fp32",
    "return_dict",
    "routed_scaling_factor",
    "sliding_window",
    "time_step_floor",
    "time_step_limit",
    "time_step_max",
    "time_step_min",
    "topk_group",
    "transformers_version",
    "use_bias",
    "use_cache",
    "use_conv_bias",
    "use_mamba_kernels",
)

_WAY = Way(
    family="nemotron_h",
    config_class=NemotronHConfig,
    model_class=HybridModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)
