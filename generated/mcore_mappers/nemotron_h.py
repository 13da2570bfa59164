"""NemotronHConfig to Megatron: Nemotron-H, Nemotron Nano 2 and Nemotron 3."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.nemotron_h.configuration_nemotron_h import NemotronHConfig

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.experts import load_balancing
from mcore_mappers_runtime.kernels import kernels, mtp_layers
from mcore_mappers_runtime.layer_kinds import HybridPattern, hybrid_pattern, layer_types, mtp_layer_types
from mcore_mappers_runtime.prediction import prediction_layers
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, experts, recurrent
from ._tables import ACTIVATIONS, LAYER_SYMBOLS
from .typing import HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: NemotronHConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("nemotron_h", NemotronHConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    pattern = hybrid_pattern(
        check,
        LAYER_SYMBOLS,
        ("layers_block_type", hf.layers_block_type),
        ("mtp_layers_block_type", hf.mtp_layers_block_type),
        hf.num_nextn_predict_layers,
    )
    transformer = _transformer(check, hf, pattern, caller)
    return HybridModelConfig(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        # The class never ties them.
        share_embeddings_and_output_weights=False,
        # The attention of the class has no positional information.
        position_embedding_type="none",
        # Not read without rotary positions.
        rotary_base=10000,
        # Not read without rotary positions.
        rotary_percent=1.0,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(
            HybridModelFields, HybridModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)
        ),
    )


# Not read, because it does not decide what the model computes:
# - hidden_dropout: dead: the class has no dropout on the residual stream
# - hybrid_override_pattern: dead: layers_block_type, spelt as Megatron does
# - moe_shared_expert_overlap: dead: asks for a schedule that the class does not have
# - mtp_hybrid_override_pattern: dead: mtp_layers_block_type, spelt as Megatron does
# - n_shared_experts: dead: moe_shared_expert_intermediate_size is the width of all of them
# - num_logits_to_keep: metadata or inference: chooses how many logits generation asks for
# - pad_token_id: dead: the embedding of the class has no padding row
# - residual_in_fp32: dead: the class adds residuals in the dtype of its weights
# - sliding_window: metadata or inference: only the cache of generation looks here; the mask has no
#   window


def _transformer(check: Check, hf: NemotronHConfig, pattern: HybridPattern, caller: HybridFields) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        head_dim=hf.head_dim,
        max_position_embeddings=hf.max_position_embeddings,
        intermediate_size=hf.intermediate_size,
        moe_intermediate_size=hf.moe_intermediate_size,
        moe_shared_expert_intermediate_size=hf.moe_shared_expert_intermediate_size,
        moe_latent_size=hf.moe_latent_size,
        layer_norm_epsilon=hf.layer_norm_epsilon,
    )
    check.not_negative(num_nextn_predict_layers=hf.num_nextn_predict_layers, initializer_range=hf.initializer_range)
    check.probability(attention_dropout=hf.attention_dropout)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("mlp_hidden_act", hf.mlp_hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    check.must_be(
        "tie_word_embeddings",
        hf.tie_word_embeddings,
        (False,),
        "the class keeps an output layer of its own whatever this says, so a checkpoint that ties them "
        "computes something else",
    )
    attention.grouped_query(check, hf)
    check.must_be(
        "attention_bias",
        hf.attention_bias,
        (False,),
        "the class has no such bias, whatever a checkpoint's own code had",
    )
    check.require(
        not hf.mlp_bias or ("*" not in pattern.layers and "E" not in pattern.layers),
        "mlp_bias",
        hf.mlp_bias,
        "must be False in a model with attention or experts, on which Megatron would put biases too",
    )
    recurrent.mamba(check, hf, pattern)
    experts.groups_of_two(check, hf)
    experts.chosen_groups(check, hf)
    experts.router_of_groups(check, hf)
    decoder.causal_mask(check)
    check.restates(
        "attention_head_dim",
        "head_dim",
        "the code beside the first checkpoints reads this name, and the class the other",
    )
    check.restates("norm_eps", "layer_norm_epsilon", "every norm of the class has one epsilon")
    check.restates("rms_norm_eps", "layer_norm_epsilon", "every norm of the class has one epsilon")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=hf.mlp_bias,
            num_moe_experts=hf.n_routed_experts if "E" in pattern.layers else None,
            position_embedding_type="none",
            multi_latent_attention=False,
            rotary_interleaved=False,
        ),
        # Training only; left out where the caller balances in a way that has no coefficient.
        **load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4),
        "moe_router_dtype": "fp32",
        # The class has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        # Checkpoints have them; transformers does not build them. Experts there alone are left to the caller.
        "mtp_num_layers": mtp_layers(hf.num_nextn_predict_layers if pattern.mtp_fits else 0, caller),
        **select(TransformerFields, caller),
    }
    has_experts = pattern.has_experts(settings)
    return TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
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
        moe_router_score_function="sigmoid",
        moe_router_topk_scaling_factor=hf.routed_scaling_factor if has_experts else None,
        moe_router_enable_expert_bias=True,
        moe_router_num_groups=hf.n_group if has_experts else None,
        moe_router_group_topk=hf.topk_group if has_experts else None,
        is_hybrid_model=True,
        mamba_num_heads=hf.mamba_num_heads,
        mamba_head_dim=hf.mamba_head_dim,
        mamba_num_groups=hf.n_groups,
        mamba_state_dim=hf.ssm_state_size,
        **settings,
    )


def to_hf(model: HybridModelConfig, /, *, base: NemotronHConfig | None = None) -> NemotronHConfig:
    """The NemotronHConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _HYBRID)


