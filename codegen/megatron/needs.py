"""What Megatron's models need beside their configs, and which fields show that a family's do.

What is needed, and why, stands in the runtime (`mcore_mappers_runtime.needs`), which warns of it.
"""

from __future__ import annotations

from codegen.owners import Needed

NEEDS: tuple[Needed, ...] = (
    Needed("ENGINE", kind="gpt"),
    Needed("HYBRID_ENGINE", kind="hybrid"),
    Needed("VARIANT_ENGINE", kind="gpt", where=("experimental_attention_variant",)),
    Needed("LATENT_ATTENTION_ENGINE", kind="gpt", where=("multi_latent_attention",)),
    Needed("ZERO_CENTRED_ENGINE", kind="gpt", where=("layernorm_zero_centered_gamma",)),
    Needed("LATENT_EXPERTS_ENGINE", where=("moe_latent_size",)),
    Needed("MAMBA_SSM", where=("mamba_num_heads",)),
    Needed("EINOPS", where=("mamba_num_heads",)),
    Needed("FLA", where=("linear_num_value_heads",)),
    Needed("SEQUENCE_PARALLEL", where=("num_moe_experts",)),
    Needed("EXPERT_TENSOR_PARALLEL", where=("num_moe_experts", "add_bias_linear")),
    Needed("ALLTOALL"),
)
"""Each with the kind of target, or the fields, that a model has which needs it."""
