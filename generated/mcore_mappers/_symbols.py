"""Import paths of the objects that stand in dumped configs by name; loading imports nothing else."""

from __future__ import annotations

from mcore_mappers_runtime.registry import Symbols

SYMBOLS = Symbols(
    classes=frozenset(
        {
            "mcore_mappers.layers.LayeredGPTModelConfig",
            "mcore_mappers.layers.LayeredHybridModelConfig",
            "mcore_mappers.layers.YarnTransformerConfig",
            "megatron.core.transformer.heterogeneous.heterogeneous_config.HeterogeneousTransformerConfig",
            "megatron.core.transformer.transformer_config.MLATransformerConfig",
            "megatron.core.transformer.transformer_config.TransformerConfig",
            "megatron.training.models.gpt.GPTModelConfig",
            "megatron.training.models.hybrid.HybridModelConfig",
        }
    ),
    enums=frozenset(
        {
            "megatron.core.transformer.enums.AttnBackend",
            "megatron.core.transformer.enums.CudaGraphModule",
            "megatron.core.transformer.enums.CudaGraphScope",
            "megatron.core.transformer.enums.InferenceCudaGraphScope",
        }
    ),
    functions=frozenset(
        {
            "megatron.core.activations.fast_gelu",
            "megatron.core.activations.squared_relu",
            "megatron.core.fusions.fused_bias_geglu.quick_gelu",
            "torch.nn.functional.gelu",
            "torch.nn.functional.relu",
            "torch.nn.functional.silu",
        }
    ),
)
