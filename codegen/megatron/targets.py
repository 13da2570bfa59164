"""The Megatron configs that families map to."""

from __future__ import annotations

from typing import Final

from codegen.table import Target

TRANSFORMER: Final = "megatron.core.transformer.transformer_config.TransformerConfig"
MLA_TRANSFORMER: Final = "megatron.core.transformer.transformer_config.MLATransformerConfig"
HETEROGENEOUS_TRANSFORMER: Final = (
    "megatron.core.transformer.heterogeneous.heterogeneous_config.HeterogeneousTransformerConfig"
)
GPT_MODEL: Final = "megatron.training.models.gpt.GPTModelConfig"
HYBRID_MODEL: Final = "megatron.training.models.hybrid.HybridModelConfig"
LAYERED_GPT_MODEL: Final = "mcore_mappers_runtime.layers.configs.LayeredGPTModelConfig"
LAYERED_HYBRID_MODEL: Final = "mcore_mappers_runtime.layers.configs.LayeredHybridModelConfig"

YARN: Final = (
    "yarn_rotary_scaling_factor",
    "yarn_original_max_position_embeddings",
    "yarn_beta_fast",
    "yarn_beta_slow",
    "yarn_mscale",
    "yarn_mscale_all_dim",
    "yarn_correction_range_round_to_int",
)
"""What GPTModel and HybridModel read with `getattr` from the inner config when the positions are YaRN's."""

GPT: Final = Target(
    name="gpt",
    kind="gpt",
    mapper="to_megatron",
    model_class=GPT_MODEL,
    layered_class=LAYERED_GPT_MODEL,
    transformer_class=TRANSFORMER,
    fields="GPTFields",
    transformer_fields="TransformerFields",
    model_fields="GPTModelFields",
    attributes=YARN,
    three_positions=True,
)

GPT_MLA: Final = Target(
    name="gpt_mla",
    kind="gpt",
    mapper="to_megatron",
    model_class=GPT_MODEL,
    layered_class=LAYERED_GPT_MODEL,
    transformer_class=MLA_TRANSFORMER,
    fields="GPTMLAFields",
    transformer_fields="MLATransformerFields",
    model_fields="GPTModelFields",
)

GPT_HETEROGENEOUS: Final = Target(
    name="gpt_heterogeneous",
    kind="gpt",
    mapper="to_megatron",
    model_class=GPT_MODEL,
    layered_class=LAYERED_GPT_MODEL,
    transformer_class=HETEROGENEOUS_TRANSFORMER,
    fields="GPTHeterogeneousFields",
    transformer_fields="HeterogeneousTransformerFields",
    model_fields="GPTModelFields",
)
"""Layers that differ, each with a config of its own that Megatron makes of this one."""

HYBRID: Final = Target(
    name="hybrid",
    kind="hybrid",
    mapper="to_megatron_hybrid",
    model_class=HYBRID_MODEL,
    layered_class=LAYERED_HYBRID_MODEL,
    transformer_class=TRANSFORMER,
    fields="HybridFields",
    transformer_fields="TransformerFields",
    model_fields="HybridModelFields",
    attributes=YARN,
    restated=("hybrid_layer_pattern",),
)

HYBRID_MLA: Final = Target(
    name="hybrid_mla",
    kind="hybrid",
    mapper="to_megatron_hybrid",
    model_class=HYBRID_MODEL,
    layered_class=LAYERED_HYBRID_MODEL,
    transformer_class=MLA_TRANSFORMER,
    fields="HybridMLAFields",
    transformer_fields="MLATransformerFields",
    model_fields="HybridModelFields",
    restated=("hybrid_layer_pattern",),
)

GPT_LEARNED: Final = Target(
    name="gpt_learned",
    kind="gpt",
    mapper="to_megatron",
    model_class=GPT_MODEL,
    layered_class=LAYERED_GPT_MODEL,
    transformer_class=TRANSFORMER,
    fields="GPTLearnedFields",
    transformer_fields="TransformerFields",
    model_fields="GPTLearnedModelFields",
    bound=("seq_length",),
)
"""Learned positions, of which `seq_length` is the number."""

HYBRID_LEARNED: Final = Target(
    name="hybrid_learned",
    kind="hybrid",
    mapper="to_megatron_hybrid",
    model_class=HYBRID_MODEL,
    layered_class=LAYERED_HYBRID_MODEL,
    transformer_class=TRANSFORMER,
    fields="HybridLearnedFields",
    transformer_fields="TransformerFields",
    model_fields="HybridLearnedModelFields",
    restated=("hybrid_layer_pattern",),
    bound=("seq_length",),
)