def _carried(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "nemotron_h")
    return {
        **decoder.language_model_back(model, transformer),
        **recurrent.mamba_back(transformer),
        "hidden_size": transformer.hidden_size,
        ("layers_block_type", "mtp_layers_block_type"): (
            layer_types(model.hybrid_layer_pattern or "", LAYER_SYMBOLS),
            mtp_layer_types(model.hybrid_layer_pattern or "", LAYER_SYMBOLS),
        ),
        "tie_word_embeddings": False,
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "attention_bias": False,
        "attention_dropout": transformer.attention_dropout,
        "intermediate_size": transformer.ffn_hidden_size,
        "mlp_hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "mlp_bias": transformer.add_bias_linear,
        "mamba_hidden_act": "silu" if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "conv_kernel": 4 if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "use_conv_bias": True if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "n_routed_experts": NOT_CARRIED if transformer.num_moe_experts is None else transformer.num_moe_experts,
        "moe_intermediate_size": (
            NOT_CARRIED if transformer.moe_ffn_hidden_size is None else transformer.moe_ffn_hidden_size
        ),
        "moe_shared_expert_intermediate_size": (
            NOT_CARRIED
            if transformer.moe_shared_expert_intermediate_size is None
            else transformer.moe_shared_expert_intermediate_size
        ),
        "moe_latent_size": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_latent_size,
        "num_experts_per_tok": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk,
        "routed_scaling_factor": (
            NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk_scaling_factor or 1.0
        ),
        "n_group": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_num_groups or 1,
        "topk_group": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_group_topk or 1,
        "norm_topk_prob": NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1,
        "num_nextn_predict_layers": prediction_layers(transformer),
        "use_bias": False if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "initializer_range": transformer.init_method_std,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    *recurrent.MAMBA_UNREAD,
    "chunk_size",
    "conv_kernel",
    "hidden_dropout",
    "mamba_hidden_act",
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
    "pad_token_id",
    "residual_in_fp32",
    "routed_scaling_factor",
    "sliding_window",
    "time_step_min",
    "topk_group",
    "use_bias",
    "use_conv_bias",
)
_HYBRID = RoundTrip("nemotron_h", NemotronHConfig, HybridModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
