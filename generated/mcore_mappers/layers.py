"""Model configs of models that compute what no field of Megatron's configs says; what stands in checkpoints by name."""

from __future__ import annotations

from mcore_mappers_runtime.layers.builders import LayeredGPTModelBuilder, LayeredHybridModelBuilder
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.layers.specs import HybridLayerSpec, LayerSpec
from mcore_mappers_runtime.yarn import YarnTransformerConfig

__all__ = [
    "HybridLayerSpec",
    "LayerSpec",
    "LayeredGPTModelBuilder",
    "LayeredGPTModelConfig",
    "LayeredHybridModelBuilder",
    "LayeredHybridModelConfig",
    "Layers",
    "YarnTransformerConfig",
]
