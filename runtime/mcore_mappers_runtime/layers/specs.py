"""From the fields of `Layers` to the layer specs from which Megatron's builders make a model.

Each starts from the stock spec, so that whatever layers say nothing of is as it is without them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from megatron.core.extensions.transformer_engine import (
    TEColumnParallelLinear,
    TELayerNormColumnParallelLinear,
    TENorm,
)
from megatron.core.models.backends import get_backend
from megatron.core.models.gpt.gpt_layer_specs import get_gpt_decoder_block_spec
from megatron.core.models.hybrid.hybrid_block import HybridStack, HybridStackSubmodules
from megatron.core.models.hybrid.hybrid_layer_specs import hybrid_stack_spec
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_block import TransformerBlockSubmodules
from megatron.core.transformer.transformer_config import TransformerConfig

from ..shown import lines
from . import after_rope, biases, branch_norms, latents, over_heads, residuals, routers
from .bypasses import bypassed, bypassed_outside
from .change import Change, Parts
from .fields import Layers, misfits
from .public import public

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig

CHANGES: Final[tuple[Change, ...]] = (
    over_heads.CHANGE,
    after_rope.CHANGE,
    biases.CHANGE,
    latents.CHANGE,
    routers.CHANGE,
    # A branch is normed before it is multiplied: what is later here is around what is earlier.
    residuals.CHANGE,
    branch_norms.CHANGE,
)


def check(layers: Layers, config: TransformerConfig, model: object = None) -> None:
    """Whether a model can have these layers.

    Args:
        layers: what they compute.
        config: the inner config, or a provider that has the fields of both configs in one.
        model: the outer config, or that provider; None where it is not known.

    Raises:
        ValueError: with everything that is in the way.
    """
    lacking = [complaint for change in CHANGES for complaint in change.lacking(layers, config)]
    outside = [] if model is None else bypassed_outside(model)
    wrong = [*lacking, *misfits(layers, config.num_layers), *bypassed(config), *outside]
    if wrong:
        raise ValueError(f"a model with layers cannot have:{lines(wrong)}")


def changed(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    """The spec of a layer with all that `layers` say."""
    for change in CHANGES:
        layer = change.of_layer(layer, layers, parts)
    return layer


@public
@dataclass(frozen=True)
class LayerSpec:
    """The `transformer_layer_spec` of a model with layers. Megatron calls it, for each stage, when it builds the model.

    It gives a spec for each layer of the stage: what the builder does to a spec of one layer for all, it cannot do to
    that.
    """

    layers: Layers

    def __call__(self, config: GPTModelConfig | TransformerConfig, vp_stage: int | None = None) -> Any:
        """The specs of the layers of this stage.

        Args:
            config: the model config, or a provider that has the fields of both configs in one.
            vp_stage: the virtual pipeline stage, if there are several on a rank.

        Returns:
            `TransformerBlockSubmodules`.

        Raises:
            ValueError: as in `check`; fields can have been set since the config was made.
        """
        transformer = config if isinstance(config, TransformerConfig) else config.transformer
        check(self.layers, transformer, config)
        backend = get_backend(transformer.transformer_impl)
        block: TransformerBlockSubmodules = get_gpt_decoder_block_spec(
            transformer,
            use_transformer_engine=transformer.transformer_impl == "transformer_engine",
            normalization=transformer.normalization,
            qk_l2_norm=transformer.qk_l2_norm,
            vp_stage=vp_stage,
        )
        parts = Parts(
            config=transformer,
            layer_norm=backend.layer_norm(rms_norm=transformer.normalization == "RMSNorm"),
            column_parallel_linear=backend.column_parallel_linear(),
            column_parallel_layer_norm_linear=backend.column_parallel_layer_norm_linear(),
        )
        return dataclasses.replace(
            block, layer_specs=[changed(layer, self.layers, parts) for layer in block.layer_specs or ()]
        )


class LayeredHybridStack(HybridStack):
    """A hybrid stack, of layers by symbol that `layers` have changed."""

    def __init__(
        self, config: TransformerConfig, submodules: HybridStackSubmodules, *args: Any, layers: Layers, **kwargs: Any
    ) -> None:
        check(layers, config)
        parts = Parts(config, TENorm, TEColumnParallelLinear, TELayerNormColumnParallelLinear)
        by_symbol = {
            name: changed(spec, layers, parts) if isinstance(spec, ModuleSpec) else spec
            for name, spec in vars(submodules).items()
        }
        stock: Any = super()
        stock.__init__(config, HybridStackSubmodules(**by_symbol), *args, **kwargs)


@public
class HybridLayerSpec(ModuleSpec):
    """The `hybrid_stack_spec` of a model with layers.

    Megatron does not call it, but builds its module with its submodules. There is none for layers that predict further
    tokens, which Megatron would make without the layers: of a pattern that has some it makes no model.
    """

    def __init__(self, layers: Layers) -> None:
        stock: Any = hybrid_stack_spec.submodules
        self.module = LayeredHybridStack
        self.params = {"layers": layers}
        self.submodules = dataclasses.replace(stock, mtp_block_spec=None)
        self.metainfo = {}
        self.layers = layers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HybridLayerSpec) and self.layers == other.layers

    def __hash__(self) -> int:
        return hash(self.layers)

    def __reduce__(self) -> tuple[type[HybridLayerSpec], tuple[Layers]]:
        return HybridLayerSpec, (self.layers,)
