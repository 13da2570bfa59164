"""Fields that nobody passes: Megatron computes them, or they are old spellings, or nothing reads them any more.

They are in no mapper and in no list of keywords, so a caller who tries one of them gets a `TypeError`. An old spelling
that still has an effect is here as well, because its effect is to set another field, which has an owner.
"""

from __future__ import annotations

from codegen.table import Group, Owner

_INNER = ("TransformerConfig",)
_HYBRID = ("HybridModelConfig",)
_OUTER = ("GPTModelConfig", "HybridModelConfig")

DERIVED: tuple[Group, ...] = (
    Group(
        section="inner config",
        classes=_OUTER,
        owner=Owner.DERIVED,
        why="The inner config itself. The generated code builds it from all the other fields.",
        fields=("transformer",),
    ),
    Group(
        section="computed",
        classes=_INNER,
        owner=Owner.DERIVED,
        why=(
            "Computed from other fields in __post_init__: the number of weight shards over the tensor-parallel size, "
            "the pipeline layout, hidden_size over mup_base_hidden_size."
        ),
        fields=("gtp_weight_remat_size", "expert_gtp_weight_remat_size", "mtp_standalone", "mup_width_mult"),
    ),
    Group(
        section="heterogeneous layers",
        classes=("HeterogeneousTransformerConfig",),
        owner=Owner.DERIVED,
        why="Parsed in __post_init__ from the JSON that says what each layer is; the constructor does not take it.",
        fields=("per_block_parameters",),
    ),
    Group(
        section="private",
        classes=_INNER,
        owner=Owner.DERIVED,
        why="Set by the transformer block that owns it.",
        fields=("_cpu_offloading_context",),
    ),
    Group(
        section="old spellings",
        classes=_INNER,
        owner=Owner.DERIVED,
        why=(
            "Deprecated: __post_init__ warns and writes the field that replaced it (cuda_graph_impl, "
            "cuda_graph_modules, recompute_modules, moe_flex_dispatcher_backend, moe_flex_dispatcher_num_sms, "
            "moe_router_padding_for_quantization, moe_router_num_groups with moe_router_group_topk)."
        ),
        fields=(
            "enable_cuda_graph",
            "external_cuda_graph",
            "cuda_graph_scope",
            "moe_layer_recompute",
            "moe_enable_deepep",
            "moe_deepep_num_sms",
            "moe_hybridep_num_sms",
            "moe_router_padding_for_fp8",
            "moe_router_topk_limited_devices",
        ),
    ),
    Group(
        section="dead",
        classes=_INNER,
        owner=Owner.DERIVED,
        why=(
            'Neither __post_init__ nor any module of megatron-core reads it: unsupported ("should remain False"), '
            "replaced by transformer_impl, or replaced by the part of hybrid_layer_pattern after the slash."
        ),
        fields=("moe_token_dropping", "use_inference_optimized_layers", "mtp_hybrid_override_pattern"),
    ),
    Group(
        section="dead",
        classes=_HYBRID,
        owner=Owner.DERIVED,
        why="Deprecated in favour of hybrid_layer_pattern, and the builder does not pass it to the model.",
        fields=("hybrid_attention_ratio", "hybrid_mlp_ratio", "hybrid_override_pattern"),
    ),
)
