"""Nemotron-H, Nemotron Nano 2 and Nemotron 3: Mamba-2, attention, MLPs and experts in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.megatron.targets import HYBRID, YARN
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.decoder.dropouts import attention_dropout, hidden_dropouts
from codegen.parts.decoder.kernels import KERNEL_FIELDS
from codegen.parts.decoder.language_model import LANGUAGE_MODEL, TOKENS
from codegen.parts.decoder.sizes import SEQUENCE_IS_THE_CALLERS
from codegen.parts.experts.balancing import BALANCING, BALANCING_WHY, NO_BALANCING_BACK
from codegen.parts.experts.groups import GROUPED_ROUTER, GROUPS_AT_ZERO
from codegen.parts.experts.routers import ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import NAMED_OTHERWISE
from codegen.parts.mlp.activations import ACTIVATIONS
from codegen.parts.recurrent.mamba import MAMBA
from codegen.parts.stack.kinds import MIXERS_BY_NAME
from codegen.parts.stack.pattern import COUNTED_SYMBOLS
from codegen.table import (
    Choice,
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Local,
    NoInverse,
    Older,
    Rename,
    Unread,
    ValueTable,
    further_layers,
    must_be,
    not_negative,
    positive,
    require,
    restates,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.nemotron_h.configuration_nemotron_h import NemotronHConfig

    from mcore_mappers._tables import LAYER_SYMBOLS
    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing
    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, PipelineFields, kernels, mtp_layers
    from mcore_mappers_runtime.layer_kinds import (
        HybridPattern,
        PatternFields,
        RestatedFields,
        hybrid_pattern,
        layer_types,
        mtp_layer_types,
    )
    from mcore_mappers_runtime.prediction import prediction_layers

LAYERS: Final = ValueTable(
    name="LAYER_SYMBOLS",
    values={"linear_attention": "M", "full_attention": "*", "mlp": "-", "moe": "E"},
    doc="Layer types of hybrid models, and the symbols of Megatron's layer pattern.",
)


def pattern(hf: NemotronHConfig, check: Check) -> HybridPattern:
    return hybrid_pattern(
        check,
        LAYER_SYMBOLS,
        ("layers_block_type", hf.layers_block_type),
        ("mtp_layers_block_type", hf.mtp_layers_block_type),
        hf.num_nextn_predict_layers,
    )


def layers_block_type_of(model: HybridModelConfig) -> list[str]:
    return layer_types(model.hybrid_layer_pattern or "", LAYER_SYMBOLS)


def mtp_layers_block_type_of(model: HybridModelConfig) -> list[str] | NotCarried:
    return mtp_layer_types(model.hybrid_layer_pattern or "", LAYER_SYMBOLS)


def hybrid_layer_pattern(pattern: HybridPattern, transformer: TransformerConfig, caller: RestatedFields) -> str:
    return pattern.full(transformer.mtp_num_layers, caller)


def has_experts(pattern: HybridPattern, settings: PatternFields) -> bool:
    return pattern.has_experts(settings)


def num_moe_experts(hf: NemotronHConfig, has_experts: bool) -> int | None:
    return hf.n_routed_experts if has_experts else None


def n_routed_experts_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.num_moe_experts


def moe_ffn_hidden_size(hf: NemotronHConfig, has_experts: bool) -> int | None:
    return hf.moe_intermediate_size if has_experts else None


def moe_intermediate_size_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.moe_ffn_hidden_size is None else transformer.moe_ffn_hidden_size


def shared_expert_size(hf: NemotronHConfig, has_experts: bool) -> int | None:
    return hf.moe_shared_expert_intermediate_size if has_experts else None


def shared_expert_size_of(transformer: TransformerConfig) -> int | NotCarried:
    return (
        NOT_CARRIED
        if transformer.moe_shared_expert_intermediate_size is None
        else transformer.moe_shared_expert_intermediate_size
    )


def router_topk(hf: NemotronHConfig, has_experts: bool) -> int:
    return hf.num_experts_per_tok if has_experts else 2


def router_scaling(hf: NemotronHConfig, has_experts: bool) -> float | None:
    return hf.routed_scaling_factor if has_experts else None


def num_experts_per_tok_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk


def routed_scaling_factor_of(transformer: TransformerConfig) -> float | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk_scaling_factor or 1.0


def router_groups(hf: NemotronHConfig, has_experts: bool) -> int | None:
    return hf.n_group if has_experts else None


def n_group_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_num_groups or 1


def router_group_topk(hf: NemotronHConfig, has_experts: bool) -> int | None:
    return hf.topk_group if has_experts else None


def topk_group_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_group_topk or 1


def moe_latent_size(hf: NemotronHConfig, has_experts: bool) -> int | None:
    return hf.moe_latent_size if has_experts else None


def moe_latent_size_of(transformer: TransformerConfig) -> int | NotCarried | None:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_latent_size


def mlp_bias_stands_alone(hf: NemotronHConfig, pattern: HybridPattern) -> bool:
    return not hf.mlp_bias or ("*" not in pattern.layers and "E" not in pattern.layers)


def mtp_num_layers(hf: NemotronHConfig, caller: PipelineFields, pattern: HybridPattern) -> int | None:
    return mtp_layers(hf.num_nextn_predict_layers if pattern.mtp_fits else 0, caller)


def num_nextn_predict_layers_of(transformer: TransformerConfig) -> int:
    return prediction_layers(transformer)


def kernel_fields(
    check: Check,
    hf: NemotronHConfig,
    caller: CallerKernelFields,
    activation_func: Callable[[torch.Tensor], torch.Tensor],
    pattern: HybridPattern,
) -> KernelFields:
    return kernels(
        check,
        caller,
        activation_func=activation_func,
        gated_linear_unit=False,
        add_bias_linear=hf.mlp_bias,
        num_moe_experts=hf.n_routed_experts if "E" in pattern.layers else None,
        position_embedding_type="none",
        multi_latent_attention=False,
        rotary_interleaved=False,
    )


def balancing(caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4)


FAMILY = Family(
    config="transformers.models.nemotron_h.configuration_nemotron_h.NemotronHConfig",
    covers="Nemotron-H, Nemotron Nano 2 and Nemotron 3.",
    parts=(LANGUAGE_MODEL, TOKENS, GROUPED_QUERY, GROUPED_ROUTER, MAMBA, COUNTED_SYMBOLS),
    targets=(HYBRID,),
    replaces=(
        "gradient_accumulation_fusion",
        "mixers",
        "moe_router_num_groups",
        "moe_router_group_topk",
        "moe_router_topk",
        "moe_router_topk_scaling_factor",
    ),
    rows=(
        Local("pattern", pattern),
        Local("has_experts", has_experts),
        Computed(
            "hybrid_layer_pattern",
            hybrid_layer_pattern,
            "",
            inverse=(
                Inverse("layers_block_type", layers_block_type_of),
                Inverse("mtp_layers_block_type", mtp_layers_block_type_of),
            ),
        ),
        Rename("num_hidden_layers", "num_layers"),
        Ignored("hybrid_override_pattern", Kind.DEAD, "layers_block_type, spelt as Megatron does"),
        Ignored("mtp_hybrid_override_pattern", Kind.DEAD, "mtp_layers_block_type, spelt as Megatron does"),
        Rename("hidden_size", "hidden_size"),
        Rename("intermediate_size", "ffn_hidden_size"),
        Rename("num_attention_heads", "num_attention_heads"),
        Rename("head_dim", "kv_channels"),
        Rename("layer_norm_epsilon", "layernorm_epsilon"),
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        Constant("gated_linear_unit", False, "up_proj and down_proj, no gate."),
        Choice("mlp_hidden_act", "activation_func", ACTIVATIONS),
        Rename("mlp_bias", "add_bias_linear"),
        Constant("position_embedding_type", "none", "The attention of the class has no positional information."),
        Constant("rotary_base", 10000, "Not read without rotary positions."),
        Constant("rotary_percent", 1.0, "Not read without rotary positions."),
        *(Constant(name, None, "Not read without rotary positions.") for name in YARN),
        Constant("share_embeddings_and_output_weights", False, "The class never ties them."),
        must_be(
            "tie_word_embeddings",
            (False,),
            "the class keeps an output layer of its own whatever this says, so a checkpoint that ties them computes "
            "something else",
        ),
        *positive("hidden_size", "intermediate_size", "num_attention_heads", "head_dim"),
        *positive("layer_norm_epsilon", "max_position_embeddings"),
        must_be("attention_bias", (False,), "the class has no such bias, whatever a checkpoint's own code had"),
        require(
            "mlp_bias",
            mlp_bias_stands_alone,
            "must be False in a model with attention or experts, on which Megatron would put biases too",
        ),
        Computed(
            "num_moe_experts",
            num_moe_experts,
            "A pattern without experts is a dense model, whatever the expert fields hold.",
            inverse=(Inverse("n_routed_experts", n_routed_experts_of),),
        ),
        Constant("moe_layer_freq", 1, "The pattern says where experts are."),
        Computed(
            "moe_ffn_hidden_size",
            moe_ffn_hidden_size,
            "",
            inverse=(Inverse("moe_intermediate_size", moe_intermediate_size_of),),
        ),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_expert_size,
            "",
            inverse=(Inverse("moe_shared_expert_intermediate_size", shared_expert_size_of),),
        ),
        Computed(
            "moe_router_topk",
            router_topk,
            "",
            inverse=(Inverse("num_experts_per_tok", num_experts_per_tok_of),),
        ),
        Computed(
            "moe_router_topk_scaling_factor",
            router_scaling,
            "",
            inverse=(Inverse("routed_scaling_factor", routed_scaling_factor_of),),
        ),
        Computed("moe_router_num_groups", router_groups, "", inverse=(Inverse("n_group", n_group_of),)),
        Computed("moe_router_group_topk", router_group_topk, "", inverse=(Inverse("topk_group", topk_group_of),)),
        Computed("moe_latent_size", moe_latent_size, "", inverse=(Inverse("moe_latent_size", moe_latent_size_of),)),
        *positive("moe_intermediate_size", "moe_shared_expert_intermediate_size", "moe_latent_size"),
        Ignored("n_shared_experts", Kind.DEAD, "moe_shared_expert_intermediate_size is the width of all of them"),
        Ignored("moe_shared_expert_overlap", Kind.DEAD, "asks for a schedule that the class does not have"),
        Rename("max_position_embeddings", "seq_length", inverse=SEQUENCE_IS_THE_CALLERS),
        Rename("initializer_range", "init_method_std"),
        *attention_dropout("attention_dropout"),
        *hidden_dropouts(),
        *not_negative("initializer_range"),
        *further_layers("num_nextn_predict_layers"),
        Computed(
            "mtp_num_layers",
            mtp_num_layers,
            "Checkpoints have them; transformers does not build them. Experts there alone are left to the caller.",
            inverse=(Inverse("num_nextn_predict_layers", num_nextn_predict_layers_of),),
        ),
        Computed(BALANCING, balancing, BALANCING_WHY, NO_BALANCING_BACK),
        Computed(
            KERNEL_FIELDS,
            kernel_fields,
            "Kernels that the installed stack has, for the same function.",
            NoInverse("Hugging Face configs do not choose kernels"),
        ),
        Ignored("hidden_dropout", Kind.DEAD, "the class has no dropout on the residual stream"),
        Ignored("residual_in_fp32", Kind.DEAD, "the class adds residuals in the dtype of its weights"),
        Ignored("pad_token_id", Kind.DEAD, "the embedding of the class has no padding row"),
        Ignored("num_logits_to_keep", Kind.INFERENCE, "chooses how many logits generation asks for"),
        Ignored("sliding_window", Kind.INFERENCE, "only the cache of generation looks here; the mask has no window"),
        restates("norm_eps", "layer_norm_epsilon", "every norm of the class has one epsilon"),
        restates("rms_norm_eps", "layer_norm_epsilon", "every norm of the class has one epsilon"),
        restates("attention_head_dim", "head_dim", NAMED_OTHERWISE),
        *(
            Unread(key, "no layer of the class has rotary embeddings")
            for key in ("rope_theta", "partial_rotary_factor")
        ),
        Unread("time_step_rank", "the class projects time steps through no lower rank"),
    ),
    older=(
        ROUTER_LOGITS_UNDECLARED,
        *(
            Older(name, "5.13.0", MIXERS_BY_NAME, "Mixers had names of their own.")
            for name in ("layers_block_type", "mtp_layers_block_type")
        ),
        GROUPS_AT_ZERO,
    ),
    tables=(LAYERS,),
)
